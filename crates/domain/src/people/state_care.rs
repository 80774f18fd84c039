//! `state_care`: somebody looks after somebody.
//!
//! A carer speaks for the other, so nobody becomes one by their own word alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Person;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// States that somebody looks after somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateCare {
    /// Who cares.
    pub carer: PersonId,
    /// For whom.
    pub dependant: PersonId,
    /// In what way: `child`, `elder`, `disability`.
    pub care: String,
}

impl Decide for StateCare {
    fn authority(&self) -> Authority {
        Authority::Oneself
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        [&self.carer, &self.dependant].map(|id| Key::new(Person::KIND, id.as_str())).to_vec()
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if self.carer == self.dependant {
            return Err(Refusal::new(Code::OwnCarer));
        }
        draft.known::<Person>(self.carer.as_str())?;
        let dependant = draft.known::<Person>(self.dependant.as_str())?.clone();
        if !super::speaks_for(context.actor, context.ledger, &dependant) {
            let registrars = Authority::Roles(Role::REGISTRARS);
            registrars.check(context.actor, &dependant.path, context.moment.at)?;
        }
        let care = text::line("care", &self.care)?;
        let (carer, dependant) = (self.carer.clone(), self.dependant.clone());
        draft.say(Fact::CareStated { carer, dependant, care });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn command(carer: &str, dependant: &str) -> StateCare {
        StateCare { carer: id(carer), dependant: id(dependant), care: "child".to_owned() }
    }

    #[test]
    fn care_is_known_on_both_sides() {
        let mut street = trial::community();
        street.give(&trial::worker(), command("p3", "p1")).unwrap();
        assert!(street.states.get::<Person>("p3").unwrap().cares_for.contains_key(&id("p1")));
        assert!(street.states.get::<Person>("p1").unwrap().cared_by.contains_key(&id("p3")));
    }

    #[test]
    fn a_parent_says_who_else_looks_after_the_child() {
        let mut street = trial::community();
        street.give(&trial::resident(), command("p3", "p2")).unwrap();
        let child = street.states.get::<Person>("p2").unwrap();
        assert_eq!(child.cared_by.len(), 2);
    }

    #[test]
    fn caring_for_oneself_is_refused_and_so_is_a_strangers_word() {
        let mut street = trial::community();
        let own = street.give(&trial::worker(), command("p1", "p1")).unwrap_err();
        assert_eq!(own.code, Code::OwnCarer);
        for carer in ["p1", "p3"] {
            let stranger = street.give(&trial::neighbour(), command(carer, "p2")).unwrap_err();
            assert_eq!(stranger.code, Code::NotAllowed);
        }
    }
}
