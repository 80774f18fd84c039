//! `open_account`: somebody, or a machine, may sign in from now on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Account;
use crate::authority::{Actor, Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{AccountId, LedgerId, PersonId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Opens an account. Names and secrets are kept beside the ledger, not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccount {
    /// The account.
    pub account: AccountId,
    /// The ledger and person behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<(LedgerId, PersonId)>,
    /// Whether it is a machine.
    #[serde(default)]
    pub machine: bool,
}

impl Decide for OpenAccount {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR, Role::COMMUNITY_LEAD])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Account::KIND, self.account.as_str())]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        // Facts by the program itself and by the console bear their names; nobody else may.
        let taken = [Actor::system().account, Actor::console().account];
        if taken.contains(&self.account) {
            let refusal = Refusal::new(Code::Exists).with("what", "account");
            return Err(refusal.with("id", self.account.as_str()));
        }
        draft.fresh::<Account>(self.account.as_str())?;
        // An account speaks for its person, so those who lead here give none to people elsewhere.
        if let Some((ledger, person)) = &self.person
            && ledger != context.ledger
            && !context.actor.holds(&[Role::OPERATOR], context.path, context.moment.at)
        {
            return Err(Refusal::new(Code::OtherLedger).with("id", person.as_str()));
        }
        draft.say(Fact::AccountOpened {
            account: self.account.clone(),
            person: self.person.clone(),
            machine: self.machine,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn an_account_is_opened_once_and_holds_no_role() {
        let mut street = trial::community();
        let open = OpenAccount { account: id("ada"), person: None, machine: false };
        street.give(&trial::operator(), open.clone()).unwrap();
        assert!(street.states.get::<Account>("ada").unwrap().grants.is_empty());
        let refused = street.give(&trial::operator(), open).unwrap_err();
        assert_eq!(refused.code, Code::Exists);
    }

    #[test]
    fn nobody_is_called_like_the_program_itself_it_is_refused() {
        let mut street = trial::community();
        for taken in ["system", "console"] {
            let refused = street.give(&trial::operator(), trial::account(taken)).unwrap_err();
            assert_eq!(refused.code, Code::Exists);
        }
    }

    #[test]
    fn a_lead_is_refused_an_account_that_speaks_for_somebody_elsewhere() {
        let mut street = trial::community();
        let open = |ledger: &str| OpenAccount {
            person: Some((id(ledger), id("p1"))),
            ..trial::account("ada")
        };
        let refused = street.give(&trial::lead(), open("elsewhere")).unwrap_err();
        assert_eq!(refused.code, Code::OtherLedger);
        street.give(&trial::lead(), open("community")).unwrap();
    }
}
