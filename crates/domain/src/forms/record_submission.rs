//! `record_submission`: a filled form arrives. Never refused for being late, odd or unknown: it
//! is stored, and what is odd is flagged. Only an id that is taken, or no answers at all where a
//! endless number of them came, is turned away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Flag, Submission, answers};
use crate::authority::{Authority, Role};
use crate::cases::{
    Case, Happening, Subject, carry_out, judge, next_reading, of_subject, place_of, values,
};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::{Fact, Fields};
use crate::ids::{CaseId, FormId, PlaceId, PurposeId, SubmissionId};
use crate::people::{Household, Person};
use crate::places::Place;
use crate::refusal::{Code, Refusal};
use crate::rules::{Form, Pack, Triggered};
use crate::states::{AsThing, Key, States};
use crate::value::{Scope, Value};

/// The most answers that one submission may hold.
const ANSWERS_MAX: usize = 500;
/// How far a device's clock may be ahead before it counts as wrong.
const AHEAD_MINUTES_MAX: i64 = 10;
/// After how long an observation counts as having come late.
const LATE_HOURS: i64 = 24;
/// After how long a time given counts as a wrong clock rather than a late one.
const BEHIND_DAYS_MAX: i64 = 366;

/// Records a filled form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordSubmission {
    /// The submission, made by the client.
    pub submission: SubmissionId,
    /// The form.
    pub form: FormId,
    /// Where; the subject's place when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The case that expects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The answers.
    #[serde(default)]
    pub answers: Fields,
}

