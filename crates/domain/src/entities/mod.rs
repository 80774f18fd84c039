//! Entities: things of lists that forms make and change: wells, trees, tents. What is known of one
//! is in the vault; facts say which properties changed, and when that happened side by side.

mod receive;
mod register;
mod registered;
mod resolve_conflict;
mod said;
mod versions;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::{ElementId, EntityId, ListId, PersonId, PlaceId, PurposeId, SubmissionId};
use crate::places::path_text;
use crate::states::{AsThing, Changes, Index, Key, Kind, Stamp};
use crate::vault::Sealed;

pub use receive::{Deed, LABEL};
pub(crate) use receive::{Source, receive};
pub(crate) use registered::needs;
pub use registered::{HOUSEHOLDS, PEOPLE, Registered};
pub use resolve_conflict::ResolveConflict;
pub use said::called;
pub use versions::{Conflict, Step, Versions};

/// An entity: which properties it has since which version. Their values are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its list.
    pub list: ListId,
    /// Its id.
    pub id: EntityId,
    /// Places from the root to where it is kept.
    pub path: Vec<PlaceId>,
    /// How often it was changed, and by what.
    #[serde(flatten)]
    pub versions: Versions,
    /// For what its values are kept.
    pub purpose: PurposeId,
    /// Under whose name the vault keeps them.
    pub owner: PersonId,
    /// When it was last changed.
    pub changed_at: Timestamp,
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
    /// The version that the device counted in that chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
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

impl EntityChange {
    /// The properties that it changes.
    fn properties(&self) -> impl Iterator<Item = ElementId> {
        self.sealed.iter().map(|value| value.element.clone())
    }
}

impl Entity {
    /// Counts a change, which makes a version.
    fn take(&mut self, change: &EntityChange) {
        self.versions.take(change.properties());
        self.versions.step(change);
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: self.path.last().cloned(),
            path: path_text(&self.path),
            sort: self.list.to_string(),
            status: if self.versions.has_conflicts() { "conflict" } else { "" }.to_owned(),
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

/// The key of what a change is of: an entity, or a person or household of the register.
pub(crate) fn key_of(change: &EntityChange) -> Key {
    let registered = Registered::of(&change.list, &change.entity);
    registered.map_or_else(|| key(&change.list, &change.entity), |it| it.key())
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
                versions: Versions { version: 0, ..Versions::default() },
                purpose: kept.purpose.clone(),
                owner: kept.owner.clone(),
                changed_at: stamp.recorded_at,
            };
            state.take(change);
            states.create(key(&change.list, &change.entity), state.into_thing());
        }
        Fact::EntityUpdated { change }
        | Fact::ConflictFound { change }
        | Fact::ConflictResolved { change } => match Registered::of(&change.list, &change.entity) {
            Some(it) => it.apply(states, fact, change),
            None => apply_to_entity(states, fact, (change, stamp)),
        },
        _ => {}
    }
}

fn apply_to_entity(
    states: &mut impl Changes,
    fact: &Fact,
    (change, stamp): (&EntityChange, &Stamp),
) {
    let key = key(&change.list, &change.entity);
    let Some(it) = states.change(&key).and_then(Entity::of_mut) else { return };
    it.changed_at = stamp.recorded_at;
    match fact {
        Fact::EntityUpdated { .. } => it.take(change),
        Fact::ConflictFound { .. } => it.versions.beside(change),
        Fact::ConflictResolved { .. } => {
            it.versions.settle(&change.submission);
            if !change.sealed.is_empty() {
                it.take(change);
            }
        }
        _ => {}
    }
}
