//! Modes that a pack offers: what each level switches on, and for how long at most.

use std::collections::BTreeMap;

use crate::ids::{CaseKindId, FormId, ModeId, PurposeId};
use crate::words::Words;

/// A mode with its levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeRule {
    /// Its id, with the pack's in front.
    pub id: ModeId,
    /// Its name.
    pub name: Words,
    /// When it is meant to be declared.
    pub trigger: Words,
    /// Levels by id.
    pub levels: BTreeMap<String, LevelRule>,
    /// Longest time from declaring (or extending) to its end, in days.
    pub longest_days: u16,
    /// Roles that may declare, extend and end it.
    pub declared_by: Vec<String>,
    /// Purposes whose retention starts when it ends.
    pub purposes: Vec<PurposeId>,
}

/// One level of a mode. A level switches on what it names and what lower ranks name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRule {
    /// Its id.
    pub id: String,
    /// Its rank; a higher one is graver.
    pub rank: u8,
    /// Its name: never a bare number, since countries count in opposite directions.
    pub name: Words,
    /// What it means in daily life.
    pub about: Words,
    /// Kinds that may be opened only while it holds.
    pub kinds: Vec<CaseKindId>,
    /// Forms that are filled only while it holds.
    pub forms: Vec<FormId>,
    /// Roles that act only while it holds.
    pub roles: Vec<String>,
    /// Deadlines that it changes: kind, state, minutes.
    pub deadlines: Vec<(CaseKindId, String, u32)>,
}
