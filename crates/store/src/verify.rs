//! Everything read again and compared: the chain, its signatures, the vault, the views.

use std::collections::{BTreeMap, BTreeSet};

use domain::Key;
use domain::ids::{ElementId, LedgerId};
use domain::vault::commitment;
use serde_json::Value as Json;

use crate::chain::{FactRow, Hash, head_bytes};
use crate::replay::{Progress, Replayed, count, follow, ledgers, page};
use crate::sql::{Connection, Param, params};
use crate::store::Inner;
use crate::{Store, StoreError, figures, following, rows, vault};

/// What was found when nothing was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Ledgers read.
    pub ledgers: u64,
    /// Facts read.
    pub facts: u64,
    /// Signatures checked.
    pub signatures: u64,
    /// Values in the vault whose commitments were found.
    pub values: u64,
    /// Things compared.
    pub things: u64,
    /// Facts that views which follow do not know yet.
    pub behind: u64,
}

/// The first place that is wrong, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ledger {ledger}, fact {seq}: {what}")]
pub struct Wrong {
    /// The ledger.
    pub ledger: String,
    /// The fact, or 0 when it is not about one.
    pub seq: i64,
    /// What is wrong.
    pub what: String,
}

impl Wrong {
    fn new(ledger: &LedgerId, seq: i64, what: impl ToString) -> Self {
        Self { ledger: ledger.to_string(), seq, what: what.to_string() }
    }
}

type Found<T> = Result<Result<T, Wrong>, StoreError>;

impl Store {
    /// Reads everything again and says what is wrong first, if anything is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn verify(&self, progress: Progress<'_>) -> Found<Verified> {
        self.refresh_figures().await?;
        let mut link = self.inner.database.read().await?;
        let begin =
            if link.is_postgres() { "BEGIN ISOLATION LEVEL REPEATABLE READ" } else { "BEGIN" };
        link.execute(begin, params![]).await?;
        let found = all(&self.inner, &mut link, progress).await;
        link.roll_back().await;
        found
    }

    /// Signs the heads of all ledgers that have facts after their last signature.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_heads(&self) -> Result<usize, StoreError> {
        let database = &self.inner.database;
        let heads = database
            .rows("SELECT ledger, seq, hash FROM head WHERE seq > signed", params![])
            .await?;
        for row in &heads {
            let (ledger, seq, hash) = (row.text(0)?, row.int(1)?, row.blob(2)?);
            let signature = self.inner.keys.sign(&head_bytes(&ledger, seq, &hash));
            let at = self.now().as_millisecond();
            let sql = "INSERT INTO signed_head (ledger, seq, hash, signature, signed_at) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ledger, seq) DO NOTHING";
            database.execute(sql, params![ledger.as_str(), seq, hash, signature, at]).await?;
            let sql = "UPDATE head SET signed = $2 WHERE ledger = $1 AND signed < $2";
            database.execute(sql, params![ledger, seq]).await?;
        }
        Ok(heads.len())
    }
}

async fn all(inner: &Inner, link: &mut Connection, progress: Progress<'_>) -> Found<Verified> {
    let facts = count(link).await?;
    let mut verified =
        Verified { ledgers: 0, facts: 0, signatures: 0, values: 0, things: 0, behind: 0 };
    let mut names = ledgers(link).await?;
    for row in link.rows("SELECT ledger FROM head WHERE seq > 0", params![]).await? {
        let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
        if !names.contains(&ledger) {
            names.push(ledger);
        }
    }
    for ledger in names {
        if let Err(wrong) =
            one(inner, link, &ledger, &mut verified, &|done| progress(done, facts)).await?
        {
            return Ok(Err(wrong));
        }
        verified.ledgers += 1;
    }
    Ok(Ok(verified))
}

/// What the facts of a ledger come to when they are read from the first to the last.
#[derive(Default)]
struct Walked {
    states: Replayed,
    hash: Hash,
    seq: i64,
    commitments: BTreeSet<String>,
    /// Things that facts touch which views that follow do not know yet.
    touched_since: BTreeSet<Key>,
}

