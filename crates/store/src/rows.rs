//! How things, figures and facts become rows, and which statements write them.

use std::collections::BTreeSet;

use domain::cases::Case;
use domain::ids::AccountId;
use domain::indicators::Figure;
use domain::{Fact, Key, Kind, Thing};
use jiff::Timestamp;

use crate::StoreError;
use crate::sql::Type::{Blob, Int, Text};
use crate::sql::{Connection, Many, Param, Type, params};

/// Of a fact that touches very many things only the first have it in their time line.
const TOUCHES_MAX: usize = 16;

pub(crate) const FACTS: Many = Many {
    before: "INSERT INTO fact (ledger, seq, fact, version, body, subject_kind, subject, command, \
             actor, device, occurred_at, recorded_at, hash)",
    columns: &[Text, Int, Text, Int, Text, Text, Text, Text, Text, Text, Int, Int, Blob],
    after: "",
};

pub(crate) const TOUCHES: Many = Many {
    before: "INSERT INTO touch (ledger, kind, id, seq)",
    columns: &[Text, Text, Text, Int],
    after: "",
};

pub(crate) const COMMANDS: Many = Many {
    before: "INSERT INTO command (ledger, id, body_hash, answer)",
    columns: &[Text, Text, Blob, Text],
    after: "",
};

pub(crate) const NEW_THINGS: Many = Many {
    before: "INSERT INTO thing (ledger, kind, id, place, path, sort, status, owner, about, since, \
             due_at, wake_at, label, body)",
    columns: THING_COLUMNS,
    after: "",
};

pub(crate) const THINGS: Many = Many {
    before: NEW_THINGS.before,
    columns: THING_COLUMNS,
    after: "ON CONFLICT (ledger, kind, id) DO UPDATE SET place = excluded.place, \
            path = excluded.path, sort = excluded.sort, status = excluded.status, \
            owner = excluded.owner, about = excluded.about, since = excluded.since, \
            due_at = excluded.due_at, wake_at = excluded.wake_at, label = excluded.label, \
            body = excluded.body",
};

const THING_COLUMNS: &[Type] =
    &[Text, Text, Text, Text, Text, Text, Text, Text, Text, Int, Int, Int, Text, Text];

pub(crate) const PARTIES: Many = Many {
    before: "INSERT INTO party (ledger, account, id)",
    columns: &[Text, Text, Text],
    after: "ON CONFLICT (ledger, account, id) DO NOTHING",
};

pub(crate) const FIGURES: Many = Many {
    before: "INSERT INTO figure (ledger, indicator, place, day, thousandths)",
    columns: &[Text, Text, Text, Text, Int],
    after: "ON CONFLICT (ledger, indicator, place, day) DO UPDATE SET \
            thousandths = figure.thousandths + excluded.thousandths",
};

pub(crate) const HEADS: Many = Many {
    before: "INSERT INTO head (ledger, seq, hash, signed, basis)",
    columns: &[Text, Int, Blob, Int, Text],
    after: "ON CONFLICT (ledger) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, \
            signed = excluded.signed, basis = excluded.basis",
};

pub(crate) const SIGNATURES: Many = Many {
    before: "INSERT INTO signed_head (ledger, seq, hash, signature, signed_at)",
    columns: &[Text, Int, Blob, Blob, Int],
    after: "ON CONFLICT (ledger, seq) DO NOTHING",
};

pub(crate) const VALUES: Many = Many {
    before: "INSERT INTO vault (ledger, person, element, item, purpose, given_at, salt, sealed)",
    columns: &[Text, Text, Text, Text, Text, Int, Blob, Blob],
    after: "ON CONFLICT (ledger, person, element, item, purpose) DO UPDATE SET \
            given_at = excluded.given_at, salt = excluded.salt, sealed = excluded.sealed",
};

pub(crate) const PERSON_KEYS: Many = Many {
    before: "INSERT INTO person_key (ledger, person, purpose, wrapped)",
    columns: &[Text, Text, Text, Blob],
    after: "ON CONFLICT (ledger, person, purpose) DO UPDATE SET wrapped = excluded.wrapped",
};

pub(crate) const OUTBOX: Many = Many {
    before: "INSERT INTO outbox (ledger, seq, topic, body, claimed_until)",
    columns: &[Text, Int, Text, Text, Int],
    after: "",
};

/// The row of a thing.
pub(crate) fn thing(ledger: &str, key: &Key, thing: &Thing) -> Vec<Param> {
    let index = thing.index();
    let at = |instant: Option<Timestamp>| instant.map_or(0, Timestamp::as_millisecond);
    let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
    params![
        ledger,
        key.kind.name(),
        &*key.id,
        text(index.place.as_ref().map(|id| id.as_str())),
        index.path,
        index.sort,
        index.status,
        text(index.owner.as_ref().map(AccountId::as_str)),
        index.about,
        at(index.since),
        at(index.due_at),
        at(index.wake_at),
        label(thing),
        thing.body(),
    ]
}

/// The name by which a thing is searched. Never a personal value: things hold none.
fn label(thing: &Thing) -> String {
    let name = match thing {
        Thing::Ledger(it) => &it.name,
        Thing::Place(it) => &it.name,
        Thing::Household(it) => &it.door,
        Thing::Pool(it) => &it.name,
        _ => "",
    };
    name.replace('\0', "")
}

/// The accounts that have to do with a thing.
pub(crate) fn parties(thing: Option<&Thing>) -> BTreeSet<AccountId> {
    let Some(Thing::Case(case)) = thing else { return BTreeSet::new() };
    let Case { reporter, assignee, care, .. } = &**case;
    let carers = care.values().flat_map(|item| item.asked.iter().chain(&item.owner));
    std::iter::once(reporter).chain(assignee).chain(carers).cloned().collect()
}

/// The rows that put a fact into the time lines of what it touches.
pub(crate) fn touches(ledger: &str, seq: i64, fact: &Fact) -> Vec<Vec<Param>> {
    let keys: BTreeSet<Key> = fact.touches().into_iter().take(TOUCHES_MAX).collect();
    keys.iter().map(|key| params![ledger, key.kind.name(), &*key.id, seq]).collect()
}

/// The row of a figure.
pub(crate) fn figure(ledger: &str, figure: &Figure, thousandths: i64) -> Vec<Param> {
    let day = figure.day.map(|day| day.to_string()).unwrap_or_default();
    params![ledger, figure.indicator.as_str(), figure.place.as_str(), day, thousandths]
}

/// Loads things by ledger and key.
pub(crate) async fn load(
    link: &mut Connection,
    keys: Vec<(&str, &Key)>,
) -> Result<Vec<(String, Key, Thing)>, StoreError> {
    let keys: Vec<Vec<Param>> =
        keys.into_iter().map(|(ledger, key)| params![ledger, key.kind.name(), &*key.id]).collect();
    let sql = "SELECT t.ledger, t.kind, t.id, t.body FROM {keys} thing t \
               ON t.ledger = k1 AND t.kind = k2 AND t.id = k3";
    let rows = link.matching(sql, &[Text, Text, Text], keys).await?;
    let read = |row: crate::sql::Row| {
        let kind = kind(&row.text(1)?)?;
        let thing = Thing::read(kind, &row.text(3)?).map_err(StoreError::damaged)?;
        Ok((row.text(0)?, Key::new(kind, &row.text(2)?), thing))
    };
    rows.into_iter().map(read).collect()
}

/// The kind with a name from a row.
pub(crate) fn kind(name: &str) -> Result<Kind, StoreError> {
    Kind::named(name).ok_or_else(|| StoreError::damaged(format!("no kind is called {name}")))
}
