//! `defer_case`: what cannot be done now goes into the register of open problems instead of a fake end.

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
use jiff::civil::Date;

/// Puts a case into the register of open problems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeferCase {
    /// The case.
    pub case: CaseId,
    /// Why it cannot be done now.
    pub reason: String,
    /// When it is looked at again.
    pub review_on: Date,
}

/// A lead.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    lifecycle::check_named(context, case, lifecycle::LEADS, &[])
}

impl Decide for DeferCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let reason = reason::checked("reason", &self.reason)?;
        if self.review_on <= context.moment.today() {
            return Err(Refusal::new(Code::NoReview));
        }
        draft.say(Fact::CaseDeferred { case: case.id, reason, review_on: self.review_on });
        Ok(())
    }
}
