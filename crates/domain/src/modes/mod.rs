//! Modes: declared by an authority for a time, extended, ended, expiring by themselves.

mod declare_mode;
mod end_mode;
mod expire_modes;
mod extend_mode;
mod preview;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::{ModeId, PurposeId};
use crate::packs::the_only;
use crate::rules::ActiveMode;
use crate::states::{AsThing, Changes, Index, Key};

pub use declare_mode::DeclareMode;
pub use end_mode::EndMode;
pub use expire_modes::ExpireModes;
pub use extend_mode::ExtendMode;
pub use preview::{DeadlineChange, Preview, preview};

/// The modes that were declared in a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modes {
    /// Those in force or about to be.
    pub active: BTreeMap<ModeId, Declared>,
    /// When each last ended.
    pub ended: BTreeMap<ModeId, Declared>,
}

/// A mode as it was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// The level.
    pub level: String,
    /// The level's rank.
    pub rank: u8,
    /// Whose decision it is.
    pub authority: String,
    /// The law or decision that allows it.
    pub legal_basis: String,
    /// Why.
    pub reason: String,
    /// How to appeal.
    pub appeal: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends by itself; once it has ended, when it did at the latest.
    pub until: Timestamp,
    /// When it is reviewed.
    pub review_on: Date,
    /// Purposes whose retention starts at its end, with their days.
    pub retention: Vec<(PurposeId, u16)>,
}

impl Modes {
    /// The modes in force or about to be, as rules read them.
    pub fn active_modes(&self) -> impl Iterator<Item = ActiveMode> + '_ {
        self.active.iter().map(|(mode, declared)| ActiveMode {
            mode: mode.clone(),
            level: declared.level.clone(),
            rank: declared.rank,
            from: declared.from,
            until: declared.until,
        })
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            wake_at: self.active.values().map(|declared| declared.until).min(),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact) {
    let (Fact::ModeDeclared { .. }
    | Fact::ModeExtended { .. }
    | Fact::ModeEnded { .. }
    | Fact::ModeExpired { .. }) = fact
    else {
        return;
    };
    let key = Key::modes();
    let mut thing = the_only::<Modes>(states, &key);
    if let Some(modes) = Modes::of_mut(&mut thing) {
        change(modes, fact);
    }
    states.create(key, thing);
}

fn change(modes: &mut Modes, fact: &Fact) {
    match fact {
        Fact::ModeDeclared {
            mode,
            level,
            rank,
            authority,
            legal_basis,
            reason,
            appeal,
            from,
            until,
            review_on,
            retention,
        } => {
            let declared = Declared {
                level: level.clone(),
                rank: *rank,
                authority: authority.clone(),
                legal_basis: legal_basis.clone(),
                reason: reason.clone(),
                appeal: appeal.clone(),
                from: *from,
                until: *until,
                review_on: *review_on,
                retention: retention.clone(),
            };
            modes.active.insert(mode.clone(), declared);
        }
        Fact::ModeExtended { mode, until, review_on, legal_basis, reason } => {
            if let Some(declared) = modes.active.get_mut(mode) {
                declared.until = *until;
                declared.review_on = *review_on;
                declared.legal_basis.clone_from(legal_basis);
                declared.reason.clone_from(reason);
            }
        }
        Fact::ModeEnded { mode, .. } | Fact::ModeExpired { mode } => {
            if let Some(declared) = modes.active.remove(mode) {
                modes.ended.insert(mode.clone(), declared);
            }
        }
        _ => {}
    }
}
