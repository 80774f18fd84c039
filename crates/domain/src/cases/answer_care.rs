//! `answer_care`: whoever was asked takes a care need on, or says that they cannot.

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

/// Answers whether one takes on a care need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerCare {
    /// The case.
    pub case: CaseId,
    /// The need.
    pub need: String,
    /// Whether one takes it on.
    pub accepts: bool,
}

/// Anybody may be asked, so the case alone decides nothing.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    let _ = context;
    lifecycle::check_open(case)
}

impl Decide for AnswerCare {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let own = &context.actor.account;
        let Some(item) = case.care.get(&self.need) else {
            return Err(Refusal::new(Code::CareUnknown).with("need", self.need.as_str()));
        };
        let theirs = item.asked.as_ref() == Some(own) || item.owner.as_ref() == Some(own);
        if !theirs {
            return Err(Refusal::new(Code::NotYours));
        }
        let (need, owner) = (self.need.clone(), own.clone());
        draft.say(if self.accepts {
            Fact::CareAccepted { case: case.id, need, owner }
        } else {
            Fact::CareDeclined { case: case.id, need, owner }
        });
        Ok(())
    }
}
