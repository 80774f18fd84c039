//! The vault: personal values, sealed under a key per person and purpose, read with a purpose and
//! a trace, destroyed with their key.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{AccountId, LedgerId, PersonId};
use domain::people::DestroyValues;
use domain::vault::VaultWrite;
use jiff::Timestamp;

use crate::keys::VaultKey;
use crate::sql::Type::{Int, Text};
use crate::sql::{Connection, Many, Param, params};
use crate::store::Inner;
use crate::{Store, StoreError, attachments, credentials, rows};

/// Values that a batch sends to the vault; of a value given twice the later one counts.
#[derive(Default)]
pub(crate) struct Gathered(BTreeMap<[String; 5], (i64, VaultWrite)>);

impl Gathered {
    pub(crate) fn add(&mut self, ledger: &LedgerId, at: Timestamp, writes: Vec<VaultWrite>) {
        for write in writes {
            let key = [
                ledger.to_string(),
                write.person.to_string(),
                write.element.to_string(),
                write.item.clone(),
                write.purpose.to_string(),
            ];
            self.0.insert(key, (at.as_millisecond(), write));
        }
    }
}

fn key_about(ledger: &str, person: &str, purpose: &str) -> String {
    format!("{ledger}/{person}/{purpose}")
}

fn value_about(row: [&str; 5]) -> String {
    row.join("/")
}

/// Seals and writes values, drawing keys for persons and purposes that have none.
pub(crate) async fn write(
    inner: &Inner,
    link: &mut Connection,
    values: Gathered,
) -> Result<(), StoreError> {
    if values.0.is_empty() {
        return Ok(());
    }
    let wanted: BTreeSet<[String; 3]> = values
        .0
        .keys()
        .map(|[l, person, _, _, purpose]| [l.clone(), person.clone(), purpose.clone()])
        .collect();
    let mut keys = keys(inner, link, &wanted).await?;
    let mut new = Vec::new();
    for name in wanted {
        if let Entry::Vacant(vacant) = keys.entry(name) {
            let [ledger, person, purpose] = vacant.key();
            let (key, wrapped) = inner.keys.new_key(&key_about(ledger, person, purpose))?;
            new.push(params![ledger.as_str(), person.as_str(), purpose.as_str(), wrapped]);
            vacant.insert(key);
        }
    }
    link.write(&rows::PERSON_KEYS, new).await?;
    let mut sealed = Vec::with_capacity(values.0.len());
    for ([ledger, person, element, item, purpose], (at, write)) in values.0 {
        let name = [ledger.clone(), person.clone(), purpose.clone()];
        let key = keys.get(&name).ok_or(StoreError::Sealed)?;
        let about = value_about([&ledger, &person, &element, &item, &purpose]);
        let value = key.seal(write.value.as_bytes(), &about)?;
        sealed.push(params![
            ledger,
            person,
            element,
            item,
            purpose,
            at,
            write.salt.as_slice(),
            value
        ]);
    }
    link.write(&rows::VALUES, sealed).await
}

/// The keys of persons and purposes, as far as there are any.
async fn keys(
    inner: &Inner,
    link: &mut Connection,
    wanted: &BTreeSet<[String; 3]>,
) -> Result<BTreeMap<[String; 3], VaultKey>, StoreError> {
    let sql = "SELECT p.ledger, p.person, p.purpose, p.wrapped FROM {keys} person_key p \
               ON p.ledger = k1 AND p.person = k2 AND p.purpose = k3";
    let of = |name: &[String; 3]| name.iter().map(|part| Param::from(part.as_str())).collect();
    let found = link.matching(sql, &[Text, Text, Text], wanted.iter().map(of).collect()).await?;
    let mut keys = BTreeMap::new();
    for row in found {
        let name = [row.text(0)?, row.text(1)?, row.text(2)?];
        let key = inner.keys.unwrap(&row.blob(3)?, &key_about(&name[0], &name[1], &name[2]))?;
        keys.insert(name, key);
    }
    Ok(keys)
}

