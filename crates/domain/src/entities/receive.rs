//! What a record makes and changes: merged where nothing else was changed meanwhile, kept apart and
//! shown to a person where the same property was.

use super::{Entity, EntityChange, Keeping, name};
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::Fact;
use crate::forms::{Flag, answers};
use crate::ids::{ElementId, EntityId, ListId, PurposeId, SubmissionId};
use crate::vault::Sealed;

/// The property by which an entity is called.
pub const LABEL: &str = "label";
/// The most properties that one change has.
const PROPERTIES_MAX: usize = 100;
/// The most conflicts of one entity that wait for a person.
const CONFLICTS_MAX: usize = 50;
/// The most chains of changes that are remembered of one entity.
const BRANCHES_MAX: usize = 200;

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

/// Takes the deeds of a record in; flags what could not be done.
pub(crate) fn receive(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    (submission, purpose): (&SubmissionId, &PurposeId),
    named: &[(ListId, EntityId)],
    deeds: &[Deed],
    flags: &mut Vec<Flag>,
) {
    for deed in deeds {
        let failed = |code: &str| Flag::EntityFailed {
            list: deed.list.clone(),
            entity: deed.entity.clone(),
            code: code.to_owned(),
        };
        let known = named.iter().any(|(list, id)| *list == deed.list && *id == deed.entity);
        if !known || deed.properties.len() > PROPERTIES_MAX {
            flags.push(failed("not_named"));
            continue;
        }
        match draft.get::<Entity>(&name(&deed.list, &deed.entity)).cloned() {
            None if deed.creates => create(context, draft, (submission, purpose), deed),
            None => flags.push(failed("unknown")),
            Some(_) if deed.creates && !deed.updates => flags.push(failed("exists")),
            Some(entity) => update(draft, submission, &entity, deed, flags),
        }
    }
}

fn create(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    (submission, purpose): (&SubmissionId, &PurposeId),
    deed: &Deed,
) {
    let name = format!("{}.{}", deed.list, deed.entity);
    let owner = answers::owner(None, "entity", &name);
    let all = deed.properties.iter();
    let sealed = all.map(|(id, value)| draft.seal(&owner, id, "", purpose, value.as_str()));
    let sealed = sealed.collect();
    let (path, purpose) = (context.path.to_vec(), purpose.clone());
    draft.say(Fact::EntityCreated {
        change: change(deed, submission, 0, deed.branch.clone(), sealed),
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
    EntityChange { list, entity, submission, base, branch, sealed }
}

/// The version here that a change was made over: what a device counts in a chain of its own is not
/// what is counted here.
fn base(entity: &Entity, deed: &Deed) -> u32 {
    let chained = deed.branch.as_ref().and_then(|branch| entity.branches.get(branch)).copied();
    let begins = deed.trunk.is_some() && deed.trunk == deed.base;
    let base = match chained {
        Some(version) if !begins => version,
        _ => deed.base.or(deed.trunk).unwrap_or(0),
    };
    base.min(entity.version)
}

fn update(
    draft: &mut Draft<'_>,
    submission: &SubmissionId,
    entity: &Entity,
    deed: &Deed,
    flags: &mut Vec<Flag>,
) {
    let base = base(entity, deed);
    let flag =
        |hard| Flag::EntityConflict { list: deed.list.clone(), entity: deed.entity.clone(), hard };
    // A property that was changed here since is changed twice; all others are merged.
    let twice = |id: &ElementId| entity.properties.get(id).is_some_and(|version| *version > base);
    let (both, free): (Vec<_>, Vec<_>) = deed.properties.iter().partition(|(id, _)| twice(id));
    let seal = |draft: &mut Draft<'_>, all: Vec<&(ElementId, String)>, item: &str| {
        let sealed = all.into_iter().map(|(id, value)| {
            draft.seal(&entity.owner, id, item, &entity.purpose, value.as_str())
        });
        sealed.collect::<Vec<Sealed>>()
    };
    if base < entity.version {
        flags.push(flag(!both.is_empty()));
    }
    if !free.is_empty() || both.is_empty() {
        let kept = entity.branches.len() < BRANCHES_MAX;
        let branch = deed.branch.clone().filter(|it| kept || entity.branches.contains_key(it));
        let sealed = seal(draft, free, "");
        let change = change(deed, submission, base, branch, sealed);
        draft.say(Fact::EntityUpdated { change });
    }
    if !both.is_empty() && entity.conflicts.len() < CONFLICTS_MAX {
        let sealed = seal(draft, both, submission.as_str());
        let change = change(deed, submission, base, None, sealed);
        draft.say(Fact::ConflictFound { change });
    }
}
