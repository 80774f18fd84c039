//! The play: a clock that is put on step by step, with the story, daily life and what is due.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use domain::cases::Case;
use domain::ids::{CommandId, LedgerId, derived};
use domain::{Actor, Command, Context, Draft, Envelope, Key, Kind, Moment, States, Thing};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::{Answer, Listing, Store};

use super::clock::{Calendar, PlayClock, chance, minutes};
use super::life::Later;
use super::sow::{PoolLine, Sower};
use super::story::{Step, Story};
use super::town::Town;

/// How many things that are due are looked at together.
const DUE_MAX: usize = 512;
/// The most open cases that one look sees.
const CASES_MAX: usize = 1000;

/// What somebody is about to do.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    /// In which ledger.
    pub(super) ledger: String,
    /// Who.
    pub(super) who: String,
    /// The command.
    pub(super) kind: String,
    /// Its body.
    pub(super) body: Json,
    /// When it happened, if not now.
    pub(super) happened: Option<Timestamp>,
    /// On which device.
    pub(super) device: Option<String>,
    /// The command's id, if it is a second copy.
    pub(super) id: Option<String>,
}

impl Deed {
    /// A deed of now.
    pub(super) fn new(ledger: &str, who: &str, kind: &str, body: Json) -> Self {
        let (ledger, who, kind) = (ledger.to_owned(), who.to_owned(), kind.to_owned());
        Self { ledger, who, kind, body, happened: None, device: None, id: None }
    }
}

/// The play while it lasts.
pub(super) struct Play<'a> {
    pub(super) store: &'a Store,
    pub(super) clock: &'a PlayClock,
    pub(super) story: &'a Story,
    pub(super) town: &'a Town,
    pub(super) calendar: Calendar,
    pub(super) seed: u64,
    /// Cases that have a name in the story: ledger and id. Chance leaves them alone.
    pub(super) cases: BTreeMap<String, (String, String)>,
    /// The same, to look up.
    pub(super) scripted: BTreeSet<String>,
    /// What has been put off to a later look.
    pub(super) later: Vec<Later>,
    given: u64,
    woken: Timestamp,
}

impl<'a> Play<'a> {
    /// A play before its first day.
    pub(super) fn new(
        store: &'a Store,
        clock: &'a PlayClock,
        (story, town): (&'a Story, &'a Town),
        first: jiff::civil::Date,
        seed: u64,
    ) -> Self {
        Self {
            store,
            clock,
            story,
            town,
            calendar: Calendar { first, zone: store.zone() },
            seed,
            cases: BTreeMap::new(),
            scripted: BTreeSet::new(),
            later: Vec::new(),
            given: 0,
            woken: Timestamp::UNIX_EPOCH,
        }
    }

