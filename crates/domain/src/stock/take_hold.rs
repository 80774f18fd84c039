//! `take_hold`: what was held is taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{HANDLERS, Pool, needs_of_hold};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{HoldId, PoolId};
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};

/// Takes what is held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeHold {
    /// The pool.
    pub pool: PoolId,
    /// The hold.
    pub hold: HoldId,
}

impl Decide for TakeHold {
    fn authority(&self) -> Authority {
        Authority::Roles(HANDLERS)
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_hold(&self.pool, &self.hold, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let pool = draft.known::<Pool>(self.pool.as_str())?;
        let held = pool.holds.get(&self.hold).filter(|hold| context.moment.at < hold.until);
        let Some(held) = held else {
            return Err(Refusal::new(Code::HoldOver));
        };
        let case = held.case.clone();
        let (pool, hold) = (self.pool.clone(), self.hold.clone());
        draft.say(Fact::HoldTaken { pool, hold, case });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn command(hold: &str) -> TakeHold {
        TakeHold { pool: id("rooms"), hold: id(hold) }
    }

    #[test]
    fn what_was_held_is_taken_once() {
        let mut street = trial::community();
        street.give(&trial::lead(), trial::hold("a")).unwrap();
        street.give(&trial::lead(), command("a")).unwrap();
        assert_eq!(street.states.get::<Pool>("rooms").unwrap().taken(), 1);
        assert_eq!(street.give(&trial::lead(), command("a")).unwrap_err().code, Code::HoldOver);
    }

    #[test]
    fn a_hold_that_is_over_is_refused() {
        let mut street = trial::community();
        street.give(&trial::lead(), trial::hold("a")).unwrap();
        street.moment.at += jiff::SignedDuration::from_hours(1);
        assert_eq!(street.give(&trial::lead(), command("a")).unwrap_err().code, Code::HoldOver);
    }
}
