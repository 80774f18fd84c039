//! `hold_stock`: some of a pool is kept for somebody until a time.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{HANDLERS, Pool, sort_of};
use crate::authority::Authority;
use crate::cases::Case;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{CaseId, HoldId, PoolId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Holds stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldStock {
    /// The pool.
    pub pool: PoolId,
    /// The hold, made by the client.
    pub hold: HoldId,
    /// How much.
    pub amount: u32,
    /// After how many minutes it is free again unless it is taken before.
    pub minutes: u32,
    /// The case that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}

impl Decide for HoldStock {
    fn authority(&self) -> Authority {
        Authority::Roles(HANDLERS)
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        let case = self.case.as_ref().map(|id| Key::new(Case::KIND, id.as_str()));
        std::iter::once(Key::new(Pool::KIND, self.pool.as_str())).chain(case).collect()
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let pool = draft.known::<Pool>(self.pool.as_str())?;
        if let Some(case) = &self.case {
            draft.known::<Case>(case.as_str())?;
        }
        if pool.holds.contains_key(&self.hold) || pool.taken.contains_key(&self.hold) {
            let refusal = Refusal::new(Code::Exists).with("what", "hold");
            return Err(refusal.with("id", self.hold.as_str()));
        }
        let longest = sort_of(context.rules, &pool.sort)?.hold_minutes_max;
        if self.minutes == 0 || self.minutes > longest {
            let refusal = Refusal::new(Code::BadValue).with("field", "minutes");
            return Err(refusal.with("why", format!("1–{longest}")));
        }
        if self.amount == 0 {
            return Err(Refusal::new(Code::BadValue).with("field", "amount").with("why", "≥ 1"));
        }
        if pool.free() < i64::from(self.amount) {
            let refusal = Refusal::new(Code::Short).with("pool", pool.name.as_str());
            let refusal = refusal.with("free", pool.free().to_string());
            return Err(refusal.with("asked", self.amount.to_string()));
        }
        draft.say(Fact::StockHeld {
            pool: self.pool.clone(),
            hold: self.hold.clone(),
            amount: self.amount,
            until: context.moment.at + SignedDuration::from_mins(i64::from(self.minutes)),
            case: self.case.clone(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn hold(name: &str, amount: u32) -> HoldStock {
        HoldStock { pool: id("rooms"), hold: id(name), amount, minutes: 30, case: None }
    }

    #[test]
    fn what_is_held_is_not_free() {
        let mut street = trial::community();
        street.give(&trial::lead(), hold("a", 1)).unwrap();
        let pool = street.states.get::<Pool>("rooms").unwrap();
        assert_eq!((pool.held(), pool.free()), (1, 1));
    }

    #[test]
    fn more_than_is_free_is_refused_and_so_is_an_endless_hold() {
        let mut street = trial::community();
        street.give(&trial::lead(), hold("a", 2)).unwrap();
        assert_eq!(street.give(&trial::lead(), hold("b", 1)).unwrap_err().code, Code::Short);
        assert_eq!(street.give(&trial::lead(), hold("a", 1)).unwrap_err().code, Code::Exists);
        for odd in [
            HoldStock { minutes: 10_000_000, ..hold("c", 1) },
            HoldStock { minutes: 0, ..hold("c", 1) },
            hold("c", 0),
        ] {
            let refused = street.give(&trial::lead(), odd).unwrap_err();
            assert_eq!(refused.code, Code::BadValue);
        }
    }

    #[test]
    fn a_hold_is_refused_for_a_case_that_is_not_there() {
        let mut street = trial::community();
        let lost = HoldStock { case: Some(id("c9")), ..hold("a", 1) };
        let refused = street.give(&trial::lead(), lost).unwrap_err();
        assert_eq!(refused.code, Code::Unknown);
    }
}
