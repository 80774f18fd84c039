//! The rules in force in one ledger: packs adopted and modes declared there and above.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    CaseKind, Element, Form, Indicator, Library, ModeRule, Pack, PublishedForm, SharedPack,
};
use crate::forms::{UNKNOWN, UNKNOWN_DAYS};
use crate::ids::{CaseKindId, ElementId, FormId, ModeId, PurposeId};

/// A mode that holds now, here or above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveMode {
    /// Which mode.
    pub mode: ModeId,
    /// Its level's id.
    pub level: String,
    /// Its level's rank.
    pub rank: u8,
    /// When it began or begins.
    pub from: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// The rules in force in a ledger.
#[derive(Clone)]
pub struct Rules {
    /// Packs in force, by id.
    pub packs: Vec<SharedPack>,
    /// Modes declared here and above.
    pub modes: Vec<ActiveMode>,
    /// Forms published here and above, the latest version of each last.
    pub published: Vec<Arc<PublishedForm>>,
    /// Where other versions are found.
    pub library: Arc<dyn Library>,
}

impl Rules {
    /// A kind in the version in force.
    #[must_use]
    pub fn kind(&self, id: &CaseKindId) -> Option<(&Pack, &CaseKind)> {
        self.packs.iter().find_map(|pack| Some((&**pack, pack.kinds.get(id)?)))
    }

    /// A form in the version in force.
    #[must_use]
    pub fn form(&self, id: &FormId) -> Option<(&Pack, &Form)> {
        self.packs.iter().find_map(|pack| Some((&**pack, pack.forms.get(id)?)))
    }

    /// The pack that has a form in a version, in force or not.
    #[must_use]
    pub fn pack_with(&self, form: &FormId, version: &str) -> Option<SharedPack> {
        let has = |pack: &&SharedPack| {
            let sheet = pack.forms.get(form).and_then(|form| form.sheet.as_ref());
            sheet.is_some_and(|sheet| sheet.version() == version)
        };
        let here = self.packs.iter().find(has).cloned();
        here.or_else(|| self.library.pack_with(form, version))
    }

    /// A published form in a version, retired or not.
    #[must_use]
    pub fn published_form(&self, id: &FormId, version: &str) -> Option<&PublishedForm> {
        let found =
            self.published.iter().rev().find(|it| it.id == *id && it.published.version == version);
        found.map(|form| &**form)
    }

    /// A published form in the version that is given out now.
    #[must_use]
    pub fn latest_form(&self, id: &FormId) -> Option<&PublishedForm> {
        let given = |it: &&Arc<PublishedForm>| it.id == *id && !it.published.draft && !it.retired;
        self.published.iter().rev().find(given).map(|form| &**form)
    }

    /// The pack of a case, in the version that the case was opened with.
    #[must_use]
    pub fn pack(&self, hash: &str) -> Option<SharedPack> {
        let here = self.packs.iter().find(|pack| pack.hash == hash);
        here.cloned().or_else(|| self.library.pack(hash))
    }

    /// An element in the version in force.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Option<&Element> {
        self.packs.iter().find_map(|pack| pack.elements.get(id))
    }

    /// For how many days values of a purpose are kept, as far as its own days end it. What nobody
    /// could read ends although no pack says so.
    #[must_use]
    pub fn days_kept(&self, purpose: &PurposeId) -> Option<u16> {
        let kept = self.packs.iter().filter_map(|pack| pack.purposes.get(purpose));
        let days = kept.map(|purpose| purpose.retention_days).max();
        days.or((purpose.as_str() == UNKNOWN).then_some(UNKNOWN_DAYS))
    }

    /// A mode's rule in the version in force.
    #[must_use]
    pub fn mode(&self, id: &ModeId) -> Option<&ModeRule> {
        self.packs.iter().find_map(|pack| pack.modes.get(id))
    }

    /// All indicators in force.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.packs.iter().flat_map(|pack| pack.indicators.values())
    }

    /// The modes that hold at an instant.
    pub fn modes_at(&self, at: Timestamp) -> impl Iterator<Item = &ActiveMode> {
        self.modes.iter().filter(move |mode| mode.from <= at && at < mode.until)
    }

    /// Whether a kind may be opened: no mode keeps it for itself, or one that does holds.
    #[must_use]
    pub fn kind_is_on(&self, id: &CaseKindId, at: Timestamp) -> bool {
        self.is_on(at, |level| level.kinds.contains(id))
    }

    /// Whether a form is filled now, by the same rule.
    #[must_use]
    pub fn form_is_on(&self, id: &FormId, at: Timestamp) -> bool {
        self.is_on(at, |level| level.forms.contains(id))
    }

    /// Whether a role acts now, by the same rule.
    #[must_use]
    pub fn role_is_on(&self, role: &str, at: Timestamp) -> bool {
        self.is_on(at, |level| level.roles.iter().any(|name| name == role))
    }

    /// The minutes that a case may stay in a state now, modes considered; the gravest mode wins.
    #[must_use]
    pub fn deadline_minutes(&self, kind: &CaseKind, state: &str, at: Timestamp) -> Option<u32> {
        let mut minutes = kind.states.get(state)?.deadline_minutes;
        let mut modes: Vec<&ActiveMode> = self.modes_at(at).collect();
        modes.sort_by_key(|mode| mode.rank);
        for mode in modes {
            let Some(rule) = self.mode(&mode.mode) else {
                continue;
            };
            let mut levels: Vec<_> = rule.levels.values().filter(|l| l.rank <= mode.rank).collect();
            levels.sort_by_key(|level| level.rank);
            for (changed, of, to) in levels.into_iter().flat_map(|level| &level.deadlines) {
                if *changed == kind.id && of == state {
                    minutes = Some(*to);
                }
            }
        }
        minutes
    }

    fn is_on(&self, at: Timestamp, names: impl Fn(&super::LevelRule) -> bool) -> bool {
        let mut kept_by_a_mode = false;
        for rule in self.packs.iter().flat_map(|pack| pack.modes.values()) {
            for level in rule.levels.values().filter(|level| names(level)) {
                kept_by_a_mode = true;
                let holds =
                    self.modes_at(at).any(|mode| mode.mode == rule.id && mode.rank >= level.rank);
                if holds {
                    return true;
                }
            }
        }
        !kept_by_a_mode
    }
}
