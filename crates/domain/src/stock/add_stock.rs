//! `add_stock`: stock came in, or was counted out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KEEPERS, Pool};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PoolId;
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// The most that a pool may hold.
const AMOUNT_MAX: i64 = 1_000_000_000;

/// Adds stock to a pool, or counts some out by a negative amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddStock {
    /// The pool.
    pub pool: PoolId,
    /// How much; negative when there is less than was thought.
    pub amount: i64,
    /// Why.
    pub reason: String,
}

impl Decide for AddStock {
    fn authority(&self) -> Authority {
        Authority::Roles(KEEPERS)
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Pool::KIND, self.pool.as_str())]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let _ = context;
        let pool = draft.known::<Pool>(self.pool.as_str())?;
        let odd = self.amount == 0 || self.amount.unsigned_abs() > AMOUNT_MAX.unsigned_abs();
        if odd || pool.total + self.amount > AMOUNT_MAX {
            let refusal = Refusal::new(Code::BadValue).with("field", "amount");
            return Err(refusal.with("why", format!("1–{AMOUNT_MAX}")));
        }
        if pool.free() + self.amount < 0 {
            let refusal = Refusal::new(Code::Short).with("pool", pool.name.as_str());
            let refusal = refusal.with("free", pool.free().to_string());
            return Err(refusal.with("asked", (-self.amount).to_string()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::StockAdded { pool: self.pool.clone(), amount: self.amount, reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn add(amount: i64) -> AddStock {
        AddStock { pool: id("rooms"), amount, reason: "counted".to_owned() }
    }

    #[test]
    fn stock_comes_in_and_is_refused_to_fall_below_zero() {
        let mut street = trial::community();
        let before = street.states.get::<Pool>("rooms").unwrap().free();
        street.give(&trial::lead(), add(3)).unwrap();
        assert_eq!(street.states.get::<Pool>("rooms").unwrap().free(), before + 3);
        let refused = street.give(&trial::lead(), add(-before - 4)).unwrap_err();
        assert_eq!(refused.code, Code::Short);
        for odd in [0, i64::MIN, i64::MAX] {
            let refused = street.give(&trial::lead(), add(odd)).unwrap_err();
            assert_eq!(refused.code, Code::BadValue);
        }
    }
}
