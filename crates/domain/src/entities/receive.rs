//! What a record makes and changes: merged where nothing else was changed meanwhile, kept apart and
//! shown to a person where the same property was.

use super::{Entity, EntityChange, HOUSEHOLDS, Keeping, Registered, name, register};
use crate::cases::Subject;
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::Fact;
use crate::forms::{Flag, answers};
use crate::ids::{ElementId, EntityId, ListId, PlaceId, PurposeId, SubmissionId};
use crate::vault::Sealed;

/// The property by which an entity is called.
pub const LABEL: &str = "label";
/// The most properties that one change has.
const PROPERTIES_MAX: usize = 100;

/// What a record does to an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The list.
    pub list: ListId,
    /// The entity.
    pub entity: EntityId,
    /// Whether it may be made.
    pub creates: bool,
    /// Whether it may be changed.
    pub updates: bool,
    /// The version that the device changed.
    pub base: Option<u32>,
    /// The last version that the device had from here, in a chain of changes of its own.
    pub trunk: Option<u32>,
    /// That chain.
    pub branch: Option<String>,
    /// Its properties, its label among them.
    pub properties: Vec<(ElementId, String)>,
}

/// The record that deeds stand in.
pub(crate) struct Source<'a> {
    /// Its submission.
    pub(crate) submission: &'a SubmissionId,
    /// For what its values are kept.
    pub(crate) purpose: &'a PurposeId,
    /// Where it was filled.
    pub(crate) place: &'a PlaceId,
    /// About whom, where that is known.
    pub(crate) subject: Option<&'a Subject>,
    /// The entities that it names.
    pub(crate) named: &'a [(ListId, EntityId)],
}

/// What could not be done.
pub(super) fn failed(deed: &Deed, code: &str) -> Flag {
    let (list, entity) = (deed.list.clone(), deed.entity.clone());
    Flag::EntityFailed { list, entity, code: code.to_owned() }
}

/// Takes the deeds of a record in; flags what could not be done. Households come first: people of
/// the same record may belong to them.
pub(crate) fn receive(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    source: &Source<'_>,
    deeds: &[Deed],
    flags: &mut Vec<Flag>,
) {
    let (homes, others): (Vec<&Deed>, Vec<&Deed>) =
        deeds.iter().partition(|deed| deed.list.as_str() == HOUSEHOLDS);
    for deed in homes.into_iter().chain(others) {
        let known = source.named.iter().any(|it| it.0 == deed.list && it.1 == deed.entity);
        if !known || deed.properties.len() > PROPERTIES_MAX {
            flags.push(failed(deed, "not_named"));
            continue;
        }
        if let Some(it) = Registered::of(&deed.list, &deed.entity) {
            register::receive(context, draft, source, (&it, deed), flags);
            continue;
        }
        match draft.get::<Entity>(&name(&deed.list, &deed.entity)).cloned() {
            None if deed.creates => create(context, draft, source, deed),
            None => flags.push(failed(deed, "unknown")),
            Some(_) if deed.creates && !deed.updates => flags.push(failed(deed, "exists")),
            Some(entity) => update(draft, source.submission, &entity, deed, flags),
        }
    }
}

fn create(context: &Context<'_>, draft: &mut Draft<'_>, source: &Source<'_>, deed: &Deed) {
    let name = format!("{}.{}", deed.list, deed.entity);
    let owner = answers::owner(None, "entity", &name);
    let purpose = source.purpose.clone();
    let all = deed.properties.iter();
    let sealed = all.map(|(id, value)| draft.seal(&owner, id, "", &purpose, value.as_str()));
    let sealed = sealed.collect();
    let path = context.path.to_vec();
    draft.say(Fact::EntityCreated {
        change: change(deed, source.submission, 0, deed.branch.clone(), sealed),
        kept: Keeping { path, purpose, owner },
    });
}

fn change(
    deed: &Deed,
    submission: &SubmissionId,
    base: u32,
    branch: Option<String>,
    sealed: Vec<Sealed>,
) -> EntityChange {
    let (list, entity, submission) = (deed.list.clone(), deed.entity.clone(), submission.clone());
    let counted = deed.base.filter(|_| branch.is_some());
    EntityChange { list, entity, submission, base, branch, counted, sealed }
}

fn update(
    draft: &mut Draft<'_>,
    submission: &SubmissionId,
    entity: &Entity,
    deed: &Deed,
    flags: &mut Vec<Flag>,
) {
    let seen = entity.versions.seen(deed);
    // A property that was changed here since is changed twice; all others are merged.
    let (both, free): (Vec<_>, Vec<_>) =
        deed.properties.iter().partition(|(id, _)| seen.misses(id));
    let seal = |draft: &mut Draft<'_>, all: Vec<&(ElementId, String)>, item: &str| {
        let sealed = all.into_iter().map(|(id, value)| {
            draft.seal(&entity.owner, id, item, &entity.purpose, value.as_str())
        });
        sealed.collect::<Vec<Sealed>>()
    };
    if seen.is_behind() {
        let (list, entity, hard) = (deed.list.clone(), deed.entity.clone(), !both.is_empty());
        flags.push(Flag::EntityConflict { list, entity, hard });
    }
    if !free.is_empty() || both.is_empty() {
        let sealed = seal(draft, free, "");
        let change = change(deed, submission, seen.base, entity.versions.branch(deed), sealed);
        draft.say(Fact::EntityUpdated { change });
    }
    if !both.is_empty() && entity.versions.has_room() {
        let sealed = seal(draft, both, submission.as_str());
        let change = change(deed, submission, seen.base, None, sealed);
        draft.say(Fact::ConflictFound { change });
    }
}
