//! Rows of a roster land: sorted by the ledger of their community, planned, given as commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::command::Envelope;
use domain::ids::LedgerId;
use domain::places::LedgerHead;
use domain::{Actor, Code, Refusal};
use store::{Progress, Store};

use super::plan::{Ground, Plan, plan};
use super::rows::{BadRow, Roster, Row, read_roster};
use super::workbook;
use crate::problems::{Answer, DoorCode, Refused};
use crate::reading::{Given, Reading};
use crate::wire::Words;

/// How many commands are given at once.
const BATCH: usize = 500;
/// How many places of a ledger are looked through.
const PLACES_MAX: usize = 20_000;

/// What became of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Rows that landed.
    pub good: usize,
    /// Rows that were there already.
    pub unchanged: usize,
    /// Rows that could not be taken, in the order of the file.
    pub bad: Vec<BadRow>,
    /// Those rows as a workbook, each with what is wrong; none when there are none.
    pub workbook: Option<Vec<u8>>,
}

/// Takes the bytes of a roster into a ledger, outside of any request: what `POST /api/roster` does
/// for whoever sits at the machine. `progress` is told rows done and rows in all.
///
/// # Errors
/// When the bytes are no roster, the ledger is unknown, or the store fails.
pub async fn take_roster(
    store: &Arc<Store>,
    actor: &Actor,
    ledger: &LedgerId,
    bytes: Vec<u8>,
    progress: Progress<'_>,
) -> Answer<Taken> {
    let reading = Reading::new(Arc::clone(store));
    let head = reading.head(ledger).await?.ok_or(DoorCode::NotFound)?;
    let today = store.now().to_zoned_datetime(store.zone()).date();
    let roster = tokio::task::spawn_blocking(move || read_roster(&bytes, today)).await;
    let mut roster = roster.map_err(|error| Refused::internal(&error))??;
    let landing = Landing { reading: &reading, actor, progress };
    let (good, unchanged) = landing.land(ledger, &Arc::new(head), &mut roster).await?;
    let workbook = if roster.bad.is_empty() {
        None
    } else {
        Some(workbook::bad_rows(&roster).map_err(|error| Refused::internal(&error))?)
    };
    Ok(Taken { good, unchanged, bad: roster.bad, workbook })
}

/// Where rows land, and for whom.
pub(super) struct Landing<'a> {
    pub(super) reading: &'a Reading,
    pub(super) actor: &'a Actor,
    pub(super) progress: Progress<'a>,
}

/// What became of the rows so far.
#[derive(Default)]
struct Tally {
    good: usize,
    unchanged: usize,
    bad: Vec<BadRow>,
}

type OfLedger = (LedgerId, Arc<LedgerHead>, Vec<usize>);

/// Sorts rows by the ledger of their community; the lines of rows whose community is not here
/// become bad ones.
async fn sorted(
    reading: &Reading,
    ledger: &LedgerId,
    head: &Arc<LedgerHead>,
    roster: &mut Roster,
) -> Answer<Vec<OfLedger>> {
    let children = reading.children(&head.place, PLACES_MAX).await?;
    let mut own: BTreeMap<String, LedgerId> = BTreeMap::new();
    for (kept_by, child) in children {
        if let Some(kept_by) = kept_by.filter(|kept_by| kept_by != ledger) {
            own.insert(child.name, kept_by);
        }
    }
    let mut by_ledger: BTreeMap<LedgerId, Vec<usize>> = BTreeMap::new();
    for row in &roster.rows {
        let found = match &row.community {
            None if own.is_empty() => Ok(ledger.clone()),
            None => Err(Words::new("请填写“社区”。", "Please fill in \"community\".")),
            Some(name) if *name == head.name => Ok(ledger.clone()),
            Some(name) => own.get(name).cloned().ok_or_else(|| {
                Words::new(
                    format!("“{}”下没有社区“{name}”。", head.name),
                    format!("There is no community \"{name}\" in \"{}\".", head.name),
                )
            }),
        };
        match found {
            Ok(found) => by_ledger.entry(found).or_default().push(row.line),
            Err(why) => roster.bad.push(BadRow { line: row.line, why }),
        }
    }
    let mut sorted = Vec::new();
    for (ledger, lines) in by_ledger {
        let head = reading.head(&ledger).await?.ok_or(DoorCode::NotFound)?;
        sorted.push((ledger, Arc::new(head), lines));
    }
    Ok(sorted)
}

