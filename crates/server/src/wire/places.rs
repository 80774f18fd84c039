//! Places with what lies below them, their figures, households, accounts and stock.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::figures::Figure;
use super::modes::ModeView;
use super::{Instant, Words};

/// Which page of a place's households, and of which day the figures.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PlaceQuery {
    /// Households from after this id on.
    pub after: Option<String>,
    /// At most so many households, up to 200.
    pub limit: Option<u32>,
    /// The day of the figures; today when absent.
    pub day: Option<String>,
}

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PlaceSearchQuery {
    /// A part of the name, or an id.
    pub text: Option<String>,
}

/// Places that were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceSearch {
    /// The places.
    pub places: Vec<PlaceView>,
}

/// A place with everything around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacePage {
    /// The place.
    pub place: PlaceView,
    /// What lies directly below.
    pub children: Vec<ChildPlace>,
    /// Its figures.
    pub indicators: Vec<Figure>,
    /// Its households, a page of them; empty for those who read figures only.
    pub households: Vec<HouseholdRow>,
    /// The key of the next page of households.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Modes in force here.
    pub modes: Vec<ModeView>,
}

/// A place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// The level's name.
    pub level_name: Words,
    /// The ledger that keeps it.
    pub ledger: String,
    /// From the root down to it.
    pub path: Vec<PlaceStep>,
}

/// A step on the way down to a place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaceStep {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A place below another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChildPlace {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// Its own ledger, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Open cases there, if they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// A household as a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdRow {
    /// The ledger.
    pub ledger: String,
    /// The household.
    pub id: String,
    /// The door, as the neighbours call it.
    pub name: String,
    /// The name of the place that the door is in: a building.
    pub place_name: String,
    /// How many people.
    pub people: usize,
    /// How many open cases.
    pub open_cases: usize,
}

/// Pools of stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockView {
    /// The pools.
    pub pools: Vec<PoolView>,
    /// The sorts of which pools may be opened here, by the packs in force.
    pub sorts: Vec<SortView>,
}

/// A sort of stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct SortView {
    /// The sort, with the pack's id in front.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What is counted.
    pub unit: Words,
    /// The longest time that some of it may be held without being taken.
    pub hold_minutes_max: u32,
}

/// A pool of stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoolView {
    /// The ledger.
    pub ledger: String,
    /// The pool.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of its sort.
    pub sort_name: Words,
    /// What is counted.
    pub unit: Words,
    /// Its sort, with the pack's id in front.
    pub sort: String,
    /// Where it is.
    pub place_name: String,
    /// All that there is.
    pub total: i64,
    /// What is held.
    pub held: i64,
    /// What is taken.
    pub taken: i64,
    /// What is free.
    pub free: i64,
    /// The holds, the first to end first.
    pub holds: Vec<HoldView>,
}

/// A hold on stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldView {
    /// The hold.
    pub id: String,
    /// How much.
    pub amount: u32,
    /// When it is free again unless it is taken before.
    pub until: Instant,
    /// Whether it is taken.
    pub taken: bool,
    /// The case that it is for, to those who may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// People that work can be given to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// The accounts.
    pub accounts: Vec<AccountView>,
}

/// Somebody that work can be given to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The account.
    pub id: String,
    /// The name.
    pub name: String,
    /// Roles at the ledger's place.
    pub roles: Vec<AccountRole>,
}

/// A role of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountRole {
    /// The role.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// The name of where it is held.
    pub place: String,
    /// Where it is held.
    pub place_id: String,
    /// Until when, if it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// Which ledger.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// The ledger.
    pub ledger: String,
}

/// What became of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RosterReceipt {
    /// Rows that landed.
    pub good: usize,
    /// Rows that did not.
    pub bad: usize,
    /// Rows that were there already.
    pub unchanged: usize,
    /// Where to fetch the bad rows, each with what is wrong; for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workbook: Option<String>,
}
