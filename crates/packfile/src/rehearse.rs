//! Playing the story of an example, and saying in words where it goes another way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::cases::{self, Case, Subject, WakeCase};
use domain::command::Command;
use domain::draft::Outcome;
use domain::fact::{Fact, Fields};
use domain::forms::RecordSubmission;
use domain::ids::{CaseId, CaseKindId, ElementId, FormId};
use domain::indicators::Board;
use domain::modes::{EndMode, ExpireModes, Modes};
use domain::people::Person;
use domain::rules::{Pack, SubjectKind, Type};
use domain::states::{Kind, Thing};
use domain::stock::{ExpireHolds, Pool};
use domain::words::Words;
use domain::{Actor, Refusal};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::checks::{self, About, Checks, Leaf};
use crate::example::{Deed, Example, Step, Values, Written, parse_moment};
use crate::problem::Spot;
use crate::read::Checked;
use crate::stage::{Known, Stage, plain};

/// The most things that may happen by themselves between two steps.
const WAKES_MAX: usize = 5000;

/// What came of a story that went as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The example.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// How many steps it has.
    pub steps: usize,
    /// How many things were checked.
    pub checks: usize,
    /// How many facts followed.
    pub facts: usize,
}

/// Where a story went another way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// The example.
    pub id: String,
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What was expected, and what came.
    pub words: Words,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, words, .. } = self;
        write!(f, "{file}:{line}:{column}: {} / {}", words.zh, words.en)
    }
}

/// Plays an example on a ledger in memory.
///
/// # Errors
/// The first place where the story goes another way.
pub fn rehearse(checked: &Checked, example: &Example) -> Result<Report, Failure> {
    let fail = |spot: Spot, words: Words| Failure {
        id: example.id.clone(),
        file: example.file.clone(),
        line: spot.line,
        column: spot.column,
        words,
    };
    let top = Spot { line: example.line, column: 1 };
    let mut stage =
        Stage::set(checked, example).map_err(|refusal| fail(top, refused("given", &refusal)))?;
    for mode in &example.given.modes {
        let declared = stage.declare(&checked.pack, mode);
        declared.map_err(|refusal| fail(mode.spot, refused("mode", &refusal)))?;
    }
    let mut play = Play {
        pack: &checked.pack,
        stage,
        named: BTreeMap::new(),
        cases: Vec::new(),
        hand: None,
        checks: 0,
    };
    for step in &example.steps {
        play.step(step).map_err(|(spot, words)| fail(spot, words))?;
    }
    if let Some(then) = &example.then {
        play.check(then).map_err(|(spot, words)| fail(spot, words))?;
    }
    Ok(Report {
        id: example.id.clone(),
        name: example.name.clone(),
        steps: example.steps.len(),
        checks: play.checks,
        facts: play.stage.street.facts.len(),
    })
}

type Wrong = (Spot, Words);

fn refused(what: &str, refusal: &Refusal) -> Words {
    let words = refusal.words();
    Words::new(
        format!("{what}被拒绝（{}）：{}", refusal.code.name(), words.zh),
        format!("{what} was refused ({}): {}", refusal.code.name(), words.en),
    )
}

struct Play<'p> {
    pack: &'p Pack,
    stage: Stage,
    named: BTreeMap<String, CaseId>,
    cases: Vec<(CaseId, CaseKindId)>,
    hand: Option<CaseId>,
    checks: usize,
}

