//! Commands given at the machine itself: whoever holds the folder and its keys runs the deployment.

use anyhow::Result;
use domain::command::Envelope;
use domain::ids::{CommandId, LedgerId};
use domain::{Actor, Command};
use store::{Done, Store};

use crate::trouble;

/// An envelope of the console for a command, under a new id.
///
/// # Errors
/// Never in practice: a UUID is an id.
pub(crate) fn envelope(store: &Store, ledger: &LedgerId, command: Command) -> Result<Envelope> {
    Ok(Envelope {
        id: CommandId::new(uuid::Uuid::new_v4().to_string())?,
        ledger: ledger.clone(),
        command,
        device: None,
        occurred_at: store.now(),
    })
}

/// Gives one command and says what followed.
///
/// # Errors
/// A refusal in words, or what is wrong with the store.
pub(crate) async fn give(
    store: &Store,
    ledger: &LedgerId,
    command: impl Into<Command>,
) -> Result<Done> {
    let envelope = envelope(store, ledger, command.into())?;
    let answer = store.submit(envelope, Actor::console()).await.map_err(trouble::unanswered)?;
    answer.outcome.map_err(|refusal| trouble::refused(&refusal))
}
