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

impl Entity {
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
        Fact::EntityCreated { list, entity, path, purpose, owner, branch, sealed, .. } => {
            let properties = sealed.iter().map(|value| (value.element.clone(), 1)).collect();
            let state = Entity {
                list: list.clone(),
                id: entity.clone(),
                path: path.clone(),
                version: 1,
                properties,
                purpose: purpose.clone(),
                owner: owner.clone(),
                branches: branch.iter().map(|branch| (branch.clone(), 1)).collect(),
                conflicts: Vec::new(),
                changed_at: stamp.recorded_at,
            };
            states.create(key(list, entity), state.into_thing());
        }
        Fact::EntityUpdated { list, entity, branch, sealed, .. } => {
            let Some(it) = of(states, list, entity) else { return };
            it.version += 1;
            it.changed_at = stamp.recorded_at;
            let version = it.version;
            it.properties.extend(sealed.iter().map(|value| (value.element.clone(), version)));
            it.branches.extend(branch.iter().map(|branch| (branch.clone(), version)));
        }
        Fact::ConflictFound { list, entity, submission, base, sealed } => {
            let Some(it) = of(states, list, entity) else { return };
            let properties = sealed.iter().map(|value| value.element.clone()).collect();
            it.changed_at = stamp.recorded_at;
            it.conflicts.push(Conflict { submission: submission.clone(), base: *base, properties });
        }
        Fact::ConflictResolved { list, entity, submission, sealed } => {
            let Some(it) = of(states, list, entity) else { return };
            it.conflicts.retain(|conflict| conflict.submission != *submission);
            it.changed_at = stamp.recorded_at;
            if !sealed.is_empty() {
                it.version += 1;
                let version = it.version;
                it.properties.extend(sealed.iter().map(|value| (value.element.clone(), version)));
            }
        }
        _ => {}
    }
}

fn of<'s>(
    states: &'s mut impl Changes,
    list: &ListId,
    entity: &EntityId,
) -> Option<&'s mut Entity> {
    states.change(&key(list, entity)).and_then(Entity::of_mut)
}
