//! `linli erase`: values are destroyed, and a signed certificate says how many.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use domain::Actor;
use domain::ids::{CommandId, PersonId, PurposeId};
use domain::people::DestroyValues;
use jiff::Timestamp;
use store::Certificate;

use crate::arguments::Erase;
use crate::deployment::{Absent, Deployment};
use crate::keep::{Part, known_ledger};
use crate::settings::Settings;
use crate::{ask, trouble};

/// The folder of certificates in a deployment's folder.
const CERTIFICATES: &str = "certificates";

/// Destroys values after asking, and prints and saves the certificate.
///
/// # Errors
/// A refusal in words, or when the answer is no.
pub(crate) async fn erase(it: &Erase, settings: &Settings) -> Result<ExitCode> {
    let deployment = Deployment::open(settings, Absent::Refuse).await?;
    let ledger = known_ledger(&deployment, &it.ledger).await?;
    let person: Option<PersonId> = it
        .person
        .as_ref()
        .map(|id| id.parse().with_context(|| format!("`{id}` is no person")))
        .transpose()?;
    let purpose: Option<PurposeId> = it
        .purpose
        .as_ref()
        .map(|id| id.parse().with_context(|| format!("`{id}` is no purpose")))
        .transpose()?;
    // The store keeps milliseconds: an instant finer than that would lie ahead of its own now.
    let before = Timestamp::from_millisecond(deployment.now().as_millisecond())?;
    let destroy = DestroyValues { purpose, person, persons: 0, values: 0, before };
    let (persons, values) = deployment.count_values(&ledger, &destroy).await?;
    if values == 0 {
        println!("没有可销毁的内容 nothing is kept that this is about; nothing was changed");
        return Ok(ExitCode::SUCCESS);
    }
    let what = format!(
        "将销毁账本 {ledger} 中 {persons} 人的 {values} 项内容，无法恢复。\n\
         {values} values of {persons} persons in the ledger {ledger} will be destroyed. \
         This cannot be undone; a backup with its keys still holds them."
    );
    ask::before(what, it.yes).await?;
    let id = CommandId::new(uuid::Uuid::new_v4().to_string())?;
    let given = deployment.destroy(&ledger, id, destroy, Actor::console()).await;
    let (answer, certificate) = given.map_err(trouble::unanswered)?;
    let done = answer.outcome.map_err(|refusal| trouble::refused(&refusal))?;
    deployment.sign().await?;
    let certificate = certificate.context("the destruction has no certificate")?;
    let text = text_of(&certificate);
    print!("{text}");
    let seq = done.facts.first().map_or(0, |(seq, _)| *seq);
    let path = match &it.certificate {
        Some(path) => path.clone(),
        None => kept(settings.dir().join(CERTIFICATES), &format!("{ledger}-{seq}.txt"))?,
    };
    let mut part = Part::begin(&path)?;
    part.file.write_all(text.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
    part.finish()?;
    println!("证明 certificate: {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn kept(folder: PathBuf, name: &str) -> Result<PathBuf> {
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder.join(name.replace(':', "_")))
}

/// A certificate as three lines of text.
fn text_of(certificate: &Certificate) -> String {
    let Certificate { text, signature, public_key } = certificate;
    format!("{text}\nsignature {signature}\npublic-key {public_key}\n")
}
