//! What a command is about to say: facts, and the states as they would be after them.

use std::collections::BTreeMap;

use crate::command::Context;
use crate::fact::Fact;
use crate::ids::{ElementId, PersonId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Changes, Key, Stamp, States, Thing, apply};
use crate::vault::{Sealed, VaultWrite, salt};

/// Facts in the making. Each is applied as it is said, so that what follows sees it.
pub struct Draft<'a> {
    base: &'a States,
    changed: BTreeMap<Key, Thing>,
    facts: Vec<Fact>,
    vault: Vec<VaultWrite>,
    stamp: Stamp,
    seed: [u8; 32],
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The facts, in order.
    pub facts: Vec<Fact>,
    /// The states that they changed, as they are now.
    pub changed: BTreeMap<Key, Thing>,
    /// Values for the vault.
    pub vault: Vec<VaultWrite>,
}

impl<'a> Draft<'a> {
    /// An empty draft over loaded states.
    #[must_use]
    pub fn new(base: &'a States, context: &Context<'_>) -> Self {
        let stamp = Stamp {
            occurred_at: context.occurred_at,
            recorded_at: context.moment.at,
            actor: context.actor.account.clone(),
        };
        Self {
            base,
            changed: BTreeMap::new(),
            facts: Vec::new(),
            vault: Vec::new(),
            stamp,
            seed: context.seed,
        }
    }

    /// Says a fact.
    pub fn say(&mut self, fact: Fact) {
        let stamp = self.stamp.clone();
        apply(self, &fact, &stamp);
        self.facts.push(fact);
    }

    /// Puts a fact in front of those said so far. Only for a fact whose things none of them touch.
    pub fn say_first(&mut self, fact: Fact) {
        self.say(fact);
        self.facts.rotate_right(1);
    }

    /// Tries to say more; when it is refused, nothing of it was said.
    ///
    /// # Errors
    /// The refusal of what was tried.
    pub fn attempt(
        &mut self,
        more: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let before = self.changed.clone();
        let (facts, values) = (self.facts.len(), self.vault.len());
        let tried = more(self);
        if tried.is_err() {
            self.changed = before;
            self.facts.truncate(facts);
            self.vault.truncate(values);
        }
        tried
    }

    /// Sends a value to the vault; gives what the fact says in its place.
    pub fn seal(
        &mut self,
        person: &PersonId,
        element: &ElementId,
        item: &str,
        purpose: &PurposeId,
        value: impl Into<String>,
    ) -> Sealed {
        let write = VaultWrite {
            person: person.clone(),
            element: element.clone(),
            item: item.to_owned(),
            purpose: purpose.clone(),
            value: value.into(),
            salt: salt(&self.seed, self.vault.len()),
        };
        let sealed = write.sealed();
        self.vault.push(write);
        sealed
    }

    /// The state of a thing as it would be now, if it is there.
    #[must_use]
    pub fn get<T: AsThing>(&self, id: &str) -> Option<&T> {
        let key = Key::new(T::KIND, id);
        match self.changed.get(&key) {
            Some(thing) => T::of(thing),
            None => self.base.thing(&key).and_then(T::of),
        }
    }

    /// The state of a thing that must be there.
    ///
    /// # Errors
    /// [`Code::Unknown`].
    pub fn known<T: AsThing>(&self, id: &str) -> Result<&T, Refusal> {
        self.get(id)
            .ok_or_else(|| Refusal::new(Code::Unknown).with("what", T::KIND.name()).with("id", id))
    }

    /// That a thing is not there yet.
    ///
    /// # Errors
    /// [`Code::Exists`].
    pub fn fresh<T: AsThing>(&self, id: &str) -> Result<(), Refusal> {
        match self.get::<T>(id) {
            None => Ok(()),
            Some(_) => Err(Refusal::new(Code::Exists).with("what", T::KIND.name()).with("id", id)),
        }
    }

    /// How many facts have been said.
    #[must_use]
    pub fn said(&self) -> usize {
        self.facts.len()
    }

    /// Ends the draft.
    #[must_use]
    pub fn finish(self) -> Outcome {
        Outcome { facts: self.facts, changed: self.changed, vault: self.vault }
    }
}

impl Changes for Draft<'_> {
    fn change(&mut self, key: &Key) -> Option<&mut Thing> {
        if !self.changed.contains_key(key) {
            let thing = self.base.thing(key)?.clone();
            self.changed.insert(key.clone(), thing);
        }
        self.changed.get_mut(key)
    }

    fn create(&mut self, key: Key, thing: Thing) {
        self.changed.insert(key, thing);
    }
}
