//! Which properties are of which version, what devices have seen of them, and what waits for a
//! person to decide.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Deed, EntityChange};
use crate::ids::{ElementId, SubmissionId};

/// The most conflicts of one thing that wait for a person.
const CONFLICTS_MAX: usize = 50;
/// The most chains of changes that are remembered of one thing.
const BRANCHES_MAX: usize = 200;
/// The most steps that are remembered of one chain.
const STEPS_MAX: usize = 200;

/// How often something was changed, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// How often it was changed; 1 when it was made.
    pub version: u32,
    /// The properties that were changed, with the version that each is of.
    pub properties: BTreeMap<ElementId, u32>,
    /// Chains of changes that devices made without a network, step by step.
    pub branches: BTreeMap<String, Vec<Step>>,
    /// Changes that were made side by side to the same properties, and wait for a person.
    pub conflicts: Vec<Conflict>,
}

/// A change within a chain that a device made without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The version that the device counted when it made the change.
    pub counted: u32,
    /// The version that the change made here.
    pub version: u32,
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

/// What is there has version 1, and nothing of it was changed.
impl Default for Versions {
    fn default() -> Self {
        Self {
            version: 1,
            properties: BTreeMap::new(),
            branches: BTreeMap::new(),
            conflicts: Vec::new(),
        }
    }
}

impl Versions {
    /// Whether nothing was changed yet.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something waits for a person.
    #[must_use]
    pub fn has_conflicts(&self) -> bool {
        !self.conflicts.is_empty()
    }

    /// The conflict that a submission is in.
    #[must_use]
    pub fn conflict(&self, submission: &SubmissionId) -> Option<&Conflict> {
        self.conflicts.iter().find(|it| it.submission == *submission)
    }

    /// Counts a change of some properties, which makes a version.
    pub(crate) fn take(&mut self, changed: impl IntoIterator<Item = ElementId>) {
        self.version += 1;
        let version = self.version;
        self.properties.extend(changed.into_iter().map(|property| (property, version)));
    }

    /// Remembers that the version that is here now was made by a chain of a device.
    pub(crate) fn step(&mut self, change: &EntityChange) {
        let (Some(branch), Some(counted)) = (&change.branch, change.counted) else { return };
        let steps = self.branches.entry(branch.clone()).or_default();
        if steps.len() < STEPS_MAX {
            steps.push(Step { counted, version: self.version });
        }
    }

    /// Remembers a change that was made beside another one.
    pub(crate) fn beside(&mut self, change: &EntityChange) {
        let (submission, base) = (change.submission.clone(), change.base);
        let properties = change.sealed.iter().map(|value| value.element.clone()).collect();
        self.conflicts.push(Conflict { submission, base, properties });
    }

    /// Forgets a conflict that a person has decided.
    pub(crate) fn settle(&mut self, submission: &SubmissionId) {
        self.conflicts.retain(|conflict| conflict.submission != *submission);
    }

    /// Whether one more conflict is kept.
    pub(super) fn has_room(&self) -> bool {
        self.conflicts.len() < CONFLICTS_MAX
    }

    /// The chain of a change, as far as it is remembered.
    pub(super) fn branch(&self, deed: &Deed) -> Option<String> {
        let kept = self.branches.len() < BRANCHES_MAX;
        deed.branch.clone().filter(|it| kept || self.branches.contains_key(it))
    }

    /// What the device had seen when it made a change.
    pub(super) fn seen<'v>(&'v self, deed: &'v Deed) -> Seen<'v> {
        // Whatever a device made by itself and changed before it was sent, began with version 1.
        let begun = deed.trunk.or(deed.branch.as_ref().map(|_| 1).filter(|_| deed.base.is_some()));
        let base = begun.or(deed.base).unwrap_or(0).min(self.version);
        let steps = deed.branch.as_ref().and_then(|branch| self.branches.get(branch));
        let counted = deed.base.unwrap_or(0);
        Seen { versions: self, base, counted, steps: steps.map_or(&[], Vec::as_slice) }
    }
}

/// What a device had seen of something: the version that it last had from here, and what it made
/// of it since. What it counts in a chain of its own is not what is counted here.
pub(super) struct Seen<'v> {
    versions: &'v Versions,
    /// The version here that it began with.
    pub(super) base: u32,
    counted: u32,
    steps: &'v [Step],
}

impl Seen<'_> {
    fn own(&self) -> impl Iterator<Item = u32> {
        let before = self.steps.iter().filter(|step| step.counted < self.counted);
        before.map(|step| step.version).filter(|version| *version > self.base)
    }

    /// Whether it has not seen the latest change of a property.
    pub(super) fn misses(&self, property: &ElementId) -> bool {
        let latest = self.versions.properties.get(property);
        latest.is_some_and(|latest| *latest > self.base && !self.own().any(|own| own == *latest))
    }

    /// Whether it has not seen some change.
    pub(super) fn is_behind(&self) -> bool {
        let own: std::collections::BTreeSet<u32> = self.own().collect();
        let since = usize::try_from(self.versions.version - self.base).unwrap_or(usize::MAX);
        own.len() < since
    }
}
