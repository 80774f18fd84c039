//! Temporary.
#![allow(missing_docs, dead_code, clippy::all)]
use domain::command::Envelope;
use domain::ids::*;
use domain::rehearsal::Shelf;
use domain::rules::{Library as _, Rules, SharedPack};
use domain::states::AsThing as _;
use domain::{Actor, Command, Context, Key, Kind, Moment, Recorded, Refusal, States, Thing};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

pub type Saved = Result<(Vec<(i64, String)>, Vec<(String, String)>), Refusal>;
#[derive(Default)]
pub struct Inner {
    pub states: BTreeMap<LedgerId, BTreeMap<Key, Thing>>,
    pub facts: BTreeMap<LedgerId, Vec<Recorded>>,
    pub answers: HashMap<(LedgerId, CommandId), Saved>,
    pub vault: Vec<(LedgerId, domain::vault::VaultWrite, Timestamp)>,
    pub reads: Vec<(LedgerId, String, Timestamp, AccountId, String, String, Vec<String>)>,
    pub sessions: HashMap<String, AccountId>,
    pub tokens: HashMap<String, AccountId>,
    pub credentials: HashMap<String, (AccountId, String)>,
    pub shelf: Shelf,
}
pub struct Store {
    pub inner: Mutex<Inner>,
    pub now: Timestamp,
    pub tx: tokio::sync::broadcast::Sender<Arc<Recorded>>,
}
impl Store {
    pub fn new(now: Timestamp) -> Self {
        Self { inner: Mutex::default(), now, tx: tokio::sync::broadcast::channel(1000).0 }
    }
    pub fn shelve(&self, pack: SharedPack) {
        self.inner.lock().unwrap().shelf.0.push(pack);
    }
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()
    }
    pub fn rules(&self, ledger: &LedgerId) -> Rules {
        self.inner.lock().unwrap().rules(ledger)
    }
    pub fn submit(&self, actor: &Actor, e: &Envelope) -> (bool, Saved) {
        let mut inner = self.inner.lock().unwrap();
        let key = (e.ledger.clone(), e.id.clone());
        if let Some(saved) = inner.answers.get(&key) {
            return (true, saved.clone());
        }
        let path = match &e.command {
            Command::OpenLedger(o) => o.path.clone(),
            _ => match inner.head(&e.ledger) {
                Some(h) => h.path.clone(),
                None => {
                    return (
                        false,
                        Err(Refusal::new(domain::Code::LedgerUnknown)
                            .with("ledger", e.ledger.as_str())),
                    );
                }
            },
        };
        let rules = inner.rules(&e.ledger);
        let moment = Moment { at: self.now, zone: self.zone() };
        let mut states = States::default();
        loop {
            let missing: Vec<Key> =
                e.command.needs(&states).into_iter().filter(|k| !states.knows(k)).collect();
            if missing.is_empty() {
                break;
            }
            for key in missing {
                let t = inner.states.get(&e.ledger).and_then(|m| m.get(&key)).cloned();
                states.put(key, t);
            }
        }
        let context = Context {
            ledger: &e.ledger,
            path: &path,
            command: &e.id,
            actor,
            occurred_at: e.occurred_at,
            moment: &moment,
            rules: &rules,
            seed: [7; 32],
        };
        let saved = match e.command.decide(&context, &states) {
            Err(r) => Err(r),
            Ok(o) => {
                let mut facts = Vec::new();
                for fact in o.facts {
                    let list = inner.facts.entry(e.ledger.clone()).or_default();
                    let seq = list.len() as i64 + 1;
                    facts.push((seq, fact.name().to_owned()));
                    let r = Recorded {
                        ledger: e.ledger.clone(),
                        seq,
                        fact,
                        command: e.id.clone(),
                        actor: actor.account.clone(),
                        device: e.device.clone(),
                        occurred_at: e.occurred_at,
                        recorded_at: self.now,
                    };
                    list.push(r.clone());
                    let _ = self.tx.send(Arc::new(r));
                }
                let things = o
                    .changed
                    .keys()
                    .map(|k| (k.kind.name().to_owned(), k.id.to_string()))
                    .collect();
                inner.states.entry(e.ledger.clone()).or_default().extend(o.changed);
                inner.vault.extend(o.vault.into_iter().map(|w| (e.ledger.clone(), w, self.now)));
                Ok((facts, things))
            }
        };
        inner.answers.insert(key, saved.clone());
        (false, saved)
    }
}
impl Inner {
    pub fn head(&self, ledger: &LedgerId) -> Option<domain::places::LedgerHead> {
        domain::places::LedgerHead::of(self.states.get(ledger)?.get(&Key::ledger())?).cloned()
    }
    pub fn rules(&self, ledger: &LedgerId) -> Rules {
        let path = self.head(ledger).map(|h| h.path).unwrap_or_default();
        let (mut packs, mut modes) = (BTreeMap::new(), Vec::new());
        for p in path {
            let Some(states) = self.states.get(&LedgerId::new(p.as_str()).unwrap()) else {
                continue;
            };
            if let Some(Thing::Packs(a)) = states.get(&Key::packs()) {
                for (id, a) in &a.adopted {
                    packs.insert(id.clone(), self.shelf.pack(&a.hash).unwrap());
                }
            }
            if let Some(Thing::Modes(m)) = states.get(&Key::modes()) {
                modes.extend(m.active_modes());
            }
        }
        Rules { packs: packs.into_values().collect(), modes, library: Arc::new(self.shelf.clone()) }
    }
    pub fn all(&self) -> impl Iterator<Item = (&LedgerId, &Key, &Thing)> {
        self.states.iter().flat_map(|(l, m)| m.iter().map(move |(k, t)| (l, k, t)))
    }
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (&LedgerId, &Thing)> {
        self.all().filter(move |(_, k, _)| k.kind == kind).map(|(l, _, t)| (l, t))
    }
    pub fn of_ledger<'a>(&'a self, l: &'a LedgerId) -> impl Iterator<Item = (&'a Key, &'a Thing)> {
        self.states.get(l).into_iter().flatten()
    }
}
