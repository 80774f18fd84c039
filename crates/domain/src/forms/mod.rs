//! Submissions of forms: observations, never refused for being late or odd.

pub(crate) mod answers;
mod record_submission;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cases::Subject;
use crate::fact::{Fact, Fields};
use crate::ids::{AccountId, CaseId, ElementId, FormId, PlaceId, SubmissionId};
use crate::places::path_text;
use crate::states::{AsThing, Changes, Index, Key, Stamp};

pub use record_submission::RecordSubmission;

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
}

impl Submission {
    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: self.form.to_string(),
            status: if self.flags.is_empty() { "" } else { "flagged" }.to_owned(),
            owner: Some(self.by.clone()),
            about: self.subject.as_ref().map(|s| s.key().id.into()).unwrap_or_default(),
            since: Some(self.occurred_at),
            ..Index::default()
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
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
        };
        states.create(Key::new(Submission::KIND, submission.as_str()), state.into_thing());
    }
}
