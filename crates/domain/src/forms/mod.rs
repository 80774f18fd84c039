//! Submissions of forms: observations, never refused for being late or odd.

pub(crate) mod answers;
mod observation;
mod publish_form;
mod published;
mod read_record;
mod receive_attachment;
mod receive_record;
mod record_submission;
mod retire_form;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::Subject;
use crate::fact::{Fact, Fields};
use crate::ids::{
    AccountId, CaseId, ElementId, EntityId, FormId, ListId, PersonId, PlaceId, PurposeId,
    SubmissionId,
};
use crate::places::path_text;
use crate::states::{AsThing, Changes, Index, Key, Stamp};

pub use publish_form::PublishForm;
pub use published::{Forms, Published, Version};
pub use read_record::ReadRecord;
pub use receive_attachment::{FILE_ELEMENT, ReceiveAttachment};
pub use receive_record::{RECORD_BYTES_MAX, RECORD_ELEMENT, ReceiveRecord};
pub use record_submission::RecordSubmission;
pub use retire_form::RetireForm;

/// The purpose for which records are kept whose form nobody here knows.
pub const UNKNOWN: &str = "unknown";
/// For how many days they are kept where no pack says how long.
pub const UNKNOWN_DAYS: u16 = 90;

/// What is odd about a submission. A reviewer looks; nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "flag", rename_all = "snake_case")]
pub enum Flag {
    /// It came more than a day after it happened.
    CameLate,
    /// The device's clock was ahead of the server's, or years behind.
    ClockWrong,
    /// The form is not known here.
    FormUnknown,
    /// The form belongs to a mode that is not in force.
    ModeOver,
    /// The person or household is not known here.
    SubjectUnknown,
    /// The place is not known here.
    PlaceUnknown,
    /// The case is not known here, or expects no such form.
    CaseUnknown,
    /// Whoever filled it has no role for this form here.
    NotTheirs,
    /// An answer does not fit its element.
    BadAnswer {
        /// The element.
        element: ElementId,
    },
    /// A required answer is missing.
    AnswerMissing {
        /// The element.
        element: ElementId,
    },
    /// An effect of the pack could not be carried out.
    EffectFailed {
        /// The effect's id.
        effect: String,
        /// The code of the refusal.
        code: String,
    },
    /// The record is not one of the form: it cannot be read, or has another shape.
    RecordUnreadable,
    /// The form is known here, but not in the version that was filled.
    VersionUnknown,
    /// It says that it puts another one right, which is not here or is not theirs.
    ReplacesUnknown,
    /// An answer of the record does not fit its question.
    BadAnswerAt {
        /// Which question.
        path: String,
    },
    /// A required answer of the record is missing.
    AnswerMissingAt {
        /// Which question.
        path: String,
    },
    /// The record answers what was not to be asked.
    NotAskedAt {
        /// Which question.
        path: String,
    },
    /// A rule of the form cannot be worked out here.
    UndecidedAt {
        /// Which question.
        path: String,
    },
    /// It changed an entity that was changed meanwhile.
    EntityConflict {
        /// The list.
        list: ListId,
        /// The entity.
        entity: EntityId,
        /// Whether both changed the same property: then both are kept until a person decides.
        hard: bool,
    },
    /// What it does to an entity could not be done.
    EntityFailed {
        /// The list.
        list: ListId,
        /// The entity.
        entity: EntityId,
        /// Why: `unknown`, `exists`, `not_named`, `fixed` for what no record changes, or the code
        /// of the refusal that whoever sent it would have got.
        code: String,
    },
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// The form.
    pub form: FormId,
    /// The pack's version.
    pub pack_hash: String,
    /// Where.
    pub place: PlaceId,
    /// Places from the root to there.
    pub path: Vec<PlaceId>,
    /// About whom.
    pub subject: Option<Subject>,
    /// The case that expected it.
    pub case: Option<CaseId>,
    /// Answers that are not personal.
    pub answers: Fields,
    /// What is odd about it.
    pub flags: Vec<Flag>,
    /// Outcomes of the pack's effects.
    pub outcomes: BTreeMap<String, bool>,
    /// Who filled it.
    pub by: AccountId,
    /// When, as the person said.
    pub occurred_at: Timestamp,
    /// When the server wrote it down.
    pub recorded_at: Timestamp,
    /// The record that it was read from; none where only answers were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

/// What is known of a record whose words are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The form's version that it was filled under.
    pub version: String,
    /// For what it is kept.
    pub purpose: PurposeId,
    /// Under whose name the vault keeps it.
    pub owner: PersonId,
    /// How many files belong to it.
    pub files: u32,
    /// The submission that it puts right.
    pub replaces: Option<SubmissionId>,
    /// What was known already.
    #[serde(default, skip_serializing_if = "Prefilled::is_none")]
    pub prefilled: Prefilled,
}

