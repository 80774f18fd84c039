//! An in-memory ledger on which commands are tried: for examples of packs and for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::authority::Actor;
use crate::command::{Command, Context, Moment};
use crate::draft::Outcome;
use crate::fact::Fact;
use crate::forms::Forms;
use crate::ids::{CommandId, FormId, LedgerId, PlaceId};
use crate::modes::Modes;
use crate::packs::Packs;
use crate::refusal::Refusal;
use crate::rules::{Library, Rules, SharedPack, SharedSheet};
use crate::states::{Key, Kind, States, Thing};
use crate::vault::VaultWrite;

/// Packs and forms that are simply there.
#[derive(Debug, Default, Clone)]
pub struct Shelf {
    packs: Vec<SharedPack>,
    sheets: BTreeMap<String, SharedSheet>,
}

impl Library for Shelf {
    fn pack(&self, hash: &str) -> Option<SharedPack> {
        self.packs.iter().find(|pack| pack.hash == hash).cloned()
    }

    fn pack_with(&self, form: &FormId, version: &str) -> Option<SharedPack> {
        let has = |pack: &&SharedPack| {
            let sheet = pack.forms.get(form).and_then(|form| form.sheet.as_ref());
            sheet.is_some_and(|sheet| sheet.version() == version)
        };
        self.packs.iter().find(has).cloned()
    }

    fn sheet(&self, hash: &str) -> Option<SharedSheet> {
        self.sheets.get(hash).cloned()
    }
}

/// A ledger in memory. Its packs are those on the shelf that were adopted in it.
#[derive(Clone)]
pub struct Rehearsal {
    /// The ledger's id.
    pub ledger: LedgerId,
    /// Places from the root to the ledger's own.
    pub path: Vec<PlaceId>,
    /// The present.
    pub moment: Moment,
    /// All states.
    pub states: States,
    /// All facts, in order.
    pub facts: Vec<Fact>,
    /// All values in the vault.
    pub vault: Vec<VaultWrite>,
    shelf: Shelf,
    known: std::collections::BTreeSet<Key>,
    given: u64,
}

impl Rehearsal {
    /// An empty ledger for a place.
    #[must_use]
    pub fn new(ledger: LedgerId, path: Vec<PlaceId>, at: Timestamp, zone: TimeZone) -> Self {
        Self {
            ledger,
            path,
            moment: Moment { at, zone },
            states: States::default(),
            facts: Vec::new(),
            vault: Vec::new(),
            shelf: Shelf::default(),
            known: std::collections::BTreeSet::new(),
            given: 0,
        }
    }

    /// Puts a pack on the shelf; it is in force once it is adopted.
    pub fn shelve(&mut self, pack: SharedPack) {
        self.shelf.packs.push(pack);
    }

    /// Puts a form on the shelf under the hash of its workbook; it is filled once it is published.
    pub fn lay_out(&mut self, hash: &str, sheet: SharedSheet) {
        self.shelf.sheets.insert(hash.to_owned(), sheet);
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let adopted = self.states.get::<Packs>("packs").cloned().unwrap_or_default();
        let packs = adopted.adopted.values().filter_map(|a| self.shelf.pack(&a.hash)).collect();
        let modes = self.states.get::<Modes>("modes").map(|m| m.active_modes().collect());
        let library: Arc<dyn Library> = Arc::new(self.shelf.clone());
        let forms = self.states.get::<Forms>("forms");
        let published = forms.map(|forms| forms.published(&*library)).unwrap_or_default();
        Rules { packs, modes: modes.unwrap_or_default(), published, library }
    }

    /// Gives a command now.
    ///
    /// # Errors
    /// The refusal; then nothing has changed.
    pub fn give(&mut self, actor: &Actor, command: impl Into<Command>) -> Result<Outcome, Refusal> {
        let now = self.moment.at;
        self.give_late(actor, command, now)
    }

    /// Gives a command now that says when it happened.
    ///
    /// # Errors
    /// The refusal; then nothing has changed.
    ///
    /// # Panics
    /// Never: the made-up command ids are plain.
    pub fn give_late(
        &mut self,
        actor: &Actor,
        command: impl Into<Command>,
        occurred_at: Timestamp,
    ) -> Result<Outcome, Refusal> {
        let command = command.into();
        self.given += 1;
        let id = CommandId::new(format!("command-{}", self.given)).expect("plain");
        let rules = self.rules();
        let context = Context {
            ledger: &self.ledger,
            path: &self.path,
            command: &id,
            actor,
            occurred_at,
            moment: &self.moment,
            rules: &rules,
            seed: [u8::try_from(self.given % 251).unwrap_or(0); 32],
        };
        // Only what the command asks for is shown to it, as in a store.
        let mut shown = States::default();
        loop {
            let wanted = command.needs(&shown);
            let before: Vec<Key> = wanted.into_iter().filter(|key| !shown.knows(key)).collect();
            if before.is_empty() {
                break;
            }
            for key in before {
                let thing = self.states.thing(&key).cloned();
                shown.put(key, thing);
            }
        }
        let outcome = command.decide(&context, &shown)?;
        #[cfg(test)]
        crate::replay::check(&context, &shown, &outcome);
        self.known.extend(outcome.changed.keys().cloned());
        self.states.absorb(outcome.changed.clone());
        self.facts.extend(outcome.facts.iter().cloned());
        self.vault.extend(outcome.vault.iter().cloned());
        Ok(outcome)
    }

    /// All things of a kind, in the order of their ids.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &Thing> {
        self.known
            .iter()
            .filter(move |key| key.kind == kind)
            .filter_map(|key| self.states.thing(key))
    }
}