    /// Plays from the present of the clock until an instant; says how far it is, from 0 to 1.
    pub(super) async fn until(
        &mut self,
        end: Timestamp,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<()> {
        let begin = self.store.now();
        let all = u64::try_from(end.duration_since(begin).as_hours()).unwrap_or(0);
        let (from, to, every) = &self.story.life.awake;
        let time = |text: &str| minutes(text).with_context(|| format!("{text} is no time"));
        let (from, to) = (time(from)?, time(to)?);
        let mut steps = self.story.day_by_day().into_iter().peekable();
        for day in 1.. {
            if self.calendar.at(day, 0) > end {
                break;
            }
            let mut minute = from;
            while minute <= to {
                // People do not live by the clock.
                let within = u32::try_from(*every).unwrap_or(1).max(2) * 60 - 60;
                let seconds = chance(self.seed, &format!("time {day} {minute}")).u32(0..within);
                let at = self.calendar.at(day, minute);
                let at = at + jiff::SignedDuration::from_secs(i64::from(seconds));
                let stop = at.min(end);
                self.story_until(&mut steps, stop).await?;
                if at > end {
                    break;
                }
                self.advance(at).await?;
                self.live(day, minute).await?;
                minute += every;
                let played = at.duration_since(begin).as_hours();
                progress(u64::try_from(played).unwrap_or(0).min(all), all);
            }
            let midnight = self.calendar.at(day + 1, 0).min(end);
            self.story_until(&mut steps, midnight).await?;
            self.advance(midnight).await?;
            self.store.destroy_due().await?;
        }
        progress(all, all);
        Ok(())
    }

    /// The steps of the story up to an instant, each at its own time.
    async fn story_until(
        &mut self,
        steps: &mut std::iter::Peekable<std::vec::IntoIter<Step>>,
        end: Timestamp,
    ) -> Result<()> {
        let at = |play: &Self, step: &Step| {
            play.calendar.at(step.day, minutes(&step.time).unwrap_or_default())
        };
        while let Some(step) = steps.next_if(|step| at(self, step) <= end) {
            self.advance(at(self, &step)).await?;
            let told = || format!("day {} {}, {}", step.day, step.time, step.who);
            self.step(&step).await.with_context(told)?;
        }
        Ok(())
    }

    /// Puts the clock on, and does on the way what is due, at its own time.
    pub(super) async fn advance(&mut self, to: Timestamp) -> Result<()> {
        loop {
            let due = self.store.due(to, DUE_MAX).await?;
            let next = due.iter().map(|(_, _, at)| *at).find(|at| *at > self.woken);
            let Some(at) = next else { break };
            self.clock.put_on(at);
            while self.store.wake().await? > 0 {}
            self.woken = at;
        }
        self.clock.put_on(to);
        Ok(())
    }

    /// The day of the play that it is.
    pub(super) fn today(&self) -> i32 {
        self.calendar.day_of(self.store.now())
    }

    /// A new id, the same in every play of this seed.
    pub(super) fn new_id(&mut self) -> Result<String> {
        self.given += 1;
        let play = CommandId::new(format!("play-{}", self.seed))?;
        Ok(derived(&play, "play", usize::try_from(self.given)?))
    }

    /// Gives commands by one commit, in their order.
    pub(super) async fn submit(&mut self, deeds: Vec<Deed>) -> Result<Vec<Answer>> {
        let mut commands = Vec::with_capacity(deeds.len());
        for deed in deeds {
            let id = match &deed.id {
                Some(id) => id.clone(),
                None => self.new_id()?,
            };
            let envelope = json!({
                "id": id,
                "ledger": deed.ledger,
                "kind": deed.kind,
                "body": deed.body,
                "device": deed.device,
                "occurred_at": deed.happened.unwrap_or_else(|| self.store.now()),
            });
            let envelope: Envelope = serde_json::from_value(envelope)
                .with_context(|| format!("{} with {}", deed.kind, deed.body))?;
            commands.push((envelope, self.actor(&deed.who).await?));
        }
        Ok(self.store.submit_all(commands).await?)
    }

    /// Somebody who gives commands.
    pub(super) async fn actor(&self, account: &str) -> Result<Actor> {
        let actor = self.store.actor(&account.parse()?).await?;
        Ok(actor.with_context(|| format!("no account is called {account}"))?.as_ref().clone())
    }

    /// What templates are filled with, in a ledger.
    pub(super) fn sower<'s>(
        &'s self,
        rng: &'s mut fastrand::Rng,
        ledger: &'s str,
        pools: &'s [PoolLine],
    ) -> Sower<'s> {
        Sower {
            rng,
            calendar: &self.calendar,
            today: self.calendar.date(self.today()),
            town: self.town,
            ledger,
            cases: &self.cases,
            pools,
            elements: &self.story.life.elements,
        }
    }

    /// The open cases of all ledgers, the oldest first.
    pub(super) async fn open_cases(&self) -> Result<Vec<(LedgerId, Case)>> {
        let open = domain::rules::Stage::ALL.into_iter().filter(|stage| !stage.is_final());
        let mut listing = Listing {
            status: open.map(|stage| stage.name().to_owned()).collect(),
            limit: CASES_MAX,
            ..Listing::new(Kind::Case)
        };
        let mut cases = Vec::new();
        loop {
            let page = self.store.list(&listing).await?;
            listing.after = page.things.last().map(|(_, _, cursor)| cursor.clone());
            cases.extend(page.things.into_iter().filter_map(|(ledger, thing, _)| match thing {
                Thing::Case(case) => Some((ledger, *case)),
                _ => None,
            }));
            if !page.more {
                return Ok(cases);
            }
        }
    }

    /// What the pools have left.
    pub(super) async fn pools(&self) -> Result<Vec<PoolLine>> {
        let page = self.store.list(&Listing::new(Kind::Pool)).await?;
        let line = |(ledger, thing, _): (LedgerId, Thing, String)| match thing {
            Thing::Pool(pool) => Some(PoolLine {
                ledger: ledger.to_string(),
                id: pool.id.to_string(),
                sort: pool.sort.clone(),
                free: pool.free(),
            }),
            _ => None,
        };
        Ok(page.things.into_iter().filter_map(line).collect())
    }

    /// The states that acting on a case would read.
    pub(super) async fn states_around(&self, ledger: &LedgerId, case: &Case) -> Result<States> {
        let probe: Command = serde_json::from_value(json!({
            "kind": "act_on_case", "body": { "case": case.id, "action": "" },
        }))?;
        let mut states = States::default();
        loop {
            let wanted = probe.needs(&states);
            let missing: Vec<Key> = wanted.into_iter().filter(|key| !states.knows(key)).collect();
            if missing.is_empty() {
                return Ok(states);
            }
            self.store.load(ledger, &missing, &mut states).await?;
        }
    }

    /// Looks at a case as somebody would before they act.
    pub(super) async fn looking<T>(
        &self,
        (ledger, case): (&LedgerId, &Case),
        actors: &[Actor],
        mut look: impl FnMut(&Context<'_>, &Draft<'_>) -> T,
    ) -> Result<Vec<T>> {
        let states = self.states_around(ledger, case).await?;
        let Some(holds) = self.store.ledger(ledger).await? else { bail!("no ledger {ledger}") };
        let moment = Moment { at: self.store.now(), zone: self.store.zone() };
        let command = CommandId::new("look")?;
        let mut seen = Vec::with_capacity(actors.len());
        for actor in actors {
            let context = Context {
                ledger,
                path: &holds.head.path,
                command: &command,
                actor,
                occurred_at: moment.at,
                moment: &moment,
                rules: &holds.rules,
                seed: [0; 32],
            };
            let draft = Draft::new(&states, &context);
            seen.push(look(&context, &draft));
        }
        Ok(seen)
    }
}
