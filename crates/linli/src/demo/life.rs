//! Daily life: what chance adds at each look, from what the story's file says of it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use domain::Role;
use domain::cases::Case;
use domain::ids::LedgerId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use super::clock::{chance, minutes};
use super::play::{Deed, Play};
use super::story::{Fills, Opens};

/// How long before its time a reading may come.
const READING_MINUTES_BEFORE: i64 = 60;
/// When the phones of yesterday have a network again, in minutes after midnight.
const BACK_ON_LINE: i32 = 12 * 60 + 20;

/// Something that was put off.
#[derive(Debug, Clone)]
pub(super) struct Later {
    /// Until when.
    pub(super) at: Timestamp,
    /// What.
    pub(super) what: Waiting,
}

/// What waits.
#[derive(Debug, Clone)]
pub(super) enum Waiting {
    /// Something to send.
    Deed(Deed),
    /// A closed case, to be rated perhaps.
    Rating(LedgerId, String),
}

impl Play<'_> {
    /// A look at the street: what is put off and due, new cases, forms, readings, open cases.
    pub(super) async fn live(&mut self, day: i32, minute: i32) -> Result<()> {
        let mut rng = chance(self.seed, &format!("look {day} {minute}"));
        let open = self.open_cases().await?;
        let mut deeds = self.due_later().await?;
        let communities: Vec<String> = self.town.communities().map(str::to_owned).collect();
        for community in &communities {
            deeds.extend(self.openings(&mut rng, community).await?);
            deeds.extend(self.forms(&mut rng, community, day, minute).await?);
        }
        deeds.extend(self.readings(&open).await?);
        deeds.extend(self.hands(&mut rng, &open).await?);
        self.give(deeds).await
    }

    /// Gives what a look has found. A refusal that does not belong to life stops the play.
    async fn give(&mut self, deeds: Vec<Deed>) -> Result<()> {
        if deeds.is_empty() {
            return Ok(());
        }
        let answers = self.submit(deeds.clone()).await?;
        for (deed, answer) in deeds.iter().zip(answers) {
            if let Err(refusal) = &answer.outcome
                && !self.story.life.refusals.iter().any(|code| code == refusal.code.name())
            {
                let (code, words) = (refusal.code.name(), refusal.words().en);
                bail!("{} by {}: {code}, {words}: {}", deed.kind, deed.who, deed.body);
            }
            if let Some(case) = deed.body.get("case").and_then(Json::as_str)
                && answer.outcome.is_ok()
            {
                self.see_to_rating(&deed.ledger, case).await?;
            }
        }
        Ok(())
    }

    /// A case that has just been closed may be rated some hours later.
    async fn see_to_rating(&mut self, ledger: &str, case: &str) -> Result<()> {
        let ledger: LedgerId = ledger.parse()?;
        let Some(state) = self.store.get::<Case>(&ledger, case).await? else { return Ok(()) };
        let fresh = state.closed_at == Some(self.store.now()) && state.rating.is_none();
        let mut rng = chance(self.seed, &format!("rating {case} {}", state.reopened));
        if fresh && rng.f64() < self.story.life.pace.rated {
            let at = self.store.now() + SignedDuration::from_mins(rng.i64(40..1200));
            self.later.push(Later { at, what: Waiting::Rating(ledger, case.to_owned()) });
        }
        Ok(())
    }

    /// What was put off and is due now.
    async fn due_later(&mut self) -> Result<Vec<Deed>> {
        let now = self.store.now();
        let (due, rest) = std::mem::take(&mut self.later).into_iter().partition(|it| it.at <= now);
        self.later = rest;
        let due: Vec<Later> = due;
        let mut deeds = Vec::new();
        for it in due {
            match it.what {
                Waiting::Deed(deed) => deeds.push(deed),
                Waiting::Rating(ledger, case) => {
                    let Some(case) = self.store.get::<Case>(&ledger, &case).await? else {
                        continue;
                    };
                    let reporter = case.reporter.to_string();
                    let known = self.town.account(&reporter);
                    if known.is_ok_and(|known| known.role == Role::RESIDENT) {
                        let mut rng = chance(self.seed, &format!("rates {}", case.id));
                        deeds
                            .extend(self.hand(&mut rng, (&ledger, &case), &[reporter], &[]).await?);
                    }
                }
            }
        }
        Ok(deeds)
    }

    /// Cases that people of a community open at this look.
    async fn openings(&mut self, rng: &mut fastrand::Rng, community: &str) -> Result<Vec<Deed>> {
        let story = self.story;
        let looks = looks_a_day(&story.life.awake);
        let mut deeds = Vec::new();
        for _ in 0..times(rng, story.life.opened_a_day / looks) {
            let Some(opens) = weighted(rng, &story.life.opens, |it| it.weight) else { continue };
            let rules = self.store.rules(&community.parse()?).await?.context("a community")?;
            let id = opens.kind.parse()?;
            let (pack, kind) = rules.kind(&id).with_context(|| opens.kind.clone())?;
            let on = kind.emergency || rules.kind_is_on(&id, self.store.now());
            let Some((who, inhabitant)) = self.opener(rng, opens, community).filter(|_| on) else {
                continue;
            };
            let case = self.new_id()?;
            let fields = self.sower(rng, community, &[]).fields(pack, &kind.fields)?;
            let mut body = Map::from_iter([
                ("case".to_owned(), json!(case)),
                ("case_kind".to_owned(), json!(opens.kind)),
                ("fields".to_owned(), Json::Object(fields)),
            ]);
            let it = &self.town.inhabitants[inhabitant];
            self.put_about(community, &opens.kind, it, &mut body).await?;
            deeds.push(Deed::new(community, &who, "open_case", Json::Object(body)));
        }
        Ok(deeds)
    }

    /// Who opens a case, and about whom.
    fn opener(
        &self,
        rng: &mut fastrand::Rng,
        opens: &Opens,
        community: &str,
    ) -> Option<(String, usize)> {
        let role = rng.choice(&opens.by)?;
        let known = rng.choice(self.town.holding(role, community))?;
        let about = match known.inhabitant {
            Some(inhabitant) => inhabitant,
            None => rng.choice(self.town.of_groups(community, &opens.groups))?,
        };
        Some((known.account.clone(), about))
    }

    /// Forms that people of a community fill at this look; those of a day without a network come
    /// the next day, all at once and some of them twice.
    async fn forms(
        &mut self,
        rng: &mut fastrand::Rng,
        community: &str,
        day: i32,
        minute: i32,
    ) -> Result<Vec<Deed>> {
        let mut deeds = Vec::new();
        let rules = self.store.rules(&community.parse()?).await?.context("a community")?;
        let looks = looks_a_day(&self.story.life.awake);
        let story = self.story;
        for fills in &story.life.fills {
            if !rules.form_is_on(&fills.form.parse()?, self.store.now()) {
                continue;
            }
            for _ in 0..times(rng, fills.a_day / looks) {
                let Some(mut deed) = self.filled(rng, fills, community).await? else { continue };
                let what = format!("offline {day} {} {}", deed.who, fills.form);
                if chance(self.seed, &what).f64() >= fills.offline {
                    deeds.push(deed);
                    continue;
                }
                deed.happened = Some(self.calendar.at(day, minute));
                deed.device = Some(format!("phone-{}", deed.who));
                deed.id = Some(self.new_id()?);
                let at = self.calendar.at(day + 1, BACK_ON_LINE);
                for _ in 0..=usize::from(rng.f64() < 0.2) {
                    self.later.push(Later { at, what: Waiting::Deed(deed.clone()) });
                }
            }
        }
        Ok(deeds)
    }

    async fn filled(
        &mut self,
        rng: &mut fastrand::Rng,
        fills: &Fills,
        community: &str,
    ) -> Result<Option<Deed>> {
        let Some(known) = rng.choice(self.town.holding(&fills.by, community)) else {
            return Ok(None);
        };
        let about = rng.choice(self.town.of_groups(community, &fills.groups));
        let Some(about) = about else { return Ok(None) };
        let answers = self.sower(rng, community, &[]).all(&fills.answers)?;
        let mut body = Map::from_iter([
            ("submission".to_owned(), json!(self.new_id()?)),
            ("form".to_owned(), json!(fills.form)),
            ("answers".to_owned(), Json::Object(answers)),
        ]);
        let it = &self.town.inhabitants[about];
        self.put_about(community, &fills.form, it, &mut body).await?;
        let deed = Deed::new(community, &known.account, "record_submission", Json::Object(body));
        Ok(Some(deed))
    }

    /// Readings that cases expect soon, by the person themselves or whoever has the case.
    async fn readings(&mut self, open: &[(LedgerId, Case)]) -> Result<Vec<Deed>> {
        let soon = self.store.now() + SignedDuration::from_mins(READING_MINUTES_BEFORE);
        let mut deeds = Vec::new();
        for (ledger, case) in open {
            let Some(expected) = &case.standing.expects else { continue };
            let Some(reading) = self.story.life.readings.get(expected.form.as_str()) else {
                continue;
            };
            let what = format!("reading {} {}", case.id, expected.next_at);
            let mut rng = chance(self.seed, &what);
            if expected.next_at > soon || rng.f64() < reading.missed {
                continue;
            }
            let themselves = case.person().and_then(|it| self.town.account_of_person(it.as_str()));
            let who = themselves.map(str::to_owned);
            let who = who.or_else(|| case.assignee.as_ref().map(ToString::to_string));
            let Some(who) = who else { continue };
            let answers = self.sower(&mut rng, ledger.as_str(), &[]).all(&reading.answers)?;
            let body = json!({
                "submission": self.new_id()?,
                "form": expected.form,
                "subject": case.standing.subject,
                "case": case.id,
                "answers": answers,
            });
            deeds.push(Deed::new(ledger.as_str(), &who, "record_submission", body));
        }
        Ok(deeds)
    }
}

