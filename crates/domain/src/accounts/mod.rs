//! Accounts and the roles that they hold at places.

mod close_account;
mod grant_role;
mod open_account;
mod revoke_role;

use serde::{Deserialize, Serialize};

use crate::authority::{Grant, Role};
use crate::fact::Fact;
use crate::ids::{AccountId, LedgerId, PersonId};
use crate::places::of;
use crate::states::{AsThing, Changes, Index, Key};

pub use close_account::CloseAccount;
pub use grant_role::GrantRole;
pub use open_account::OpenAccount;
pub use revoke_role::RevokeRole;

/// An account: who signs in or holds a token. Names and secrets are not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The ledger and person behind it.
    pub person: Option<(LedgerId, PersonId)>,
    /// Whether it is a machine.
    pub machine: bool,
    /// The roles that it holds.
    pub grants: Vec<Grant>,
    /// Whether it is closed.
    pub closed: bool,
}

impl Account {
    pub(crate) fn index(&self) -> Index {
        Index {
            status: if self.closed { "closed" } else { "" }.to_owned(),
            about: self.person.as_ref().map(|(_, person)| person.to_string()).unwrap_or_default(),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::AccountOpened { account, person, machine } => {
            let state = Account {
                id: account.clone(),
                person: person.clone(),
                machine: *machine,
                grants: Vec::new(),
                closed: false,
            };
            states.create(Key::new(Account::KIND, account.as_str()), state.into_thing());
        }
        Fact::RoleGranted { account, role, place, until } => {
            if let Some(state) = of::<Account>(states, account.as_str()) {
                state.grants.retain(|grant| grant.role.0 != *role || grant.place != *place);
                let grant = Grant { role: Role::new(role), place: place.clone(), until: *until };
                state.grants.push(grant);
            }
        }
        Fact::RoleRevoked { account, role, place, .. } => {
            if let Some(state) = of::<Account>(states, account.as_str()) {
                state.grants.retain(|grant| grant.role.0 != *role || grant.place != *place);
            }
        }
        Fact::AccountClosed { account, .. } => {
            if let Some(state) = of::<Account>(states, account.as_str()) {
                state.closed = true;
                state.grants.clear();
            }
        }
        _ => {}
    }
}
