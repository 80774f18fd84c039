//! `receive_attachment`: a file of a submission arrives, perhaps long after its record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attached, Submission};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{ElementId, SubmissionId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};
use crate::text;

/// The most files of one submission.
const FILES_MAX: usize = 200;
/// The longest media type, in characters.
const MEDIA_CHARS_MAX: usize = 100;
/// The name under which the vault keeps the names of files. No element of a dictionary has a dot.
pub const FILE_ELEMENT: &str = "odk.file";

/// Receives a file whose bytes were put with the attachments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveAttachment {
    /// The submission.
    pub submission: SubmissionId,
    /// Its name, as the record says.
    pub name: String,
    /// The hash of its bytes.
    pub hash: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// What it is, as the sender says.
    pub media: String,
}

impl Decide for ReceiveAttachment {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Submission::KIND, self.submission.as_str())]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let submission = draft.known::<Submission>(self.submission.as_str())?;
        if submission.by != context.actor.account {
            return Err(Refusal::new(Code::NotYours));
        }
        let record = submission.record.as_ref();
        let unknown = || Refusal::new(Code::Unknown).with("what", "record");
        let record = record.ok_or_else(|| unknown().with("id", self.submission.as_str()))?;
        if record.attachments.len() >= FILES_MAX {
            let refusal = Refusal::new(Code::TooMany).with("what", "files");
            return Err(refusal.with("most", FILES_MAX.to_string()));
        }
        let hexadecimal = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if self.hash.len() != 64 || !self.hash.bytes().all(hexadecimal) {
            let refusal = Refusal::new(Code::BadValue).with("field", "hash");
            return Err(refusal.with("why", "SHA-256"));
        }
        let name = text::line("name", &self.name)?;
        let media = text::bounded("media", &self.media, MEDIA_CHARS_MAX)?;
        let (owner, purpose) = (record.received.owner.clone(), record.received.purpose.clone());
        // The hash, so that whoever destroys the name knows whose bytes go with it.
        let item = format!("{}/{}", self.submission, self.hash);
        let element = ElementId::new(FILE_ELEMENT).expect("plain");
        let sealed = vec![draft.seal(&owner, &element, &item, &purpose, name)];
        let file = Attached { hash: self.hash.clone(), bytes: self.bytes, media };
        let submission = self.submission.clone();
        draft.say(Fact::AttachmentReceived { submission, file, sealed });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{Prefilled, ReceiveRecord};
    use crate::trial::{self, id};

    fn photograph() -> ReceiveAttachment {
        ReceiveAttachment {
            submission: id("s1"),
            name: "Wang's door.jpg".to_owned(),
            hash: "ab".repeat(32),
            bytes: 7,
            media: "image/jpeg".to_owned(),
        }
    }

    fn record() -> ReceiveRecord {
        ReceiveRecord {
            submission: id("s1"),
            form: id("trial.visit"),
            version: "1".to_owned(),
            record: "warm=no\nfile".to_owned(),
            place: None,
            subject: None,
            case: None,
            replaces: None,
            entities: Vec::new(),
            prefilled: Prefilled::default(),
        }
    }

    #[test]
    fn a_file_comes_after_its_record_and_its_name_stands_in_no_fact() {
        let mut street = trial::community();
        street.give(&trial::worker(), record()).unwrap();
        let outcome = street.give(&trial::worker(), photograph()).unwrap();
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("Wang"));
        assert_eq!(outcome.vault[0].value, "Wang's door.jpg");
        let submission = street.states.get::<Submission>("s1").unwrap();
        assert_eq!(submission.record.as_ref().unwrap().attachments[0].bytes, 7);
    }

    #[test]
    fn a_file_of_nothing_of_somebody_else_or_without_a_hash_is_refused() {
        let mut street = trial::community();
        let refused = street.give(&trial::worker(), photograph()).unwrap_err();
        assert_eq!(refused.code, Code::Unknown);
        street.give(&trial::worker(), record()).unwrap();
        let refused = street.give(&trial::second_worker(), photograph()).unwrap_err();
        assert_eq!(refused.code, Code::NotYours);
        let odd = ReceiveAttachment { hash: "../keys".to_owned(), ..photograph() };
        assert_eq!(street.give(&trial::worker(), odd).unwrap_err().code, Code::BadValue);
    }
}
