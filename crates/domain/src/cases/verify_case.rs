//! `verify_case`: somebody other than the handler looks whether it is done.

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

/// Verifies what the handler claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
        if self.agreed && case.order.is_some() {
            return Err(Refusal::new(Code::Restricted).with("case", case.id.as_str()));
        }
        let stages: &[Stage] =
            if self.agreed { &[Stage::Closed] } else { &[Stage::Rework, Stage::Handling] };
        let to = lifecycle::go_to(context, draft, &case, stages)?;
        let sealed = texts::seal(context, draft, &case, &[(CaseText::Finding, &self.finding)])?;
        let agreed = self.agreed;
        draft.say(Fact::CaseVerified { case: case.id, agreed, sealed, finding: None, to });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn verify(agreed: bool) -> VerifyCase {
        VerifyCase { case: id("c1"), agreed, finding: "looked".to_owned() }
    }

    #[test]
    fn the_handler_may_not_verify() {
        let mut street = trial::claimed();
        let refused = street.give(&trial::worker(), verify(true)).unwrap_err();
        assert_eq!(refused.code, Code::VerifierIsHandler);
        street.give(&trial::second_worker(), verify(true)).unwrap();
        assert_eq!(street.states.get::<Case>("c1").unwrap().standing.stage, Stage::Closed);
    }

    #[test]
    fn what_is_not_done_goes_back_to_work() {
        let mut street = trial::claimed();
        street.give(&trial::resident(), verify(false)).unwrap();
        assert_eq!(street.states.get::<Case>("c1").unwrap().standing.stage, Stage::Rework);
    }

    #[test]
    fn verifying_is_refused_before_anybody_claims() {
        let mut street = trial::begun();
        let refused = street.give(&trial::second_worker(), verify(true)).unwrap_err();
        assert_eq!(refused.code, Code::NothingClaimed);
    }
}
