//! Views that follow: derived after the commit, each with a checkpoint per ledger, so that they
//! may fall behind, fail and be made anew without holding up anybody who writes.
//!
//! The one that is here is search: which words stand in the names of places, households and pools
//! and in the plain fields of cases. No personal value is among them, because states hold none.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{LedgerId, PlaceId};
use domain::{Key, Kind, Thing};

use crate::replay::page;
use crate::sql::Type::Text;
use crate::sql::{Connection, Many, Param, params};
use crate::store::Inner;
use crate::{Store, StoreError, rows};

/// The name of the view under which its checkpoints are kept.
const SEARCH: &str = "search";
/// The most words by which a thing is found, and the longest.
const WORDS_MAX: usize = 64;
const WORD_CHARS_MAX: usize = 32;
/// The most words of a question.
const ASKED_MAX: usize = 8;

const WORDS: Many = Many {
    before: "INSERT INTO word (ledger, kind, id, word)",
    columns: &[Text, Text, Text, Text],
    after: "",
};

/// How far a view has followed a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// The ledger.
    pub ledger: LedgerId,
    /// The view.
    pub view: &'static str,
    /// The last fact that it knows.
    pub seq: i64,
    /// The last fact that there is.
    pub head: i64,
    /// Why it could not go on the last time this process tried.
    pub failure: Option<String>,
}