async fn one(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
    verified: &mut Verified,
    progress: &(dyn Fn(u64) + Sync),
) -> Found<()> {
    let followed = following::checkpoint(link, ledger.as_str()).await?;
    let walked = match walk(inner, link, (ledger, followed), verified, progress).await? {
        Ok(walked) => walked,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let seq = walked.seq;
    let head =
        link.rows("SELECT seq, hash FROM head WHERE ledger = $1", params![ledger.as_str()]).await?;
    let fits = head
        .first()
        .map(|row| Ok::<_, StoreError>(row.int(0)? == seq && row.blob(1)? == walked.hash));
    if !fits.transpose()?.unwrap_or(false) {
        let what = "the head is another: facts at the end are missing";
        return Ok(Err(Wrong::new(ledger, seq, what)));
    }
    if let Err(wrong) = values(inner, link, ledger, &walked.commitments, verified).await? {
        return Ok(Err(wrong));
    }
    if followed > seq {
        return Ok(Err(Wrong::new(ledger, followed, "a view has followed what is not there")));
    }
    let (states, touched) = (&walked.states, &walked.touched_since);
    if let Some(what) = following::wrong(link, ledger.as_str(), &states.0, touched).await? {
        return Ok(Err(Wrong::new(ledger, 0, what)));
    }
    verified.behind += u64::try_from(seq - followed).unwrap_or(0);
    views(inner, link, ledger, states, verified).await
}

/// Reads the facts of a ledger and checks how each is chained and signed.
async fn walk(
    inner: &Inner,
    link: &mut Connection,
    (ledger, followed): (&LedgerId, i64),
    verified: &mut Verified,
    progress: &(dyn Fn(u64) + Sync),
) -> Found<Walked> {
    let mut signatures = signatures(link, ledger).await?;
    let mut walked = Walked::default();
    loop {
        let facts = page(link, ledger.as_str(), walked.seq).await?;
        if facts.is_empty() {
            break;
        }
        for fact in &facts {
            let wrong = |seq: i64, what: &str| Ok(Err(Wrong::new(ledger, seq, what)));
            if fact.seq != walked.seq + 1 {
                return wrong(walked.seq + 1, "it is missing");
            }
            (walked.seq, walked.hash) = (fact.seq, fact.chained(&walked.hash));
            if fact.hash != walked.hash {
                return wrong(walked.seq, "it was changed: its hash does not fit");
            }
            if let Some((hash, signature)) = signatures.remove(&walked.seq) {
                let bytes = head_bytes(ledger.as_str(), walked.seq, &walked.hash);
                if hash != walked.hash || !inner.keys.signed(&bytes, &signature) {
                    return wrong(walked.seq, "the signature of the head does not fit");
                }
                verified.signatures += 1;
            }
            if let Err(error) = walked.take(fact, followed) {
                return wrong(walked.seq, &error.to_string());
            }
            verified.facts += 1;
        }
        progress(verified.facts);
    }
    match signatures.keys().next() {
        Some(seq) => Ok(Err(Wrong::new(ledger, *seq, "its head was signed, but it is missing"))),
        None => Ok(Ok(walked)),
    }
}

impl Walked {
    /// Takes over what a fact says.
    fn take(&mut self, fact: &FactRow, followed: i64) -> Result<(), StoreError> {
        follow(&mut self.states, fact)?;
        if fact.seq > followed {
            self.touched_since.extend(fact.recorded()?.fact.touches());
        }
        let body: Json = serde_json::from_str(&fact.body).map_err(StoreError::damaged)?;
        // What is said of an entity stands in its change.
        let sealed = body.get("sealed").or_else(|| body.pointer("/change/sealed"));
        let sealed = sealed.and_then(Json::as_array).into_iter().flatten();
        let said = sealed.filter_map(|it| it.get("commitment")?.as_str().map(str::to_owned));
        self.commitments.extend(said);
        Ok(())
    }
}

async fn signatures(
    link: &mut Connection,
    ledger: &LedgerId,
) -> Result<BTreeMap<i64, (Vec<u8>, Vec<u8>)>, StoreError> {
    let sql = "SELECT seq, hash, signature FROM signed_head WHERE ledger = $1";
    let rows = link.rows(sql, params![ledger.as_str()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, (row.blob(1)?, row.blob(2)?)))).collect()
}

