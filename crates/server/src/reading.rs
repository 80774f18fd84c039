//! What views read and commands change, in the words of the door: the only file that calls the store.

use std::collections::HashMap;
use std::sync::Arc;

use crate::store_stub::Store;
use domain::accounts::Account;
use domain::command::Envelope;
use domain::ids::{AccountId, LedgerId, ModeId, PersonId, PlaceId};
use domain::modes::Modes;
use domain::places::{LedgerHead, Place};
use domain::rules::Rules;
use domain::states::AsThing;
use domain::{Actor, Key, Kind, Recorded, Refusal, States, Thing};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::people::values::Wanted;
use crate::problems::Answer;

pub(crate) struct Reading {
    store: Arc<Store>,
}
#[derive(Debug, Clone, Default)]
pub(crate) struct Under {
    pub(crate) paths: Vec<Vec<PlaceId>>,
    pub(crate) account: Option<AccountId>,
    pub(crate) person: Option<(LedgerId, PersonId)>,
}
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) kind: Kind,
    pub(crate) ledger: Option<LedgerId>,
    pub(crate) under: Under,
    pub(crate) sort: Option<String>,
    pub(crate) status: Vec<String>,
    pub(crate) about: Option<String>,
    pub(crate) due_before: Option<Timestamp>,
    pub(crate) newest_first: bool,
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}
impl Listing {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            ledger: None,
            under: Under::default(),
            sort: None,
            status: Vec::new(),
            about: None,
            due_before: None,
            newest_first: false,
            after: None,
            limit: 50,
        }
    }
}
pub(crate) struct Page {
    pub(crate) things: Vec<(LedgerId, Thing, String)>,
    pub(crate) more: bool,
}
pub(crate) struct Given {
    pub(crate) repeated: bool,
    pub(crate) outcome: Result<Done, Refusal>,
}
pub(crate) struct Done {
    pub(crate) facts: Vec<(i64, String)>,
    pub(crate) things: Vec<(String, String)>,
}
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) person: String,
    pub(crate) element: String,
    pub(crate) item: String,
    pub(crate) purpose: String,
    pub(crate) value: String,
    pub(crate) since: Timestamp,
}
pub(crate) struct Reader {
    pub(crate) account: AccountId,
    pub(crate) role: String,
}
pub(crate) struct Read {
    pub(crate) at: Timestamp,
    pub(crate) reader: AccountId,
    pub(crate) role: String,
    pub(crate) purpose: String,
    pub(crate) elements: Vec<String>,
}
pub(crate) type Landed = tokio::sync::broadcast::Receiver<Arc<Recorded>>;