/// How many answers of a record were known and stood in the form when it was opened, as the
/// sender's device counted them: what was confirmed was not asked again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Prefilled {
    /// How many were left as they were.
    pub confirmed: u16,
    /// How many were put right.
    pub corrected: u16,
}

impl Prefilled {
    /// Whether nothing was known.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// The record of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What came.
    #[serde(flatten)]
    pub received: Received,
    /// The files that came with it.
    pub attachments: Vec<Attached>,
    /// The submission that put it right.
    pub replaced_by: Option<SubmissionId>,
}

/// A file that came with a submission; its name is in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The hash of its bytes.
    pub hash: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// What it is, as the sender said.
    pub media: String,
}

impl Submission {
    /// Whether its record was kept unread, because nobody here knew its form.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.record.is_some() && self.flags.contains(&Flag::FormUnknown)
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: self.form.to_string(),
            status: match self.flags.is_empty() {
                true => "",
                false if self.is_unread() => "unread",
                false => "flagged",
            }
            .to_owned(),
            owner: Some(self.by.clone()),
            about: self.subject.as_ref().map(|s| s.key().id.into()).unwrap_or_default(),
            since: Some(self.occurred_at),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    published::apply(states, fact, stamp);
    match fact {
        Fact::SubmissionRecorded { .. } => record(states, fact, stamp),
        Fact::RecordReceived { submission, record, .. } => {
            if let Some(old) = &record.replaces
                && let Some(it) = of(states, old).and_then(|it| it.record.as_mut())
            {
                it.replaced_by = Some(submission.clone());
            }
            if let Some(it) = of(states, submission) {
                let (attachments, replaced_by) = (Vec::new(), None);
                let received = record.clone();
                it.record = Some(Record { received, attachments, replaced_by });
            }
        }
        Fact::RecordRead { submission, pack_hash, record, answers, flags, outcomes, .. } => {
            if let Some(it) = of(states, submission) {
                it.pack_hash.clone_from(pack_hash);
                it.answers.clone_from(answers);
                it.flags.clone_from(flags);
                it.outcomes.clone_from(outcomes);
                if let Some(kept) = &mut it.record {
                    kept.received = record.clone();
                }
            }
        }
        Fact::AttachmentReceived { submission, file, .. } => {
            if let Some(record) = of(states, submission).and_then(|it| it.record.as_mut()) {
                record.attachments.push(file.clone());
            }
        }
        _ => {}
    }
}

fn of<'s>(states: &'s mut impl Changes, id: &SubmissionId) -> Option<&'s mut Submission> {
    states.change(&Key::new(Submission::KIND, id.as_str())).and_then(Submission::of_mut)
}

fn record(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    if let Fact::SubmissionRecorded {
        submission,
        form,
        pack_hash,
        place,
        path,
        subject,
        case,
        answers,
        flags,
        outcomes,
        ..
    } = fact
    {
        let state = Submission {
            id: submission.clone(),
            form: form.clone(),
            pack_hash: pack_hash.clone(),
            place: place.clone(),
            path: path.clone(),
            subject: subject.clone(),
            case: case.clone(),
            answers: answers.clone(),
            flags: flags.clone(),
            outcomes: outcomes.clone(),
            by: stamp.actor.clone(),
            occurred_at: stamp.occurred_at,
            recorded_at: stamp.recorded_at,
            record: None,
        };
        states.create(Key::new(Submission::KIND, submission.as_str()), state.into_thing());
    }
}
