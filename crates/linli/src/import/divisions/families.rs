//! Rows to commands: those with the same division above go together, in batches of one commit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use domain::ids::{LedgerId, PlaceId};
use domain::places::{AddPlaces, PlaceEntry, RenamePlace};
use domain::{Actor, Code as Refused, Command, Envelope};
use store::{Answer, Store};
use tokio::task::JoinHandle;

use super::Tally;
use super::code::Code;
use super::table::{Bad, Row};
use crate::deployment::Deployment;
use crate::{console, trouble};

/// How many places one commit adds, about.
const PLACES_PER_COMMIT: usize = 8192;
/// How many commands one commit holds.
const COMMANDS_PER_COMMIT: usize = 500;
/// How many places one command adds.
const PLACES_PER_COMMAND: usize = 2000;
/// How many places a division has directly below it, at most.
const CHILDREN_MAX: usize = 100_000;

/// What is known of a division that others stand below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It was added by this import: nothing stands below it yet but what this import added.
    New,
    /// It was here before.
    Old,
    /// It is not here.
    Missing,
}

/// A command on its way, with the rows that it is for.
struct Asked {
    command: Command,
    rows: Vec<Row>,
}

type Sent = JoinHandle<Result<Vec<Answer>, store::SubmitError>>;

/// Takes rows and gives commands.
pub(super) struct Families<'a> {
    deployment: &'a Deployment,
    ledger: LedgerId,
    below: PlaceId,
    known: HashMap<Code, Known>,
    waiting: Vec<Asked>,
    places_waiting: usize,
    sent: Option<(Vec<Asked>, Sent)>,
    again: Vec<Row>,
    tally: Tally,
    bad: Vec<Bad>,
}

impl<'a> Families<'a> {
    pub(super) fn new(deployment: &'a Deployment, ledger: LedgerId, below: PlaceId) -> Self {
        Self {
            deployment,
            ledger,
            below,
            known: HashMap::new(),
            waiting: Vec::new(),
            places_waiting: 0,
            sent: None,
            again: Vec::new(),
            tally: Tally::default(),
            bad: Vec::new(),
        }
    }

    /// Takes note of rows that cannot be taken.
    pub(super) fn bad(&mut self, bad: Vec<Bad>) {
        self.tally.bad += bad.len() as u64;
        self.bad.extend(bad);
    }

    /// The bad rows found since it was last asked.
    pub(super) fn found_bad(&mut self) -> Vec<Bad> {
        std::mem::take(&mut self.bad)
    }

