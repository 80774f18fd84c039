//! The one way in: commands queue for a writer, which answers many by one commit.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use domain::command::Envelope;
use domain::ids::LedgerId;
use domain::{Actor, Command, Recorded, Refusal};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::store::Inner;
use crate::{Store, StoreError, SubmitError};

/// The most commands in one transaction.
const BATCH_MAX: usize = 512;
/// The most lists of commands that wait for a writer; then callers wait.
const QUEUE_MAX: usize = 4096;

/// What a command led to, as it is remembered under the command's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Number and name of each fact.
    pub facts: Vec<(i64, String)>,
    /// Kind and id of the things that changed (the first 200 of them).
    pub things: Vec<(String, String)>,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it led to, or why it was refused.
    pub outcome: Result<Done, Refusal>,
    /// Whether it was answered before, and this is that answer.
    pub repeated: bool,
}

/// A command with whoever gives it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) envelope: Envelope,
    pub(crate) actor: Actor,
}

type Reply = oneshot::Sender<Result<Vec<Answer>, SubmitError>>;

/// Something for a writer to do.
pub(crate) enum Job {
    /// Commands, in order.
    Commands(Vec<Asked>, Reply),
    /// Work out the figures of a ledger anew.
    Refresh(LedgerId, oneshot::Sender<Result<(), StoreError>>),
}

/// The writers and which ledger goes to which.
pub(crate) struct Writers(Vec<mpsc::Sender<Job>>);

impl Writers {
    /// Starts writers.
    pub(crate) fn start(count: usize, inner: &Arc<Inner>) -> Self {
        let start = |_| {
            let (sender, receiver) = mpsc::channel(QUEUE_MAX);
            tokio::spawn(write(Arc::clone(inner), receiver));
            sender
        };
        Self((0..count.max(1)).map(start).collect())
    }

    fn of(&self, ledger: &LedgerId) -> usize {
        let mut hasher = DefaultHasher::new();
        ledger.hash(&mut hasher);
        usize::try_from(hasher.finish() % self.0.len() as u64).unwrap_or(0)
    }

    pub(crate) fn sender(&self, ledger: &LedgerId) -> &mpsc::Sender<Job> {
        &self.0[self.of(ledger)]
    }
}

impl Store {
    /// Gives a command. Nobody is answered before what was written is durable.
    ///
    /// # Errors
    /// When the store failed: the same command with the same id may be given again.
    pub async fn submit(&self, envelope: Envelope, actor: Actor) -> Result<Answer, SubmitError> {
        let answers = self.submit_all(vec![(envelope, actor)]).await?;
        answers.into_iter().next().ok_or(SubmitError::Closing)
    }

    /// Gives commands, one after the other, and answers them in the same order.
    ///
    /// # Errors
    /// When the store failed: those that were written are answered the same when given again.
    pub async fn submit_all(
        &self,
        commands: Vec<(Envelope, Actor)>,
    ) -> Result<Vec<Answer>, SubmitError> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut run: Vec<Asked> = Vec::new();
        for (envelope, actor) in commands {
            let elsewhere = run.first().is_some_and(|first| {
                let writers = self.writers();
                writers.of(&first.envelope.ledger) != writers.of(&envelope.ledger)
            });
            if elsewhere {
                answers.extend(self.send(std::mem::take(&mut run)).await?);
            }
            run.push(Asked { envelope, actor });
        }
        if !run.is_empty() {
            answers.extend(self.send(run).await?);
        }
        Ok(answers)
    }

    async fn send(&self, run: Vec<Asked>) -> Result<Vec<Answer>, SubmitError> {
        let (reply, answers) = oneshot::channel();
        let writer = self.writers().sender(&run[0].envelope.ledger);
        writer.send(Job::Commands(run, reply)).await.map_err(|_| SubmitError::Closing)?;
        answers.await.map_err(|_| SubmitError::Closing)?
    }
}

