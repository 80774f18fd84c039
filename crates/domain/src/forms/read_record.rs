//! `read_record`: a record that was kept while nobody here knew its form is read by the form that is
//! known now, as if it came now from whoever sent it. The program gives it, in their name.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::observation::{self, Judged, Observation, Rule};
use super::receive_record::{ENTITIES_MAX, Understood};
use super::{FILE_ELEMENT, Flag, RECORD_ELEMENT, Received, RecordSubmission, Submission};
use crate::authority::{Actor, Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::entities;
use crate::fact::{Fact, Fields};
use crate::ids::{ElementId, EntityId, ListId, SubmissionId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Reads a record that was kept unread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadRecord {
    /// The submission.
    pub submission: SubmissionId,
    /// Its record, word for word, out of the vault.
    pub record: String,
    /// The entities that the record names: list and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<(ListId, EntityId)>,
    /// The names of its files out of the vault, by the hash of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl Decide for ReadRecord {
    fn authority(&self) -> Authority {
        Authority::System
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = vec![Key::new(Submission::KIND, self.submission.as_str())];
        let Some(kept) = seen.get::<Submission>(self.submission.as_str()) else { return needs };
        needs.extend(observation::needs(&told(kept, Fields::new()), seen));
        let replaces = kept.record.as_ref().and_then(|record| record.received.replaces.as_ref());
        needs.extend(replaces.map(|id| Key::new(Submission::KIND, id.as_str())));
        let named = &self.entities[..self.entities.len().min(ENTITIES_MAX)];
        needs.extend(named.iter().map(|(list, id)| entities::key(list, id)));
        needs.extend(entities::needs(named, &self.record, seen));
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let kept = draft.known::<Submission>(self.submission.as_str())?.clone();
        let already = || {
            let refusal = Refusal::new(Code::Exists).with("what", "submission");
            refusal.with("id", self.submission.as_str())
        };
        let record = kept.record.clone().filter(|_| kept.is_unread()).ok_or_else(already)?;
        let sender = sender(context.actor);
        let context = Context { actor: &sender, ..context.clone() };
        let version = record.received.version.as_str();
        let pack = context.rules.pack_with(&kept.form, version);
        let found = Understood::find(&context, (&kept.form, version), &self.record, pack.as_ref())?;
        let rule = found.rule;
        if matches!(rule, Rule::Unknown) {
            return Err(Refusal::new(Code::FormUnknown).with("form", kept.form.as_str()));
        }
        let Understood { given, mut flags, files, deeds, .. } = found;
        // What was odd about how it came is odd still.
        let came = |flag: &&Flag| {
            use Flag::{CameLate, ClockWrong, PlaceUnknown, ReplacesUnknown};
            matches!(flag, CameLate | ClockWrong | PlaceUnknown | ReplacesUnknown)
        };
        flags.extend(kept.flags.iter().filter(came).cloned());
        let old = record.received.replaces.as_ref().and_then(|id| draft.get(id.as_str()));
        let before = old.map(|old: &Submission| old.outcomes.clone()).unwrap_or_default();
        let mut told = told(&kept, given);
        if !kept.flags.contains(&Flag::CaseUnknown) {
            // The case has counted it when it came.
            told.case = None;
        }
        let named = &self.entities[..self.entities.len().min(ENTITIES_MAX)];
        let observation = Observation { told: &told, rule, flags, before, deeds: &deeds, named };
        let judged = observation.judge(&context, draft, None)?;
        self.say(draft, (judged, rule.hash()), Received { files, ..record.received });
        Ok(())
    }
}

impl ReadRecord {
    /// Says what was read; record and names of files go over to what they are kept for now.
    fn say(&self, draft: &mut Draft<'_>, (judged, hash): (Judged, String), kept: Received) {
        let Judged { owner, purpose, answers, mut sealed, flags, outcomes, .. } = judged;
        let (record, file) = (element(RECORD_ELEMENT), element(FILE_ELEMENT));
        let item = self.submission.as_str();
        sealed.push(draft.seal(&owner, &record, item, &purpose, self.record.as_str()));
        for (hash, name) in &self.files {
            let item = format!("{item}/{hash}");
            sealed.push(draft.seal(&owner, &file, &item, &purpose, name.as_str()));
        }
        draft.say_first(Fact::RecordRead {
            submission: self.submission.clone(),
            pack_hash: hash,
            record: Received { purpose, owner, ..kept },
            answers,
            sealed,
            flags,
            outcomes,
        });
    }
}

fn element(name: &str) -> ElementId {
    ElementId::new(name).expect("plain")
}

/// Whoever sent it, without the right of the program to give the command.
fn sender(actor: &Actor) -> Actor {
    let mut sender = actor.clone();
    sender.grants.retain(|grant| grant.role.0 != Role::SYSTEM);
    sender
}

/// A submission as it was told when it came, with the answers that were found since.
fn told(kept: &Submission, answers: Fields) -> RecordSubmission {
    RecordSubmission {
        submission: kept.id.clone(),
        form: kept.form.clone(),
        place: Some(kept.place.clone()),
        subject: kept.subject.clone(),
        case: kept.case.clone(),
        answers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Grant;
    use crate::cases::Subject;
    use crate::forms::{Prefilled, ReceiveRecord};
    use crate::packs::DropPack;
    use crate::rehearsal::Rehearsal;
    use crate::trial::{self, id};

    fn received(name: &str, record: &str) -> ReceiveRecord {
        ReceiveRecord {
            submission: id(name),
            form: id("local.survey"),
            version: "1".to_owned(),
            record: record.to_owned(),
            place: None,
            subject: Some(Subject::Person(id("p3"))),
            case: None,
            replaces: None,
            entities: vec![(id("people"), id("person:p3"))],
            prefilled: Prefilled::default(),
        }
    }

    fn read(name: &str, record: &str) -> ReadRecord {
        ReadRecord {
            submission: id(name),
            record: record.to_owned(),
            entities: vec![(id("people"), id("person:p3"))],
            files: [("ab".repeat(32), "door.jpg".to_owned())].into(),
        }
    }

    /// The program in the name of somebody.
    fn named(actor: Actor) -> Actor {
        let role = Role::new(Role::SYSTEM);
        let mut actor = actor;
        actor.grants.push(Grant { role, place: id("root"), until: None });
        actor
    }

    const RECORD: &str =
        "warm=no\ntemperature=37.5\nfile\n@update people person:p3 1 phone:5550100";

    fn kept(street: &Rehearsal) -> &Submission {
        street.states.get::<Submission>("s1").unwrap()
    }

    /// A community that was sent a record of a form which nobody there knew.
    fn unread() -> Rehearsal {
        let mut street = trial::community();
        let before = street.moment.at - jiff::SignedDuration::from_hours(1);
        street.give_late(&trial::worker(), received("s1", RECORD), before).unwrap();
        assert_eq!(kept(&street).flags, [Flag::FormUnknown]);
        assert!(kept(&street).is_unread());
        street.moment.at += jiff::SignedDuration::from_hours(24 * 5);
        street
    }

    #[test]
    fn what_was_kept_unread_is_read_once_by_the_form_that_came_later() {
        let mut street = unread();
        let occurred_at = kept(&street).occurred_at;
        let unknown = street.give(&named(trial::worker()), read("s1", RECORD)).unwrap_err();
        assert_eq!(unknown.code, Code::FormUnknown);
        let publish = trial::publish(&mut street, "local.survey", "1");
        street.give(&trial::coordinator(), publish).unwrap();
        let outcome =
            street.give_late(&named(trial::worker()), read("s1", RECORD), occurred_at).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["record.read", "person.corrected", "entity.updated"]);
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("37.5"));
        let submission = kept(&street);
        assert_eq!((submission.flags.as_slice(), submission.is_unread()), (&[][..], false));
        assert_eq!(submission.answers[&id("warm")], false);
        assert_eq!((&submission.occurred_at, submission.by.as_str()), (&occurred_at, "worker"));
        let record = &submission.record.as_ref().unwrap().received;
        assert_eq!((record.purpose.as_str(), record.files), ("service", 1));
        let sealed: Vec<&str> = outcome.vault.iter().map(|it| it.element.as_str()).collect();
        assert_eq!(sealed, ["phone", "temperature", RECORD_ELEMENT, FILE_ELEMENT]);
        let again = street.give(&named(trial::worker()), read("s1", RECORD)).unwrap_err();
        assert_eq!(again.code, Code::Exists);
    }

    #[test]
    fn the_effects_of_a_pack_follow_once_it_is_adopted() {
        let mut street = trial::community();
        let drop = DropPack { pack: id("trial"), reason: "a new one".to_owned() };
        street.give(&trial::operator(), drop).unwrap();
        let record = "warm=yes\ntemperature=38.4";
        let (form, version) = (id("trial.visit"), "0".to_owned());
        let early = ReceiveRecord { form, version, ..received("s1", record) };
        street.give(&trial::worker(), early).unwrap();
        assert!(kept(&street).is_unread());
        street.give(&trial::operator(), trial::adopt()).unwrap();
        let outcome = street.give(&named(trial::worker()), read("s1", record)).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["record.read", "case.opened"]);
        assert_eq!(kept(&street).flags, [Flag::VersionUnknown]);
        assert!(kept(&street).outcomes["unwell"]);
    }

    #[test]
    fn what_is_kept_unread_ends_whether_a_pack_says_when_or_not() {
        let days = |street: &Rehearsal| street.rules().days_kept(&id(crate::forms::UNKNOWN));
        assert_eq!(days(&trial::community()), Some(crate::forms::UNKNOWN_DAYS));
        let street = trial::community_under(|pack| {
            let mut unknown = pack.purposes[&id("service")].clone();
            unknown.retention_days = 14;
            pack.purposes.insert(id(crate::forms::UNKNOWN), unknown);
        });
        assert_eq!(days(&street), Some(14));
        assert_eq!(street.rules().days_kept(&id("nothing")), None);
    }

    #[test]
    fn it_does_what_its_sender_may_and_nobody_reads_by_themselves() {
        let mut street = unread();
        let publish = trial::publish(&mut street, "local.survey", "2");
        street.give(&trial::coordinator(), publish).unwrap();
        let oneself = street.give(&trial::worker(), read("s1", RECORD)).unwrap_err();
        assert_eq!(oneself.code, Code::NotAllowed);
        // Whoever sent it works there no longer.
        let gone = Actor { grants: Vec::new(), ..trial::worker() };
        street.give(&named(gone), read("s1", RECORD)).unwrap();
        assert_eq!(kept(&street).flags, [Flag::NotTheirs, Flag::VersionUnknown]);
        let person = street.states.get::<crate::people::Person>("p3").unwrap();
        assert!(person.versions.is_first());
    }
}
