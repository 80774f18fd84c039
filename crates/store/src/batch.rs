//! One transaction: what is needed is read in a few queries, decided in memory one command after
//! the other, and written with one statement per table.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use domain::command::Context;
use domain::ids::LedgerId;
use domain::{Code, Command, Fact, Key, Moment, Outcome, Recorded, Refusal, States, Thing};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::chain::{FactRow, Hash, head_bytes};
use crate::settings::LedgerRules;
use crate::sql::Type::Text;
use crate::sql::{Connection, Param, params};
use crate::store::Inner;
use crate::submit::{Answer, Asked, Done};
use crate::{figures, rows, vault};

/// The most things that an answer names.
const THINGS_NAMED_MAX: usize = 200;
/// A head is signed when so many facts have come after the last signature.
const SIGNED_EVERY: i64 = 512;

/// What was written: the answers, the facts, and whether settings changed.
pub(crate) type Written = (Vec<Answer>, Vec<Recorded>, bool);

/// A ledger while a batch is decided.
struct Open {
    rules: Option<Arc<LedgerRules>>,
    seq: i64,
    hash: Hash,
    signed: i64,
    basis: String,
    states: States,
    before: BTreeMap<Key, Option<Thing>>,
    facts: Vec<Recorded>,
}

/// Everything that a batch gathers before it writes.
struct Batch<'a> {
    inner: &'a Inner,
    now: Timestamp,
    ledgers: BTreeMap<LedgerId, Open>,
    answers: Vec<Vec<Param>>,
    values: vault::Gathered,
}

/// Decides a batch and commits it.
pub(crate) async fn write(
    inner: &Inner,
    link: &mut Connection,
    asked: &[Asked],
) -> Result<Written, StoreError> {
    link.begin().await?;
    let now = Timestamp::from_millisecond(inner.options.clock.now().as_millisecond())
        .map_err(StoreError::damaged)?;
    let ledgers = open(inner, link, asked).await?;
    let mut seen = seen(link, asked).await?;
    let mut batch =
        Batch { inner, now, ledgers, answers: Vec::new(), values: vault::Gathered::default() };
    batch.load_for_all(link, asked, &seen).await?;
    let mut answers = Vec::with_capacity(asked.len());
    for asked in asked {
        let name = (asked.envelope.ledger.to_string(), asked.envelope.id.to_string());
        let hash = body_hash(asked);
        let answer = match seen.get(&name) {
            Some((same, _)) if *same != hash => Answer {
                outcome: Err(Refusal::new(Code::Exists).with("what", "command").with("id", name.1)),
                repeated: false,
            },
            Some((_, outcome)) => Answer { outcome: outcome.clone(), repeated: true },
            None => {
                let outcome = batch.decide(link, asked).await?;
                if batch.keeps(asked) {
                    let text = serde_json::to_string(&outcome).map_err(StoreError::damaged)?;
                    batch.answers.push(params![
                        name.0.as_str(),
                        name.1.as_str(),
                        hash.as_slice(),
                        text
                    ]);
                    seen.insert(name, (hash, outcome.clone()));
                }
                Answer { outcome, repeated: false }
            }
        };
        answers.push(answer);
    }
    let (facts, settings) = batch.save(link).await?;
    link.commit().await?;
    Ok((answers, facts, settings))
}

/// Locks the heads of the ledgers, in the order of their ids, and reads what holds in each.
async fn open(
    inner: &Inner,
    link: &mut Connection,
    asked: &[Asked],
) -> Result<BTreeMap<LedgerId, Open>, StoreError> {
    let ids: BTreeSet<&LedgerId> = asked.iter().map(|asked| &asked.envelope.ledger).collect();
    if link.is_postgres() {
        let new =
            asked.iter().filter(|asked| matches!(asked.envelope.command, Command::OpenLedger(_)));
        for asked in new {
            let sql = "INSERT INTO head (ledger, seq, hash, signed, basis) VALUES ($1, 0, $2, 0, '') \
                       ON CONFLICT (ledger) DO NOTHING";
            link.execute(sql, params![asked.envelope.ledger.as_str(), vec![0u8; 32]]).await?;
        }
    }
    let lock = if link.is_postgres() { "ORDER BY h.ledger FOR UPDATE OF h" } else { "" };
    let sql = format!(
        "SELECT h.ledger, h.seq, h.hash, h.signed, h.basis FROM {{keys}} head h ON h.ledger = k1 {lock}"
    );
    let keys = ids.iter().map(|id| params![id.as_str()]).collect();
    let found = link.matching(&sql, &[Text], keys).await?;
    // After the locks: what another process committed before them is seen.
    let revision = inner.settings.look(link).await?;
    let mut ledgers: BTreeMap<LedgerId, Open> = BTreeMap::new();
    for id in ids {
        let rules = inner.settings.ledger(link, revision, id).await?;
        let empty = Open {
            rules,
            seq: 0,
            hash: [0; 32],
            signed: 0,
            basis: String::new(),
            states: States::default(),
            before: BTreeMap::new(),
            facts: Vec::new(),
        };
        ledgers.insert(id.clone(), empty);
    }
    for row in found {
        let id = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
        if let Some(open) = ledgers.get_mut(&id) {
            open.seq = row.int(1)?;
            open.hash = row.blob(2)?.try_into().map_err(|_| StoreError::damaged("head hash"))?;
            open.signed = row.int(3)?;
            open.basis = row.text(4)?;
        }
    }
    Ok(ledgers)
}

