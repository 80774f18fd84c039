//! `hand_over_case`: a case goes from one pair of hands into another, in a stated condition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, CaseText, lifecycle, texts};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::AccountId;
use crate::ids::CaseId;
use crate::refusal::Refusal;
use crate::states::{Key, States};

/// Hands a case over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverCase {
    /// The case.
    pub case: CaseId,
    /// To whom.
    pub to: AccountId,
    /// In what condition.
    pub condition: String,
}

/// Whoever has it.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_open(case)?;
    lifecycle::check_named(context, case, &[], &["assignee"])
}

impl Decide for HandOverCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let condition = (CaseText::Condition, self.condition.as_str());
        let sealed = texts::seal(context, draft, &case, &[condition])?;
        let (from, to) = (case.assignee.clone(), self.to.clone());
        draft.say(Fact::CaseHandedOver { case: case.id, from, to, sealed, condition: None });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    fn hand(condition: &str) -> HandOverCase {
        HandOverCase { case: id("c1"), to: id("worker-2"), condition: condition.to_owned() }
    }

    #[test]
    fn a_case_changes_hands_in_a_stated_condition() {
        let mut street = trial::begun();
        street.give(&trial::worker(), hand("half done")).unwrap();
        assert_eq!(street.states.get::<Case>("c1").unwrap().assignee, Some(id("worker-2")));
    }

    #[test]
    fn only_whoever_has_a_case_hands_it_over_others_are_refused() {
        let mut street = trial::begun();
        let refused = street.give(&trial::lead(), hand("half done")).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
