//! `end_care`: somebody no longer looks after somebody.

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

/// States that somebody no longer looks after somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndCare {
    /// Who cares.
    pub carer: PersonId,
    /// For whom.
    pub dependant: PersonId,
}

impl Decide for EndCare {
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
        let carer = draft.known::<Person>(self.carer.as_str())?.clone();
        let dependant = draft.known::<Person>(self.dependant.as_str())?;
        let speaks = |person| super::speaks_for(context.actor, context.ledger, person);
        if !speaks(&carer) && !speaks(dependant) {
            let registrars = Authority::Roles(Role::REGISTRARS);
            registrars.check(context.actor, &carer.path, context.moment.at)?;
        }
        if !carer.cares_for.contains_key(&self.dependant) {
            let refusal = Refusal::new(Code::Unknown).with("what", "care");
            return Err(refusal.with("id", self.dependant.as_str()));
        }
        let (carer, dependant) = (self.carer.clone(), self.dependant.clone());
        draft.say(Fact::CareEnded { carer, dependant });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn command(carer: &str, dependant: &str) -> EndCare {
        EndCare { carer: id(carer), dependant: id(dependant) }
    }

    #[test]
    fn care_that_ends_is_gone_on_both_sides() {
        let mut street = trial::community();
        street.give(&trial::worker(), command("p1", "p2")).unwrap();
        assert!(street.states.get::<Person>("p1").unwrap().cares_for.is_empty());
        assert!(street.states.get::<Person>("p2").unwrap().cared_by.is_empty());
    }

    #[test]
    fn care_that_is_not_there_is_refused_an_end() {
        let mut street = trial::community();
        let refused = street.give(&trial::worker(), command("p3", "p1")).unwrap_err();
        assert_eq!(refused.code, Code::Unknown);
    }
}
