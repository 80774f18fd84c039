//! `revoke_role`: a role is taken back, with the reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Account, grant_role};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{AccountId, PlaceId};
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Takes a role back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRole {
    /// From whom.
    pub account: AccountId,
    /// Which role.
    pub role: String,
    /// Where.
    pub place: PlaceId,
    /// Why.
    pub reason: String,
}

impl Decide for RevokeRole {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR, Role::COMMUNITY_LEAD])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        grant_role::needs(&self.account, &self.place)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        grant_role::check_rank(context, draft, &self.role, &self.place)?;
        let account = draft.known::<Account>(self.account.as_str())?;
        let held = |role: &str| {
            account.grants.iter().any(|grant| grant.role.0 == role && grant.place == self.place)
        };
        if !held(&self.role) {
            let refusal = Refusal::new(Code::Unknown).with("what", "role");
            return Err(refusal.with("id", self.role.as_str()));
        }
        if self.role == Role::OPERATOR && context.actor.account == self.account {
            return Err(Refusal::new(Code::LastOperator));
        }
        draft.say(Fact::RoleRevoked {
            account: self.account.clone(),
            role: self.role.clone(),
            place: self.place.clone(),
            reason: text::free("reason", &self.reason)?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_role_is_taken_back_with_a_reason() {
        let mut street = trial::community();
        street.give(&trial::operator(), trial::account("ada")).unwrap();
        let place: PlaceId = id("community");
        let grant = super::super::GrantRole {
            account: id("ada"),
            role: "volunteer".to_owned(),
            place: place.clone(),
            until: None,
        };
        street.give(&trial::operator(), grant).unwrap();
        let mut revoke = RevokeRole {
            account: id("ada"),
            role: "volunteer".to_owned(),
            place,
            reason: String::new(),
        };
        let refused = street.give(&trial::operator(), revoke.clone()).unwrap_err();
        assert_eq!(refused.code, Code::Missing);
        revoke.reason = "moved away".to_owned();
        street.give(&trial::operator(), revoke.clone()).unwrap();
        assert!(street.states.get::<Account>("ada").unwrap().grants.is_empty());
        let refused = street.give(&trial::operator(), revoke).unwrap_err();
        assert_eq!(refused.code, Code::Unknown);
    }
}
