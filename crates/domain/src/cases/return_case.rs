//! `return_case`: a case came to the wrong address and goes back with the reason and the right unit.

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
use super::reason;
use crate::rules::Stage;

/// Sends a case back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        let reason = reason::checked("reason", &self.reason)?;
        let right_unit = reason::checked("right_unit", &self.right_unit)?;
        let to = lifecycle::go_to(context, draft, &case, &[Stage::Returned])?;
        draft.say(Fact::CaseReturned { case: case.id, reason, right_unit, to });
        Ok(())
    }
}
