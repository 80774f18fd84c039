//! Clients that give commands and wait for each answer: the rate, and how long they waited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use store::Store;

use crate::ground::{household, operator};

/// What a round of load showed.
pub(crate) struct Load {
    /// Commands a second.
    pub(crate) rate: f64,
    /// The middle of the waits, in milliseconds.
    pub(crate) median_ms: f64,
    /// What 99 of 100 waits stay below, in milliseconds.
    pub(crate) p99_ms: f64,
}

impl Load {
    pub(crate) fn of(count: usize, took: Duration, mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        let at = |share: f64| {
            let index = (waits.len() as f64 * share) as usize;
            waits[index.min(waits.len() - 1)].as_secs_f64() * 1000.0
        };
        Self { rate: count as f64 / took.as_secs_f64(), median_ms: at(0.5), p99_ms: at(0.99) }
    }
}

/// So many clients each register households, one after the other.
pub(crate) async fn clients(
    store: &Arc<Store>,
    clients: usize,
    each: usize,
    name: &str,
) -> Result<Load> {
    let mut all = Vec::with_capacity(clients);
    for client in 0..clients {
        let commands: Result<Vec<_>> =
            (0..each).map(|number| household(&format!("{name}-{client:04}-{number:05}"))).collect();
        all.push(commands?);
    }
    let began = Instant::now();
    let tasks: Vec<_> = all
        .into_iter()
        .map(|commands| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut waits = Vec::with_capacity(commands.len());
                for command in commands {
                    let began = Instant::now();
                    let answer = store.submit(command, operator()).await?;
                    waits.push(began.elapsed());
                    if let Err(refusal) = answer.outcome {
                        bail!("{}", refusal.words().en);
                    }
                }
                Ok(waits)
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    Ok(Load::of(clients * each, began.elapsed(), waits))
}
