//! `explain_delay`: why a case is late, in writing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, CaseText, lifecycle, texts};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::CaseId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};

/// Explains the delay of a late case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainDelay {
    /// The case.
    pub case: CaseId,
    /// Why.
    pub reason: String,
}

/// Whoever has it, or a lead, once it is late.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    lifecycle::check_named(context, case, lifecycle::LEADS, &["assignee"])?;
    if case.is_late(context.moment.at) { Ok(()) } else { Err(Refusal::new(Code::NotLate)) }
}

impl Decide for ExplainDelay {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let sealed = texts::seal(context, draft, &case, &[(CaseText::Reason, &self.reason)])?;
        draft.say(Fact::DelayExplained { case: case.id, sealed, reason: None });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn explain() -> ExplainDelay {
        ExplainDelay { case: id("c1"), reason: "no spare part".to_owned() }
    }

    #[test]
    fn a_late_case_is_explained() {
        let mut street = trial::begun();
        street.moment.at += jiff::SignedDuration::from_hours(25);
        street.give(&trial::worker(), explain()).unwrap();
        assert!(street.states.get::<Case>("c1").unwrap().delay_explained);
    }

    #[test]
    fn what_is_not_late_is_refused_an_explanation() {
        let mut street = trial::begun();
        assert_eq!(street.give(&trial::worker(), explain()).unwrap_err().code, Code::NotLate);
    }
}
