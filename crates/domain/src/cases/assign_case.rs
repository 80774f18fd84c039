//! `assign_case`: somebody gets a case to work on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, lifecycle};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::AccountId;
use crate::ids::CaseId;
use crate::refusal::Refusal;
use crate::states::{Key, States};

/// Gives a case to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    fn assign(to: &str) -> AssignCase {
        AssignCase { case: id("c1"), assignee: id(to) }
    }

    #[test]
    fn whoever_has_a_case_may_pass_it_on_and_a_lead_always() {
        let mut street = trial::begun();
        street.give(&trial::worker(), assign("worker-2")).unwrap();
        street.give(&trial::lead(), assign("worker")).unwrap();
        assert_eq!(street.states.get::<Case>("c1").unwrap().assignee, Some(id("worker")));
    }

    #[test]
    fn a_worker_is_refused_to_take_what_another_has() {
        let mut street = trial::begun();
        let refused = street.give(&trial::second_worker(), assign("worker-2")).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
