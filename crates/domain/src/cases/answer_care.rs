//! `answer_care`: whoever was asked takes a care need on, or says that they cannot.

use schemars::JsonSchema;
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

    fn answer(accepts: bool) -> AnswerCare {
        AnswerCare { case: id("c1"), need: "food".to_owned(), accepts }
    }

    fn asked() -> Rehearsal {
        let mut street = opened();
        let ask = crate::cases::AskCare {
            case: id("c1"),
            need: "food".to_owned(),
            owner: id("neighbour"),
        };
        street.give(&trial::clinician(), ask).unwrap();
        street
    }

    #[test]
    fn whoever_was_asked_takes_it_on_and_may_give_it_back() {
        let mut street = asked();
        street.give(&trial::neighbour(), answer(true)).unwrap();
        let owner = |street: &Rehearsal| {
            street.states.get::<Case>("c1").unwrap().care["food"].owner.clone()
        };
        assert_eq!(owner(&street), Some(id("neighbour")));
        street.give(&trial::neighbour(), answer(false)).unwrap();
        assert_eq!(owner(&street), None);
    }

    #[test]
    fn nobody_is_made_to_care_others_are_refused_to_answer_for_them() {
        let mut street = asked();
        let refused = street.give(&trial::clinician(), answer(true)).unwrap_err();
        assert_eq!(refused.code, Code::NotYours);
    }
}
