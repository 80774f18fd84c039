//! `rate_case`: the reporter says whether it helped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, lifecycle};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::CaseId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};

/// Rates a closed case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateCase {
    /// The case.
    pub case: CaseId,
    /// Whether the matter is solved.
    pub solved: bool,
    /// From 1, not at all satisfied, to 5, very.
    pub satisfied: u8,
}

/// Only whoever reported it or is its subject, once.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_named(context, case, &[], &["reporter", "subject"])
        .map_err(|_| Refusal::new(Code::NotYours))?;
    if !case.standing.stage.is_final() {
        return Err(Refusal::new(Code::CaseNotClosed));
    }
    if case.rating.is_some() { Err(Refusal::new(Code::AlreadyRated)) } else { Ok(()) }
}

impl Decide for RateCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        if !(1..=5).contains(&self.satisfied) {
            let refusal = Refusal::new(Code::BadValue).with("field", "satisfied");
            return Err(refusal.with("why", "1–5"));
        }
        let (solved, satisfied) = (self.solved, self.satisfied);
        draft.say(Fact::CaseRated { case: case.id, solved, satisfied });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn rate(satisfied: u8) -> RateCase {
        RateCase { case: id("c1"), solved: true, satisfied }
    }

    #[test]
    fn the_reporter_rates_a_closed_case_once() {
        let mut street = trial::closed();
        street.give(&trial::resident(), rate(5)).unwrap();
        assert_eq!(street.give(&trial::resident(), rate(1)).unwrap_err().code, Code::AlreadyRated);
    }

    #[test]
    fn rating_is_refused_early_by_others_and_off_the_scale() {
        let mut open = trial::begun();
        assert_eq!(open.give(&trial::resident(), rate(5)).unwrap_err().code, Code::CaseNotClosed);
        let mut street = trial::closed();
        assert_eq!(street.give(&trial::worker(), rate(5)).unwrap_err().code, Code::NotYours);
        assert_eq!(street.give(&trial::resident(), rate(6)).unwrap_err().code, Code::BadValue);
    }
}
