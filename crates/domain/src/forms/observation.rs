//! An observation as it is taken in, however it came: where, about whom, what is odd about it,
//! and what it sets in motion.

use std::collections::BTreeMap;

use super::{Flag, RecordSubmission, Submission, UNKNOWN, answers};
use crate::authority::Role;
use crate::cases::{
    Case, Happening, Subject, carry_out, judge, next_reading, of_subject, place_of, values,
};
use crate::command::Context;
use crate::draft::Draft;
use crate::entities::{self, Deed};
use crate::fact::{Fact, Fields};
use crate::ids::{ElementId, EntityId, ListId, PersonId, PlaceId, PurposeId};
use crate::people::{Household, Person};
use crate::places::Place;
use crate::refusal::{Code, Refusal};
use crate::rules::{Element, Form, Pack, PublishedForm, Triggered};
use crate::states::{AsThing, Key, States};
use crate::value::{Scope, Value};
use crate::vault::Sealed;

/// The most answers that one submission may hold.
const ANSWERS_MAX: usize = 500;
/// How far a device's clock may be ahead before it counts as wrong.
const AHEAD_MINUTES_MAX: i64 = 10;
/// After how long an observation counts as having come late.
const LATE_HOURS: i64 = 24;
/// After how long a time given counts as a wrong clock rather than a late one.
const BEHIND_DAYS_MAX: i64 = 366;

/// By which rules an observation is judged.
#[derive(Clone, Copy)]
pub(super) enum Rule<'a> {
    /// A form of a pack.
    Pack(&'a Pack, &'a Form),
    /// A form that was published.
    Published(&'a PublishedForm),
    /// The form is not known here.
    Unknown,
}

/// What was taken in.
pub(super) struct Taken {
    /// Under whose name the vault keeps what is personal.
    pub(super) owner: PersonId,
    /// For what.
    pub(super) purpose: PurposeId,
}

/// What became of an observation.
pub(super) struct Judged {
    pub(super) owner: PersonId,
    pub(super) purpose: PurposeId,
    pub(super) place: PlaceId,
    pub(super) path: Vec<PlaceId>,
    pub(super) answers: Fields,
    pub(super) sealed: Vec<Sealed>,
    pub(super) flags: Vec<Flag>,
    pub(super) outcomes: BTreeMap<String, bool>,
}

/// An observation on its way in.
pub(super) struct Observation<'a> {
    /// What was sent.
    pub(super) told: &'a RecordSubmission,
    /// By which rules it is judged.
    pub(super) rule: Rule<'a>,
    /// What is odd about it, as far as is known already.
    pub(super) flags: Vec<Flag>,
    /// What the submission that it puts right has set in motion already.
    pub(super) before: BTreeMap<String, bool>,
    /// What it does to entities.
    pub(super) deeds: &'a [Deed],
    /// The entities that it names.
    pub(super) named: &'a [(ListId, EntityId)],
}

impl<'a> Rule<'a> {
    /// The element of the dictionary, as the form means it.
    pub(super) fn element(self, context: &Context<'a>, id: &ElementId) -> Option<&'a Element> {
        match self {
            Self::Pack(pack, _) => pack.elements.get(id),
            Self::Published(_) => context.rules.element(id),
            Self::Unknown => None,
        }
    }

    /// The hash of what it stands in; empty where it is not known.
    pub(super) fn hash(self) -> String {
        match self {
            Self::Pack(pack, _) => pack.hash.clone(),
            Self::Published(form) => form.published.hash.clone(),
            Self::Unknown => String::new(),
        }
    }

    fn filled_by(self) -> &'a [String] {
        match self {
            Self::Pack(_, form) => &form.filled_by,
            Self::Published(form) => &form.published.filled_by,
            Self::Unknown => &[],
        }
    }

    fn purpose(self) -> PurposeId {
        match self {
            Self::Pack(_, form) => form.purpose.clone(),
            Self::Published(form) => form.published.purpose.clone(),
            Self::Unknown => PurposeId::new(UNKNOWN).expect("plain"),
        }
    }
}

/// The states that an observation is judged by.
pub(super) fn needs(told: &RecordSubmission, seen: &States) -> Vec<Key> {
    let mut needs = vec![Key::new(Submission::KIND, told.submission.as_str())];
    needs.extend(told.place.as_ref().map(|id| Key::new(Place::KIND, id.as_str())));
    needs.extend(told.case.as_ref().map(|id| Key::new(Case::KIND, id.as_str())));
    if let Some(subject) = &told.subject {
        needs.push(subject.key());
        let person = subject.person().and_then(|id| seen.get::<Person>(id.as_str()));
        let home = person.map(|it| Key::new(Household::KIND, it.household.as_str()));
        needs.extend(home);
    }
    needs
}

