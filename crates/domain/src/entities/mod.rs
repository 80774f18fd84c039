//! Entities: things of lists that forms make and change: wells, trees, tents. What is known of one
//! is in the vault; facts say which properties changed, and when that happened side by side.

mod receive;
mod resolve_conflict;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::{ElementId, EntityId, ListId, PersonId, PlaceId, PurposeId, SubmissionId};
use crate::places::path_text;
use crate::states::{AsThing, Changes, Index, Key, Kind, Stamp};
use crate::vault::Sealed;

pub(crate) use receive::receive;
pub use receive::{Deed, LABEL};
pub use resolve_conflict::ResolveConflict;

/// An entity: which properties it has since which version. Their values are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its list.
    pub list: ListId,
    /// Its id.
    pub id: EntityId,
    /// Places from the root to where it is kept.
    pub path: Vec<PlaceId>,
    /// How often it was changed; 1 when it was made.
    pub version: u32,
    /// Its properties, with the version that each is of.
    pub properties: BTreeMap<ElementId, u32>,
    /// For what its values are kept.
    pub purpose: PurposeId,
    /// Under whose name the vault keeps them.
    pub owner: PersonId,
    /// Chains of changes that devices made without a network: the version that each has come to.
    pub branches: BTreeMap<String, u32>,
    /// Changes that were made side by side to the same properties, and wait for a person.
    pub conflicts: Vec<Conflict>,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// A change that another one was made beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The submission that holds it.
    pub submission: SubmissionId,
    /// The version that it was made over.
    pub base: u32,
    /// The properties that both changed.
    pub properties: Vec<ElementId>,
}

/// What was said of an entity; the values are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityChange {
    /// The list.
    pub list: ListId,
    /// The entity.
    pub entity: EntityId,
    /// The submission that says it, or that it is about.
    pub submission: SubmissionId,
    /// The version that it was made over.
    pub base: u32,
    /// The chain of changes that it belongs to on a device.
    pub branch: Option<String>,
    /// What went to the vault.
    pub sealed: Vec<Sealed>,
}

/// Where and for what an entity is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    /// Places from the root to there.
    pub path: Vec<PlaceId>,
    /// For what its values are kept.
    pub purpose: PurposeId,
    /// Under whose name the vault keeps them.
    pub owner: PersonId,
}

impl Entity {
    /// Counts a change, which makes a version.
    fn take(&mut self, change: &EntityChange) {
        self.version += 1;
        let version = self.version;
        let changed = change.sealed.iter();
        self.properties.extend(changed.map(|value| (value.element.clone(), version)));
        self.branches.extend(change.branch.iter().map(|branch| (branch.clone(), version)));
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: self.path.last().cloned(),
            path: path_text(&self.path),
            sort: self.list.to_string(),
            status: if self.conflicts.is_empty() { "" } else { "conflict" }.to_owned(),
            since: Some(self.changed_at),
            ..Index::default()
        }
    }
}

/// The key of an entity.
#[must_use]
pub fn key(list: &ListId, id: &EntityId) -> Key {
    Key::new(Kind::Entity, &name(list, id))
}

fn name(list: &ListId, id: &EntityId) -> String {
    format!("{list}/{id}")
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    match fact {
        Fact::EntityCreated { change, kept } => {
            let mut state = Entity {
                list: change.list.clone(),
                id: change.entity.clone(),
                path: kept.path.clone(),
                version: 0,
                properties: BTreeMap::new(),
                purpose: kept.purpose.clone(),
                owner: kept.owner.clone(),
                branches: BTreeMap::new(),
                conflicts: Vec::new(),
                changed_at: stamp.recorded_at,
            };
            state.take(change);
            states.create(key(&change.list, &change.entity), state.into_thing());
        }
        Fact::EntityUpdated { change } => {
            let Some(it) = of(states, change) else { return };
            it.changed_at = stamp.recorded_at;
            it.take(change);
        }
        Fact::ConflictFound { change } => {
            let Some(it) = of(states, change) else { return };
            let (submission, base) = (change.submission.clone(), change.base);
            let properties = change.sealed.iter().map(|value| value.element.clone()).collect();
            it.changed_at = stamp.recorded_at;
            it.conflicts.push(Conflict { submission, base, properties });
        }
        Fact::ConflictResolved { change } => {
            let Some(it) = of(states, change) else { return };
            it.conflicts.retain(|conflict| conflict.submission != change.submission);
            it.changed_at = stamp.recorded_at;
            if !change.sealed.is_empty() {
                it.take(change);
            }
        }
        _ => {}
    }
}

fn of<'s>(states: &'s mut impl Changes, change: &EntityChange) -> Option<&'s mut Entity> {
    states.change(&key(&change.list, &change.entity)).and_then(Entity::of_mut)
}