type Seen = HashMap<(String, String), (Vec<u8>, Result<Done, Refusal>)>;

/// The answers that were given before.
async fn seen(link: &mut Connection, asked: &[Asked]) -> Result<Seen, StoreError> {
    let sql = "SELECT c.ledger, c.id, c.body_hash, c.answer FROM {keys} command c \
               ON c.ledger = k1 AND c.id = k2";
    let of = |asked: &Asked| params![asked.envelope.ledger.as_str(), asked.envelope.id.as_str()];
    let keys = asked.iter().map(of).collect();
    let mut seen = Seen::new();
    for row in link.matching(sql, &[Text, Text], keys).await? {
        let outcome = serde_json::from_str(&row.text(3)?).map_err(StoreError::damaged)?;
        seen.insert((row.text(0)?, row.text(1)?), (row.blob(2)?, outcome));
    }
    Ok(seen)
}

/// What makes a command the same one: what it asks for, and who asks. Not when: a door may have
/// set a wrong clock right.
fn body_hash(asked: &Asked) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(asked.actor.account.as_str());
    hash.update([0]);
    hash.update(serde_json::to_vec(&asked.envelope.command).unwrap_or_default());
    hash.finalize().to_vec()
}

impl Batch<'_> {
    /// Whether the answer is kept: there is a ledger to keep it in.
    fn keeps(&self, asked: &Asked) -> bool {
        let ledger = self.ledgers.get(&asked.envelope.ledger);
        ledger.is_some_and(|open| open.rules.is_some() || !open.facts.is_empty())
    }

    /// Loads what the commands need, for all of them at once, round by round.
    async fn load_for_all(
        &mut self,
        link: &mut Connection,
        asked: &[Asked],
        seen: &Seen,
    ) -> Result<(), StoreError> {
        let fresh: Vec<&Asked> = asked
            .iter()
            .filter(|a| {
                !seen.contains_key(&(a.envelope.ledger.to_string(), a.envelope.id.to_string()))
            })
            .collect();
        while self.load_missing(link, &fresh).await? {}
        Ok(())
    }

    async fn load_missing(
        &mut self,
        link: &mut Connection,
        asked: &[&Asked],
    ) -> Result<bool, StoreError> {
        let mut missing: BTreeSet<(LedgerId, Key)> = BTreeSet::new();
        for asked in asked {
            let ledger = &asked.envelope.ledger;
            let Some(open) = self.ledgers.get(ledger) else { continue };
            let needs = asked.envelope.command.needs(&open.states);
            let unknown = needs.into_iter().filter(|key| !open.states.knows(key));
            missing.extend(unknown.map(|key| (ledger.clone(), key)));
        }
        if missing.is_empty() {
            return Ok(false);
        }
        let keys = missing.iter().map(|(ledger, key)| (ledger.as_str(), key)).collect();
        let mut found: HashMap<(String, Key), Thing> =
            rows::load(link, keys).await?.into_iter().map(|(l, k, t)| ((l, k), t)).collect();
        for (ledger, key) in missing {
            let thing = found.remove(&(ledger.to_string(), key.clone()));
            if let Some(open) = self.ledgers.get_mut(&ledger) {
                open.states.put(key, thing);
            }
        }
        Ok(true)
    }

    /// Decides one command over the states as earlier ones left them.
    async fn decide(
        &mut self,
        link: &mut Connection,
        asked: &Asked,
    ) -> Result<Result<Done, Refusal>, StoreError> {
        while self.load_missing(link, &[asked]).await? {}
        let envelope = &asked.envelope;
        let mut command = envelope.command.clone();
        if let Command::DestroyValues(destroy) = &mut command {
            let counts = vault::count(link, &envelope.ledger, destroy).await?;
            (destroy.persons, destroy.values) = counts;
        }
        let nowhere = Refusal::new(Code::LedgerUnknown).with("ledger", envelope.ledger.as_str());
        let Some(open) = self.ledgers.get(&envelope.ledger) else { return Ok(Err(nowhere)) };
        let empty;
        let (path, rules) = match (&open.rules, &command) {
            (Some(holds), _) => (&holds.head.path, &*holds.rules),
            (None, Command::OpenLedger(new)) => {
                let library = Arc::clone(&self.inner.shelf) as Arc<dyn domain::rules::Library>;
                let (packs, modes, published) = Default::default();
                empty = domain::rules::Rules { packs, modes, published, library };
                (&new.path, &empty)
            }
            (None, _) => return Ok(Err(nowhere)),
        };
        let occurred_at = Timestamp::from_millisecond(envelope.occurred_at.as_millisecond())
            .map_err(StoreError::damaged)?;
        let moment = Moment { at: self.now, zone: self.inner.options.zone.clone() };
        let context = Context {
            ledger: &envelope.ledger,
            path,
            command: &envelope.id,
            actor: &asked.actor,
            occurred_at,
            moment: &moment,
            rules,
            seed: self.inner.options.entropy.seed(&envelope.ledger, &envelope.id),
        };
        let outcome = match command.decide(&context, &open.states) {
            Ok(outcome) => outcome,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Command::DestroyValues(destroy) = &command {
            vault::destroy(self.inner, link, &envelope.ledger, destroy).await?;
        }
        Ok(Ok(self.take(asked, occurred_at, outcome)))
    }

    /// Takes over what a command led to.
    fn take(&mut self, asked: &Asked, occurred_at: Timestamp, outcome: Outcome) -> Done {
        let envelope = &asked.envelope;
        let mut done = Done { facts: Vec::new(), things: Vec::new() };
        let Some(open) = self.ledgers.get_mut(&envelope.ledger) else { return done };
        for fact in outcome.facts {
            open.seq += 1;
            done.facts.push((open.seq, fact.name().to_owned()));
            open.facts.push(Recorded {
                ledger: envelope.ledger.clone(),
                seq: open.seq,
                fact,
                command: envelope.id.clone(),
                actor: asked.actor.account.clone(),
                device: envelope.device.clone(),
                occurred_at,
                recorded_at: self.now,
            });
        }
        for key in outcome.changed.keys() {
            if done.things.len() < THINGS_NAMED_MAX {
                done.things.push((key.kind.name().to_owned(), key.id.to_string()));
            }
            if !open.before.contains_key(key) {
                open.before.insert(key.clone(), open.states.thing(key).cloned());
            }
        }
        open.states.absorb(outcome.changed);
        self.values.add(&envelope.ledger, self.now, outcome.vault);
        done
    }

    /// Writes everything, one statement per table.
    async fn save(mut self, link: &mut Connection) -> Result<(Vec<Recorded>, bool), StoreError> {
        let mut plan = Plan::default();
        let mut stale: Vec<LedgerId> = Vec::new();
        for (ledger, open) in &mut self.ledgers {
            if open.facts.is_empty() {
                continue;
            }
            plan.facts(ledger, open);
            plan.things(ledger, open);
            match &open.rules {
                Some(holds) if holds.basis == open.basis => {
                    plan.figures(self.inner, ledger, open, holds);
                }
                _ => stale.push(ledger.clone()),
            }
            let mut signed = open.signed;
            if open.seq - signed >= SIGNED_EVERY {
                signed = open.seq;
                let bytes = head_bytes(ledger.as_str(), open.seq, &open.hash);
                let signature = self.inner.keys.sign(&bytes);
                let at = self.now.as_millisecond();
                plan.signatures.push(params![
                    ledger.as_str(),
                    open.seq,
                    open.hash.as_slice(),
                    signature,
                    at
                ]);
            }
            plan.heads.push(params![
                ledger.as_str(),
                open.seq,
                open.hash.as_slice(),
                signed,
                open.basis.as_str()
            ]);
        }
        let settings = plan.settings;
        plan.write(link, self.answers).await?;
        vault::write(self.inner, link, self.values).await?;
        if settings {
            let sql =
                "UPDATE setting SET value = value + 1 WHERE ledger = 'root' AND name = 'revision'";
            link.execute(sql, params![]).await?;
        }
        for ledger in stale {
            figures::recompute(self.inner, link, &ledger).await?;
        }
        let facts: Vec<Recorded> = self.ledgers.into_values().flat_map(|open| open.facts).collect();
        self.inner.notify(link, &facts).await?;
        Ok((facts, settings))
    }
}