const ACCESSES: Many = Many {
    before: "INSERT INTO access (ledger, person, read_at, id, reader, role, purpose, elements)",
    columns: &[Text, Text, Int, Text, Text, Text, Text, Text],
    after: "",
};

const VALUE_COLUMNS: &str =
    "v.ledger, v.person, v.element, v.item, v.purpose, v.given_at, v.salt, v.sealed";

/// A value that was opened, with its salt.
pub(crate) struct Plain {
    pub(crate) opened: Opened,
    pub(crate) salt: [u8; 32],
}

/// Opens values of a ledger: of one person or of everybody.
pub(crate) async fn open(
    inner: &Inner,
    link: &mut Connection,
    ledger: &str,
    person: Option<&str>,
) -> Result<Vec<Plain>, StoreError> {
    let sql = format!(
        "SELECT {VALUE_COLUMNS} FROM vault v WHERE v.ledger = $1 AND ($2 = '' OR v.person = $2) \
         ORDER BY v.person, v.element, v.item, v.purpose"
    );
    let found = link.rows(&sql, params![ledger, person.unwrap_or_default()]).await?;
    let mut wanted = BTreeSet::new();
    for row in &found {
        wanted.insert([row.text(0)?, row.text(1)?, row.text(4)?]);
    }
    let keys = keys(inner, link, &wanted).await?;
    let mut plain = Vec::with_capacity(found.len());
    for row in &found {
        let name = [row.text(0)?, row.text(1)?, row.text(4)?];
        let key = keys.get(&name).ok_or(StoreError::Sealed)?;
        let (element, item) = (row.text(2)?, row.text(3)?);
        let about = value_about([&name[0], &name[1], &element, &item, &name[2]]);
        let value = key.open(&row.blob(7)?, &about)?;
        let opened = Opened {
            person: name[1].clone(),
            element,
            item,
            purpose: name[2].clone(),
            value: String::from_utf8(value).map_err(StoreError::damaged)?,
            since: Timestamp::from_millisecond(row.int(5)?).map_err(StoreError::damaged)?,
        };
        let salt = row.blob(6)?.try_into().map_err(|_| StoreError::damaged("salt"))?;
        plain.push(Plain { opened, salt });
    }
    Ok(plain)
}

fn which(ledger: &LedgerId, destroy: &DestroyValues) -> Vec<Param> {
    params![
        ledger.as_str(),
        destroy.purpose.as_ref().map(|id| id.to_string()).unwrap_or_default(),
        destroy.person.as_ref().map(|id| id.to_string()).unwrap_or_default(),
        destroy.before.as_millisecond(),
    ]
}

const WHICH: &str = "ledger = $1 AND ($2 = '' OR purpose = $2) AND ($3 = '' OR person = $3) \
                     AND given_at < $4";

/// Counts the persons and values that would be destroyed.
pub(crate) async fn count(
    link: &mut Connection,
    ledger: &LedgerId,
    destroy: &DestroyValues,
) -> Result<(u64, u64), StoreError> {
    let sql = format!("SELECT COUNT(DISTINCT person), COUNT(*) FROM vault WHERE {WHICH}");
    let rows = link.rows(&sql, which(ledger, destroy)).await?;
    let Some(row) = rows.first() else { return Ok((0, 0)) };
    let whole = |n: i64| u64::try_from(n).map_err(StoreError::damaged);
    Ok((whole(row.int(0)?)?, whole(row.int(1)?)?))
}

