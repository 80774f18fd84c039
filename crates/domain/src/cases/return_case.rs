//! `return_case`: a case came to the wrong address and goes back with the reason and the right unit.

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
use crate::rules::Stage;
use crate::states::{Key, States};

/// Sends a case back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnCase {
    /// The case.
    pub case: CaseId,
    /// Why it is not ours.
    pub reason: String,
    /// Whose it is.
    pub right_unit: String,
}

/// Whoever has it, or a lead.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    lifecycle::check_named(context, case, lifecycle::LEADS, &["assignee"])
}

impl Decide for ReturnCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        if case.order.is_some() {
            return Err(Refusal::new(Code::Restricted).with("case", case.id.as_str()));
        }
        let to = lifecycle::go_to(context, draft, &case, &[Stage::Returned])?;
        let written = [
            (CaseText::Reason, self.reason.as_str()),
            (CaseText::RightUnit, self.right_unit.as_str()),
        ];
        let sealed = texts::seal(context, draft, &case, &written)?;
        let (reason, right_unit) = (None, None);
        draft.say(Fact::CaseReturned { case: case.id, sealed, reason, right_unit, to });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn back(right_unit: &str) -> ReturnCase {
        ReturnCase {
            case: id("c1"),
            reason: "it is a street lamp".to_owned(),
            right_unit: right_unit.to_owned(),
        }
    }

    #[test]
    fn a_wrong_address_goes_back_with_reason_and_right_unit() {
        let mut street = trial::begun();
        street.give(&trial::worker(), back("road office")).unwrap();
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.standing.stage, Stage::Returned);
        assert_eq!(case.assignee, None);
    }

    #[test]
    fn going_back_without_the_right_unit_is_refused() {
        let mut street = trial::begun();
        assert_eq!(street.give(&trial::worker(), back(" ")).unwrap_err().code, Code::Missing);
    }
}
