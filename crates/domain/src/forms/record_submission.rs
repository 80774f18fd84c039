//! `record_submission`: a filled form arrives. Never refused for being late, odd or unknown: it
//! is stored, and what is odd is flagged. Only an id that is taken, or no answers at all where a
//! endless number of them came, is turned away.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::observation::{self, Observation, Rule};
use crate::authority::Authority;
use crate::cases::Subject;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fields;
use crate::ids::{CaseId, FormId, PlaceId, SubmissionId};
use crate::refusal::Refusal;
use crate::states::{Key, States};

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
        observation::needs(self, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let found = context.rules.form(&self.form);
        let rule = match (found, context.rules.latest_form(&self.form)) {
            (Some((pack, form)), _) => Rule::Pack(pack, form),
            (None, Some(form)) => Rule::Published(form),
            (None, None) => Rule::Unknown,
        };
        let (flags, before, told) = (Vec::new(), BTreeMap::new(), self);
        let taken = Observation { told, rule, flags, before, deeds: &[], named: &[] };
        taken.take(context, draft).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use crate::forms::{Flag, Submission};
    use crate::refusal::Code;
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
