//! The ground that is measured on: a community with a building, and commands for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use domain::rules::{Indicator, Over, Pack, SharedPack};
use domain::{Actor, Command, Envelope, Grant, Role, Words};
use serde_json::{Value as Json, json};
use store::{Store, StoreOptions};

/// The ledger of the community.
pub(crate) const COMMUNITY: &str = "community";

/// Where a deployment keeps its data.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) folder: PathBuf,
    pub(crate) database: Option<String>,
    /// How many indicators the pack in force has; none when 0.
    pub(crate) indicators: usize,
}

impl Ground {
    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), database: None, indicators: 0 }
    }

    pub(crate) fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::new(&self.folder, Arc::new(read_pack));
        options.database.clone_from(&self.database);
        options
    }

    pub(crate) async fn open(&self) -> Result<Arc<Store>> {
        Ok(Arc::new(Store::open(self.options()).await?))
    }

    /// Opens it and founds the community: a path of four levels above a building.
    pub(crate) async fn found(&self) -> Result<Arc<Store>> {
        let store = self.open().await?;
        if self.indicators > 0 {
            let pack = store.add_pack_file(self.indicators.to_string().as_bytes()).await?;
            let body = json!({ "pack": pack.id, "version": pack.version, "hash": pack.hash });
            done(&store, envelope("pack", "root", "adopt_pack", &body)?).await?;
        }
        let path = ["root", "city", "street", COMMUNITY];
        let body =
            json!({ "place": COMMUNITY, "name": "Elm Court", "level": "community", "path": path });
        done(&store, envelope("open", COMMUNITY, "open_ledger", &body)?).await?;
        let grid = json!({ "places": [{ "id": "g1", "name": "Grid 1", "level": "grid" }] });
        done(&store, envelope("grid", COMMUNITY, "add_places", &grid)?).await?;
        let place = json!({ "id": "b1", "name": "Building 1", "level": "building" });
        let building = json!({ "parent": "g1", "places": [place] });
        done(&store, envelope("building", COMMUNITY, "add_places", &building)?).await?;
        Ok(store)
    }
}

/// A household is registered: what every client of the benchmark asks for.
pub(crate) fn household(name: &str) -> Result<Envelope> {
    let body = json!({ "household": name, "place": "b1", "door": "1-101" });
    envelope(name, COMMUNITY, "register_household", &body)
}

/// An envelope for a command.
pub(crate) fn envelope(id: &str, ledger: &str, kind: &str, body: &Json) -> Result<Envelope> {
    let command: Command = serde_json::from_value(json!({ "kind": kind, "body": body }))?;
    Ok(Envelope {
        id: id.parse()?,
        ledger: ledger.parse()?,
        command,
        device: None,
        occurred_at: jiff::Timestamp::now(),
    })
}

/// Whoever measures may do everything.
pub(crate) fn operator() -> Actor {
    let grant = Grant {
        role: Role::new(Role::OPERATOR),
        place: "root".parse().expect("plain"),
        until: None,
    };
    Actor { account: "operator".parse().expect("plain"), person: None, grants: vec![grant] }
}

async fn done(store: &Store, envelope: Envelope) -> Result<()> {
    let answer = store.submit(envelope, operator()).await?;
    if let Err(refusal) = answer.outcome {
        bail!("{}", refusal.words().en);
    }
    Ok(())
}

/// A pack whose bytes say how many indicators it has: each counts the households that pass a
/// condition of its own.
fn read_pack(bytes: &[u8]) -> Result<SharedPack, String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let count: usize = text.parse().map_err(|_| "a number of indicators".to_owned())?;
    pack(&text, count).map(Arc::new).map_err(|error| error.to_string())
}

fn pack(version: &str, count: usize) -> Result<Pack> {
    let words = || Words::new("计数", "counts");
    let mut indicators = BTreeMap::new();
    for number in 0..count {
        let when = packfile::compile(&format!("people >= 0 && open_cases < {}", number + 1));
        let when = when.map_err(|why| anyhow!("{why:?}"))?;
        let id: domain::ids::IndicatorId = format!("bench.indicator_{number}").parse()?;
        let indicator = Indicator {
            id: id.clone(),
            name: words(),
            definition: words(),
            unit: None,
            over: Over::Households,
            when: Some(Arc::new(when)),
            value: None,
            on: None,
        };
        indicators.insert(id, indicator);
    }
    Ok(Pack {
        id: "bench".parse()?,
        version: version.to_owned(),
        hash: format!("hash-{version}"),
        name: words(),
        about: words(),
        authority: words(),
        source: String::new(),
        reviewer: String::new(),
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_until: None,
        purposes: BTreeMap::new(),
        elements: BTreeMap::new(),
        kinds: BTreeMap::new(),
        forms: BTreeMap::new(),
        indicators,
        tables: BTreeMap::new(),
        modes: BTreeMap::new(),
        duties: Vec::new(),
        stock: BTreeMap::new(),
        roles: BTreeMap::new(),
    })
}

/// Copies the files of a closed deployment.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