impl Landing<'_> {
    /// Lands the rows of a roster; says how many landed and how many were there already. Those
    /// that could not be taken join the bad ones.
    pub(super) async fn land(
        &self,
        ledger: &LedgerId,
        head: &Arc<LedgerHead>,
        roster: &mut Roster,
    ) -> Answer<(usize, usize)> {
        let mut tally = Tally::default();
        let (mut done, all) = (0, roster.rows.len() as u64);
        for (ledger, head, rows) in sorted(self.reading, ledger, head, roster).await? {
            let lines: BTreeSet<usize> = rows.into_iter().collect();
            let rows: Vec<&Row> =
                roster.rows.iter().filter(|row| lines.contains(&row.line)).collect();
            let places = self.reading.places_of(&ledger, PLACES_MAX).await?;
            let now = self.reading.now();
            let ground = Ground { ledger: &ledger, head: &head, places: &places, now };
            (self.progress)(done, all);
            self.give(plan(&ground, &rows), &mut tally).await?;
            done += rows.len() as u64;
            (self.progress)(done, all);
        }
        roster.bad.append(&mut tally.bad);
        roster.bad.sort_by_key(|bad| bad.line);
        Ok((tally.good, tally.unchanged))
    }

    /// Gives the commands of a plan in their order, and counts what became of each row.
    async fn give(&self, plan: Plan, tally: &mut Tally) -> Answer<()> {
        let Plan { ground, people, care, bad } = plan;
        tally.bad.extend(bad.into_iter().map(|(line, why)| BadRow { line, why: why.into() }));
        self.submit(ground).await?;
        let (mut known, mut registers) = (Vec::new(), Vec::new());
        for (line, register, correct) in people {
            known.push((line, correct));
            registers.push(register);
        }
        let answers = self.submit(registers).await?;
        let mut corrections = Vec::new();
        for ((line, correct), given) in known.into_iter().zip(answers) {
            match given.outcome {
                Err(refusal) if refusal.code == Code::Exists => corrections.push((line, correct)),
                outcome => count(tally, line, given.repeated, outcome.err().as_ref()),
            }
        }
        let (lines, envelopes): (Vec<usize>, Vec<Envelope>) = corrections.into_iter().unzip();
        let answers = self.submit(envelopes).await?;
        for (line, given) in lines.into_iter().zip(answers) {
            count(tally, line, given.repeated, given.outcome.err().as_ref());
        }
        let (lines, envelopes): (Vec<usize>, Vec<Envelope>) = care.into_iter().unzip();
        let answers = self.submit(envelopes).await?;
        for (line, given) in lines.into_iter().zip(answers) {
            let told = tally.bad.iter().any(|bad| bad.line == line);
            if let Err(refusal) = given.outcome
                && !told
            {
                tally.good = tally.good.saturating_sub(1);
                tally.bad.push(BadRow { line, why: refusal.words().into() });
            }
        }
        Ok(())
    }

    async fn submit(&self, all: Vec<Envelope>) -> Answer<Vec<Given>> {
        let mut answers = Vec::with_capacity(all.len());
        let mut rest = all.into_iter().peekable();
        while rest.peek().is_some() {
            let batch: Vec<Envelope> = rest.by_ref().take(BATCH).collect();
            answers.extend(self.reading.submit(self.actor, batch).await?);
        }
        Ok(answers)
    }
}

fn count(tally: &mut Tally, line: usize, repeated: bool, refusal: Option<&Refusal>) {
    match refusal {
        Some(refusal) => tally.bad.push(BadRow { line, why: refusal.words().into() }),
        None if repeated => tally.unchanged += 1,
        None => tally.good += 1,
    }
}
