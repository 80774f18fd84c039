//! `linli outbox`: what waits to be told to others, and what could not be.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Outbox;
use crate::deployment::{Absent, Deployment};
use crate::settings::Settings;

/// How many letters are read at once.
const SHOWN: usize = 1000;

/// Shows what waits and what was given up, and puts the latter back when asked to.
///
/// # Errors
/// When the deployment cannot be read.
pub(crate) async fn run(it: &Outbox, settings: &Settings) -> Result<ExitCode> {
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let gauges = deployment.gauges().await?;
    let gauge = |name| gauges.iter().find(|(known, _)| *known == name).map_or(0, |(_, n)| *n);
    let (waiting, dead) = (gauge("outbox_waiting"), gauge("outbox_dead_letters"));
    println!("{waiting} 等待 waiting, {dead} 未能送达 given up");
    if settings.webhook()?.is_none() {
        println!("没有接收方 nobody is to be told: set [webhook] in linli.toml");
    }
    let letters = deployment.dead_letters(SHOWN).await?;
    for letter in &letters {
        let (ledger, seq, topic) = (&letter.ledger, letter.seq, &letter.topic);
        println!("{ledger}/{seq}\t{topic}\t{}\t{}", letter.dead_at, letter.failure);
    }
    if it.retry {
        for letter in &letters {
            deployment.revive_dead_letter(&letter.ledger, letter.seq).await?;
        }
        println!("{} 重新发送 will be told again", letters.len());
    }
    Ok(ExitCode::SUCCESS)
}