/// How many looks there are in a day.
fn looks_a_day((from, to, every): &(String, String, i32)) -> f64 {
    let (from, to) = (minutes(from).unwrap_or(0), minutes(to).unwrap_or(0));
    f64::from((to - from) / every + 1)
}

/// How many times something happens that happens so often on average.
fn times(rng: &mut fastrand::Rng, average: f64) -> usize {
    let mut left = average;
    let mut times = 0;
    while left > 0.0 {
        if rng.f64() < left {
            times += 1;
        }
        left -= 1.0;
    }
    times
}

/// One of several, by weight; none when all weigh nothing.
pub(super) fn weighted<'i, T>(
    rng: &mut fastrand::Rng,
    items: &'i [T],
    weight: impl Fn(&T) -> f64,
) -> Option<&'i T> {
    let all: f64 = items.iter().map(&weight).sum();
    let mut at = rng.f64() * all;
    items.iter().find(|item| {
        at -= weight(item);
        at < 0.0
    })
}

/// A weight by name, or another one.
pub(super) fn weight_of(weights: &BTreeMap<String, f64>, name: &str, otherwise: f64) -> f64 {
    weights.get(name).copied().unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_nothing_is_never_chosen() {
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..50 {
            assert_eq!(weighted(&mut rng, &[0.0, 1.0, 0.0], |it| *it), Some(&1.0));
        }
        assert_eq!(weighted(&mut rng, &[0.0], |it| *it), None);
    }

    #[test]
    fn things_happen_about_as_often_as_the_story_says() {
        let mut rng = fastrand::Rng::with_seed(3);
        let all: usize = (0..1000).map(|_| times(&mut rng, 1.3)).sum();
        assert!((1200..1400).contains(&all), "{all}");
        assert!((looks_a_day(&("06:40".to_owned(), "21:40".to_owned(), 20)) - 46.0).abs() < 0.1);
    }
}
