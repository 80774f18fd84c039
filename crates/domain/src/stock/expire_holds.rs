//! `expire_holds`: holds whose end has come are free again; nobody has to ask.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hold, Pool};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{HoldId, PoolId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, Kind, States};

/// Frees the holds of a pool whose end has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpireHolds {
    /// The pool.
    pub pool: PoolId,
}

impl Decide for ExpireHolds {
    fn authority(&self) -> Authority {
        Authority::System
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = vec![Key::new(Pool::KIND, self.pool.as_str())];
        if let Some(pool) = seen.get::<Pool>(self.pool.as_str()) {
            let cases = pool.holds.values().filter_map(|hold| hold.case.as_ref());
            needs.extend(cases.map(|case| Key::new(Kind::Case, case.as_str())));
        }
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let pool = draft.known::<Pool>(self.pool.as_str())?;
        let over = |(_, hold): &(&HoldId, &Hold)| hold.until <= context.moment.at;
        let over: Vec<_> =
            pool.holds.iter().filter(over).map(|(id, h)| (id.clone(), h.clone())).collect();
        if over.is_empty() {
            return Err(Refusal::new(Code::NotDueYet));
        }
        for (hold, Hold { case, .. }) in over {
            draft.say(Fact::HoldExpired { pool: self.pool.clone(), hold, case });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    use crate::authority::Actor;

    #[test]
    fn a_hold_ends_by_itself_and_not_before() {
        let mut street = trial::community();
        street.give(&trial::lead(), trial::hold("a")).unwrap();
        let expire = ExpireHolds { pool: id("rooms") };
        let early = street.give(&Actor::system(), expire.clone()).unwrap_err();
        assert_eq!(early.code, Code::NotDueYet);
        street.moment.at += jiff::SignedDuration::from_hours(1);
        street.give(&Actor::system(), expire).unwrap();
        let pool = street.states.get::<Pool>("rooms").unwrap();
        assert_eq!(pool.free(), pool.total);
    }

    #[test]
    fn only_the_program_itself_lets_holds_expire_others_are_refused() {
        let mut street = trial::community();
        let expire = ExpireHolds { pool: id("rooms") };
        assert_eq!(street.give(&trial::lead(), expire).unwrap_err().code, Code::NotAllowed);
    }
}
