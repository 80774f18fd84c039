//! `verify_case`: somebody other than the handler looks whether it is done.

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

/// Verifies what the handler claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyCase {
    /// The case.
    pub case: CaseId,
    /// Whether it is done.
    pub agreed: bool,
    /// What was seen.
    pub finding: String,
}

/// A worker, lead or the reporter, but nobody who has handled it.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    if case.standing.stage != Stage::Claimed {
        return Err(Refusal::new(Code::NothingClaimed));
    }
    let also = ["reporter", "department"];
    lifecycle::check_named(context, case, lifecycle::WORKERS, &also)?;
    if case.handlers.contains(&context.actor.account) {
        return Err(Refusal::new(Code::VerifierIsHandler));
    }
    Ok(())
}

impl Decide for VerifyCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let finding = reason::checked("finding", &self.finding)?;
        if self.agreed && case.order.is_some() {
            return Err(Refusal::new(Code::Restricted).with("case", case.id.as_str()));
        }
        let stages: &[Stage] =
            if self.agreed { &[Stage::Closed] } else { &[Stage::Rework, Stage::Handling] };
        let to = lifecycle::go_to(context, draft, &case, stages)?;
        draft.say(Fact::CaseVerified { case: case.id, agreed: self.agreed, finding, to });
        Ok(())
    }
}
