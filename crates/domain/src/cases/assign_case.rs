//! `assign_case`: somebody gets a case to work on.

use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, lifecycle};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::CaseId;
use crate::refusal::Refusal;
use crate::states::{Key, States};
use crate::ids::AccountId;

/// Gives a case to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignCase {
    /// The case.
    pub case: CaseId,
    /// To whom.
    pub assignee: AccountId,
}

/// Leads give cases out; whoever has one may pass it on; a worker may take one that nobody has.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    let takes_it = if case.assignee.is_none() { lifecycle::WORKERS } else { lifecycle::LEADS };
    lifecycle::check_named(context, case, takes_it, &["assignee"])
}

impl Decide for AssignCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        draft.say(Fact::CaseAssigned { case: case.id, assignee: self.assignee.clone() });
        Ok(())
    }
}