/// Destroys values with their keys. Values of the same key that stay get a new one, so that an
/// old copy of the table does not open either. With the whole of a person the names go by which
/// their accounts were shown.
pub(crate) async fn destroy(
    inner: &Inner,
    link: &mut Connection,
    ledger: &LedgerId,
    destroy: &DestroyValues,
) -> Result<(), StoreError> {
    let sql = format!("SELECT DISTINCT person, purpose FROM vault WHERE {WHICH}");
    let mut hit = BTreeSet::new();
    for row in link.rows(&sql, which(ledger, destroy)).await? {
        hit.insert((row.text(0)?, row.text(1)?));
    }
    let files = attachments::named_by(link, WHICH, which(ledger, destroy)).await?;
    link.execute(&format!("DELETE FROM vault WHERE {WHICH}"), which(ledger, destroy)).await?;
    attachments::let_go(link, ledger, files).await?;
    let any = !hit.is_empty();
    for (person, purpose) in hit {
        let left = open(inner, link, ledger.as_str(), Some(&person)).await?;
        let sql = "DELETE FROM person_key WHERE ledger = $1 AND person = $2 AND purpose = $3";
        link.execute(sql, params![ledger.as_str(), person.as_str(), purpose.as_str()]).await?;
        let mut again = Gathered::default();
        for plain in left.into_iter().filter(|plain| plain.opened.purpose == purpose) {
            let Opened { person, element, item, purpose, value, since } = plain.opened;
            let write = VaultWrite {
                person: person.parse().map_err(StoreError::damaged)?,
                element: element.parse().map_err(StoreError::damaged)?,
                purpose: purpose.parse().map_err(StoreError::damaged)?,
                item,
                value,
                salt: plain.salt,
            };
            again.add(ledger, since, vec![write]);
        }
        write(inner, link, again).await?;
    }
    let unnamed = match &destroy.person {
        Some(person) if destroy.purpose.is_none() => {
            credentials::forget_names(link, ledger, person).await?
        }
        _ => 0,
    };
    if any || unnamed > 0 {
        let sql = "INSERT INTO setting (ledger, name, value) VALUES ('root', 'unscrubbed', 1) \
                   ON CONFLICT (ledger, name) DO UPDATE SET value = 1";
        link.execute(sql, params![]).await?;
    }
    Ok(())
}

/// Whether values have been destroyed since the last time that their traces were removed.
pub(crate) async fn unscrubbed(link: &mut Connection) -> Result<bool, StoreError> {
    let sql = "SELECT value FROM setting WHERE ledger = 'root' AND name = 'unscrubbed'";
    let rows = link.rows(sql, params![]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))? == 1)
}

/// Removes the traces that destroyed values leave in the files of the database; false if a reader
/// was in the way, and then it is to be tried again.
///
/// On PostgreSQL rows that are gone lie in the table until it is vacuumed.
pub(crate) async fn scrub(link: &mut Connection) -> Result<bool, StoreError> {
    if link.is_postgres() {
        for table in ["vault", "person_key", "credential"] {
            link.execute(&format!("VACUUM {table}"), params![]).await?;
        }
        return Ok(true);
    }
    link.begin().await?;
    rewrite(link).await?;
    link.commit().await?;
    // The write-ahead log still holds the pages as they were.
    link.script("PRAGMA busy_timeout = 1000").await?;
    let emptied = link.rows("PRAGMA wal_checkpoint(TRUNCATE)", params![]).await;
    link.script("PRAGMA busy_timeout = 30000").await?;
    Ok(emptied?.first().map_or(Ok(1), |row| row.int(0))? == 0)
}

/// SQLite wipes a row where it lies when it is deleted, but not the copies that were left behind
/// when rows moved between pages. Emptying a table wipes its pages whole; then the rows that stay
/// are written anew.
async fn rewrite(link: &mut Connection) -> Result<(), StoreError> {
    for (table, order) in [("person_key", "person, purpose"), ("credential", "name")] {
        let sql = format!(
            "CREATE TEMP TABLE kept AS SELECT * FROM {table}; DELETE FROM {table}; \
             INSERT INTO {table} SELECT * FROM kept ORDER BY ledger, {order}; DROP TABLE kept;"
        );
        link.script(&sql).await?;
    }
    Ok(())
}

/// A value of the vault, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whom it is about.
    pub person: String,
    /// Which element.
    pub element: String,
    /// What it belongs to (a submission, a case), or empty.
    pub item: String,
    /// For what it is kept.
    pub purpose: String,
    /// The value.
    pub value: String,
    /// When it was given.
    pub since: Timestamp,
}

/// Who reads, and in which role.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The account.
    pub account: AccountId,
    /// The role in which it reads.
    pub role: String,
}

