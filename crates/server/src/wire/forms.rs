//! Forms as XForms: what may be filled, what is known already, and what is wrong with a workbook.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Words};

/// The forms that the signed-in person may fill in a ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormList {
    /// The forms.
    pub forms: Vec<FormOffer>,
}

/// A form that may be filled.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormOffer {
    /// Its id.
    pub id: String,
    /// Its version, or empty.
    pub version: String,
    /// The hash of its XForm, as OpenRosa writes it: `md5:…`.
    pub hash: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// `person`, `household` or `place`.
    pub subject: String,
    /// Where it comes from: `pack`, `published`, or `draft`.
    pub source: String,
    /// Whether the signed-in person fills it here now.
    pub may_fill: bool,
    /// Whether any of its questions may be known before it is asked.
    pub may_be_known: bool,
    /// Files that come with it. The list out of which a form asks about whom it is, is none of
    /// them: that is clear before it is opened.
    pub media: Vec<FormMedia>,
}

/// A file that comes with a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormMedia {
    /// Its name.
    pub name: String,
    /// Changes when the file may have changed.
    pub hash: String,
    /// Where it is.
    pub url: String,
}

/// Which ledger, and which version of the form.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormQuery {
    /// The ledger.
    pub ledger: String,
    /// The version; the one that is given out now when absent.
    pub version: Option<String>,
}

/// About whom what is known is asked.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KnownQuery {
    /// The ledger.
    pub ledger: String,
    /// About whom: `person:ID` or `household:ID`.
    pub subject: String,
}

/// What is known already for the questions of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownValues {
    /// The values.
    pub values: Vec<KnownAnswer>,
}

/// What is known for a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownAnswer {
    /// The question's path in the record.
    pub path: String,
    /// The element of the dictionary.
    pub element: String,
    /// The value as it stands in a record.
    pub value: String,
    /// Since when it is known; what the register says without a date has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
    /// Where it is known from: `register`, or the form that it was filled in.
    pub from: String,
    /// The same in words.
    pub from_name: Words,
    /// The element's name.
    pub label: Words,
}

/// Which workbook, for which ledger.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkbookQuery {
    /// The ledger.
    pub ledger: String,
    /// The name of the file.
    pub name: String,
}

/// How a workbook is published.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublishQuery {
    /// The ledger.
    pub ledger: String,
    /// The name of the file.
    pub name: String,
    /// Made by the client; the same id is answered once and for all.
    pub command: String,
    /// What it is filled about: `person`, `household` or `place`.
    pub subject: Option<String>,
    /// Roles that fill it, between commas.
    pub filled_by: Option<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: Option<String>,
    /// Whether it is only tried out: what is sent to it is checked and thrown away.
    pub draft: Option<bool>,
    /// Files that come with it, `NAME:HASH` between commas, as `/api/forms/media` gave the hashes.
    pub media: Option<String>,
}

/// What was found in a workbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkbookReport {
    /// Whether it can be published.
    pub ok: bool,
    /// What is wrong, or what its author should know.
    pub problems: Vec<WorkbookProblem>,
    /// The form as an outline.
    pub outline: Vec<OutlineRow>,
    /// The XForm, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xform: Option<String>,
    /// The form's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_id: Option<String>,
    /// Its version, or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What changes against the version that is given out now, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<Vec<FormChange>>,
    /// How the workbook's own settings say that it is to be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggested: Option<PublishedAs>,
}

/// How a workbook says that it is to be published (`subject`, `filled_by`, `purpose` in `settings`).
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedAs {
    /// `person`, `household` or `place`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Roles that fill it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled_by: Option<Vec<String>>,
    /// Purpose under which its personal values are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// Something that is wrong in a workbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkbookProblem {
    /// What sort of problem.
    pub code: String,
    /// The sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row, as the author counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The heading of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// `error` or `warning`.
    pub severity: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A row of a form's outline.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutlineRow {
    /// How deep it lies in groups and repeats.
    pub depth: usize,
    /// `group`, `repeat`, or the type of the question.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is asked.
    pub label: Words,
    /// Its path in the record.
    pub path: String,
    /// When it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant: Option<String>,
    /// When an answer is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// How its value is worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calculation: Option<String>,
}

/// What becomes of answers between two versions of a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormChange {
    /// The question's path.
    pub path: String,
    /// `kept`, `added`, `removed`, `renamed`, `narrowed`, `widened`, `choice_removed` and others.
    pub what: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What is sent with a filled form.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubmissionQuery {
    /// The ledger.
    pub ledger: String,
    /// About whom: `person:ID` or `household:ID`.
    pub subject: Option<String>,
    /// The case that expects it.
    pub case: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// When it happened, as the person says, RFC 3339.
    pub occurred_at: Option<String>,
    /// On which device.
    pub device: Option<String>,
    /// How many answers were known when it was opened and left as they were.
    pub confirmed: Option<u16>,
    /// How many answers were known when it was opened and put right.
    pub corrected: Option<u16>,
}

