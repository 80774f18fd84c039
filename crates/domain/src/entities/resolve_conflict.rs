//! `resolve_conflict`: a person says what holds where the same property was changed side by side.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entity, EntityChange, key, name};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{ElementId, EntityId, ListId, SubmissionId};
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Says what holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveConflict {
    /// The list.
    pub list: ListId,
    /// The entity.
    pub entity: EntityId,
    /// The submission that was made beside another one.
    pub submission: SubmissionId,
    /// What holds, for the properties that do not stay as they are.
    #[serde(default)]
    pub values: BTreeMap<ElementId, String>,
}

impl Decide for ResolveConflict {
    fn authority(&self) -> Authority {
        Authority::Roles(&[
            Role::GRID_WORKER,
            Role::CLINICIAN,
            Role::COMMUNITY_LEAD,
            Role::COORDINATOR,
        ])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![key(&self.list, &self.entity)]
    }

    fn decide(&self, _: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let name = name(&self.list, &self.entity);
        let entity = draft.known::<Entity>(&name)?.clone();
        let found = entity.conflicts.iter().find(|it| it.submission == self.submission);
        let unknown = || Refusal::new(Code::Unknown).with("what", "conflict");
        let conflict = found.ok_or_else(|| unknown().with("id", self.submission.as_str()))?;
        let mut sealed = Vec::with_capacity(self.values.len());
        for (property, value) in &self.values {
            if !conflict.properties.contains(property) {
                let refusal = Refusal::new(Code::Unknown).with("what", "property");
                return Err(refusal.with("id", property.as_str()));
            }
            let value = text::free(property.as_str(), value)?;
            sealed.push(draft.seal(&entity.owner, property, "", &entity.purpose, value));
        }
        let (list, entity) = (self.list.clone(), self.entity.clone());
        let (submission, base) = (self.submission.clone(), conflict.base);
        let change = EntityChange { list, entity, submission, base, branch: None, sealed };
        draft.say(Fact::ConflictResolved { change });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{Flag, Prefilled, ReceiveRecord, Submission};
    use crate::rehearsal::Rehearsal;
    use crate::trial::{self, id};

    /// A record whose only line does something to the well `w1`.
    fn deed(submission: &str, line: &str) -> ReceiveRecord {
        ReceiveRecord {
            submission: id(submission),
            form: id("trial.visit"),
            version: "1".to_owned(),
            record: format!("warm=no\n{line}"),
            place: None,
            subject: None,
            case: None,
            replaces: None,
            entities: vec![(id("wells"), id("w1"))],
            prefilled: Prefilled::default(),
        }
    }

    fn send(street: &mut Rehearsal, submission: &str, line: &str) -> Vec<Flag> {
        street.give(&trial::worker(), deed(submission, line)).unwrap();
        street.states.get::<Submission>(submission).unwrap().flags.clone()
    }

    fn well(street: &Rehearsal) -> &Entity {
        street.states.get::<Entity>("wells/w1").unwrap()
    }

    fn conflict(hard: bool) -> Flag {
        Flag::EntityConflict { list: id("wells"), entity: id("w1"), hard }
    }

    /// A well that two devices changed over its first version.
    fn two_changes() -> Rehearsal {
        let mut street = trial::community();
        assert_eq!(send(&mut street, "s1", "@create wells w1 depth:5 colour:red"), []);
        assert_eq!(send(&mut street, "s2", "@update wells w1 1 depth:6"), []);
        assert_eq!(send(&mut street, "s3", "@update wells w1 1 colour:blue"), [conflict(false)]);
        assert_eq!(send(&mut street, "s4", "@update wells w1 1 depth:7"), [conflict(true)]);
        street
    }

    #[test]
    fn changes_of_different_properties_are_merged_and_of_the_same_one_both_are_kept() {
        let street = two_changes();
        let well = well(&street);
        assert_eq!((well.version, well.conflicts.len()), (3, 1));
        assert_eq!(well.conflicts[0].submission, id("s4"));
        let of = |item: &str, name: &str| {
            let mut all = street.vault.iter().rev();
            let found = all.find(|it| it.item == item && it.element.as_str() == name);
            found.map(|it| it.value.clone()).unwrap()
        };
        assert_eq!(
            (of("", "depth"), of("s4", "depth"), of("", "colour")),
            ("6".into(), "7".into(), "blue".into())
        );
        assert!(!serde_json::to_string(&street.facts).unwrap().contains("blue"));
    }

    #[test]
    fn a_person_says_what_holds_once() {
        let mut street = two_changes();
        let resolve = ResolveConflict {
            list: id("wells"),
            entity: id("w1"),
            submission: id("s4"),
            values: BTreeMap::from([(id("depth"), "7".to_owned())]),
        };
        let odd = BTreeMap::from([(id("colour"), "green".to_owned())]);
        let odd = ResolveConflict { values: odd, ..resolve.clone() };
        assert_eq!(street.give(&trial::lead(), odd).unwrap_err().code, Code::Unknown);
        street.give(&trial::lead(), resolve.clone()).unwrap();
        assert_eq!((well(&street).version, well(&street).conflicts.len()), (4, 0));
        assert_eq!(street.give(&trial::lead(), resolve).unwrap_err().code, Code::Unknown);
    }

    #[test]
    fn a_chain_of_changes_made_without_a_network_is_no_conflict_with_itself() {
        let mut street = trial::community();
        send(&mut street, "s1", "@create wells w1 depth:5 colour:red");
        assert_eq!(send(&mut street, "s2", "@update wells w1 1 depth:6 branch:b trunk:1"), []);
        assert_eq!(send(&mut street, "s3", "@update wells w1 2 depth:7 branch:b trunk:1"), []);
        // Somebody else comes between; the chain goes on from where it was.
        assert_eq!(send(&mut street, "s4", "@update wells w1 3 colour:blue"), []);
        let merged = send(&mut street, "s5", "@update wells w1 3 depth:8 branch:b trunk:1");
        assert_eq!(merged, [conflict(false)]);
        assert_eq!(well(&street).version, 5);
    }

    #[test]
    fn what_changes_nothing_that_is_there_is_flagged_and_kept() {
        let mut street = trial::community();
        let failed = |code: &str| Flag::EntityFailed {
            list: id("wells"),
            entity: id("w1"),
            code: code.to_owned(),
        };
        assert_eq!(send(&mut street, "s1", "@update wells w1 1 depth:6"), [failed("unknown")]);
        send(&mut street, "s2", "@create wells w1 depth:5");
        assert_eq!(send(&mut street, "s3", "@create wells w1 depth:5"), [failed("exists")]);
        let mut unnamed = deed("s4", "@update wells w1 1 depth:6");
        unnamed.entities.clear();
        street.give(&trial::worker(), unnamed).unwrap();
        let flags = &street.states.get::<Submission>("s4").unwrap().flags;
        assert_eq!(flags, &[failed("not_named")]);
    }
}