/// Whose values are wanted, perhaps only those of one item.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The person.
    pub person: PersonId,
    /// The item and what belongs to it (`CASE`, `CASE/…`), or everything.
    pub item: Option<String>,
}

impl Wanted {
    /// Whether a value of an item is wanted.
    fn takes(&self, item: &str) -> bool {
        self.item.as_deref().is_none_or(|wanted| {
            let rest = item.strip_prefix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || !wanted.is_empty() && rest.starts_with('/'))
        })
    }
}

/// A reading of values, as the person can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub reader: AccountId,
    /// In which role.
    pub role: String,
    /// For what.
    pub purpose: String,
    /// Which elements.
    pub elements: Vec<String>,
}

impl Store {
    /// Opens values for a purpose. What is given out has been written to the access log in the
    /// same transaction; `may` says of each value whether this reader may have it.
    ///
    /// # Errors
    /// Without a purpose, or when the store fails: then nothing is given out.
    pub async fn reveal(
        &self,
        ledger: &LedgerId,
        reader: &Reader,
        purpose: &str,
        wanted: &[Wanted],
        may: &(dyn Fn(&Opened) -> bool + Sync),
    ) -> Result<Vec<Opened>, StoreError> {
        if purpose.is_empty() {
            return Err(StoreError::Unfit("values are read for a purpose".to_owned()));
        }
        let mut link = self.inner.database.write().await?;
        link.begin().await?;
        let given =
            match self.reveal_within(&mut link, ledger, (reader, purpose), wanted, may).await {
                Ok(given) => given,
                Err(error) => {
                    link.roll_back().await;
                    return Err(error);
                }
            };
        if given.is_empty() {
            link.roll_back().await;
        } else {
            link.commit().await?;
        }
        Ok(given)
    }

    /// Opens values and writes who reads them, in one transaction: a value that leaves has its row
    /// in the access log, and one that was destroyed meanwhile does not leave.
    async fn reveal_within(
        &self,
        link: &mut Connection,
        ledger: &LedgerId,
        (reader, purpose): (&Reader, &str),
        wanted: &[Wanted],
        may: &(dyn Fn(&Opened) -> bool + Sync),
    ) -> Result<Vec<Opened>, StoreError> {
        let mut given = Vec::new();
        for wanted in wanted {
            let all =
                open(&self.inner, link, ledger.as_str(), Some(wanted.person.as_str())).await?;
            let all = all.into_iter().map(|plain| plain.opened);
            given.extend(all.filter(|it| wanted.takes(&it.item) && may(it)));
        }
        let mut read: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for value in &given {
            read.entry(&value.person).or_default().insert(&value.element);
        }
        let now = self.now().as_millisecond();
        let mut accesses = Vec::with_capacity(read.len());
        for (person, elements) in read {
            let elements = serde_json::to_string(&elements).map_err(StoreError::damaged)?;
            accesses.push(params![
                ledger.as_str(),
                person,
                now,
                uuid::Uuid::now_v7().to_string(),
                reader.account.as_str(),
                reader.role.as_str(),
                purpose,
                elements,
            ]);
        }
        link.write(&ACCESSES, accesses).await?;
        Ok(given)
    }

    /// Who has read the values of a person, the latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn accesses_of(
        &self,
        ledger: &LedgerId,
        person: &PersonId,
    ) -> Result<Vec<Read>, StoreError> {
        let sql = "SELECT read_at, reader, role, purpose, elements FROM access \
                   WHERE ledger = $1 AND person = $2 ORDER BY read_at DESC, id DESC LIMIT 1000";
        let rows = self.inner.database.rows(sql, params![ledger.as_str(), person.as_str()]).await?;
        let read = |row: &crate::sql::Row| {
            Ok(Read {
                at: Timestamp::from_millisecond(row.int(0)?).map_err(StoreError::damaged)?,
                reader: row.text(1)?.parse().map_err(StoreError::damaged)?,
                role: row.text(2)?,
                purpose: row.text(3)?,
                elements: serde_json::from_str(&row.text(4)?).map_err(StoreError::damaged)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