    /// Takes rows. Those that belong together mostly stand together; when not, it is slower.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn take(&mut self, rows: Vec<Row>) -> Result<()> {
        let mut families: Vec<(Option<Code>, Vec<Row>)> = Vec::new();
        for row in rows {
            let above = row.code.above();
            match families.last_mut() {
                Some((last, rows)) if *last == above => rows.push(row),
                _ => families.push((above, vec![row])),
            }
        }
        for (above, rows) in families {
            self.family(above, rows).await?;
        }
        Ok(())
    }

    async fn family(&mut self, above: Option<Code>, rows: Vec<Row>) -> Result<()> {
        let known = self.known(above).await?;
        if known == Known::Missing {
            let above = above.map(|code| code.to_string()).unwrap_or_default();
            let why = format!("上级“{above}”不存在 there is no division `{above}` above it");
            let missing = rows.into_iter();
            self.bad(missing.map(|row| bad(&row, &why)).collect());
            return Ok(());
        }
        let fresh = match known {
            Known::New => rows,
            _ => self.unlike_what_is_there(above, rows).await?,
        };
        let mut seen = HashSet::new();
        let (fresh, twice): (Vec<Row>, Vec<Row>) =
            fresh.into_iter().partition(|row| seen.insert(row.code));
        let why = "代码重复 the code is there twice";
        self.bad(twice.iter().map(|row| bad(row, why)).collect());
        for row in fresh.iter().filter(|row| row.code.has_below()) {
            self.known.entry(row.code).or_insert(Known::New);
        }
        for rows in fresh.chunks(PLACES_PER_COMMAND) {
            let command = self.add(above, rows)?;
            self.ask(Asked { command, rows: rows.to_vec() }).await?;
        }
        Ok(())
    }

    /// What is known of the division above; of the place below which all stand, that it is here.
    async fn known(&mut self, above: Option<Code>) -> Result<Known> {
        let Some(code) = above else { return Ok(Known::Old) };
        if let Some(known) = self.known.get(&code) {
            return Ok(*known);
        }
        let place = PlaceId::new(code.to_string())?;
        let known = match self.deployment.place(&place).await? {
            Some(_) => Known::Old,
            None => Known::Missing,
        };
        self.known.insert(code, known);
        Ok(known)
    }

    fn parent(&self, above: Option<Code>) -> Result<PlaceId> {
        Ok(match above {
            Some(code) => PlaceId::new(code.to_string())?,
            None => self.below.clone(),
        })
    }

    fn add(&self, above: Option<Code>, rows: &[Row]) -> Result<Command> {
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let id = PlaceId::new(row.code.to_string())?;
            places.push(PlaceEntry {
                id,
                name: row.name.clone(),
                level: row.code.level().to_owned(),
            });
        }
        Ok(AddPlaces { parent: Some(self.parent(above)?), places }.into())
    }

    /// The rows that are not there yet. Those there under another name are renamed.
    async fn unlike_what_is_there(
        &mut self,
        above: Option<Code>,
        rows: Vec<Row>,
    ) -> Result<Vec<Row>> {
        let parent = self.parent(above)?;
        // What is on its way may be below the same division.
        self.flush().await?;
        let children = self.deployment.children(&parent, CHILDREN_MAX).await?;
        let there: BTreeMap<String, String> =
            children.into_iter().map(|(_, place)| (place.id.to_string(), place.name)).collect();
        let mut fresh = Vec::new();
        for row in rows {
            match there.get(&row.code.to_string()) {
                None => {
                    fresh.push(row);
                    continue;
                }
                Some(name) if *name == row.name => self.tally.unchanged += 1,
                Some(_) => {
                    let (place, name) = (PlaceId::new(row.code.to_string())?, row.name.clone());
                    let command = RenamePlace { place, name }.into();
                    self.ask(Asked { command, rows: vec![row.clone()] }).await?;
                }
            }
            if row.code.has_below() {
                self.known.insert(row.code, Known::Old);
            }
        }
        Ok(fresh)
    }

    async fn ask(&mut self, asked: Asked) -> Result<()> {
        self.places_waiting += asked.rows.len();
        self.waiting.push(asked);
        if self.places_waiting >= PLACES_PER_COMMIT || self.waiting.len() >= COMMANDS_PER_COMMIT {
            self.send().await?;
        }
        Ok(())
    }

    /// Sends what waits, when what was sent before has been answered: one batch is written while
    /// the next is made.
    async fn send(&mut self) -> Result<()> {
        self.answered().await?;
        let asked = std::mem::take(&mut self.waiting);
        self.places_waiting = 0;
        if asked.is_empty() {
            return Ok(());
        }
        let mut commands: Vec<(Envelope, Actor)> = Vec::with_capacity(asked.len());
        for it in &asked {
            let envelope = console::envelope(self.deployment, &self.ledger, it.command.clone())?;
            commands.push((envelope, Actor::console()));
        }
        let store: Arc<Store> = Arc::clone(&self.deployment.store);
        let sent = tokio::spawn(async move { store.submit_all(commands).await });
        self.sent = Some((asked, sent));
        Ok(())
    }

    /// Waits for the answers to what was sent, and counts.
    async fn answered(&mut self) -> Result<()> {
        let Some((asked, sent)) = self.sent.take() else { return Ok(()) };
        let answers = sent.await?.map_err(trouble::unanswered)?;
        if answers.len() != asked.len() {
            bail!("the store gave {} answers to {} commands", answers.len(), asked.len());
        }
        for (Asked { command, rows }, answer) in asked.into_iter().zip(answers) {
            let count = rows.len() as u64;
            match (answer.outcome, command) {
                (Ok(_), Command::RenamePlace(_)) => self.tally.renamed += count,
                (Ok(_), _) => self.tally.added += count,
                // A row of a far-away line may say the same: each by itself, at the end.
                (Err(refusal), Command::AddPlaces(_)) if refusal.code == Refused::Exists => {
                    self.again.extend(rows);
                }
                (Err(refusal), _) => {
                    let words = refusal.words();
                    let why = format!("{} {}", words.zh, words.en);
                    self.bad(rows.iter().map(|row| bad(row, &why)).collect());
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        self.send().await?;
        self.answered().await
    }

    /// Gives what still waits; says what became of all rows, and the last bad ones.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn finish(mut self) -> Result<(Tally, Vec<Bad>)> {
        self.flush().await?;
        for row in std::mem::take(&mut self.again) {
            let above = row.code.above();
            for row in self.unlike_what_is_there(above, vec![row]).await? {
                let command = self.add(above, std::slice::from_ref(&row))?;
                self.ask(Asked { command, rows: vec![row] }).await?;
            }
        }
        self.flush().await?;
        let elsewhere = std::mem::take(&mut self.again);
        let why = "代码已在别处 the code is there already, somewhere else";
        self.bad(elsewhere.iter().map(|row| bad(row, why)).collect());
        Ok((self.tally, self.bad))
    }
}

fn bad(row: &Row, why: &str) -> Bad {
    Bad { file: row.file, line: row.line, why: why.to_owned() }
}