/// A writer: takes what waits, writes it by one commit, answers.
async fn write(inner: Arc<Inner>, mut queue: mpsc::Receiver<Job>) {
    while let Some(job) = queue.recv().await {
        let (mut asked, mut waiting) = (Vec::new(), Vec::new());
        let mut next = Some(job);
        while let Some(job) = next {
            match job {
                Job::Commands(commands, reply) => {
                    waiting.push((commands.len(), reply));
                    asked.extend(commands);
                }
                Job::Refresh(ledger, reply) => {
                    drop(reply.send(crate::figures::refresh(&inner, &ledger).await));
                }
            }
            next = if asked.len() < BATCH_MAX { another(&mut queue).await } else { None };
        }
        answer(&inner, asked, waiting).await;
    }
}

/// The next job that waits. Those who were just answered are first let run: what they ask for next
/// then shares a commit instead of waiting for one.
async fn another(queue: &mut mpsc::Receiver<Job>) -> Option<Job> {
    if let Ok(job) = queue.try_recv() {
        return Some(job);
    }
    tokio::task::yield_now().await;
    queue.try_recv().ok()
}

async fn answer(inner: &Inner, asked: Vec<Asked>, waiting: Vec<(usize, Reply)>) {
    let mut results: Vec<Result<Answer, SubmitError>> = Vec::with_capacity(asked.len());
    let mut rest = asked.as_slice();
    while !rest.is_empty() {
        let (batch, more) = rest.split_at(length_of_batch(rest));
        results.extend(together(inner, batch).await);
        rest = more;
    }
    let mut results = results.into_iter();
    for (count, reply) in waiting {
        let answers: Result<Vec<Answer>, SubmitError> = results.by_ref().take(count).collect();
        // Whoever asked may have gone; the answer is kept under the command's id.
        drop(reply.send(answers));
    }
}

/// What changes the rules, and what destroys values, is decided and committed by itself.
fn length_of_batch(asked: &[Asked]) -> usize {
    let alone = |asked: &Asked| {
        matches!(
            asked.envelope.command,
            Command::OpenLedger(_)
                | Command::AdoptPack(_)
                | Command::DropPack(_)
                | Command::DeclareMode(_)
                | Command::ExtendMode(_)
                | Command::EndMode(_)
                | Command::ExpireModes(_)
                | Command::DestroyValues(_)
        )
    };
    match asked.iter().take(BATCH_MAX).position(alone) {
        Some(0) => 1,
        Some(first) => first,
        None => asked.len().min(BATCH_MAX),
    }
}

/// Writes a batch by one commit. When that fails, each by itself, so that one command that the
/// database cannot take does not stop the others.
async fn together(inner: &Inner, batch: &[Asked]) -> Vec<Result<Answer, SubmitError>> {
    match one_commit(inner, batch).await {
        Ok(answers) => return answers.into_iter().map(Ok).collect(),
        Err(error) if batch.len() == 1 => {
            tracing::error!(%error, "a command could not be written");
            return vec![Err(SubmitError::Failed(Arc::new(error)))];
        }
        Err(error) => tracing::warn!(%error, commands = batch.len(), "a batch is tried one by one"),
    }
    let mut answers = Vec::with_capacity(batch.len());
    for asked in batch {
        let one = one_commit(inner, std::slice::from_ref(asked)).await;
        answers.push(match one.map(|answers| answers.into_iter().next()) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(SubmitError::Closing),
            Err(error) => Err(SubmitError::Failed(Arc::new(error))),
        });
    }
    answers
}

async fn one_commit(inner: &Inner, batch: &[Asked]) -> Result<Vec<Answer>, StoreError> {
    let mut link = inner.database.write().await?;
    let written = crate::batch::write(inner, &mut link, batch).await;
    let (answers, facts, settings) = match written {
        Ok(written) => written,
        Err(error) => {
            link.roll_back().await;
            return Err(error);
        }
    };
    if settings {
        inner.settings.forget();
    }
    publish(inner, facts);
    Ok(answers)
}

fn publish(inner: &Inner, facts: Vec<Recorded>) {
    for fact in facts {
        // Nobody may be listening.
        drop(inner.changes.send(Arc::new(fact)));
    }
}