/// The words by which a thing is found: none for things that are not searched.
fn words_of(thing: &Thing) -> BTreeSet<String> {
    let mut text = match thing {
        Thing::Ledger(it) => it.name.clone(),
        Thing::Place(it) if !it.retired => it.name.clone(),
        Thing::Household(it) => it.door.clone(),
        Thing::Pool(it) => it.name.clone(),
        Thing::Case(case) => {
            let texts = case.fields.values().filter_map(serde_json::Value::as_str);
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => return BTreeSet::new(),
    };
    text.retain(|c| c != '\0');
    words(&text, WORDS_MAX)
}

/// Cuts a text into words: letters and digits of one run as they are; Chinese characters, which
/// know no blanks, one by one and in pairs.
fn words(text: &str, most: usize) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let mut words = BTreeSet::new();
    let (mut run, mut before) = (String::new(), None::<char>);
    for c in lower.chars().chain([' ']) {
        let whole = c.is_alphanumeric() && !is_han(c);
        if whole {
            run.push(c);
        } else if !run.is_empty() {
            words.insert(run.chars().take(WORD_CHARS_MAX).collect());
            run.clear();
        }
        if is_han(c) {
            words.insert(c.to_string());
            words.extend(before.map(|before| format!("{before}{c}")));
        }
        before = is_han(c).then_some(c);
    }
    words.into_iter().take(most).collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// The words of a question: of Chinese characters only the pairs, if there are any.
fn asked(text: &str) -> Vec<String> {
    let all = words(text, usize::MAX);
    let inside = |word: &str| all.iter().any(|other| other != word && other.contains(word));
    all.iter().filter(|word| !inside(word)).take(ASKED_MAX).cloned().collect()
}

/// The rows of a thing in the table of words.
fn word_rows(ledger: &str, key: &Key, thing: &Thing) -> Vec<Vec<Param>> {
    let row = |word: String| params![ledger, key.kind.name(), &*key.id, word];
    words_of(thing).into_iter().map(row).collect()
}

impl Store {
    /// Lets the views that follow catch up by a page of facts for each ledger; says how many facts
    /// they took. A ledger on which a view fails does not hold up the others.
    ///
    /// # Errors
    /// When the database cannot even be asked where the views stand.
    pub async fn follow(&self) -> Result<u64, StoreError> {
        let sql = "SELECT h.ledger FROM head h LEFT JOIN checkpoint c ON c.ledger = h.ledger \
                   AND c.view = $1 WHERE h.seq > COALESCE(c.seq, 0) ORDER BY h.ledger";
        let mut taken = 0;
        for row in self.inner.database.rows(sql, params![SEARCH]).await? {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let one = follow_one(&self.inner, &ledger).await;
            let mut failures =
                self.inner.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match one {
                Ok(facts) => {
                    failures.remove(&ledger);
                    taken += facts;
                }
                Err(error) => {
                    tracing::warn!(%error, %ledger, view = SEARCH, "a view cannot follow");
                    failures.insert(ledger, error.to_string());
                }
            }
        }
        Ok(taken)
    }

    /// How far the views that follow have come in each ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn following(&self) -> Result<Vec<Following>, StoreError> {
        let sql = "SELECT h.ledger, h.seq, COALESCE(c.seq, 0) FROM head h LEFT JOIN checkpoint c \
                   ON c.ledger = h.ledger AND c.view = $1 WHERE h.seq > 0 ORDER BY h.ledger";
        let found = self.inner.database.rows(sql, params![SEARCH]).await?;
        let failures =
            self.inner.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let following = |row: &crate::sql::Row| {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let failure = failures.get(&ledger).cloned();
            Ok(Following { ledger, view: SEARCH, seq: row.int(2)?, head: row.int(1)?, failure })
        };
        found.iter().map(following).collect()
    }

    /// Numbers for whoever watches the program, by name: facts that search does not know yet,
    /// ledgers that it cannot follow, entries that wait in the outbox, dead letters.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn gauges(&self) -> Result<Vec<(&'static str, i64)>, StoreError> {
        let behind = "SELECT CAST(COALESCE(SUM(h.seq - COALESCE(c.seq, 0)), 0) AS BIGINT) FROM head h \
                      LEFT JOIN checkpoint c ON c.ledger = h.ledger AND c.view = 'search'";
        let waiting = "SELECT COUNT(*) FROM outbox WHERE dead_at = 0";
        let dead = "SELECT COUNT(*) FROM outbox WHERE dead_at > 0";
        let mut gauges = Vec::new();
        for (name, sql) in [
            ("search_behind_facts", behind),
            ("outbox_waiting", waiting),
            ("outbox_dead_letters", dead),
        ] {
            let row = self.inner.database.row(sql, params![]).await?;
            gauges.push((name, row.map_or(Ok(0), |row| row.int(0))?));
        }
        let failures =
            self.inner.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let failing = i64::try_from(failures.len()).unwrap_or(i64::MAX);
        gauges.push(("search_failing_ledgers", failing));
        Ok(gauges)
    }

    /// Throws away the views that follow; they are made anew as they follow again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_following(&self) -> Result<(), StoreError> {
        let mut link = self.inner.database.write().await?;
        link.begin().await?;
        match forget(&mut link).await {
            Ok(()) => link.commit().await,
            Err(error) => {
                link.roll_back().await;
                Err(error)
            }
        }
    }

    /// Things in which all words of a question stand, below one of the paths (everywhere when
    /// there are none). The last words begun count too: `stair` finds `stairwell`. What was
    /// written in the last moments may not be found yet; see [`Store::following`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn search(
        &self,
        text: &str,
        kinds: &[Kind],
        below: &[Vec<PlaceId>],
        limit: usize,
    ) -> Result<Vec<(LedgerId, Thing)>, StoreError> {
        let asked = asked(text);
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut with: Vec<Param> = Vec::new();
        let mut param = |value: Param| {
            with.push(value);
            format!("${}", with.len())
        };
        let mut hits = Vec::new();
        for word in asked {
            let to = param(format!("{word}\u{10ffff}").into());
            let from = param(word.into());
            hits.push(format!(
                "SELECT ledger, kind, id FROM word WHERE word >= {from} AND word < {to}"
            ));
        }
        let mut wheres = vec!["1 = 1".to_owned()];
        if !kinds.is_empty() {
            let kinds: Vec<String> = kinds.iter().map(|kind| param(kind.name().into())).collect();
            wheres.push(format!("t.kind IN ({})", kinds.join(", ")));
        }
        if !below.is_empty() {
            let paths = below.iter().map(|path| crate::listing::span(path));
            let any: Vec<String> = paths
                .map(|(from, to)| {
                    let (from, to) = (param(from.into()), param(to.into()));
                    format!("(t.path >= {from} AND t.path < {to})")
                })
                .collect();
            wheres.push(format!("({})", any.join(" OR ")));
        }
        let limit = param(i64::try_from(limit.min(1000)).unwrap_or(50).into());
        let sql = format!(
            "SELECT t.ledger, t.kind, t.body FROM ({}) f JOIN thing t ON t.ledger = f.ledger \
             AND t.kind = f.kind AND t.id = f.id WHERE {} ORDER BY t.kind, t.label, t.ledger, t.id LIMIT {limit}",
            hits.join(" INTERSECT "),
            wheres.join(" AND ")
        );
        let found = self.inner.database.rows(&sql, with).await?;
        let read = |row: &crate::sql::Row| {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let kind = rows::kind(&row.text(1)?)?;
            Ok((ledger, Thing::read(kind, &row.text(2)?).map_err(StoreError::damaged)?))
        };
        found.iter().map(read).collect()
    }
}

