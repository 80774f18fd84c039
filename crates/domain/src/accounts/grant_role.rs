//! `grant_role`: an account holds a role at a place and below.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Account;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{AccountId, PlaceId};
use crate::places::Place;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// Roles that only an operator may give.
const GIVEN_BY_OPERATORS: &[&str] =
    &[Role::OPERATOR, Role::COORDINATOR, Role::DEPARTMENT, Role::ANALYST];

/// An operator gives every role but the program's own, at and below where they are one; a
/// coordinator also leads; a lead those who work at the doors; both only in this ledger.
pub(super) fn check_rank(
    context: &Context<'_>,
    draft: &Draft<'_>,
    role: &str,
    place: &PlaceId,
) -> Result<(), Refusal> {
    let at = context.moment.at;
    let holds = |roles: &[&str]| context.actor.holds(roles, context.path, at);
    let refused = |roles: &str| Err(Refusal::new(Code::NotAllowed).with("roles", roles));
    if role == Role::SYSTEM {
        return refused("");
    }
    let here = context.path.last() == Some(place) || draft.get::<Place>(place.as_str()).is_some();
    // Of a place that is not in this ledger only this is known: it is above, or below the root.
    let above = context.path.iter().position(|it| it == place);
    let reach = if here {
        context.path
    } else {
        &context.path[..above.map_or(1, |at| at + 1).min(context.path.len())]
    };
    if context.actor.holds(&[Role::OPERATOR], reach, at) {
        return Ok(());
    }
    if GIVEN_BY_OPERATORS.contains(&role) || !here {
        return refused(Role::OPERATOR);
    }
    if role == Role::COMMUNITY_LEAD && !holds(&[Role::COORDINATOR]) {
        return refused(Role::COORDINATOR);
    }
    Ok(())
}

/// The account, and the place if this ledger keeps it.
pub(super) fn needs(account: &AccountId, place: &PlaceId) -> Vec<Key> {
    vec![Key::new(Account::KIND, account.as_str()), Key::new(Place::KIND, place.as_str())]
}

/// Grants a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    /// To whom.
    pub account: AccountId,
    /// Which role.
    pub role: String,
    /// Where.
    pub place: PlaceId,
    /// Until when; until it is taken back when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Instant>")]
    pub until: Option<Timestamp>,
}

impl Decide for GrantRole {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR, Role::COMMUNITY_LEAD])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        needs(&self.account, &self.place)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        check_rank(context, draft, &self.role, &self.place)?;
        let account = draft.known::<Account>(self.account.as_str())?;
        if account.closed {
            let refusal = Refusal::new(Code::Unknown).with("what", "account");
            return Err(refusal.with("id", self.account.as_str()));
        }
        if self.until.is_some_and(|until| until <= context.moment.at) {
            let refusal = Refusal::new(Code::BadValue).with("field", "until");
            return Err(refusal.with("why", format!("> {}", context.moment.at)));
        }
        draft.say(Fact::RoleGranted {
            account: self.account.clone(),
            role: text::line("role", &self.role)?,
            place: self.place.clone(),
            until: self.until,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    use crate::authority::{Actor, Grant};

    fn grant(role: &str, place: &str) -> GrantRole {
        GrantRole { account: id("ada"), role: role.to_owned(), place: id(place), until: None }
    }

    #[test]
    fn a_lead_gives_roles_below_their_own_where_they_lead() {
        let mut street = trial::community();
        street.give(&trial::operator(), trial::account("ada")).unwrap();
        street.give(&trial::lead(), grant("volunteer", "community")).unwrap();
        street.give(&trial::lead(), grant("grid_worker", "b1")).unwrap();
        let roles = &street.states.get::<Account>("ada").unwrap().grants;
        assert_eq!(roles.len(), 2);
        for (role, place) in [
            ("coordinator", "community"),
            ("community_lead", "b1"),
            ("volunteer", "elsewhere"),
            ("volunteer", "root"),
        ] {
            let refused = street.give(&trial::lead(), grant(role, place)).unwrap_err();
            assert_eq!(refused.code, Code::NotAllowed);
        }
    }

    #[test]
    fn an_operator_of_one_place_is_refused_to_reach_above_it() {
        let mut street = trial::community();
        street.give(&trial::operator(), trial::account("ada")).unwrap();
        let mut local = trial::operator();
        local.grants[0].place = id("community");
        for place in ["community", "b1"] {
            street.give(&local, grant("operator", place)).unwrap();
        }
        for place in ["root", "elsewhere"] {
            let refused = street.give(&local, grant("operator", place)).unwrap_err();
            assert_eq!(refused.code, Code::NotAllowed);
            let everywhere = trial::operator();
            street.give(&everywhere, grant("operator", place)).unwrap();
        }
    }

    #[test]
    fn nobody_becomes_the_system() {
        let mut street = trial::community();
        street.give(&trial::operator(), trial::account("ada")).unwrap();
        let refused = street.give(&trial::operator(), grant("system", "root")).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
        let everywhere = Actor {
            account: id("eve"),
            person: None,
            grants: vec![Grant { role: Role::new("coordinator"), place: id("root"), until: None }],
        };
        let refused = street.give(&everywhere, grant("operator", "root")).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
