//! What a process left behind that was killed in the middle of a week, against what it had told.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::databases::Place;
use super::deployment::Deployment;
use super::raw;
use crate::HandClock;

/// A folder, and a database if there is a PostgreSQL, in which another process can play.
pub struct Remains {
    place: Place,
}

impl Remains {
    /// An empty place.
    ///
    /// # Errors
    /// When folder or database cannot be made.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { place: Place::new()? })
    }

    /// The folder to play in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// The database to play on beside SQLite.
    #[must_use]
    pub fn database(&self) -> Option<String> {
        self.place.url()
    }

    /// Opens what was left and looks for everything that was told on the error output of
    /// [`super::Week::play_until_killed`]; says how many commands that were.
    ///
    /// # Errors
    /// What is lost, or does not verify.
    pub fn hold(&self, seed: u64, said: &str) -> Result<usize, String> {
        // The last line may be cut off.
        let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let told: Vec<Json> = whole
            .lines()
            .filter_map(|line| serde_json::from_str(line.strip_prefix("answered ")?).ok())
            .collect();
        let clock = HandClock::at(Timestamp::now());
        for (name, folder, database) in self.place.stores() {
            let opened = Deployment::open(name, folder, database, seed, &clock);
            let store = opened.map_err(|error| format!("{name}: {error}"))?;
            let found = store.wait(async { store.store().verify(&|_, _| {}).await });
            found
                .map_err(|error| format!("{name}: {error}"))?
                .map_err(|wrong| format!("{name}: {wrong}"))?;
            let sql = "SELECT ledger, seq, fact, command FROM fact";
            let facts: std::collections::BTreeSet<Vec<String>> =
                raw::rows(&store, sql)?.into_iter().collect();
            for told in &told {
                for fact in told[2].as_array().into_iter().flatten() {
                    let text = |it: &Json| it.as_str().unwrap_or_default().to_owned();
                    let row =
                        vec![text(&told[0]), fact[0].to_string(), text(&fact[1]), text(&told[1])];
                    if !facts.contains(&row) {
                        return Err(format!("{name}: {row:?} was told and is gone"));
                    }
                }
            }
        }
        Ok(told.len())
    }
}
