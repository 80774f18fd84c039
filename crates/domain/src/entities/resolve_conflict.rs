//! `resolve_conflict`: a person says what holds where the same property was changed side by side.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::said::{Correction, Said, household};
use super::{
    Conflict, Entity, EntityChange, Registered, Versions, key, name, register, registered,
};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::forms::Flag;
use crate::ids::{ElementId, EntityId, ListId, SubmissionId};
use crate::people::{HOUSEHOLD, Household};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing as _, Key, States};
use crate::text;
use crate::vault::Sealed;

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

    fn needs(&self, seen: &States) -> Vec<Key> {
        let Some(it) = Registered::of(&self.list, &self.entity) else {
            return vec![key(&self.list, &self.entity)];
        };
        let mut needs = registered::around(&it, seen);
        let home = self.values.iter().find(|(id, _)| id.as_str() == HOUSEHOLD);
        let home = home.and_then(|(_, text)| household(text));
        needs.extend(home.map(|id| Key::new(Household::KIND, id.as_str())));
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if let Some(it) = Registered::of(&self.list, &self.entity) {
            return self.decide_in_register(context, draft, &it);
        }
        let name = name(&self.list, &self.entity);
        let entity = draft.known::<Entity>(&name)?.clone();
        let base = self.conflict(&entity.versions)?.base;
        let mut sealed = Vec::with_capacity(self.values.len());
        for (property, value) in &self.values {
            let value = text::free(property.as_str(), value)?;
            sealed.push(draft.seal(&entity.owner, property, "", &entity.purpose, value));
        }
        draft.say(self.resolved((self.list.clone(), self.entity.clone()), base, sealed));
        Ok(())
    }
}

impl ResolveConflict {
    /// The conflict that is meant, where no other property is said to hold.
    fn conflict<'v>(&self, versions: &'v Versions) -> Result<&'v Conflict, Refusal> {
        let unknown = || Refusal::new(Code::Unknown).with("what", "conflict");
        let found = versions.conflict(&self.submission);
        let conflict = found.ok_or_else(|| unknown().with("id", self.submission.as_str()))?;
        match self.values.keys().find(|property| !conflict.properties.contains(property)) {
            None => Ok(conflict),
            Some(property) => {
                let refusal = Refusal::new(Code::Unknown).with("what", "property");
                Err(refusal.with("id", property.as_str()))
            }
        }
    }

    fn resolved(&self, of: (ListId, EntityId), base: u32, sealed: Vec<Sealed>) -> Fact {
        let ((list, entity), submission) = (of, self.submission.clone());
        let (branch, counted) = (None, None);
        let change = EntityChange { list, entity, submission, base, branch, counted, sealed };
        Fact::ConflictResolved { change }
    }

    /// What holds of somebody or some household is said by the rule of the register's own command,
    /// and by nobody else.
    fn decide_in_register(
        &self,
        context: &Context<'_>,
        draft: &mut Draft<'_>,
        it: &Registered,
    ) -> Result<(), Refusal> {
        register::may(context, draft, it)?;
        let base = self.conflict(&register::versions(draft, it))?.base;
        let said: Said = self.values.clone().into_iter().collect();
        let mut flags = Vec::new();
        let correction = Correction::read(context, &said, &mut flags);
        if let Some(Flag::BadAnswer { element }) = flags.into_iter().next() {
            return Err(Refusal::new(Code::BadValue).with("field", element.as_str()));
        }
        register::change(context, draft, it, said, correction)?;
        draft.say(self.resolved(it.entity(), base, Vec::new()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{Prefilled, ReceiveRecord, Submission};
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
        assert_eq!((well.versions.version, well.versions.conflicts.len()), (3, 1));
        assert_eq!(well.versions.conflicts[0].submission, id("s4"));
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
        assert_eq!(
            (well(&street).versions.version, well(&street).versions.conflicts.len()),
            (4, 0)
        );
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
        assert_eq!(well(&street).versions.version, 5);
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