/// Empties the views that follow, within a transaction.
pub(crate) async fn forget(link: &mut Connection) -> Result<(), StoreError> {
    link.execute("DELETE FROM word", params![]).await?;
    link.execute("DELETE FROM checkpoint WHERE view = $1", params![SEARCH]).await.map(drop)
}

/// How far the view has come in a ledger.
pub(crate) async fn checkpoint(link: &mut Connection, ledger: &str) -> Result<i64, StoreError> {
    let sql = "SELECT seq FROM checkpoint WHERE ledger = $1 AND view = $2";
    let rows = link.rows(sql, params![ledger, SEARCH]).await?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

async fn follow_one(inner: &Inner, ledger: &LedgerId) -> Result<u64, StoreError> {
    let mut link = inner.database.write().await?;
    link.begin().await?;
    match follow_within(&mut link, ledger).await {
        Ok(taken) => link.commit().await.map(|()| taken),
        Err(error) => {
            link.roll_back().await;
            Err(error)
        }
    }
}

async fn follow_within(link: &mut Connection, ledger: &LedgerId) -> Result<u64, StoreError> {
    // Whoever comes second waits here, and then sees how far the first has come.
    let sql = "INSERT INTO checkpoint (ledger, view, seq) VALUES ($1, $2, 0) \
               ON CONFLICT (ledger, view) DO UPDATE SET seq = checkpoint.seq";
    link.execute(sql, params![ledger.as_str(), SEARCH]).await?;
    let after = checkpoint(link, ledger.as_str()).await?;
    let facts = page(link, ledger.as_str(), after).await?;
    let Some(last) = facts.last() else { return Ok(0) };
    let mut touched: BTreeSet<Key> = BTreeSet::new();
    for fact in &facts {
        touched.extend(fact.recorded()?.fact.touches());
    }
    // Things are read as they are now, which may be later than these facts: then later facts say
    // the same once more.
    let touched: Vec<Key> = touched.into_iter().filter(|key| searched(key.kind)).collect();
    let keys = touched.iter().map(|key| (ledger.as_str(), key)).collect();
    let mut new = Vec::new();
    for (_, key, thing) in rows::load(link, keys).await? {
        let sql = "DELETE FROM word WHERE ledger = $1 AND kind = $2 AND id = $3";
        link.execute(sql, params![ledger.as_str(), key.kind.name(), &*key.id]).await?;
        new.extend(word_rows(ledger.as_str(), &key, &thing));
    }
    link.write(&WORDS, new).await?;
    let sql = "UPDATE checkpoint SET seq = $3 WHERE ledger = $1 AND view = $2";
    link.execute(sql, params![ledger.as_str(), SEARCH, last.seq]).await?;
    Ok(facts.len() as u64)
}

/// What is wrong with the view of a ledger, as far as it has followed: things that facts after its
/// checkpoint touch are left out.
pub(crate) async fn wrong(
    link: &mut Connection,
    ledger: &str,
    states: &BTreeMap<Key, Thing>,
    touched_since: &BTreeSet<Key>,
) -> Result<Option<String>, StoreError> {
    let mut expected: BTreeSet<Vec<Param>> = BTreeSet::new();
    if checkpoint(link, ledger).await? > 0 {
        let settled = states.iter().filter(|(key, _)| !touched_since.contains(key));
        for (key, thing) in settled.filter(|(key, _)| searched(key.kind)) {
            expected.extend(word_rows(ledger, key, thing));
        }
    }
    let sql = "SELECT kind, id, word FROM word WHERE ledger = $1";
    let mut live = BTreeSet::new();
    for row in link.rows(sql, params![ledger]).await? {
        let (kind, id, word) = (row.text(0)?, row.text(1)?, row.text(2)?);
        if !touched_since.contains(&Key::new(rows::kind(&kind)?, &id)) {
            live.insert(params![ledger, kind, id, word]);
        }
    }
    let odd = live.symmetric_difference(&expected).next();
    Ok(odd.map(|row| format!("search is not what the facts say: {row:?}")))
}

/// Whether things of a kind are searched at all.
fn searched(kind: Kind) -> bool {
    matches!(kind, Kind::Ledger | Kind::Place | Kind::Household | Kind::Pool | Kind::Case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_words_and_chinese_into_characters_and_pairs() {
        let found = words("Elm Court 3号楼", 64);
        let expected = ["3", "court", "elm", "号", "号楼", "楼"];
        assert_eq!(found, expected.map(str::to_owned).into());
        assert_eq!(asked("号楼 COURT"), ["court", "号楼"]);
        assert_eq!(asked("楼"), ["楼"]);
        assert!(asked(" ，。").is_empty());
    }
}
