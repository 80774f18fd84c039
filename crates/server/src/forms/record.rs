//! What stands at the head of a record, whatever its form: its ids, its form, about whom, when.

use domain::cases::Subject;
use domain::ids::{CommandId, EntityId, FormId, HouseholdId, ListId, PersonId, SubmissionId};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use xlsform::xpath::{Instance, NodeId};

use crate::sessions::hex;

/// The most entities that a record names.
const ENTITIES_MAX: usize = 200;

/// The head of a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Head {
    /// The form's id.
    form: String,
    /// The form's version, or empty.
    pub(crate) version: String,
    instance: String,
    deprecated: String,
    /// About whom.
    pub(crate) subject: Option<Subject>,
    /// When it was filled.
    pub(crate) occurred_at: Option<Timestamp>,
    /// The entities that it names.
    pub(crate) entities: Vec<(ListId, EntityId)>,
}

impl Head {
    /// Reads the head of a record; empty where there is none.
    pub(crate) fn read(record: &str) -> Self {
        let Ok(instance) = Instance::from_xml(record.trim_start_matches('\u{feff}')) else {
            return Self::default();
        };
        let Some(root) = instance.children(instance.document()).next() else {
            return Self::default();
        };
        let attribute = |name: &str| {
            let named = instance.attributes(root).find(|it| instance.local(*it) == name);
            named.map(|it| instance.text(it).trim().to_owned()).unwrap_or_default()
        };
        let below = |above: NodeId, name: &str| {
            let named = instance.children(above).find(|it| instance.local(*it) == name);
            named.map(|it| (it, instance.text(it).trim().to_owned()))
        };
        let meta = below(root, "meta").map(|(meta, _)| meta);
        let of_meta = |name: &str| {
            let found = meta.and_then(|meta| below(meta, name));
            found.map(|(_, text)| text).unwrap_or_default()
        };
        let at = |name: &str| below(root, name).and_then(|(_, text)| text.parse().ok());
        Self {
            form: attribute("id"),
            version: attribute("version"),
            instance: of_meta("instanceID"),
            deprecated: of_meta("deprecatedID"),
            subject: below(root, packfile::SUBJECT).and_then(|(_, text)| subject(&text)),
            occurred_at: at("end").or_else(|| at("start")),
            entities: entities(&instance),
        }
    }

    /// The form, as far as its id is one.
    pub(crate) fn form(&self) -> FormId {
        FormId::new(self.form.as_str()).unwrap_or_else(|_| FormId::new("unknown").expect("plain"))
    }

    /// The submission: by the record's own id, else by its words and who sent them.
    pub(crate) fn submission(&self, account: &str, record: &[u8]) -> SubmissionId {
        if self.instance.is_empty() {
            let words = hex(&Sha256::digest(record));
            return derived(&format!("{account}/{words}"));
        }
        submission(&self.instance)
    }

    /// The submission that it puts right.
    pub(crate) fn replaces(&self) -> Option<SubmissionId> {
        (!self.deprecated.is_empty()).then(|| submission(&self.deprecated))
    }
}

/// The entities that a record names, wherever in it.
fn entities(instance: &Instance) -> Vec<(ListId, EntityId)> {
    let (mut named, mut open) = (Vec::new(), vec![instance.document()]);
    while let Some(node) = open.pop() {
        open.extend(instance.children(node).rev());
        if instance.local(node) != "entity" || named.len() >= ENTITIES_MAX {
            continue;
        }
        let attribute = |name: &str| {
            let found = instance.attributes(node).find(|it| instance.local(*it) == name)?;
            Some(instance.text(found).trim().to_owned())
        };
        let list = attribute("dataset").and_then(|list| ListId::new(list).ok());
        let id = attribute("id").and_then(|id| EntityId::new(id).ok());
        named.extend(list.zip(id));
    }
    named
}

/// The submission with an `instanceID`: the same, where it is an id, else one made of it.
fn submission(instance: &str) -> SubmissionId {
    SubmissionId::new(instance).unwrap_or_else(|_| derived(instance))
}

fn derived(name: &str) -> SubmissionId {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    SubmissionId::new(format!("uuid:{id}")).expect("a UUID is plain")
}

/// The command that receives a record or a file of it: the same for the same, so that what is sent
/// again is answered again.
pub(crate) fn command(what: &str) -> CommandId {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, what.as_bytes());
    CommandId::new(id.to_string()).expect("a UUID is plain")
}

/// About whom, as lists of entities and queries write it: `person:ID` or `household:ID`.
pub(crate) fn subject(text: &str) -> Option<Subject> {
    match text.split_once(':')? {
        ("person", id) => PersonId::new(id).ok().map(Subject::Person),
        ("household", id) => HouseholdId::new(id).ok().map(Subject::Household),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RECORD: &str = r#"<?xml version='1.0' ?><data id="local.visit" version="3"
        xmlns:orx="http://openrosa.org/xforms"><start>2026-03-02T07:00:00.000+08:00</start>
        <subject>person:p-1</subject><orx:meta>
        <orx:instanceID>uuid:6f0a7e0e-5f43-4d64-9d3a-4d6f9b5b2a11</orx:instanceID>
        <orx:deprecatedID>an older one</orx:deprecatedID></orx:meta></data>"#;

    #[test]
    fn a_head_says_which_form_which_record_about_whom_and_when() {
        let head = Head::read(RECORD);
        assert_eq!((head.form().as_str(), head.version.as_str()), ("local.visit", "3"));
        let id = head.submission("chen", RECORD.as_bytes());
        assert_eq!(id.as_str(), "uuid:6f0a7e0e-5f43-4d64-9d3a-4d6f9b5b2a11");
        assert_eq!(head.subject, Some(Subject::Person(PersonId::new("p-1").unwrap())));
        assert_eq!(head.occurred_at.unwrap().to_string(), "2026-03-01T23:00:00Z");
        assert_eq!(head.replaces(), Some(derived("an older one")));
    }

    #[test]
    fn what_has_no_head_still_gets_an_id_of_its_own_for_whoever_sent_it() {
        let head = Head::read("garbage");
        assert_eq!(head.form().as_str(), "unknown");
        let ids = ["a", "b"].map(|who| head.submission(who, b"garbage"));
        assert!(ids[0] != ids[1] && ids[0] == head.submission("a", b"garbage"));
    }

    #[test]
    fn fuzz_record_head() {
        let changes = proptest::collection::vec((0..RECORD.len(), any::<u8>(), 0..3u8), 0..8);
        let noise = proptest::collection::vec(any::<u8>(), 0..200);
        crate::fuzzing::run(&(changes, noise), |(changes, noise)| {
            drop(Head::read(&String::from_utf8_lossy(&noise)).submission("a", &noise));
            let mut bytes = RECORD.as_bytes().to_vec();
            for (at, byte, how) in changes {
                let at = at.min(bytes.len().saturating_sub(1));
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ if bytes.len() > 1 => drop(bytes.remove(at)),
                    _ => {}
                }
            }
            let head = Head::read(&String::from_utf8_lossy(&bytes));
            prop_assert!(head.form().as_str().len() <= domain::ids::ID_BYTES_MAX);
            Ok(())
        });
    }
}
