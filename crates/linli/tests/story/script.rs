//! What the story is about, read from its file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

/// The names of the story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) began: Timestamp,
    pub(crate) packs: Vec<String>,
    pub(crate) street: String,
    pub(crate) first: String,
    pub(crate) second: String,
    pub(crate) stand_in: Vec<Division>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) residents: BTreeMap<String, String>,
    pub(crate) roster: Roster,
    pub(crate) repair: Repair,
    pub(crate) texts: Texts,
    pub(crate) mode: Mode,
    pub(crate) check: Check,
    pub(crate) stay: Stay,
    pub(crate) table: String,
    pub(crate) retention_days: i64,
}

/// A division of the country.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Division {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) level: String,
    pub(crate) below: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Worker {
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) place: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roster {
    pub(crate) columns: Vec<String>,
    pub(crate) first: Vec<Vec<String>>,
    pub(crate) surnames: String,
    pub(crate) doors: usize,
    pub(crate) second: usize,
    pub(crate) bad: Vec<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repair {
    pub(crate) kind: String,
    pub(crate) fields: Json,
    pub(crate) claim: Json,
    pub(crate) finding: String,
    pub(crate) open: String,
    pub(crate) closed: String,
    pub(crate) satisfied: String,
}

/// What is written on one matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    pub(crate) kind: String,
    pub(crate) fields: Json,
    pub(crate) claim: Json,
    pub(crate) returned: String,
    pub(crate) right_unit: String,
    pub(crate) deferred: String,
    pub(crate) condition: String,
    pub(crate) late: String,
    pub(crate) finding: String,
    pub(crate) reopened: String,
    pub(crate) note: String,
}

impl Texts {
    /// Each of them.
    pub(crate) fn all(&self) -> Vec<&String> {
        let first = [&self.returned, &self.right_unit, &self.deferred, &self.condition];
        let then = [&self.late, &self.finding, &self.reopened, &self.note];
        first.into_iter().chain(then).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mode {
    pub(crate) mode: String,
    pub(crate) level: String,
    pub(crate) days: i64,
    pub(crate) longest_days: i64,
    pub(crate) kinds: Vec<String>,
    pub(crate) forms: Vec<String>,
    pub(crate) deadline: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) form: String,
    pub(crate) well: Json,
    pub(crate) nobody: Json,
    pub(crate) ill: Json,
    pub(crate) checked: String,
    pub(crate) not_opened: String,
    pub(crate) found: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stay {
    pub(crate) kind: String,
    pub(crate) purpose: String,
    pub(crate) sealed: String,
    pub(crate) look: String,
    pub(crate) keep: String,
    pub(crate) room: Room,
    pub(crate) order: String,
    pub(crate) release: Release,
    pub(crate) needs: Vec<String>,
    pub(crate) reason: String,
    pub(crate) condition: String,
    pub(crate) over: String,
    pub(crate) reading: Reading,
    pub(crate) open: String,
    pub(crate) staying: String,
    pub(crate) released: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Room {
    pub(crate) sort: String,
    pub(crate) element: String,
    pub(crate) free: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    pub(crate) element: String,
    pub(crate) days: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    pub(crate) form: String,
    pub(crate) answers: Json,
}

impl Script {
    pub(crate) fn read() -> Self {
        serde_saphyr::from_str(include_str!("story.yaml")).expect("the story can be read")
    }
}