/// Each value that is still in the vault is one that a fact committed to.
async fn values(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
    commitments: &BTreeSet<String>,
    verified: &mut Verified,
) -> Found<()> {
    let plain = match vault::open(inner, link, ledger.as_str(), None).await {
        Ok(plain) => plain,
        Err(StoreError::Sealed) => return Ok(Err(Wrong::new(ledger, 0, StoreError::Sealed))),
        Err(error) => return Err(error),
    };
    for value in plain {
        let opened = value.opened;
        let element: ElementId = opened.element.parse().map_err(StoreError::damaged)?;
        if !commitments.contains(&commitment(&value.salt, &element, &opened.value)) {
            let what =
                format!("a value ({element} of {}) is not the one that was given", opened.person);
            return Ok(Err(Wrong::new(ledger, 0, what)));
        }
        verified.values += 1;
    }
    Ok(Ok(()))
}

/// The live views are those that follow from the facts.
async fn views(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
    states: &Replayed,
    verified: &mut Verified,
) -> Found<()> {
    let mut expected = states.0.iter();
    for kind in kinds() {
        let mut after = String::new();
        loop {
            let sql = "SELECT id, place, path, sort, status, owner, about, since, due_at, wake_at, label, body \
                       FROM thing WHERE ledger = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT 2000";
            let page =
                link.rows(sql, params![ledger.as_str(), kind.name(), after.as_str()]).await?;
            let Some(last) = page.last() else { break };
            after = last.text(0)?;
            for row in &page {
                let mut live: Vec<Param> = params![ledger.as_str(), kind.name()];
                for column in 0..12 {
                    let whole = (7..10).contains(&column);
                    live.push(if whole {
                        row.int(column)?.into()
                    } else {
                        row.text(column)?.into()
                    });
                }
                let same = expected
                    .next()
                    .is_some_and(|(key, it)| rows::thing(ledger.as_str(), key, it) == live);
                if !same {
                    let what = format!(
                        "the view of {} {} is not what the facts say",
                        kind.name(),
                        row.text(0)?
                    );
                    return Ok(Err(Wrong::new(ledger, 0, what)));
                }
                verified.things += 1;
            }
        }
    }
    if let Some((key, _)) = expected.next() {
        let what = format!("the view lacks {} {}", key.kind.name(), key.id);
        return Ok(Err(Wrong::new(ledger, 0, what)));
    }
    let sums = figures::sums(inner, link, ledger).await?;
    let expected: BTreeSet<Vec<Param>> =
        sums.iter().map(|(figure, sum)| rows::figure(ledger.as_str(), figure, *sum)).collect();
    let sql = "SELECT indicator, place, day, thousandths FROM figure WHERE ledger = $1";
    let mut live = BTreeSet::new();
    for row in link.rows(sql, params![ledger.as_str()]).await? {
        live.insert(params![
            ledger.as_str(),
            row.text(0)?,
            row.text(1)?,
            row.text(2)?,
            row.int(3)?
        ]);
    }
    match live.symmetric_difference(&expected).next() {
        Some(figure) => Ok(Err(Wrong::new(
            ledger,
            0,
            format!("a figure is not what the facts say: {figure:?}"),
        ))),
        None => Ok(Ok(())),
    }
}

/// Kinds in the order in which keys are sorted.
fn kinds() -> Vec<domain::Kind> {
    let mut kinds = domain::Kind::ALL.to_vec();
    kinds.sort_unstable();
    kinds
}