impl Decide for RecordSubmission {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = vec![Key::new(Submission::KIND, self.submission.as_str())];
        needs.extend(self.place.as_ref().map(|id| Key::new(Place::KIND, id.as_str())));
        needs.extend(self.case.as_ref().map(|id| Key::new(Case::KIND, id.as_str())));
        if let Some(subject) = &self.subject {
            needs.push(subject.key());
            let person = subject.person().and_then(|id| seen.get::<Person>(id.as_str()));
            let home = person.map(|it| Key::new(Household::KIND, it.household.as_str()));
            needs.extend(home);
        }
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<Submission>(self.submission.as_str())?;
        if self.answers.len() > ANSWERS_MAX {
            let refusal = Refusal::new(Code::TooMany).with("what", "answers");
            return Err(refusal.with("most", ANSWERS_MAX.to_string()));
        }
        let mut flags = clock_flags(context);
        let (place, path) = self.whereabouts(context, draft, &mut flags);
        let subject = self.known_subject(draft, &mut flags);
        let found = context.rules.form(&self.form);
        let mut outcomes = std::collections::BTreeMap::new();
        if let Some((pack, form)) = found {
            self.flag_form(context, (pack, form), &path, subject.as_ref(), &mut flags);
            let about = About { pack, form, place: &place, path: &path, subject: subject.as_ref() };
            outcomes = self.set_in_motion(context, draft, &about, &mut flags);
        } else {
            flags.push(Flag::FormUnknown);
        }
        self.receive_reading(context, draft, &mut flags);
        let purpose = found.map_or_else(
            || PurposeId::new("unknown").expect("plain"),
            |(_, form)| form.purpose.clone(),
        );
        let person = subject.as_ref().and_then(Subject::person);
        let owner = answers::owner(person, "submission", self.submission.as_str());
        let shelf =
            answers::Shelf { person: &owner, item: self.submission.as_str(), purpose: &purpose };
        let pack = found.map(|(pack, _)| pack);
        let (open, sealed) = answers::sort(pack, draft, &shelf, &self.answers);
        flags.sort();
        flags.dedup();
        draft.say_first(Fact::SubmissionRecorded {
            submission: self.submission.clone(),
            form: self.form.clone(),
            pack_hash: pack.map(|pack| pack.hash.clone()).unwrap_or_default(),
            place,
            path,
            subject: self.subject.clone(),
            case: self.case.clone(),
            answers: open,
            sealed,
            flags,
            outcomes,
        });
        Ok(())
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

fn clock_flags(context: &Context<'_>) -> Vec<Flag> {
    let age = context.moment.at.duration_since(context.occurred_at);
    if age.as_mins() < -AHEAD_MINUTES_MAX || age.as_hours() > BEHIND_DAYS_MAX * 24 {
        vec![Flag::ClockWrong]
    } else if age.as_hours() >= LATE_HOURS {
        vec![Flag::CameLate]
    } else {
        Vec::new()
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

    fn flag_form(
        &self,
        context: &Context<'_>,
        (pack, form): (&Pack, &Form),
        path: &[PlaceId],
        subject: Option<&Subject>,
        flags: &mut Vec<Flag>,
    ) {
        if !context.rules.form_is_on(&form.id, context.moment.at) {
            flags.push(Flag::ModeOver);
        }
        let roles = context.actor.roles_at(path, context.moment.at);
        let themselves = match (&context.actor.person, subject) {
            (Some((_, own)), Some(Subject::Person(person))) => own == person,
            _ => false,
        };
        let theirs = form.filled_by.iter().any(|name| {
            (name == "subject" && themselves)
                || (name != Role::RESIDENT && roles.contains(&name.as_str()))
        });
        if !theirs {
            flags.push(Flag::NotTheirs);
        }
        for field in &form.fields {
            let answer = self.answers.get(&field.element).filter(|answer| !answer.is_null());
            let element = pack.elements.get(&field.element);
            match (answer, element) {
                (None, _) if field.required => {
                    flags.push(Flag::AnswerMissing { element: field.element.clone() });
                }
                (Some(answer), Some(element)) if answers::misfit(element, answer).is_some() => {
                    flags.push(Flag::BadAnswer { element: field.element.clone() });
                }
                _ => {}
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
        flags: &mut Vec<Flag>,
    ) -> std::collections::BTreeMap<String, bool> {
        let mut outcomes = std::collections::BTreeMap::new();
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
            if !happens || flags.contains(&Flag::NotTheirs) {
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
        let fits = |(id, answer): &(&crate::ids::ElementId, &serde_json::Value)| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn filled(warm: bool) -> RecordSubmission {
        RecordSubmission {
            submission: id("s1"),
            form: id("trial.visit"),
            place: None,
            subject: Some(Subject::Person(id("p1"))),
            case: None,
            answers: Fields::from([(id("warm"), warm.into()), (id("temperature"), 38.4.into())]),
        }
    }

    fn flags(street: &crate::rehearsal::Rehearsal) -> Vec<Flag> {
        street.states.get::<Submission>("s1").unwrap().flags.clone()
    }

    #[test]
    fn an_answer_opens_a_case_and_its_reading_goes_to_the_vault() {
        let mut street = trial::community();
        let outcome = street.give(&trial::worker(), filled(true)).unwrap();
        assert_eq!(flags(&street), []);
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["submission.recorded", "case.opened"]);
        assert_eq!(outcome.vault[0].value, "38.4");
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("38.4"));
        assert!(street.states.get::<Submission>("s1").unwrap().outcomes["unwell"]);
    }

    #[test]
    fn an_observation_is_recorded_however_odd_it_is() {
        let mut street = trial::community();
        let odd = RecordSubmission {
            form: id("trial.nothing"),
            place: Some(id("nowhere")),
            subject: Some(Subject::Person(id("nobody"))),
            case: Some(id("c9")),
            ..filled(true)
        };
        let ahead = street.moment.at + jiff::SignedDuration::from_hours(24 * 400);
        let outcome = street.give_late(&trial::worker(), odd, ahead).unwrap();
        assert_eq!(
            flags(&street),
            [
                Flag::ClockWrong,
                Flag::FormUnknown,
                Flag::SubjectUnknown,
                Flag::PlaceUnknown,
                Flag::CaseUnknown
            ]
        );
        // What the form does not tell apart counts as personal.
        assert_eq!(outcome.vault.len(), 2);
    }

    #[test]
    fn late_observations_are_flagged_and_bad_answers_named() {
        let mut street = trial::community();
        let mut odd = filled(true);
        odd.answers.insert(id("warm"), "hot".into());
        let yesterday = street.moment.at - jiff::SignedDuration::from_hours(30);
        street.give_late(&trial::worker(), odd, yesterday).unwrap();
        let found = flags(&street);
        assert!(found.contains(&Flag::CameLate));
        assert!(found.contains(&Flag::BadAnswer { element: id("warm") }));
    }

    #[test]
    fn what_an_outsider_sends_sets_nothing_in_motion() {
        let mut street = trial::community();
        let outcome = street.give(&trial::neighbour(), filled(true)).unwrap();
        assert_eq!(outcome.facts.len(), 1);
        assert_eq!(flags(&street), [Flag::NotTheirs]);
    }

    #[test]
    fn a_second_copy_under_another_command_is_refused() {
        let mut street = trial::community();
        street.give(&trial::worker(), filled(false)).unwrap();
        let again = street.give(&trial::worker(), filled(false)).unwrap_err();
        assert_eq!(again.code, Code::Exists);
    }
}