impl Play<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Wrong> {
        let at = self.stage.at(step.at);
        if at < self.stage.street.moment.at {
            let words = crate::problem::Code::TimeBack.words(&[]);
            return Err((step.spot, words));
        }
        self.pass(at);
        if let (Some(who), Some(deed)) = (&step.who, &step.deed) {
            self.act(step, who, deed)?;
        }
        match &step.then {
            Some(then) => self.check(then),
            None => Ok(()),
        }
    }

    /// Lets the time pass; what is due by itself happens on the way.
    fn pass(&mut self, to: Timestamp) {
        let mut tried: BTreeSet<(Timestamp, String)> = BTreeSet::new();
        for _ in 0..WAKES_MAX {
            let due = self.due().into_iter().filter(|(at, ..)| *at <= to);
            let mut due: Vec<_> =
                due.filter(|(at, key, _)| !tried.contains(&(*at, key.clone()))).collect();
            due.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            let Some((at, key, command)) = due.into_iter().next() else { break };
            self.stage.street.moment.at = self.stage.street.moment.at.max(at);
            tried.insert((at, key));
            if let Ok(outcome) = self.stage.street.give(&Actor::system(), command) {
                self.learn(&outcome);
            }
        }
        self.stage.street.moment.at = to;
    }

    /// What is due at some time: cases to be looked at, holds and modes that end.
    fn due(&self) -> Vec<(Timestamp, String, Command)> {
        let street = &self.stage.street;
        let mut due: Vec<(Timestamp, String, Command)> = Vec::new();
        for kind in [Kind::Case, Kind::Pool] {
            for thing in street.all(kind) {
                let Some(at) = thing.index().wake_at else { continue };
                match thing {
                    Thing::Case(case) => {
                        let wake = WakeCase { case: case.id.clone() };
                        due.push((at, case.id.to_string(), wake.into()));
                    }
                    Thing::Pool(pool) => {
                        let expire = ExpireHolds { pool: pool.id.clone() };
                        due.push((at, pool.id.to_string(), expire.into()));
                    }
                    _ => {}
                }
            }
        }
        let modes = street.states.get::<Modes>("modes");
        for (mode, declared) in modes.into_iter().flat_map(|modes| &modes.active) {
            due.push((declared.until, mode.to_string(), ExpireModes {}.into()));
        }
        due
    }

    fn act(&mut self, step: &Step, who: &str, deed: &Deed) -> Result<(), Wrong> {
        let Some(actor) = self.stage.people.get(who).map(|known| known.actor.clone()) else {
            return Err((step.spot, not_there(who)));
        };
        let command = self.command(step, who, deed)?;
        let now = self.stage.street.moment.at;
        let occurred_at = match deed {
            Deed::Fill { happened: Some(at), .. } => self.stage.at(*at),
            _ => now,
        };
        let case = command.1;
        let answer = self.stage.street.give_late(&actor, command.0, occurred_at);
        match (answer, &step.refused) {
            (Ok(outcome), None) => {
                let new = self.learn(&outcome);
                self.hand = case.or_else(|| new.first().cloned()).or(self.hand.take());
                if let (Deed::Open { named: Some(name), .. }, Some(id)) = (deed, &self.hand) {
                    self.named.insert(name.clone(), id.clone());
                }
                Ok(())
            }
            (Err(refusal), Some(code)) if refusal.code.name() == code => Ok(()),
            (Err(refusal), None) => Err((step.spot, refused(who, &refusal))),
            (Err(refusal), Some(code)) => {
                let mut words = refused(who, &refusal);
                words.zh = format!("应以“{code}”拒绝，但{}", words.zh);
                words.en = format!("It should be refused by \"{code}\", but {}", words.en);
                Err((step.spot, words))
            }
            (Ok(_), Some(code)) => {
                let zh = format!("应以“{code}”拒绝，但做成了。");
                let en = format!("It should be refused by \"{code}\", but it was done.");
                Err((step.spot, Words::new(zh, en)))
            }
        }
    }

    /// Remembers the cases that an outcome opened.
    fn learn(&mut self, outcome: &Outcome) -> Vec<CaseId> {
        let mut new = Vec::new();
        for fact in &outcome.facts {
            if let Fact::CaseOpened { case, kind, .. } = fact {
                self.cases.push((case.clone(), kind.clone()));
                new.push(case.clone());
            }
        }
        new
    }

    /// The case that is meant by a name, a kind, or by saying nothing.
    fn case(&self, name: Option<&str>, spot: Spot) -> Result<CaseId, Wrong> {
        let Some(name) = name else {
            let none = || {
                let words = Words::new("还没有事项。", "There is no case yet.");
                (spot, words)
            };
            return self.hand.clone().ok_or_else(none);
        };
        if let Some(id) = self.named.get(name) {
            return Ok(id.clone());
        }
        let kind = format!("{}.{name}", self.pack.id);
        let latest = self.cases.iter().rev().find(|(_, of)| of.as_str() == kind);
        latest.map(|(id, _)| id.clone()).ok_or_else(|| (spot, not_there(name)))
    }

    fn command(
        &self,
        step: &Step,
        who: &str,
        deed: &Deed,
    ) -> Result<(Command, Option<CaseId>), Wrong> {
        let about = |name: &Option<String>, subject: SubjectKind| {
            let known = self.stage.people.get(name.as_deref().unwrap_or(who))?;
            subject_of(known, subject)
        };
        match deed {
            Deed::Open { kind, about: name, with, place, .. } => {
                let id = plain::<CaseKindId>(format!("{}.{kind}", self.pack.id));
                let subject = self.pack.kinds.get(&id).map_or(SubjectKind::Place, |k| k.subject);
                let subject = about(name, subject);
                let somewhere = place.clone().or(subject.is_none().then(|| "building".to_owned()));
                let open = cases::OpenCase {
                    case: plain(format!("case-{}", self.stage.street.facts.len() + 1)),
                    kind: id,
                    place: somewhere.and_then(|place| place.parse().ok()),
                    subject,
                    fields: self.fields(with),
                };
                Ok((open.into(), None))
            }
            Deed::Fill { form, about: name, with, .. } => {
                let id = plain::<FormId>(format!("{}.{form}", self.pack.id));
                let subject = self.pack.forms.get(&id).map_or(SubjectKind::Place, |f| f.subject);
                let case = step.case.as_deref();
                let case = case.map(|name| self.case(Some(name), step.spot)).transpose()?;
                let subject = about(name, subject);
                let record = RecordSubmission {
                    submission: plain(format!("submission-{}", self.stage.street.facts.len() + 1)),
                    form: id,
                    place: subject.is_none().then(|| plain("building")),
                    subject,
                    case: case.clone(),
                    answers: self.fields(with),
                };
                Ok((record.into(), case))
            }
            Deed::Declare { mode, level, until, reason } => {
                let until = self.stage.at(*until);
                Ok((self.stage.declaration(self.pack, mode, level, until, reason), None))
            }
            Deed::EndMode { mode, reason } => {
                let mode = plain(format!("{}.{mode}", self.pack.id));
                Ok((EndMode { mode, reason: reason.clone() }.into(), None))
            }
            _ => {
                let case = self.case(step.case.as_deref(), step.spot)?;
                Ok((self.on_case(step, case.clone(), deed)?, Some(case)))
            }
        }
    }

    fn on_case(&self, step: &Step, case: CaseId, deed: &Deed) -> Result<Command, Wrong> {
        let account = |name: &str| {
            let known = self.stage.people.get(name).map(|known| known.actor.account.clone());
            known.ok_or_else(|| (step.spot, not_there(name)))
        };
        let own = |text: &String| text.clone();
        Ok(match deed {
            Deed::Act { action, with, reason } => {
                let (fields, reason) = (self.fields(with), reason.clone());
                cases::ActOnCase { case, action: own(action), fields, reason }.into()
            }
            Deed::Assign { to } => cases::AssignCase { case, assignee: account(to)? }.into(),
            Deed::Note { text } => cases::NoteCase { case, note: own(text) }.into(),
            Deed::Return { reason, right_unit } => {
                let (reason, right_unit) = (own(reason), own(right_unit));
                cases::ReturnCase { case, reason, right_unit }.into()
            }
            Deed::HandOver { to, condition } => {
                cases::HandOverCase { case, to: account(to)?, condition: own(condition) }.into()
            }
            Deed::Verify { agreed, finding } => {
                cases::VerifyCase { case, agreed: *agreed, finding: own(finding) }.into()
            }
            Deed::Rate { solved, satisfied } => {
                cases::RateCase { case, solved: *solved, satisfied: *satisfied }.into()
            }
            Deed::Reopen { reason } => cases::ReopenCase { case, reason: own(reason) }.into(),
            Deed::Defer { reason, until } => {
                let review_on = self.stage.street.moment.day_of(self.stage.at(*until));
                cases::DeferCase { case, reason: own(reason), review_on }.into()
            }
            Deed::Explain { reason } => cases::ExplainDelay { case, reason: own(reason) }.into(),
            Deed::AskCare { need, of } => {
                cases::AskCare { case, need: self.need(need), owner: account(of)? }.into()
            }
            Deed::AnswerCare { need, accepts } => {
                cases::AnswerCare { case, need: self.need(need), accepts: *accepts }.into()
            }
            Deed::Open { .. } | Deed::Fill { .. } | Deed::Declare { .. } | Deed::EndMode { .. } => {
                return Err((step.spot, not_there("case")));
            }
        })
    }

    /// A care need: what an order names, or a person of the story.
    fn need(&self, name: &str) -> String {
        match self.stage.people.get(name) {
            Some(known) => format!("dependant:{}", known.person),
            None => name.to_owned(),
        }
    }

    fn fields(&self, with: &Values) -> Fields {
        let pairs = with.iter().filter_map(|(id, written)| {
            let element = ElementId::new(id.as_str()).ok()?;
            let r#type = self.pack.elements.get(&element)?.r#type;
            Some((element, self.value(r#type, written)))
        });
        pairs.collect()
    }

    /// A value as the wire would bring it; what does not fit goes as it was written.
    fn value(&self, r#type: Type, written: &Written) -> Json {
        let text = match written {
            Written::Several(texts) => return json!(texts),
            Written::One(text) => text.as_str(),
        };
        let known = self.stage.people.get(text);
        match r#type {
            Type::Whole => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
            Type::Number => text.parse::<f64>().map_or_else(|_| json!(text), |n| json!(n)),
            Type::YesNo => match text {
                "yes" | "true" | "是" => json!(true),
                "no" | "false" | "否" => json!(false),
                other => json!(other),
            },
            Type::Choices => json!([text]),
            Type::Person => known.map_or_else(|| json!(text), |known| json!(known.person)),
            Type::Account => known.map_or_else(|| json!(text), |known| json!(known.actor.account)),
            Type::Pool => self.stage.pools.get(text).map_or_else(|| json!(text), |id| json!(id)),
            Type::Date => parse_moment(text).map_or_else(
                || json!(text),
                |at| json!(self.stage.street.moment.day_of(self.stage.at(at)).to_string()),
            ),
            Type::Time => parse_moment(text)
                .map_or_else(|| json!(text), |at| json!(self.stage.at(at).to_string())),
            Type::Text | Type::Choice | Type::Place => json!(text),
        }
    }

    fn check(&mut self, checks: &Checks) -> Result<(), Wrong> {
        for leaf in &checks.leaves {
            self.checks += 1;
            let got = self.observe(leaf)?;
            if !checks::is(&leaf.want, &got) {
                let what = leaf.name();
                let (want, got) = (checks::wanted(&leaf.want), checks::shown(&got));
                let zh = format!("{what} 应为“{want}”，实际是“{got}”。");
                let en = format!("{what} should be \"{want}\" but is \"{got}\".");
                return Err((leaf.spot, Words::new(zh, en)));
            }
        }
        Ok(())
    }

    fn observe(&self, leaf: &Leaf) -> Result<Json, Wrong> {
        let street = &self.stage.street;
        let lost = |name: &str| (leaf.spot, not_there(name));
        let whole = match &leaf.about {
            About::CaseInHand => self.of_case(&self.case(None, leaf.spot)?),
            About::Case(name) => self.of_case(&self.case(Some(name), leaf.spot)?),
            About::Count(kind) => {
                let kind = format!("{}.{kind}", self.pack.id);
                json!(self.cases.iter().filter(|(_, of)| of.as_str() == kind).count())
            }
            About::Person(name) => {
                let known = self.stage.people.get(name).ok_or_else(|| lost(name))?;
                let person = street.states.get::<Person>(known.person.as_str());
                let person = person.ok_or_else(|| lost(name))?;
                json!({
                    "restricted": person.order.is_some(),
                    "at_home": person.whereabouts == domain::people::Whereabouts::Home,
                    "open_cases": person.open_cases.len(),
                })
            }
            About::Pool(name) => {
                let pool = self.stage.pools.get(name);
                let pool = pool.and_then(|id| street.states.get::<Pool>(id.as_str()));
                let pool = pool.ok_or_else(|| lost(name))?;
                json!({
                    "total": pool.total, "held": pool.held(), "taken": pool.taken(),
                    "free": pool.free(),
                })
            }
            About::Indicator(id) => json!(self.figure(id)),
            About::Flags => self.flags(),
            About::Told => json!(self.told()),
        };
        let mut value = &whole;
        for name in &leaf.path {
            value = value.get(name).unwrap_or(&Json::Null);
        }
        Ok(value.clone())
    }

    fn of_case(&self, id: &CaseId) -> Json {
        let street = &self.stage.street;
        let Some(case) = street.states.get::<Case>(id.as_str()) else { return Json::Null };
        json!({
            "state": case.standing.state,
            "stage": case.stage().name(),
            "late": case.is_late(street.moment.at),
            "assignee": case.assignee.as_ref().map(|account| self.stage.name_of(account)),
            "reopened": case.reopened,
            "missed": case.readings_missed,
            "rated": case.rating.is_some(),
            "open_problem": case.deferred_until.is_some(),
            "ordered": case.order.is_some(),
            "trips": case.trips,
            "outcome": case.outcomes,
            "fields": case.fields,
        })
    }

    /// An indicator over everything in the story, all days together.
    fn figure(&self, id: &str) -> f64 {
        let street = &self.stage.street;
        let board = Board::new(&street.rules());
        let mut thousandths = 0;
        for kind in Kind::ALL {
            for thing in street.all(kind) {
                let counted = board.contributions(thing, &street.moment.zone);
                let counted = counted.iter().filter(|it| it.indicator.as_str() == id);
                thousandths += counted.map(|it| it.thousandths).sum::<i64>();
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "stories count in hundreds")]
        let figure = thousandths as f64 / 1000.0;
        figure
    }

    /// What the last submission was flagged with.
    fn flags(&self) -> Json {
        let facts = self.stage.street.facts.iter().rev();
        let flags = facts.into_iter().find_map(|fact| match fact {
            Fact::SubmissionRecorded { flags, .. } => Some(flags),
            _ => None,
        });
        let names = flags
            .into_iter()
            .flatten()
            .filter_map(|flag| serde_json::to_value(flag).ok()?.get("flag").cloned());
        Json::Array(names.collect())
    }

    /// Everybody who has been told something.
    fn told(&self) -> BTreeSet<&str> {
        let facts = self.stage.street.facts.iter();
        let told = facts.filter_map(|fact| match fact {
            Fact::NoticeGiven { to, .. } => Some(to),
            _ => None,
        });
        told.flatten().map(String::as_str).collect()
    }
}

fn subject_of(known: &Known, subject: SubjectKind) -> Option<Subject> {
    match subject {
        SubjectKind::Place => None,
        SubjectKind::Household => Some(Subject::Household(known.household.clone())),
        SubjectKind::Person => Some(Subject::Person(known.person.clone())),
    }
}

fn not_there(name: &str) -> Words {
    Words::new(format!("故事里没有“{name}”。"), format!("There is no \"{name}\" in the story."))
}
