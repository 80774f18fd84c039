//! Cases: rows of lists, one case with its time line and what may be done, and the day.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::kinds::FieldSpec;
use super::{CalendarDay, Instant, ThingRef, Words};

/// Which cases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CaseFilter {
    /// Only in this ledger.
    pub ledger: Option<String>,
    /// Only at this place and below.
    pub place: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only in this stage; `open` stands for all that are not closed or rejected.
    pub stage: Option<String>,
    /// Only those that the signed-in person has or reported.
    pub mine: Option<bool>,
    /// Only those past their deadline.
    pub late: Option<bool>,
    /// Only those with this text in what is not personal.
    pub text: Option<String>,
    /// From after this key on: `next` of the page before.
    pub after: Option<String>,
    /// At most so many, up to 200.
    pub limit: Option<u32>,
}

/// A page of cases, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// The cases.
    pub cases: Vec<CaseRow>,
    /// The key of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A case as a row of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseRow {
    /// The ledger.
    pub ledger: String,
    /// The case.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its kind's name.
    pub kind_name: Words,
    /// Its state.
    pub state: String,
    /// Its state's name.
    pub state_name: Words,
    /// Its stage in the common life cycle.
    pub stage: String,
    /// The stage's name.
    pub stage_name: Words,
    /// Where.
    pub place: String,
    /// The place's name.
    pub place_name: String,
    /// About whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<ThingRef>,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// The name of who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_name: Option<String>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// Whether it is late.
    pub late: bool,
    /// Whether it is in the register of open problems.
    pub open_problem: bool,
    /// The first of its open values, for a glance.
    pub summary: Words,
}

/// One case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// Its row.
    pub case: CaseRow,
    /// Its values.
    pub fields: Vec<FieldValue>,
    /// What happened, the first first.
    pub timeline: Vec<TimelineEntry>,
    /// What may be done, each with the reason if not now.
    pub actions: Vec<CaseAction>,
    /// What the household needs while somebody is away, and who has it.
    pub care: Vec<CareNeed>,
    /// The order in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderView>,
    /// The rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingView>,
    /// Where the person or household lives that it is about, for those who see households.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<CaseHome>,
    /// The form that is expected next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expects: Option<ExpectedForm>,
    /// The purpose to read what is sealed for; absent for whoever may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// The household that a case is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseHome {
    /// The household.
    pub household: String,
    /// The door, as the neighbours call it.
    pub door: String,
}

/// A form that a case waits for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpectedForm {
    /// The form.
    pub form: String,
    /// Its name.
    pub name: Words,
    /// When it is due.
    pub next_at: Instant,
}

/// A value of a case or submission.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldValue {
    /// The data element.
    pub element: String,
    /// Its name.
    pub name: Words,
    /// The value; absent when it is in the vault and no purpose was given.
    pub value: serde_json::Value,
    /// The value in words, where it is the id of a choice or a thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Words>,
    /// Whether it is known at all.
    pub known: bool,
    /// Whether it is in the vault.
    pub sealed: bool,
}

/// A line of the time line.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// The fact's number.
    pub seq: i64,
    /// The fact's kind.
    pub fact: String,
    /// When it was written down.
    pub at: Instant,
    /// When it happened, as the person said.
    pub occurred_at: Instant,
    /// Who.
    pub actor_name: String,
    /// What happened, in words.
    pub words: Words,
    /// What the fact says besides.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub details: serde_json::Value,
    /// What somebody wrote: a note, a reason, a finding.
    pub texts: Vec<TextView>,
}

/// A text that somebody wrote on a case. Its words are in the vault.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextView {
    /// What it says: `note`, `reason`, `condition`, `finding` or `right_unit`.
    pub element: String,
    /// Its name.
    pub name: Words,
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the words are not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<Unread>,
}

/// Why the words of a text are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// They are read for a purpose, and none was named, or another one.
    Sealed,
    /// They were destroyed.
    Destroyed,
}

/// Something that may be done with a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseAction {
    /// The action's id.
    pub id: String,
    /// The command to send.
    pub command: String,
    /// Its name.
    pub name: Words,
    /// Whether it may be done now.
    pub allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Words>,
    /// The code of why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it asks.
    pub asks: Vec<FieldSpec>,
    /// Whether it gives an order and needs a `reason` beside its fields.
    pub needs_reason: bool,
}

/// A care need.
#[derive(Debug, Serialize, ToSchema)]
pub struct CareNeed {
    /// The need: `food`, `dependant:PERSON`.
    pub need: String,
    /// Its name.
    pub name: Words,
    /// The dependant, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependant: Option<String>,
    /// Who has been asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The name of who has been asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_name: Option<String>,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The name of who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_name: Option<String>,
}

/// An order: a restriction with authority, basis, reason, end, review and appeal.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// Whose decision.
    pub authority: String,
    /// The law behind it.
    pub legal_basis: String,
    /// Why.
    pub reason: TextView,
    /// How to appeal.
    pub appeal: String,
    /// When it began.
    pub from: Instant,
    /// When it ends by itself.
    pub until: Instant,
    /// When it is reviewed.
    pub review_at: Instant,
    /// Whether the person has to leave home.
    pub leaves_home: bool,
}

/// A rating.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingView {
    /// Whether the matter is solved.
    pub solved: bool,
    /// From 1 to 5.
    pub satisfied: u8,
}

/// What the signed-in person has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayView {
    /// Now, by the server.
    pub now: Instant,
    /// The day, in the deployment's time zone.
    pub today: CalendarDay,
    /// What is due.
    pub due: Vec<Task>,
    /// What is late.
    pub late: Vec<Task>,
    /// Forms that the person fills.
    pub forms: Vec<FormRef>,
    /// Open cases that the person has or reported.
    pub cases: Vec<CaseRow>,
    /// What the person was told lately.
    pub notices: Vec<NoticeView>,
}

/// Something to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Task {
    /// What kind of thing it is.
    pub kind: TaskKind,
    /// The ledger.
    pub ledger: String,
    /// The case or form.
    pub id: String,
    /// What to do.
    pub title: Words,
    /// What it is about, in the words that were said; empty when that is sealed.
    pub summary: Words,
    /// Where.
    pub place_name: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// Whether that has passed.
    pub late: bool,
    /// Why it is on the list.
    pub why: Words,
    /// The form by which it is done, and about whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fills: Option<TaskForm>,
}

/// A form by which something is done, about whom it is clear already.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaskForm {
    /// The form.
    pub form: String,
    /// `person` or `household`.
    pub subject_kind: String,
    /// Whose id.
    pub subject: String,
}

/// What kind of thing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// A case to work on.
    Case,
    /// A reading to take.
    Reading,
    /// Somebody to call.
    Call,
    /// A form to fill.
    Form,
}

/// A form that the person fills.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormRef {
    /// The ledger in which it is filled.
    pub ledger: String,
    /// The form.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// The pack.
    pub pack: String,
    /// `place`, `household` or `person`.
    pub subject: String,
}

/// What people were told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// The ledger.
    pub ledger: String,
    /// The fact's number.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// The case that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The words.
    pub words: Words,
}