/// Changes that were made side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictList {
    /// The conflicts.
    pub conflicts: Vec<ConflictView>,
}

/// A change that was made beside another one, and waits for a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictView {
    /// The list.
    pub list: String,
    /// The entity.
    pub entity: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The submission that holds the change.
    pub submission: String,
    /// The version that it was made over.
    pub base: u32,
    /// The version that holds now.
    pub version: u32,
    /// Who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    /// When it was filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Instant>,
    /// What both changed.
    pub values: Vec<ConflictingValue>,
}

/// A property that was changed twice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictingValue {
    /// The property.
    pub property: String,
    /// What is asked where it is answered.
    pub label: Words,
    /// What holds now; absent where it was destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<String>,
    /// What the submission says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub there: Option<String>,
}

/// Records of forms that nobody here knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadList {
    /// The records, the oldest first.
    pub records: Vec<UnreadRecord>,
}

/// A record of a form that nobody here knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadRecord {
    /// The submission.
    pub id: String,
    /// The form, as the record says.
    pub form: String,
    /// Its version, as the record says; perhaps empty.
    pub version: String,
    /// Who sent it.
    pub by_name: String,
    /// When it was filled.
    pub occurred_at: Instant,
    /// When it came.
    pub recorded_at: Instant,
    /// When it is destroyed, if nobody publishes its form before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Instant>,
}

/// A submission, as whoever reviews it sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionPage {
    /// Its id.
    pub id: String,
    /// The form.
    pub form: String,
    /// The form's version; absent where only answers were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The form's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// Who sent it.
    pub by_name: String,
    /// When it was filled.
    pub occurred_at: Instant,
    /// When it came.
    pub recorded_at: Instant,
    /// For what its record is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// When the record is destroyed that nobody could read, if its form is not published before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Instant>,
    /// Whether there is a record that is not shown: nobody asked for a purpose, or it is gone.
    pub sealed: bool,
    /// What is odd about it.
    pub flags: Vec<FlagView>,
    /// What the record says, question by question.
    pub answers: Vec<RecordAnswer>,
    /// The record, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The files that came.
    pub files: Vec<RecordFile>,
    /// How many files belong to it.
    pub files_expected: u32,
    /// The submission that it puts right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The submission that put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// How many of its answers were known when it was opened and left as they were.
    pub confirmed: u16,
    /// How many of its answers were known when it was opened and put right.
    pub corrected: u16,
}

/// What is odd about a submission.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagView {
    /// The stable name.
    pub flag: String,
    /// Words for people.
    pub words: Words,
    /// Which question of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Which element of the dictionary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
}

/// An answer in a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordAnswer {
    /// The question's path, in repeats with its number.
    pub path: String,
    /// What was asked.
    pub label: Words,
    /// The answer.
    pub value: String,
    /// How a choice reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Words>,
}

/// A file of a submission.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordFile {
    /// The hash of its bytes, by which it is fetched.
    pub hash: String,
    /// What it is, as the sender said.
    pub media: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its name, for a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The forms that were published in a ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedForms {
    /// All versions, those of one form together, the latest last.
    pub forms: Vec<PublishedVersion>,
}

/// A version of a form, as it was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedVersion {
    /// The form.
    pub id: String,
    /// Its version, or empty.
    pub version: String,
    /// Its name.
    pub name: Words,
    /// `person`, `household` or `place`.
    pub subject: String,
    /// Roles that fill it.
    pub filled_by: Vec<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: String,
    /// Whether it is only tried out.
    pub draft: bool,
    /// Whether it is no longer given out.
    pub retired: bool,
    /// Files that it asks for.
    pub files: Vec<PublishedFile>,
    /// Who published it.
    pub by_name: String,
    /// When.
    pub published_at: Instant,
}

/// A file that a form asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedFile {
    /// Its name.
    pub name: String,
    /// Whether somebody put it with the form (`put`), the register or another form keeps it
    /// (`list`), or it is not there (`missing`).
    pub state: String,
}

/// Which version of a form a file is put with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PutMediaQuery {
    /// The ledger.
    pub ledger: String,
    /// The version; empty where it has none.
    pub version: Option<String>,
    /// The id of the command, made by the sender: the same file is put once.
    pub command: String,
}

/// A file that was kept to come with a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormMediaKept {
    /// Its name.
    pub name: String,
    /// The hash by which publishing names it.
    pub hash: String,
    /// How many bytes it has.
    pub bytes: u64,
}