/// Rows by table.
#[derive(Default)]
struct Plan {
    facts: Vec<Vec<Param>>,
    touches: Vec<Vec<Param>>,
    new_things: Vec<Vec<Param>>,
    things: Vec<Vec<Param>>,
    parties: Vec<Vec<Param>>,
    parties_gone: Vec<Vec<Param>>,
    figures: Vec<Vec<Param>>,
    ledgers_with_figures: Vec<LedgerId>,
    heads: Vec<Vec<Param>>,
    signatures: Vec<Vec<Param>>,
    outbox: Vec<Vec<Param>>,
    settings: bool,
}

impl Plan {
    fn facts(&mut self, ledger: &LedgerId, open: &mut Open) {
        for recorded in &open.facts {
            let mut row = FactRow::of(recorded);
            open.hash = row.chained(&open.hash);
            row.hash = open.hash.to_vec();
            if let Fact::NoticeGiven { .. } = recorded.fact {
                self.outbox.push(params![
                    ledger.as_str(),
                    recorded.seq,
                    "notice",
                    row.body.as_str(),
                    0
                ]);
            }
            self.settings |= changes_settings(&recorded.fact);
            self.touches.extend(rows::touches(ledger.as_str(), recorded.seq, &recorded.fact));
            self.facts.push(row.params());
        }
    }

