//! `defer_case`: what cannot be done now goes into the register of open problems instead of a fake end.

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
use crate::states::{Key, States};
use jiff::civil::Date;

/// Puts a case into the register of open problems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeferCase {
    /// The case.
    pub case: CaseId,
    /// Why it cannot be done now.
    pub reason: String,
    /// When it is looked at again.
    #[schemars(with = "crate::schema::Day")]
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
        if self.review_on <= context.moment.today() {
            return Err(Refusal::new(Code::NoReview));
        }
        let sealed = texts::seal(context, draft, &case, &[(CaseText::Reason, &self.reason)])?;
        let review_on = self.review_on;
        draft.say(Fact::CaseDeferred { case: case.id, sealed, reason: None, review_on });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn an_open_problem_has_a_reason_and_a_day_and_is_not_late() {
        let mut street = trial::begun();
        let review_on = street.moment.today().saturating_add(jiff::Span::new().days(30));
        let defer =
            DeferCase { case: id("c1"), reason: "the wall must be opened".to_owned(), review_on };
        street.give(&trial::lead(), defer).unwrap();
        street.moment.at += jiff::SignedDuration::from_hours(100);
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.stage(), crate::rules::Stage::Deferred);
        assert!(!case.is_late(street.moment.at));
    }

    #[test]
    fn the_handler_alone_is_refused_to_put_a_case_off() {
        let mut street = trial::begun();
        let review_on = street.moment.today();
        let defer = DeferCase { case: id("c1"), reason: "later".to_owned(), review_on };
        let refused = street.give(&trial::worker(), defer.clone()).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
        let today = street.give(&trial::lead(), defer).unwrap_err();
        assert_eq!(today.code, Code::NoReview);
    }
}
