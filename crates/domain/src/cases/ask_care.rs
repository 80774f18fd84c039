//! `ask_care`: somebody is asked to take on what a household needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::care;
use super::{Case, lifecycle};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::AccountId;
use crate::ids::CaseId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};

/// Asks somebody to take on a care need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{OpenCase, Subject};
    use crate::fact::Fields;
    use crate::rehearsal::Rehearsal;
    use crate::trial::{self, id};

    fn opened() -> Rehearsal {
        let mut street = trial::community();
        let open = OpenCase {
            case: id("c1"),
            kind: id("trial.stay"),
            place: None,
            subject: Some(Subject::Person(id("p1"))),
            fields: Fields::new(),
        };
        street.give(&trial::resident(), open).unwrap();
        street
    }

    fn ask(need: &str) -> AskCare {
        AskCare { case: id("c1"), need: need.to_owned(), owner: id("neighbour") }
    }

    #[test]
    fn somebody_is_asked_and_has_not_agreed_yet() {
        let mut street = opened();
        street.give(&trial::clinician(), ask("dependant:p2")).unwrap();
        let item = &street.states.get::<Case>("c1").unwrap().care["dependant:p2"];
        assert_eq!((item.asked.clone(), item.owner.clone()), (Some(id("neighbour")), None));
    }

    #[test]
    fn a_need_that_is_none_is_refused() {
        let mut street = opened();
        let refused = street.give(&trial::clinician(), ask("dependant:p3")).unwrap_err();
        assert_eq!(refused.code, Code::CareUnknown);
    }

    #[test]
    fn a_dependant_whom_another_at_home_looks_after_is_no_need() {
        let mut street = opened();
        let second = crate::people::StateCare {
            carer: id("p3"),
            dependant: id("p2"),
            care: "child".to_owned(),
        };
        street.give(&trial::worker(), second).unwrap();
        let refused = street.give(&trial::clinician(), ask("dependant:p2")).unwrap_err();
        assert_eq!(refused.code, Code::CareUnknown);
    }
}
