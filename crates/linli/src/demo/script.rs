//! The written story, step by step. What it does not expect stops the play.

use anyhow::{Context as _, Result, bail, ensure};
use domain::cases::Case;
use domain::ids::{LedgerId, PersonId};
use domain::rules::SubjectKind;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use store::{Answer, Reader, Wanted};

use super::clock::chance;
use super::play::{Deed, Play};
use super::sow::instant;
use super::story::{Round, Step};
use super::town::Inhabitant;

impl Play<'_> {
    /// Carries out a step.
    pub(super) async fn step(&mut self, step: &Step) -> Result<()> {
        if let Some(kind) = &step.find {
            return self.find(step, kind).await;
        }
        if let Some(mode) = &step.look {
            return self.look(step, mode).await;
        }
        if let Some(purpose) = &step.read {
            return self.read(step, purpose).await;
        }
        if let Some(round) = &step.round {
            return self.round(step, round).await;
        }
        let mut deed = self.deed(step).await?;
        deed.happened = step.happened.as_ref().map(|it| instant(&self.calendar, it)).transpose()?;
        let answers = self.submit(vec![deed.clone()]).await?;
        let answer = answers.first().context("every command is answered")?;
        self.as_expected(step, &deed, answer)
    }

    fn as_expected(&self, step: &Step, deed: &Deed, answer: &Answer) -> Result<()> {
        match (&answer.outcome, &step.expect) {
            (Ok(_), None) => Ok(()),
            (Err(refusal), Some(code)) if refusal.code.name() == code => Ok(()),
            (Ok(_), Some(code)) => bail!("{} was not refused with {code}", deed.kind),
            (Err(refusal), expected) => bail!(
                "{} {} was refused: {} ({}); expected: {expected:?}",
                deed.kind,
                deed.body,
                refusal.code.name(),
                refusal.words().en
            ),
        }
    }

    /// What a step that gives one command asks for.
    async fn deed(&mut self, step: &Step) -> Result<Deed> {
        let ledger = self.ledger_of(step)?;
        let mut rng = chance(self.seed, &format!("{} {} {}", step.day, step.time, step.who));
        let pools = self.pools().await?;
        let with = self.sower(&mut rng, &ledger, &pools).all(&step.with)?;
        let mut body = Map::new();
        if let Some(name) = &step.on {
            let (_, case) = self.cases.get(name).with_context(|| format!("no case {name}"))?;
            body.insert("case".to_owned(), json!(case));
        }
        let kind = if let Some(action) = &step.act {
            body.insert("action".to_owned(), json!(action));
            body.insert("fields".to_owned(), Json::Object(with));
            if let Some(reason) = &step.reason {
                body.insert("reason".to_owned(), json!(reason));
            }
            "act_on_case"
        } else if let Some(kind) = &step.open {
            let case = self.new_id()?;
            if let Some(name) = &step.called {
                self.call(name, &ledger, &case);
            }
            body.insert("case".to_owned(), json!(case));
            body.insert("case_kind".to_owned(), json!(kind));
            body.insert("fields".to_owned(), Json::Object(with));
            self.put_where(step, &ledger, kind, &mut body).await?;
            "open_case"
        } else if let Some(form) = &step.fill {
            body.insert("submission".to_owned(), json!(self.new_id()?));
            body.insert("form".to_owned(), json!(form));
            body.insert("answers".to_owned(), Json::Object(with));
            self.put_where(step, &ledger, form, &mut body).await?;
            "record_submission"
        } else {
            body.extend(with);
            step.give.as_deref().context("a step says what happens")?
        };
        Ok(Deed::new(&ledger, &step.who, kind, Json::Object(body)))
    }

    /// Names a case. From now on chance leaves it alone.
    fn call(&mut self, name: &str, ledger: &str, case: &str) {
        self.cases.insert(name.to_owned(), (ledger.to_owned(), case.to_owned()));
        self.scripted.insert(case.to_owned());
    }

    /// The place and the subject of a step, by what its kind or form is about.
    async fn put_where(
        &self,
        step: &Step,
        ledger: &str,
        what: &str,
        body: &mut Map<String, Json>,
    ) -> Result<()> {
        if let Some(place) = &step.place {
            body.insert("place".to_owned(), json!(place));
        }
        let Some(name) = &step.about else { return Ok(()) };
        let it = self.town.named(name)?;
        self.put_about(ledger, what, it, body).await
    }

    /// Writes into a body about whom it is, by what its kind or form is about.
    pub(super) async fn put_about(
        &self,
        ledger: &str,
        what: &str,
        it: &Inhabitant,
        body: &mut Map<String, Json>,
    ) -> Result<()> {
        let (name, value) = match self.subject_kind(ledger, what).await? {
            SubjectKind::Person => ("subject", json!({"kind": "person", "id": it.person})),
            SubjectKind::Household => ("subject", json!({"kind": "household", "id": it.household})),
            SubjectKind::Place => ("place", json!(it.building)),
        };
        body.insert(name.to_owned(), value);
        Ok(())
    }

    /// What a kind or a form is about.
    async fn subject_kind(&self, ledger: &str, what: &str) -> Result<SubjectKind> {
        let rules = self.store.rules(&ledger.parse()?).await?.context("a ledger of the play")?;
        let kind = what.parse().ok().and_then(|id| rules.kind(&id)).map(|(_, it)| it.subject);
        let form = || what.parse().ok().and_then(|id| rules.form(&id)).map(|(_, it)| it.subject);
        kind.or_else(form).with_context(|| format!("no kind or form is called {what}"))
    }

    /// The ledger of a step: that of its case, of the person, the one named, or where they work.
    fn ledger_of(&self, step: &Step) -> Result<String> {
        if let Some(ledger) = &step.ledger {
            return Ok(ledger.clone());
        }
        if let Some(name) = &step.on {
            let case = self.cases.get(name);
            return Ok(case.with_context(|| format!("no case is called {name}"))?.0.clone());
        }
        if let Some(name) = &step.about {
            return Ok(self.town.named(name)?.ledger.to_string());
        }
        Ok(self.town.account(&step.who)?.place.clone())
    }

    /// Gives a name to the open case of a kind about somebody.
    async fn find(&mut self, step: &Step, kind: &str) -> Result<()> {
        let name = step.about.as_ref().context("about whom?")?;
        let it = self.town.named(name)?.clone();
        let open = self.open_cases().await?;
        let fits = |case: &Case| {
            let about = case.standing.subject.as_ref().map(|subject| subject.key().id.to_string());
            case.kind.as_str() == kind
                && about.is_some_and(|id| id == it.person || id == it.household)
        };
        let found = open.iter().rfind(|(ledger, case)| *ledger == it.ledger && fits(case));
        let (ledger, case) = found.with_context(|| format!("no open {kind} about {name}"))?;
        let called = step.called.as_ref().context("what is it called?")?;
        self.call(called, ledger.as_str(), case.id.as_str());
        Ok(())
    }

    /// Looks at what a mode would change, as its page does before anybody declares it.
    async fn look(&self, step: &Step, mode: &str) -> Result<()> {
        let ledger: LedgerId = self.ledger_of(step)?.parse()?;
        let rules = self.store.rules(&ledger).await?.context("a ledger of the play")?;
        let level = step.with.get("level").and_then(Json::as_str).context("which level?")?;
        let seen = domain::modes::preview(&rules, &mode.parse()?, level, self.store.now());
        let seen = seen.with_context(|| format!("no mode {mode} with a level {level}"))?;
        ensure!(!seen.kinds.is_empty() || !seen.forms.is_empty(), "{mode} would change nothing");
        Ok(())
    }

    /// Reads personal values; the read is written down for the person to see.
    async fn read(&self, step: &Step, purpose: &str) -> Result<()> {
        let it = self.town.named(step.about.as_ref().context("about whom?")?)?;
        let known = self.town.account(&step.who)?;
        let reader = Reader { account: known.account.parse()?, role: known.role.clone() };
        let wanted = [Wanted { person: PersonId::new(&it.person)?, item: None }];
        let may = |value: &store::Opened| value.purpose == purpose;
        let read = self.store.reveal(&it.ledger, &reader, purpose, &wanted, &may).await?;
        ensure!(!read.is_empty(), "nothing is kept about {} for {purpose}", it.name);
        Ok(())
    }

    /// A round of doors comes in: out of order, some of it twice, one with a wrong clock.
    async fn round(&mut self, step: &Step, round: &Round) -> Result<()> {
        let mut rng = chance(self.seed, &format!("round {} {}", step.day, step.who));
        let from = instant(&self.calendar, &round.from)?;
        let doors = self.town.doors.get(&round.community).context("a community of the play")?;
        let last = round.first_door + round.doors;
        let doors = doors.get(round.first_door..last).context("so many doors are not there")?;
        let mut deeds = Vec::new();
        for (number, first) in doors.iter().enumerate() {
            let it = self.town.inhabitants[*first].clone();
            let templates = round.at_doors.get(&number).unwrap_or(&round.answers);
            let answers = self.sower(&mut rng, it.ledger.as_str(), &[]).all(templates)?;
            let minutes = i64::from(round.minutes_each) * i64::try_from(number)?;
            let mut happened = from + SignedDuration::from_mins(minutes);
            if let Some((door, days)) = round.wrong_clock
                && door == number
            {
                happened += SignedDuration::from_hours(24 * i64::from(days));
            }
            let mut body = Map::from_iter([
                ("submission".to_owned(), json!(self.new_id()?)),
                ("form".to_owned(), json!(round.form)),
                ("answers".to_owned(), Json::Object(answers)),
            ]);
            self.put_about(it.ledger.as_str(), &round.form, &it, &mut body).await?;
            let body = Json::Object(body);
            let mut deed = Deed::new(it.ledger.as_str(), &step.who, "record_submission", body);
            deed.happened = Some(happened);
            deed.device = Some(format!("phone-{}", step.who));
            deed.id = Some(self.new_id()?);
            deeds.push(deed);
        }
        rng.shuffle(&mut deeds);
        let again: Vec<Deed> = deeds.iter().take(round.twice).cloned().collect();
        let copies = again.len();
        deeds.extend(again);
        let answers = self.submit(deeds).await?;
        for answer in &answers {
            if let Err(refusal) = &answer.outcome {
                bail!("an observation was refused: {}", refusal.words().en);
            }
        }
        let repeated = answers.iter().filter(|answer| answer.repeated).count();
        ensure!(repeated == copies, "{repeated} of {copies} copies got the first one's answer");
        Ok(())
    }
}
