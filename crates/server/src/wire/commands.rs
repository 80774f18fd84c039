//! Commands on their way in, and their answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, ThingRef};

/// Up to 500 commands. Each is answered by itself: one bad one does not stop the others.
#[derive(Debug, ToSchema)]
pub struct CommandBatch {
    /// The commands, done in this order.
    #[schema(min_items = 1, max_items = 500)]
    pub commands: Vec<CommandEnvelope>,
}

/// A command.
#[derive(Debug, ToSchema)]
pub struct CommandEnvelope {
    /// Made by the client; the same id is answered once and for all.
    #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    pub id: String,
    /// The ledger that it is for.
    pub ledger: String,
    /// What is asked for: `open_case`, `act_on_case`, `record_submission`, ….
    pub kind: String,
    /// What the kind needs.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub body: serde_json::Value,
    /// On which device.
    pub device: Option<String>,
    /// When it happened, as the person says, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: String,
}

/// One answer for each command, in the same order.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandAnswers {
    /// The answers.
    pub answers: Vec<CommandAnswer>,
}

/// The answer to one command; the same again when it is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommandAnswer {
    /// The command; empty if it had no id that could be read.
    pub id: String,
    /// What became of it.
    pub outcome: CommandOutcome,
    /// Whether it had been answered before.
    pub repeated: bool,
    /// The facts that followed.
    pub facts: Vec<FactRef>,
    /// The things that it changed.
    pub things: Vec<ThingRef>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// It is done and kept.
    Done,
    /// Nothing has changed.
    Refused,
}

/// A fact by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FactRef {
    /// Its number in the ledger.
    pub seq: i64,
    /// Its kind: `case.opened`.
    pub kind: String,
}

/// An event of the stream of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The ledger.
    pub ledger: String,
    /// The fact's number there.
    pub seq: i64,
    /// The fact's kind.
    pub kind: String,
    /// The thing that it is about.
    pub subject: ThingRef,
}
