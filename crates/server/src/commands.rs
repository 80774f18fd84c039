//! The one way in: a list of commands, each answered by itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use domain::command::Envelope;
use domain::{Code, Command, Refusal};

use crate::authority::may_address;
use crate::envelope::{BATCH_BYTES_MAX, Read, read_batch};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused, problem_of};
use crate::reading::Given;
use crate::sessions::Signed;
use crate::wire::commands::{CommandAnswer, CommandAnswers, CommandBatch, CommandOutcome, FactRef};
use crate::wire::{Problem, ThingRef};
use crate::{App, bodies};

/// About how many bytes one answer takes: a refusal with its words in both languages.
const ANSWER_BYTES: usize = 1024;

/// Gives up to 500 commands. The same id is answered once and for all, so that a batch whose
/// answer was lost is simply sent again.
#[utoipa::path(
    post, path = "/api/commands", operation_id = "give_commands", tag = "commands",
    request_body = CommandBatch,
    responses((status = 200, body = CommandAnswers), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn give_commands(
    State(app): State<Arc<App>>,
    signed: Signed,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    check_json(&headers)?;
    let body = bodies::read(&app, body, BATCH_BYTES_MAX).await?;
    let read = read_batch(&body, app.now())?;
    app.metrics.batch(read.len());
    let changes_accounts = read.iter().flatten().any(|envelope| is_about_accounts(envelope));
    let answers = answer_all(&app, &signed, read).await?;
    if changes_accounts {
        app.sessions.forget_all();
    }
    written(&CommandAnswers { answers })
}

/// Answers as a body. Room for them is made once: a body that grows by doubling is copied as often.
fn written(answers: &CommandAnswers) -> Answer<Response> {
    let mut body = Vec::with_capacity(ANSWER_BYTES * answers.answers.len().max(1));
    serde_json::to_writer(&mut body, answers).map_err(|error| Refused::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// That a body is said to be JSON; forms of other sites cannot say so.
pub(crate) fn check_json(headers: &HeaderMap) -> Answer<()> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refused::new(DoorCode::WrongContentType).with("expected", "application/json"))
}

fn is_about_accounts(envelope: &Envelope) -> bool {
    matches!(
        envelope.command,
        Command::OpenAccount(_)
            | Command::GrantRole(_)
            | Command::RevokeRole(_)
            | Command::CloseAccount(_)
    )
}

/// Answers each command in its place: those that could be read are given together, in order.
async fn answer_all(app: &App, signed: &Signed, read: Vec<Read>) -> Answer<Vec<CommandAnswer>> {
    let mut lookup = Lookup::new(app);
    let mut answers: Vec<Option<CommandAnswer>> = Vec::with_capacity(read.len());
    let (mut given, mut places) = (Vec::new(), Vec::new());
    for (at, read) in read.into_iter().enumerate() {
        match read {
            Err((id, refused)) => {
                app.metrics.command("unreadable", "refused");
                answers.push(Some(refusal(id, *refused.0)));
            }
            Ok(envelope) => match addressed(&mut lookup, signed, &envelope).await? {
                Err(refused) => {
                    app.metrics.command(envelope.command.name(), "refused");
                    answers.push(Some(refusal(envelope.id.to_string(), problem_of(&refused))));
                }
                Ok(()) => {
                    answers.push(None);
                    places.push((at, envelope.id.to_string(), envelope.command.name()));
                    given.push(*envelope);
                }
            },
        }
    }
    let outcomes = app.reading.submit(&signed.actor, given).await?;
    for ((at, id, kind), outcome) in places.into_iter().zip(outcomes) {
        let answer = answered(id, outcome);
        let outcome = match answer.outcome {
            CommandOutcome::Done if answer.repeated => "repeated",
            CommandOutcome::Done => "done",
            CommandOutcome::Refused => "refused",
        };
        app.metrics.command(kind, outcome);
        answers[at] = Some(answer);
    }
    let missing = || Refused::internal(&"a command was left without an answer");
    answers.into_iter().map(|answer| answer.ok_or_else(missing)).collect()
}

/// Whether the ledger is there and may be named to the signed-in account; both look the same.
async fn addressed(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    envelope: &Envelope,
) -> Answer<Result<(), Refusal>> {
    if matches!(envelope.command, Command::OpenLedger(_)) {
        return Ok(Ok(()));
    }
    let ledger = &envelope.ledger;
    let known = lookup.head(ledger).await?.is_some_and(|head| {
        let now = lookup.app.now();
        may_address(&signed.actor, ledger, &head.path, &signed.paths, &envelope.command, now)
    });
    let unknown = || Refusal::new(Code::LedgerUnknown).with("ledger", ledger.as_str());
    Ok(if known { Ok(()) } else { Err(unknown()) })
}

fn refusal(id: String, problem: Problem) -> CommandAnswer {
    CommandAnswer {
        id,
        outcome: CommandOutcome::Refused,
        repeated: false,
        facts: Vec::new(),
        things: Vec::new(),
        problem: Some(problem),
    }
}

/// An outcome as the wire tells it.
pub(crate) fn answered(id: String, given: Given) -> CommandAnswer {
    match given.outcome {
        Err(refused) => {
            CommandAnswer { repeated: given.repeated, ..refusal(id, problem_of(&refused)) }
        }
        Ok(done) => CommandAnswer {
            id,
            outcome: CommandOutcome::Done,
            repeated: given.repeated,
            facts: done.facts.into_iter().map(|(seq, kind)| FactRef { seq, kind }).collect(),
            things: done.things.into_iter().map(|(kind, id)| ThingRef { kind, id }).collect(),
            problem: None,
        },
    }
}
