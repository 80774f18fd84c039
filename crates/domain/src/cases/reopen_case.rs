//! `reopen_case`: a closed case is taken up again; its history stays.

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

/// Reopens a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenCase {
    /// The case.
    pub case: CaseId,
    /// Why.
    pub reason: String,
}

/// Whoever reported it, its subject, or a lead.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_named(context, case, lifecycle::LEADS, &["reporter", "subject"])?;
    if case.standing.stage.is_final() {
        return Ok(());
    }
    Err(Refusal::new(Code::CaseNotClosed))
}

impl Decide for ReopenCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let stages = [Stage::Rework, Stage::Handling, Stage::Accepted];
        let to = lifecycle::go_to(context, draft, &case, &stages)?;
        let sealed = texts::seal(context, draft, &case, &[(CaseText::Reason, &self.reason)])?;
        draft.say(Fact::CaseReopened { case: case.id, sealed, reason: None, to });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn reopen() -> ReopenCase {
        ReopenCase { case: id("c1"), reason: "dark again".to_owned() }
    }

    #[test]
    fn a_reopened_case_keeps_its_history() {
        let mut street = trial::closed();
        let before = street.facts.len();
        street.give(&trial::resident(), reopen()).unwrap();
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!((case.reopened, case.closed_at), (1, None));
        assert!(case.handlers.contains(&id("worker")));
        assert_eq!(street.facts.len(), before + 1);
    }

    #[test]
    fn an_open_case_is_refused_to_be_reopened() {
        let mut street = trial::begun();
        let refused = street.give(&trial::resident(), reopen()).unwrap_err();
        assert_eq!(refused.code, Code::CaseNotClosed);
    }
}
