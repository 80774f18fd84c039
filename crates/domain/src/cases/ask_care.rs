//! `ask_care`: somebody is asked to take on what a household needs.

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
use super::care;
use crate::ids::AccountId;

/// Asks somebody to take on a care need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskCare {
    /// The case.
    pub case: CaseId,
    /// The need: `food`, `dependant:PERSON`.
    pub need: String,
    /// Who is asked.
    pub owner: AccountId,
}

/// Whoever works on it, reported it or is its subject.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    let also = ["assignee", "reporter", "subject"];
    lifecycle::check_named(context, case, lifecycle::WORKERS, &also)
}

impl Decide for AskCare {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let pack = lifecycle::pack_of(context, &case)?;
        let kind = lifecycle::kind_of(&pack, &case)?;
        if !care::needs_of_kind(draft, kind, &case).contains(&self.need) {
            return Err(Refusal::new(Code::CareUnknown).with("need", self.need.as_str()));
        }
        let (need, owner) = (self.need.clone(), self.owner.clone());
        draft.say(Fact::CareAsked { case: case.id, need, owner });
        Ok(())
    }
}
