//! The demo's street is founded: ledgers, places, households, people, accounts, packs.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use domain::{Actor, Envelope, Grant, Role};
use jiff::Timestamp;
use packfile::Files;
use rust_embed::RustEmbed;
use serde_json::{Value as Json, json};
use store::{Credential, Store};

use super::street::{Community, Door, Street};
use crate::deployment;

/// The packs that come with the program.
#[derive(RustEmbed)]
#[folder = "../../packs"]
pub(crate) struct Packs;

/// Marks a deployment in which a demo has begun: an account without a role, the first one opened.
pub(super) const BEGUN: &str = "demo-begun";
/// Marks one that was played to its end: an account without a role, opened last.
pub(super) const PLAYED: &str = "demo-played";

/// Founds the street.
///
/// # Errors
/// When a command is refused, which would be a defect of the demo.
pub(super) async fn found(
    store: &Store,
    street: &Street,
    doors: &[(String, Vec<Door>)],
) -> Result<()> {
    mark(store, BEGUN).await?;
    let packs = shelve(store).await?;
    let mut founding = Founding::new(store);
    founding.places(street).await?;
    for (id, version, hash) in &packs {
        let body = json!({ "pack": id, "version": version, "hash": hash });
        founding.give("root", "adopt_pack", body);
    }
    founding.flush().await?;
    for (community, doors) in street.communities.iter().zip(doors) {
        founding.community(community, &doors.1).await?;
    }
    founding.accounts(street, doors).await
}

/// Says how far the demo is.
///
/// # Errors
/// When the store fails.
pub(super) async fn mark(store: &Store, name: &str) -> Result<()> {
    let mut founding = Founding::new(store);
    founding.give_as(name, "root", "open_account", json!({ "account": name }));
    founding.flush().await
}

/// Whether the demo is as far as a mark says.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn is_marked(store: &Store, name: &str) -> Result<bool> {
    Ok(store.actor(&name.parse()?).await?.is_some())
}

/// Puts the packs that come with the program on the shelf: id, version, hash of each.
async fn shelve(store: &Store) -> Result<Vec<(String, String, String)>> {
    let mut folders: BTreeMap<String, Files> = BTreeMap::new();
    for path in Packs::iter() {
        let Some((folder, inside)) = path.split_once('/') else { continue };
        let Some(file) = Packs::get(&path) else { continue };
        let files = folders.entry(folder.to_owned()).or_default();
        files.insert(inside.to_owned(), file.data.into_owned());
    }
    let mut packs = Vec::new();
    for files in folders.values().filter(|files| files.contains_key("pack.yaml")) {
        let pack = store.add_pack_file(&deployment::bytes(files)?).await?;
        packs.push((pack.id.to_string(), pack.version.clone(), pack.hash.clone()));
    }
    Ok(packs)
}

/// Gives commands in good batches, as an operator would.
struct Founding<'a> {
    store: &'a Store,
    operator: Actor,
    at: Timestamp,
    given: usize,
    waiting: Vec<(Envelope, Actor)>,
    failed: Option<String>,
}

impl<'a> Founding<'a> {
    fn new(store: &'a Store) -> Self {
        let grant = Grant {
            role: Role::new(Role::OPERATOR),
            place: "root".parse().expect("plain"),
            until: None,
        };
        let operator =
            Actor { account: "founder".parse().expect("plain"), person: None, grants: vec![grant] };
        let at = store.now();
        Self { store, operator, at, given: 0, waiting: Vec::new(), failed: None }
    }

    fn give(&mut self, ledger: &str, kind: &str, body: Json) {
        self.given += 1;
        self.give_as(&format!("found-{}", self.given), ledger, kind, body);
    }

    fn give_as(&mut self, id: &str, ledger: &str, kind: &str, body: Json) {
        let envelope = json!({
            "id": id,
            "ledger": ledger,
            "kind": kind,
            "body": body,
            "occurred_at": self.at,
        });
        match serde_json::from_value(envelope) {
            Ok(envelope) => self.waiting.push((envelope, self.operator.clone())),
            Err(error) => self.failed = Some(format!("{kind}: {error}")),
        }
    }