impl<'a> Observation<'a> {
    /// Takes it in: says that it was recorded, and what follows.
    pub(super) fn take(
        self,
        context: &Context<'a>,
        draft: &mut Draft<'_>,
    ) -> Result<Taken, Refusal> {
        let (told, rule) = (self.told, self.rule);
        draft.fresh::<Submission>(told.submission.as_str())?;
        let judged = self.judge(context, draft, clock_flag(context))?;
        draft.say_first(Fact::SubmissionRecorded {
            submission: told.submission.clone(),
            form: told.form.clone(),
            pack_hash: rule.hash(),
            place: judged.place,
            path: judged.path,
            subject: told.subject.clone(),
            case: told.case.clone(),
            answers: judged.answers,
            sealed: judged.sealed,
            flags: judged.flags,
            outcomes: judged.outcomes,
        });
        Ok(Taken { owner: judged.owner, purpose: judged.purpose })
    }

    /// Judges it, and says what follows from it.
    pub(super) fn judge(
        self,
        context: &Context<'a>,
        draft: &mut Draft<'_>,
        clock: Option<Flag>,
    ) -> Result<Judged, Refusal> {
        let Self { told, rule, mut flags, before, deeds, named } = self;
        if told.answers.len() > ANSWERS_MAX {
            let refusal = Refusal::new(Code::TooMany).with("what", "answers");
            return Err(refusal.with("most", ANSWERS_MAX.to_string()));
        }
        flags.extend(clock);
        let (place, path) = told.whereabouts(context, draft, &mut flags);
        let subject = told.known_subject(draft, &mut flags);
        let mut outcomes = BTreeMap::new();
        match rule {
            Rule::Unknown => flags.push(Flag::FormUnknown),
            Rule::Published(_) => told.flag_filler(context, rule, &path, &subject, &mut flags),
            Rule::Pack(pack, form) => {
                if !context.rules.form_is_on(&form.id, context.moment.at) {
                    flags.push(Flag::ModeOver);
                }
                told.flag_filler(context, rule, &path, &subject, &mut flags);
                let subject = subject.as_ref();
                let about = About { pack, form, place: &place, path: &path, subject };
                if !flags.contains(&Flag::RecordUnreadable) {
                    outcomes = told.set_in_motion(context, draft, &about, (&before, &mut flags));
                }
            }
        }
        told.flag_answers(context, rule, &mut flags);
        told.receive_reading(context, draft, &mut flags);
        let purpose = rule.purpose();
        if !flags.contains(&Flag::NotTheirs) {
            let (submission, purpose) = (&told.submission, &purpose);
            let (place, subject) = (&place, subject.as_ref());
            let source = entities::Source { submission, purpose, place, subject, named };
            entities::receive(context, draft, &source, deeds, &mut flags);
        }
        let person = subject.as_ref().and_then(Subject::person);
        let owner = answers::owner(person, "submission", told.submission.as_str());
        let shelf =
            answers::Shelf { person: &owner, item: told.submission.as_str(), purpose: &purpose };
        let element = |id: &ElementId| rule.element(context, id);
        let (answers, sealed) = answers::sort(&element, draft, &shelf, &told.answers);
        flags.sort();
        flags.dedup();
        Ok(Judged { owner, purpose, place, path, answers, sealed, flags, outcomes })
    }
}

/// What a submission is about, once found.
struct About<'a> {
    pack: &'a Pack,
    form: &'a Form,
    place: &'a PlaceId,
    path: &'a [PlaceId],
    subject: Option<&'a Subject>,
}

fn clock_flag(context: &Context<'_>) -> Option<Flag> {
    let age = context.moment.at.duration_since(context.occurred_at);
    if age.as_mins() < -AHEAD_MINUTES_MAX || age.as_hours() > BEHIND_DAYS_MAX * 24 {
        Some(Flag::ClockWrong)
    } else if age.as_hours() >= LATE_HOURS {
        Some(Flag::CameLate)
    } else {
        None
    }
}

impl RecordSubmission {
    /// Where it was made; the ledger's own place when the one named is not known.
    fn whereabouts(
        &self,
        context: &Context<'_>,
        draft: &Draft<'_>,
        flags: &mut Vec<Flag>,
    ) -> (PlaceId, Vec<PlaceId>) {
        let subject = self.subject.as_ref();
        place_of(context, draft, self.place.as_ref(), subject).unwrap_or_else(|_| {
            flags.push(Flag::PlaceUnknown);
            let path = context.path.to_vec();
            let root = || PlaceId::new("root").expect("plain");
            (path.last().cloned().unwrap_or_else(root), path)
        })
    }

    fn known_subject(&self, draft: &Draft<'_>, flags: &mut Vec<Flag>) -> Option<Subject> {
        let subject = self.subject.as_ref()?;
        let known = match subject {
            Subject::Person(id) => draft.get::<Person>(id.as_str()).is_some(),
            Subject::Household(id) => draft.get::<Household>(id.as_str()).is_some(),
        };
        if !known {
            flags.push(Flag::SubjectUnknown);
        }
        known.then(|| subject.clone())
    }

    /// Flags who filled it, where the form is for others.
    fn flag_filler(
        &self,
        context: &Context<'_>,
        rule: Rule<'_>,
        path: &[PlaceId],
        subject: &Option<Subject>,
        flags: &mut Vec<Flag>,
    ) {
        let roles = context.actor.roles_at(path, context.moment.at);
        let themselves = match (&context.actor.person, subject) {
            (Some((_, own)), Some(Subject::Person(person))) => own == person,
            _ => false,
        };
        let theirs = rule.filled_by().iter().any(|name| {
            (name == "subject" && themselves)
                || (name != Role::RESIDENT && roles.contains(&name.as_str()))
        });
        if !theirs {
            flags.push(Flag::NotTheirs);
        }
    }

