//! Pools of stock: goods, rooms, beds, shelter places; held with an end, taken, given back.

mod add_stock;
mod expire_holds;
mod hold_stock;
mod open_pool;
mod return_hold;
mod take_hold;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Role;
use crate::fact::Fact;
use crate::ids::{CaseId, HoldId, PlaceId, PoolId};
use crate::places::{of, path_text};
use crate::refusal::{Code, Refusal};
use crate::rules::{Rules, StockSort};
use crate::states::{AsThing, Changes, Index, Key, Kind, States};

pub use add_stock::AddStock;
pub use expire_holds::ExpireHolds;
pub use hold_stock::HoldStock;
pub use open_pool::OpenPool;
pub use return_hold::ReturnHold;
pub use take_hold::TakeHold;

/// Roles that open pools and count stock.
const KEEPERS: &[&str] = &[Role::COMMUNITY_LEAD, Role::COORDINATOR, Role::OPERATOR];
/// Roles that hold, take and give back.
const HANDLERS: &[&str] =
    &[Role::GRID_WORKER, Role::VOLUNTEER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];

/// The sort of stock with a name that has its pack's id in front.
fn sort_of<'a>(rules: &'a Rules, sort: &str) -> Result<&'a StockSort, Refusal> {
    let found = sort.split_once('.').and_then(|(pack, name)| {
        let pack = rules.packs.iter().find(|it| it.id.as_str() == pack)?;
        pack.stock.get(name)
    });
    found.ok_or_else(|| Refusal::new(Code::Unknown).with("what", "sort").with("id", sort))
}

/// A pool, and the case that a hold of it is for: a fact about the hold changes both.
fn needs_of_hold(pool: &PoolId, hold: &HoldId, seen: &States) -> Vec<Key> {
    let mut needs = vec![Key::new(Pool::KIND, pool.as_str())];
    if let Some(pool) = seen.get::<Pool>(pool.as_str()) {
        let hold = pool.holds.get(hold).or_else(|| pool.taken.get(hold));
        let case = hold.and_then(|hold| hold.case.as_ref());
        needs.extend(case.map(|case| Key::new(Kind::Case, case.as_str())));
    }
    needs
}

/// A pool of stock of one sort at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// Its sort, with the pack's id in front.
    pub sort: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: PlaceId,
    /// Places from the root to there.
    pub path: Vec<PlaceId>,
    /// All that there is, whether free, held or taken.
    pub total: i64,
    /// What is held, by hold.
    pub holds: BTreeMap<HoldId, Hold>,
    /// What is taken, by hold.
    pub taken: BTreeMap<HoldId, Hold>,
}

/// A hold on stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// How much.
    pub amount: u32,
    /// When it is free again unless it is taken before.
    pub until: Timestamp,
    /// The case that it is for.
    pub case: Option<CaseId>,
}

impl Pool {
    /// How much is held.
    #[must_use]
    pub fn held(&self) -> i64 {
        self.holds.values().map(|hold| i64::from(hold.amount)).sum()
    }

    /// How much is taken.
    #[must_use]
    pub fn taken(&self) -> i64 {
        self.taken.values().map(|hold| i64::from(hold.amount)).sum()
    }

    /// How much is free.
    #[must_use]
    pub fn free(&self) -> i64 {
        self.total - self.held() - self.taken()
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: self.sort.clone(),
            wake_at: self.holds.values().map(|hold| hold.until).min(),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    match fact {
        Fact::PoolOpened { pool, sort, name, place, path } => {
            let state = Pool {
                id: pool.clone(),
                sort: sort.clone(),
                name: name.clone(),
                place: place.clone(),
                path: path.clone(),
                total: 0,
                holds: BTreeMap::new(),
                taken: BTreeMap::new(),
            };
            states.create(Key::new(Pool::KIND, pool.as_str()), state.into_thing());
        }
        Fact::StockAdded { pool, amount, .. } => {
            if let Some(state) = of::<Pool>(states, pool.as_str()) {
                state.total += amount;
            }
        }
        Fact::StockHeld { pool, hold, amount, until, case } => {
            if let Some(state) = of::<Pool>(states, pool.as_str()) {
                let new = Hold { amount: *amount, until: *until, case: case.clone() };
                state.holds.insert(hold.clone(), new);
            }
        }
        Fact::HoldTaken { pool, hold, .. } => {
            if let Some(state) = of::<Pool>(states, pool.as_str())
                && let Some(taken) = state.holds.remove(hold)
            {
                state.taken.insert(hold.clone(), taken);
            }
        }
        Fact::HoldReturned { pool, hold, .. } | Fact::HoldExpired { pool, hold, .. } => {
            if let Some(state) = of::<Pool>(states, pool.as_str()) {
                state.holds.remove(hold);
                state.taken.remove(hold);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::authority::Actor;
    use crate::command::Command;
    use crate::trial::{self, id};

    /// One thing that somebody may do to a pool.
    fn step() -> impl Strategy<Value = Command> {
        let name = (0..6_u8).prop_map(|n| format!("hold-{n}"));
        let pool = || id::<PoolId>("rooms");
        prop_oneof![
            (-6..6_i64).prop_map(move |amount| {
                AddStock { pool: pool(), amount, reason: "counted".to_owned() }.into()
            }),
            (name.clone(), 0..4_u32, 1..300_u32).prop_map(move |(hold, amount, minutes)| {
                HoldStock { pool: pool(), hold: id(&hold), amount, minutes, case: None }.into()
            }),
            name.clone().prop_map(move |hold| TakeHold { pool: pool(), hold: id(&hold) }.into()),
            name.prop_map(move |hold| ReturnHold { pool: pool(), hold: id(&hold) }.into()),
            Just(ExpireHolds { pool: pool() }.into()),
        ]
    }

    proptest! {
        /// Whatever is asked in whatever order, nothing is given away twice.
        #[test]
        fn stock_never_falls_below_zero_and_always_adds_up(steps in prop::collection::vec((step(), 0..90_i64), 0..60)) {
            let mut street = trial::community();
            for (command, minutes) in steps {
                street.moment.at += jiff::SignedDuration::from_mins(minutes);
                let actor = match &command {
                    Command::ExpireHolds(_) => Actor::system(),
                    _ => trial::lead(),
                };
                let before = street.states.get::<Pool>("rooms").cloned();
                let refused = street.give(&actor, command).is_err();
                let pool = street.states.get::<Pool>("rooms").unwrap();
                prop_assert!(pool.free() >= 0);
                prop_assert_eq!(pool.total, pool.free() + pool.held() + pool.taken());
                let twice = pool.holds.keys().any(|hold| pool.taken.contains_key(hold));
                prop_assert!(!twice);
                if refused {
                    prop_assert_eq!(before.as_ref(), Some(pool));
                }
            }
        }
    }
}