impl Reading {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }
    fn i(&self) -> std::sync::MutexGuard<'_, crate::store_stub::Inner> {
        self.store.inner.lock().unwrap()
    }
    pub(crate) fn now(&self) -> Timestamp {
        self.store.now
    }
    pub(crate) fn zone(&self) -> TimeZone {
        self.store.zone()
    }
    pub(crate) fn landed(&self) -> Landed {
        self.store.tx.subscribe()
    }
    pub(crate) async fn head(&self, l: &LedgerId) -> Answer<Option<LedgerHead>> {
        Ok(self.i().head(l))
    }
    pub(crate) async fn rules(&self, l: &LedgerId) -> Answer<Arc<Rules>> {
        Ok(Arc::new(self.store.rules(l)))
    }
    pub(crate) async fn get<T: AsThing + Clone>(
        &self,
        l: &LedgerId,
        id: &str,
    ) -> Answer<Option<T>> {
        Ok(self
            .i()
            .states
            .get(l)
            .and_then(|m| m.get(&Key::new(T::KIND, id)))
            .and_then(T::of)
            .cloned())
    }
    pub(crate) async fn load(&self, l: &LedgerId, keys: &[Key], s: &mut States) -> Answer<()> {
        let i = self.i();
        for k in keys {
            s.put(k.clone(), i.states.get(l).and_then(|m| m.get(k)).cloned());
        }
        Ok(())
    }
    pub(crate) async fn place(&self, p: &PlaceId) -> Answer<Option<(LedgerId, Place)>> {
        let i = self.i();
        if let Ok(l) = LedgerId::new(p.as_str())
            && let Some(h) = i.head(&l)
        {
            return Ok(Some((
                l,
                Place { id: h.place, name: h.name, level: h.level, path: h.path, retired: false },
            )));
        }
        Ok(i.of(Kind::Place).find_map(|(l, t)| match t {
            Thing::Place(x) if x.id == *p => Some((l.clone(), (**x).clone())),
            _ => None,
        }))
    }
    pub(crate) async fn places_of(&self, l: &LedgerId, _m: usize) -> Answer<Vec<Place>> {
        Ok(self
            .i()
            .of(Kind::Place)
            .filter_map(|(x, t)| match t {
                Thing::Place(p) if x == l => Some((**p).clone()),
                _ => None,
            })
            .collect())
    }
    pub(crate) async fn children(
        &self,
        _l: &LedgerId,
        p: &PlaceId,
        _m: usize,
    ) -> Answer<Vec<(Option<LedgerId>, Place)>> {
        let i = self.i();
        Ok(i.of(Kind::Place)
            .filter_map(|(_, t)| match t {
                Thing::Place(x) if x.path.iter().rev().nth(1) == Some(p) => Some((
                    LedgerId::new(x.id.as_str()).ok().filter(|l| i.head(l).is_some()),
                    (**x).clone(),
                )),
                _ => None,
            })
            .collect())
    }
    pub(crate) async fn find_places(
        &self,
        text: &str,
        _p: &[Vec<PlaceId>],
        m: usize,
    ) -> Answer<Vec<(LedgerId, Place)>> {
        Ok(self
            .i()
            .of(Kind::Place)
            .filter_map(|(l, t)| match t {
                Thing::Place(x) if x.name.contains(text) => Some((l.clone(), (**x).clone())),
                _ => None,
            })
            .take(m)
            .collect())
    }
    pub(crate) async fn open_cases_below(&self, p: &[PlaceId]) -> Answer<Option<i64>> {
        Ok(Some(self.i().of(Kind::Case).filter(|(_, t)| matches!(t, Thing::Case(c) if c.path.starts_with(p) && !c.stage().is_final())).count() as i64))
    }
    pub(crate) async fn list(&self, q: &Listing) -> Answer<Page> {
        let i = self.i();
        let mut all: Vec<(String, LedgerId, Thing)> = i.of(q.kind).filter(|(l, t)| {
            let x = t.index();
            q.ledger.as_ref().is_none_or(|w| w == *l) && q.sort.as_ref().is_none_or(|s| *s == x.sort) && (q.status.is_empty() || q.status.contains(&x.status)) && q.about.as_ref().is_none_or(|a| *a == x.about) && q.due_before.is_none_or(|d| x.due_at.is_some_and(|u| u < d))
            && ((q.under.paths.is_empty() && q.under.account.is_none() && q.under.person.is_none()) || q.under.paths.iter().any(|p| x.path.starts_with(&domain::places::path_text(p))) || q.under.account.as_ref().is_some_and(|a| matches!(t, Thing::Case(c) if c.reporter == *a || c.assignee.as_ref() == Some(a) || c.care.values().any(|i| i.asked.as_ref() == Some(a) || i.owner.as_ref() == Some(a)))) || q.under.person.as_ref().is_some_and(|(pl, p)| pl == *l && x.about == p.as_str()))
        }).map(|(l, t)| { let x = t.index(); let id = serde_json::from_str::<serde_json::Value>(&t.body()).unwrap()["id"].as_str().unwrap_or("").to_owned(); (format!("{:020}~{l}~{id}", x.since.map_or(0, |s| s.as_millisecond())), l.clone(), t.clone()) }).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        if q.newest_first {
            all.reverse();
        }
        let rest: Vec<_> = all
            .into_iter()
            .filter(|(k, ..)| {
                q.after.as_ref().is_none_or(|a| if q.newest_first { k < a } else { k > a })
            })
            .collect();
        let more = rest.len() > q.limit;
        Ok(Page {
            things: rest.into_iter().take(q.limit).map(|(k, l, t)| (l, t, k)).collect(),
            more,
        })
    }
    pub(crate) async fn facts_about(
        &self,
        l: &LedgerId,
        k: &Key,
        m: usize,
    ) -> Answer<Vec<Recorded>> {
        Ok(self
            .i()
            .facts
            .get(l)
            .into_iter()
            .flatten()
            .filter(|r| r.fact.touches().contains(k))
            .take(m)
            .cloned()
            .collect())
    }
    pub(crate) async fn count_facts_about(&self, l: &LedgerId, k: &Key) -> Answer<usize> {
        Ok(self.facts_about(l, k, usize::MAX).await?.len())
    }
    pub(crate) async fn notices(
        &self,
        _l: &LedgerId,
        _m: usize,
    ) -> Answer<Vec<(Recorded, Option<domain::cases::Case>)>> {
        Ok(Vec::new())
    }
    pub(crate) async fn last_seq(&self, l: &LedgerId) -> Answer<i64> {
        Ok(self.i().facts.get(l).map_or(0, |f| f.len() as i64))
    }
    fn figs(&self, p: &PlaceId) -> HashMap<(String, Option<Date>), i64> {
        let ledgers: Vec<LedgerId> = self.i().states.keys().cloned().collect();
        let mut f = std::collections::BTreeMap::new();
        for l in ledgers {
            let board = domain::indicators::Board::new(&self.store.rules(&l));
            for (_, t) in self.i().of_ledger(&l) {
                board.difference(None, Some(t), &self.store.zone(), &mut f);
            }
        }
        f.into_iter()
            .filter(|(k, _)| k.place == *p)
            .map(|(k, v)| ((k.indicator.to_string(), k.day), v))
            .collect()
    }
    pub(crate) async fn figures(
        &self,
        p: &PlaceId,
        d: Date,
    ) -> Answer<HashMap<(String, bool), i64>> {
        Ok(self
            .figs(p)
            .into_iter()
            .filter(|((_, x), _)| x.is_none_or(|x| x == d))
            .map(|((i, x), v)| ((i, x.is_some()), v))
            .collect())
    }
    pub(crate) async fn figure_sums(&self, p: &PlaceId) -> Answer<HashMap<String, i64>> {
        let mut s = HashMap::new();
        for ((i, _), v) in self.figs(p) {
            *s.entry(i).or_insert(0) += v;
        }
        Ok(s)
    }
    pub(crate) async fn modes_above(&self, l: &LedgerId) -> Answer<Vec<(LedgerId, Modes)>> {
        let i = self.i();
        let h = i.head(l).unwrap();
        Ok(h.path
            .iter()
            .filter_map(|p| {
                let l = LedgerId::new(p.as_str()).ok()?;
                match i.states.get(&l)?.get(&Key::modes())? {
                    Thing::Modes(m) => Some((l, (**m).clone())),
                    _ => None,
                }
            })
            .collect())
    }
    pub(crate) async fn mode_ended(&self, _l: &LedgerId, _m: &ModeId) -> Answer<Option<Timestamp>> {
        Ok(None)
    }
    pub(crate) async fn account(&self, a: &AccountId) -> Answer<Option<Account>> {
        self.get(&LedgerId::root(), a.as_str()).await
    }
    pub(crate) async fn account_name(&self, a: &AccountId) -> Answer<Option<String>> {
        Ok(Some(a.to_string()))
    }
    pub(crate) async fn accounts_around(
        &self,
        _h: &LedgerHead,
    ) -> Answer<Vec<(Account, HashMap<PlaceId, Vec<PlaceId>>)>> {
        let all: Vec<Account> = self
            .i()
            .of(Kind::Account)
            .filter_map(|(_, t)| match t {
                Thing::Account(a) => Some((**a).clone()),
                _ => None,
            })
            .collect();
        let mut out = Vec::new();
        for a in all {
            let mut m = HashMap::new();
            for g in &a.grants {
                if let Some((_, p)) = self.place(&g.place).await? {
                    m.insert(g.place.clone(), p.path);
                }
            }
            out.push((a, m));
        }
        Ok(out)
    }
    pub(crate) async fn open_values(
        &self,
        l: &LedgerId,
        r: &Reader,
        purpose: &str,
        w: &[Wanted],
        f: &(dyn Fn(&Opened) -> bool + Sync),
    ) -> Answer<Vec<Opened>> {
        let mut i = self.i();
        let all: Vec<Opened> = i
            .vault
            .iter()
            .filter(|(x, v, _)| {
                x == l
                    && w.iter().any(|w| {
                        w.person == v.person.as_str()
                            && w.item.as_ref().is_none_or(|i| *i == v.item)
                    })
            })
            .map(|(_, v, s)| Opened {
                person: v.person.to_string(),
                element: v.element.to_string(),
                item: v.item.clone(),
                purpose: v.purpose.to_string(),
                value: v.value.clone(),
                since: *s,
            })
            .filter(|o| f(o))
            .collect();
        for w in w {
            let e: Vec<String> =
                all.iter().filter(|o| o.person == w.person).map(|o| o.element.clone()).collect();
            if !e.is_empty() {
                let now = self.store.now;
                i.reads.push((
                    l.clone(),
                    w.person.clone(),
                    now,
                    r.account.clone(),
                    r.role.clone(),
                    purpose.to_owned(),
                    e,
                ));
            }
        }
        Ok(all)
    }
    pub(crate) async fn reads_of(&self, l: &LedgerId, p: &PersonId) -> Answer<Vec<Read>> {
        Ok(self
            .i()
            .reads
            .iter()
            .filter(|r| r.0 == *l && r.1 == p.as_str())
            .map(|r| Read {
                at: r.2,
                reader: r.3.clone(),
                role: r.4.clone(),
                purpose: r.5.clone(),
                elements: r.6.clone(),
            })
            .collect())
    }
    pub(crate) async fn submit(&self, a: &Actor, e: Vec<Envelope>) -> Answer<Vec<Given>> {
        Ok(e.iter()
            .map(|e| {
                let (repeated, s) = self.store.submit(a, e);
                Given { repeated, outcome: s.map(|(facts, things)| Done { facts, things }) }
            })
            .collect())
    }
    pub(crate) async fn credentials(&self, n: &str) -> Answer<Option<(AccountId, String)>> {
        Ok(self.i().credentials.get(n).cloned())
    }
    pub(crate) async fn save_session(
        &self,
        h: &str,
        a: &AccountId,
        _n: Timestamp,
        _e: Timestamp,
    ) -> Answer<()> {
        self.i().sessions.insert(h.to_owned(), a.clone());
        Ok(())
    }
    pub(crate) async fn session_account(
        &self,
        h: &str,
        _n: Timestamp,
        _i: SignedDuration,
    ) -> Answer<Option<AccountId>> {
        Ok(self.i().sessions.get(h).cloned())
    }
    pub(crate) async fn end_session(&self, h: &str) -> Answer<()> {
        self.i().sessions.remove(h);
        Ok(())
    }
    pub(crate) async fn token_account(&self, h: &str, _n: Timestamp) -> Answer<Option<AccountId>> {
        Ok(self.i().tokens.get(h).cloned())
    }
    pub(crate) async fn reachable(&self) -> Answer<()> {
        Ok(())
    }
    pub(crate) async fn do_what_is_due(&self) -> Answer<usize> {
        Ok(0)
    }
}