    async fn flush(&mut self) -> Result<()> {
        if let Some(failed) = self.failed.take() {
            bail!("{failed}");
        }
        let answers = self.store.submit_all(std::mem::take(&mut self.waiting)).await?;
        for answer in answers {
            if let Err(refusal) = &answer.outcome {
                bail!("{}", refusal.words().en);
            }
        }
        Ok(())
    }

    async fn places(&mut self, street: &Street) -> Result<()> {
        let mut paths = BTreeMap::from([("root".to_owned(), vec!["root".to_owned()])]);
        for line in &street.places {
            let mut path = paths.get(&line.below).cloned().context("places come from above")?;
            path.push(line.id.clone());
            let entry = json!({ "id": line.id, "name": line.name, "level": line.level });
            let parent = (line.below != "root").then_some(&line.below);
            self.give("root", "add_places", json!({ "parent": parent, "places": [entry] }));
            if line.ledger {
                let body = json!({
                    "place": line.id, "name": line.name, "level": line.level, "path": path,
                });
                self.give(&line.id, "open_ledger", body);
            }
            paths.insert(line.id.clone(), path);
        }
        self.flush().await
    }

    async fn community(&mut self, community: &Community, doors: &[Door]) -> Result<()> {
        let ledger = community.id.as_str();
        for grid in 1..=community.grids {
            let id = format!("{ledger}-g{grid}");
            let name = format!("第{grid}网格");
            let place = json!({ "id": id, "name": name, "level": "grid" });
            self.give(ledger, "add_places", json!({ "places": [place] }));
            let buildings: Vec<Json> = (1..=community.buildings_per_grid)
                .map(|building| {
                    let road = &community.roads[(grid + building) % community.roads.len()];
                    let number = (grid - 1) * community.buildings_per_grid + building;
                    let id = format!("{id}-b{building}");
                    json!({ "id": id, "name": format!("{road}{number}栋"), "level": "building" })
                })
                .collect();
            self.give(ledger, "add_places", json!({ "parent": id, "places": buildings }));
        }
        for door in doors {
            self.door(ledger, door);
        }
        self.flush().await
    }

    fn door(&mut self, ledger: &str, door: &Door) {
        let body = json!({
            "household": door.household, "place": door.building, "door": door.door,
        });
        self.give(ledger, "register_household", body);
        for (number, person) in door.people.iter().enumerate() {
            let body = json!({
                "person": format!("{}-p{number}", door.household),
                "household": door.household,
                "born_year": person.born,
                "groups": person.groups,
                "values": { "name": person.name },
            });
            self.give(ledger, "register_person", body);
        }
        for (number, person) in door.people.iter().enumerate() {
            let Some(carer) = person.cared_for_by else { continue };
            let care = if person.born > 2000 { "child" } else { "elder" };
            let body = json!({
                "carer": format!("{}-p{carer}", door.household),
                "dependant": format!("{}-p{number}", door.household),
                "care": care,
            });
            self.give(ledger, "state_care", body);
        }
    }

    async fn accounts(&mut self, street: &Street, doors: &[(String, Vec<Door>)]) -> Result<()> {
        for it in &street.people {
            self.account(&it.name, &it.display, &it.role, &it.place, None).await?;
        }
        for (community, doors) in doors {
            for (number, door) in doors.iter().enumerate() {
                for (inside, person) in door.people.iter().enumerate() {
                    let Some(name) = street.account_of(community, number, inside) else { continue };
                    let id = format!("{}-p{inside}", door.household);
                    let who = Some((community.as_str(), id));
                    self.account(&name, &person.name, Role::RESIDENT, community, who).await?;
                }
            }
        }
        self.flush().await
    }

    async fn account(
        &mut self,
        name: &str,
        display: &str,
        role: &str,
        place: &str,
        person: Option<(&str, String)>,
    ) -> Result<()> {
        self.give("root", "open_account", json!({ "account": name, "person": person }));
        let body = json!({ "account": name, "role": role, "place": place });
        self.give("root", "grant_role", body);
        let credential = Credential {
            name: name.to_owned(),
            account: name.parse()?,
            display: display.to_owned(),
            password_hash: String::new(),
        };
        self.store.save_credential(&credential).await?;
        Ok(())
    }
}
