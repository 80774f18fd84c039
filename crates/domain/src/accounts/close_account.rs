//! `close_account`: an account is closed and loses its roles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Account;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::AccountId;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// Closes an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseAccount {
    /// The account.
    pub account: AccountId,
    /// Why.
    pub reason: String,
}

impl Decide for CloseAccount {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Account::KIND, self.account.as_str())]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        // Whoever closes is an operator, so as long as they stay there is one left.
        if context.actor.account == self.account {
            return Err(Refusal::new(Code::LastOperator));
        }
        let account = draft.known::<Account>(self.account.as_str())?;
        if account.closed {
            let refusal = Refusal::new(Code::Unknown).with("what", "account");
            return Err(refusal.with("id", self.account.as_str()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::AccountClosed { account: self.account.clone(), reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_closed_account_holds_nothing() {
        let mut street = trial::community();
        street.give(&trial::operator(), trial::account("ada")).unwrap();
        let close = CloseAccount { account: id("ada"), reason: "left".to_owned() };
        street.give(&trial::operator(), close.clone()).unwrap();
        assert!(street.states.get::<Account>("ada").unwrap().closed);
        assert_eq!(street.give(&trial::operator(), close).unwrap_err().code, Code::Unknown);
    }

    #[test]
    fn an_operator_is_refused_to_close_themselves() {
        let mut street = trial::community();
        let operator = trial::operator();
        let close = CloseAccount { account: operator.account.clone(), reason: "tired".to_owned() };
        assert_eq!(street.give(&operator, close).unwrap_err().code, Code::LastOperator);
    }
}