    fn things(&mut self, ledger: &LedgerId, open: &Open) {
        for (key, before) in &open.before {
            let Some(after) = open.states.thing(key) else { continue };
            let (old, new) = (rows::parties(before.as_ref()), rows::parties(Some(after)));
            let row = |account: &domain::ids::AccountId| {
                params![ledger.as_str(), account.as_str(), &*key.id]
            };
            self.parties.extend(new.difference(&old).map(row));
            self.parties_gone.extend(old.difference(&new).map(row));
            let row = rows::thing(ledger.as_str(), key, after);
            if before.is_some() { self.things.push(row) } else { self.new_things.push(row) }
        }
    }

    fn figures(&mut self, inner: &Inner, ledger: &LedgerId, open: &Open, holds: &LedgerRules) {
        if holds.board.is_empty() {
            return;
        }
        let mut changed = BTreeMap::new();
        for (key, before) in &open.before {
            let after = open.states.thing(key);
            holds.board.difference(before.as_ref(), after, &inner.options.zone, &mut changed);
        }
        if !changed.is_empty() {
            self.ledgers_with_figures.push(ledger.clone());
        }
        self.figures.extend(changed.iter().map(|(f, by)| rows::figure(ledger.as_str(), f, *by)));
    }

    async fn write(
        self,
        link: &mut Connection,
        answers: Vec<Vec<Param>>,
    ) -> Result<(), StoreError> {
        link.write(&rows::FACTS, self.facts).await?;
        link.write(&rows::TOUCHES, self.touches).await?;
        link.write(&rows::NEW_THINGS, self.new_things).await?;
        link.write(&rows::THINGS, self.things).await?;
        for gone in self.parties_gone {
            let sql = "DELETE FROM party WHERE ledger = $1 AND account = $2 AND id = $3";
            link.execute(sql, gone).await?;
        }
        link.write(&rows::PARTIES, self.parties).await?;
        link.write(&rows::FIGURES, self.figures).await?;
        for ledger in self.ledgers_with_figures {
            let sql = "DELETE FROM figure WHERE ledger = $1 AND thousandths = 0";
            link.execute(sql, params![ledger.as_str()]).await?;
        }
        link.write(&rows::COMMANDS, answers).await?;
        link.write(&rows::HEADS, self.heads).await?;
        link.write(&rows::SIGNATURES, self.signatures).await?;
        link.write(&rows::OUTBOX, self.outbox).await
    }
}

/// Whether a fact changes what is remembered of rules or roles.
fn changes_settings(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::LedgerOpened { .. }
            | Fact::PackAdopted { .. }
            | Fact::PackDropped { .. }
            | Fact::FormPublished { .. }
            | Fact::FormRetired { .. }
            | Fact::ModeDeclared { .. }
            | Fact::ModeExtended { .. }
            | Fact::ModeEnded { .. }
            | Fact::ModeExpired { .. }
            | Fact::AccountOpened { .. }
            | Fact::RoleGranted { .. }
            | Fact::RoleRevoked { .. }
            | Fact::AccountClosed { .. }
    )
}