    /// Flags answers that do not fit the dictionary, and those of a pack's form that are missing.
    fn flag_answers<'a>(&self, context: &Context<'a>, rule: Rule<'a>, flags: &mut Vec<Flag>) {
        if let Rule::Pack(_, form) = rule {
            for field in form.fields.iter().filter(|field| field.required) {
                if self.answers.get(&field.element).is_none_or(serde_json::Value::is_null) {
                    flags.push(Flag::AnswerMissing { element: field.element.clone() });
                }
            }
        }
        for (id, answer) in self.answers.iter().filter(|(_, answer)| !answer.is_null()) {
            let asked = match rule {
                Rule::Pack(_, form) => form.fields.iter().any(|field| field.element == *id),
                _ => true,
            };
            let element = rule.element(context, id).filter(|_| asked);
            if element.is_some_and(|element| answers::misfit(element, answer).is_some()) {
                flags.push(Flag::BadAnswer { element: id.clone() });
            }
        }
    }

    /// Judges and carries out the form's effects one by one; one that fails is flagged. What an
    /// outsider sends, or a clock that cannot be right, sets nothing in motion.
    fn set_in_motion(
        &self,
        context: &Context<'_>,
        draft: &mut Draft<'_>,
        about: &About<'_>,
        (before, flags): (&BTreeMap<String, bool>, &mut Vec<Flag>),
    ) -> BTreeMap<String, bool> {
        let mut outcomes = BTreeMap::new();
        let fitting = self.fitting(about.pack);
        let roles = context.actor.roles_at(about.path, context.moment.at);
        let mut scope = Scope::from([
            ("answers".to_owned(), values(about.pack, context, &fitting)),
            ("occurred_at".to_owned(), Value::Time(context.occurred_at)),
        ]);
        of_subject(&mut scope, context, draft, about.subject, &roles);
        let happening = Happening {
            pack: about.pack,
            case: self.case.clone(),
            place: about.place,
            path: about.path,
            subject: about.subject,
            cause: self.submission.as_str(),
            depth: 0,
        };
        for triggered in &about.form.effects {
            let judged = judge(std::slice::from_ref(triggered), &scope);
            let happens = match judged {
                Ok(judged) => judged.values().any(|happens| *happens),
                Err(refusal) => {
                    flags.push(failed(triggered, &refusal));
                    continue;
                }
            };
            outcomes.insert(triggered.id.clone(), happens);
            // What was put right sets nothing in motion a second time.
            let already = before.get(&triggered.id).copied().unwrap_or(false);
            if !happens || already || flags.contains(&Flag::NotTheirs) {
                continue;
            }
            let Some(effect) = &triggered.effect else {
                continue;
            };
            let tried = draft.attempt(|draft| {
                carry_out(context, draft, &happening, (&triggered.id, effect), &scope)
            });
            if let Err(refusal) = tried {
                flags.push(failed(triggered, &refusal));
            }
        }
        outcomes
    }

    /// The answers that fit their elements; others count as not given.
    fn fitting(&self, pack: &Pack) -> Fields {
        let fits = |(id, answer): &(&ElementId, &serde_json::Value)| {
            pack.elements.get(*id).is_some_and(|e| answers::misfit(e, answer).is_none())
        };
        self.answers.iter().filter(fits).map(|(id, a)| (id.clone(), a.clone())).collect()
    }

    /// A reading counts for the next time at which one is due, from halfway since the last.
    fn receive_reading(&self, context: &Context<'_>, draft: &mut Draft<'_>, flags: &mut Vec<Flag>) {
        let Some(id) = &self.case else { return };
        let case = draft.get::<Case>(id.as_str()).cloned();
        let expected = case.as_ref().and_then(|case| case.standing.expects.clone());
        let (Some(case), Some(expected)) = (case, expected.filter(|e| e.form == self.form)) else {
            flags.push(Flag::CaseUnknown);
            return;
        };
        let pack = context.rules.pack(&case.pack_hash);
        let kind = pack.as_ref().and_then(|pack| pack.kinds.get(&case.kind));
        let state = kind.and_then(|kind| kind.states.get(&case.standing.state));
        let Some(rule) = state.and_then(|state| state.expects.as_ref()) else {
            return;
        };
        let after = next_reading(rule, expected.next_at, context.moment);
        let gap = after.map(|after| after.duration_since(expected.next_at) / 2);
        let counts = gap.is_none_or(|gap| context.occurred_at >= expected.next_at - gap);
        draft.say(Fact::ReadingReceived {
            case: case.id.clone(),
            form: self.form.clone(),
            next_at: if counts { after } else { Some(expected.next_at) },
        });
    }
}

fn failed(triggered: &Triggered, refusal: &Refusal) -> Flag {
    Flag::EffectFailed { effect: triggered.id.clone(), code: refusal.code.name().to_owned() }
}
