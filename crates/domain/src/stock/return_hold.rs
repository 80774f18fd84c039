//! `return_hold`: what was held or taken is back.

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

/// Gives back what is held or was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnHold {
    /// The pool.
    pub pool: PoolId,
    /// The hold.
    pub hold: HoldId,
}

impl Decide for ReturnHold {
    fn authority(&self) -> Authority {
        Authority::Roles(HANDLERS)
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_hold(&self.pool, &self.hold, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let pool = draft.known::<Pool>(self.pool.as_str())?;
        let _ = context;
        let held = pool.holds.get(&self.hold).or_else(|| pool.taken.get(&self.hold));
        let Some(held) = held else {
            return Err(Refusal::new(Code::HoldOver));
        };
        let case = held.case.clone();
        let (pool, hold) = (self.pool.clone(), self.hold.clone());
        draft.say(Fact::HoldReturned { pool, hold, case });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn command(hold: &str) -> ReturnHold {
        ReturnHold { pool: id("rooms"), hold: id(hold) }
    }

    #[test]
    fn what_is_given_back_is_free_again() {
        let mut street = trial::community();
        street.give(&trial::lead(), trial::hold("a")).unwrap();
        street.give(&trial::lead(), command("a")).unwrap();
        let pool = street.states.get::<Pool>("rooms").unwrap();
        assert_eq!(pool.free(), pool.total);
        assert_eq!(street.give(&trial::lead(), command("a")).unwrap_err().code, Code::HoldOver);
    }
}
