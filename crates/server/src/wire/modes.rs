//! Modes: in force, over, on offer, and what a level would change.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CalendarDay, Instant, Named, Words};

/// The modes of a ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModesPage {
    /// In force or about to be, here or above.
    pub active: Vec<ModeView>,
    /// Over.
    pub past: Vec<ModeView>,
    /// What could be declared.
    pub offered: Vec<ModeOffer>,
}

/// A mode that was declared.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModeView {
    /// The mode.
    pub mode: String,
    /// Its name.
    pub name: Words,
    /// Its level.
    pub level: String,
    /// The level's name.
    pub level_name: Words,
    /// The level's rank.
    pub rank: u8,
    /// The ledger in which it was declared.
    pub ledger: String,
    /// Whose decision it is.
    pub authority: String,
    /// The law or decision that allows it.
    pub legal_basis: String,
    /// Why.
    pub reason: String,
    /// How to appeal.
    pub appeal: String,
    /// When it began or begins.
    pub from: Instant,
    /// When it ends by itself.
    pub until: Instant,
    /// When it is reviewed.
    pub review_on: CalendarDay,
}

/// A mode on offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeOffer {
    /// The pack.
    pub pack: String,
    /// The mode.
    pub mode: String,
    /// Its name.
    pub name: Words,
    /// When it is meant to be declared.
    pub trigger: Words,
    /// Its levels, the lightest first.
    pub levels: Vec<ModeLevel>,
    /// The longest time until its end.
    pub longest_days: u16,
    /// Whether the signed-in person may declare it here.
    pub may_declare: bool,
}

/// A level of a mode.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeLevel {
    /// Its id.
    pub id: String,
    /// Its rank; a higher one is graver.
    pub rank: u8,
    /// Its name.
    pub name: Words,
    /// What it means in daily life.
    pub about: Words,
}

/// Which level of which mode, where.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// The ledger.
    pub ledger: String,
    /// The mode.
    pub mode: String,
    /// The level.
    pub level: String,
}

/// What a level would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModePreview {
    /// Kinds of cases.
    pub kinds: Difference,
    /// Forms.
    pub forms: Difference,
    /// Roles.
    pub roles: Difference,
    /// Deadlines.
    pub deadlines: Vec<DeadlineChange>,
    /// Personal values kept under it, and for how long after its end.
    pub retention: Vec<RetentionLine>,
    /// Always: nothing open-ended can be declared.
    pub ends_itself: bool,
    /// The longest time until its end.
    pub longest_days: u16,
}

/// What would come and what would go.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// What would come.
    pub added: Vec<Named>,
    /// What would go.
    pub removed: Vec<Named>,
}

/// A deadline that would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineChange {
    /// The kind.
    pub kind: String,
    /// The kind's name.
    pub kind_name: Words,
    /// The state.
    pub state: String,
    /// The state's name.
    pub state_name: Words,
    /// Now, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_minutes: Option<u32>,
    /// Then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_minutes: Option<u32>,
}

/// How long something is kept after the end.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionLine {
    /// The data element.
    pub element: String,
    /// Its name.
    pub name: Words,
    /// The purpose.
    pub purpose: String,
    /// Days after the end until it is destroyed.
    pub days_after_end: u16,
}
