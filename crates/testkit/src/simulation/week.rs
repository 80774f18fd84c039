//! The week itself: hour by hour, with its mode, its changed pack, its crashes, and its end.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::{Actor, Envelope, Refusal};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use store::{Answer, Done};

use super::check;
use super::deployment::{Deployment, pack_bytes, pack_files};
use super::dice::Dice;
use super::phone::Phone;
use super::sight::Sight;
use super::street::{self, COMMUNITIES, coordinator, envelope, operator};
use super::{Broken, databases};
use crate::HandClock;

/// What is said to be broken when the week itself cannot go on.
const START: &str = "the week goes on";
const HOURS_A_DAY: usize = 24;
/// The most commands that a list has.
const LIST_MAX: usize = 40;

/// Every command that was answered, with what the answer was.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) answers: BTreeMap<(String, String), Promise>,
    /// Commands given, again and again included.
    pub(crate) given: u64,
    pub(crate) crashes: u64,
    pub(crate) destroyed: u64,
}

/// What was answered to whom.
pub(crate) struct Promise {
    pub(crate) envelope: Envelope,
    pub(crate) actor: Actor,
    pub(crate) outcome: Result<Done, Refusal>,
}

/// What happened in a week, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Commands given, those given again included.
    pub given: u64,
    /// Commands that led to something.
    pub done: u64,
    /// Commands that were refused.
    pub refused: u64,
    /// Times that a store was struck down.
    pub crashes: u64,
    /// Destructions that led to a certificate.
    pub destroyed: u64,
    /// The head of each ledger: name, number of facts, hash.
    pub heads: Vec<String>,
}

/// A simulated week on two stores that are given the same.
pub struct Week {
    seed: u64,
    dice: Dice,
    clock: HandClock,
    now: Timestamp,
    pub(crate) stores: Vec<Deployment>,
    phones: Vec<Phone>,
    pub(crate) book: Book,
    /// Keys of the vault, by store, that were there when somebody asked to be forgotten.
    doomed: Vec<BTreeSet<String>>,
    /// Whether stores are struck down in this week.
    crashes: bool,
    /// Whether each answer is told on the error output, for whoever outlives this process.
    tells: bool,
    _place: databases::Place,
}

impl Week {
    /// Plays so many days; checks chain and views at the end of each, and everything at the end.
    ///
    /// # Errors
    /// The first thing that does not hold, with the seed and how to see it again.
    pub fn play(seed: u64, days: usize) -> Result<Self, Broken> {
        let place = databases::Place::new();
        let place = place.map_err(|error| Broken::new(seed, days, START, error.to_string()))?;
        Self::play_at(place, seed, days, false)
    }

    /// Plays in a folder and a database of the caller's, telling each answer as it is heard: this
    /// process is about to be killed.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn play_until_killed(
        folder: &std::path::Path,
        database: Option<String>,
        seed: u64,
    ) -> Result<Self, Broken> {
        Self::play_at(databases::Place::lent(folder, database), seed, 7, true)
    }

    fn play_at(
        place: databases::Place,
        seed: u64,
        days: usize,
        tells: bool,
    ) -> Result<Self, Broken> {
        let failed = |what: String| Broken::new(seed, days, START, what);
        let mut week = Self::found(place, seed, tells).map_err(failed)?;
        for hour in 0..days * HOURS_A_DAY {
            week.hour(hour).map_err(failed)?;
            if hour % HOURS_A_DAY == HOURS_A_DAY - 1 {
                week.check(days, &check::ALL[..1])?;
            }
        }
        week.come_home().map_err(failed)?;
        week.check(days, check::ALL)?;
        Ok(week)
    }

    fn found(place: databases::Place, seed: u64, tells: bool) -> Result<Self, String> {
        let mut dice = Dice::new(seed);
        // A Monday morning at eight, where the street is.
        let now: Timestamp = "2026-03-02T00:00:00Z".parse().map_err(|error| format!("{error}"))?;
        let clock = HandClock::at(now);
        let mut stores = Vec::new();
        for (name, folder, database) in place.stores() {
            let opened = Deployment::open(name, folder, database, seed, &clock);
            stores.push(opened.map_err(|error| format!("{name}: {error}"))?);
        }
        let carriers = street::carriers().into_iter();
        let phones =
            carriers.map(|(actor, ledger)| Phone::new(actor, ledger, dice.fork())).collect();
        let book = Book::default();
        let mut week = Self {
            seed,
            dice,
            clock,
            now,
            stores,
            phones,
            book,
            doomed: vec![BTreeSet::new(); 2],
            crashes: !tells,
            tells,
            _place: place,
        };
        let founding = street::founding(&mut week.dice.fork(), now);
        week.must(&founding)?;
        week.adopt(false)?;
        week.must(&street::stocking(now))?;
        Ok(week)
    }

    /// Gives commands that nobody may refuse.
    fn must(&mut self, commands: &[(Envelope, Actor)]) -> Result<(), String> {
        for (answer, (envelope, _)) in self.give(commands)?.iter().zip(commands) {
            if let Err(refusal) = &answer.outcome {
                return Err(format!(
                    "{} {} was refused: {refusal:?}",
                    envelope.id,
                    envelope.command.name()
                ));
            }
        }
        Ok(())
    }

    /// Puts a version of the pack on the shelf of both and adopts it for the street.
    fn adopt(&mut self, changed: bool) -> Result<(), String> {
        let bytes = pack_bytes(&pack_files(changed).map_err(|error| error.to_string())?);
        let mut hash = String::new();
        for deployment in &self.stores {
            let pack = deployment.with(|store| store.add_pack_file(&bytes));
            hash.clone_from(&pack.map_err(|error| error.to_string())?.hash);
        }
        let version = if changed { "2" } else { "1" };
        let body = json!({"pack": "week", "version": version, "hash": hash});
        self.must(&[(
            envelope(&format!("adopt-{version}"), "street", "adopt_pack", body, self.now),
            operator(),
        )])
    }

    /// An hour of the week.
    fn hour(&mut self, hour: usize) -> Result<(), String> {
        let minutes = 60 * hour + self.dice.roll(60);
        self.now = self
            .now
            .max(self.start() + SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0)));
        self.clock.set(self.now);
        self.plan(hour)?;
        self.look()?;
        for phone in &mut self.phones {
            phone.hour();
            // Whoever looks after stays has more to do.
            let busy = if phone.actor.grants[0].role.0 == "triage" { 3 } else { 0 };
            for _ in 0..busy + phone.dice.roll(3) {
                super::habits::act(phone, self.now);
            }
        }
        self.send()?;
        self.wake()
    }

    fn start(&self) -> Timestamp {
        "2026-03-02T00:00:00Z".parse().unwrap_or(self.now)
    }

    /// What the offices do on their days: they declare a mode, change the pack in the middle of
    /// it, extend it, and let it end by itself; once a day heads are signed and values destroyed.
    fn plan(&mut self, hour: usize) -> Result<(), String> {
        let (day, of_day) = (hour / HOURS_A_DAY, hour % HOURS_A_DAY);
        match (day, of_day) {
            (0, 3) => self.declare()?,
            (0, 20) => self.adopt(true)?,
            (1, 1) => self.extend()?,
            _ => {}
        }
        match of_day {
            12 => self.forget(day)?,
            22 => self.destroy()?,
            _ => {}
        }
        Ok(())
    }

    fn dated(&self, hours: i64) -> (Timestamp, String) {
        let until = self.now + SignedDuration::from_hours(hours);
        let review = (self.now + SignedDuration::from_hours(20))
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .date();
        (until, review.to_string())
    }

    fn declare(&mut self) -> Result<(), String> {
        let (until, review_on) = self.dated(24);
        let body = json!({"mode": "week.alarm", "level": "watch", "authority": "office", "legal_basis": "law",
            "reason": "needed", "appeal": "call us", "until": until, "review_on": review_on});
        self.must(&[(envelope("declare", "street", "declare_mode", body, self.now), coordinator())])
    }

    fn extend(&mut self) -> Result<(), String> {
        let (until, review_on) = self.dated(30);
        let body = json!({"mode": "week.alarm", "until": until, "review_on": review_on, "legal_basis": "law", "reason": "still"});
        self.must(&[(envelope("extend", "street", "extend_mode", body, self.now), coordinator())])
    }

    /// Phones with a network see the street as it is now.
    fn look(&mut self) -> Result<(), String> {
        for community in COMMUNITIES {
            let sight = self.stores[0].with(|store| Sight::of(store, community));
            let sight = Rc::new(sight.map_err(|error| error.to_string())?);
            let here = self
                .phones
                .iter_mut()
                .filter(|phone| phone.ledger == community && phone.is_online());
            here.for_each(|phone| phone.sight = Rc::clone(&sight));
        }
        Ok(())
    }

    /// Everything that waits in phones with a network is sent; now and then a store is struck down
    /// while it writes, or loses its power after it has written and before anybody hears.
    fn send(&mut self) -> Result<(), String> {
        let mut sent = Vec::new();
        for phone in self.phones.iter_mut().filter(|phone| phone.is_online()) {
            sent.extend(phone.send());
        }
        if self.crashes && self.dice.chance(3) {
            let steps = self.dice.roll(400);
            for deployment in &mut self.stores {
                deployment.crash_while_writing(&sent, steps).map_err(|error| error.to_string())?;
            }
            self.book.crashes += 1;
        }
        let answers = self.give(&sent)?;
        let unheard = self.crashes && self.dice.chance(3);
        if unheard {
            for deployment in &mut self.stores {
                deployment.cut_the_power().map_err(|error| error.to_string())?;
            }
            self.book.crashes += 1;
        }
        for ((envelope, actor), _) in sent.iter().zip(answers).filter(|_| !unheard) {
            let phone = self.phones.iter_mut().find(|phone| phone.actor.account == actor.account);
            if let Some(phone) = phone {
                phone.hear(&envelope.id);
            }
        }
        Ok(())
    }

    /// Gives the same commands to both stores, cut into other lists, and compares the answers with
    /// each other and with all that was answered before.
    fn give(&mut self, commands: &[(Envelope, Actor)]) -> Result<Vec<Answer>, String> {
        let mut given: Vec<Vec<Answer>> = Vec::new();
        for deployment in &self.stores {
            let mut dice = self.dice.fork();
            let answers = deployment.give(commands, || 1 + dice.roll(LIST_MAX));
            given.push(answers.map_err(|error| format!("{}: {error}", deployment.name))?);
        }
        self.book.given += commands.len() as u64;
        for (n, (envelope, actor)) in commands.iter().enumerate() {
            let (one, other) = (&given[0][n], &given[1][n]);
            if one.outcome != other.outcome {
                return Err(format!("{}: the stores answer {one:?} and {other:?}", envelope.id));
            }
            let key = (envelope.ledger.to_string(), envelope.id.to_string());
            match self.book.answers.get(&key) {
                Some(promise) if promise.outcome != one.outcome => {
                    return Err(format!(
                        "{}: first {:?}, then {:?}",
                        envelope.id, promise.outcome, one.outcome
                    ));
                }
                Some(_) => {}
                None => {
                    if let (true, Ok(done)) = (self.tells, &one.outcome) {
                        eprintln!("answered {}", json!([key.0, key.1, done.facts]));
                    }
                    let (envelope, actor, outcome) =
                        (envelope.clone(), actor.clone(), one.outcome.clone());
                    self.book.answers.insert(key, Promise { envelope, actor, outcome });
                }
            }
        }
        Ok(given.swap_remove(0))
    }

    /// The program does what is due, in both stores.
    fn wake(&mut self) -> Result<(), String> {
        for deployment in &self.stores {
            while deployment.with(store::Store::wake).map_err(|error| error.to_string())? > 0 {}
            // Search follows now and then, as far as it comes.
            if self.now.as_second() % 3 == 0 {
                deployment.with(store::Store::follow).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// Somebody asks that what is kept about them be destroyed: done, or refused while they are
    /// under an order. Its traces go with the next destruction that is due.
    fn forget(&mut self, day: usize) -> Result<(), String> {
        for (doomed, deployment) in self.doomed.iter_mut().zip(&self.stores) {
            doomed.extend(check::erased::keys(deployment)?);
        }
        let community = COMMUNITIES[day % COMMUNITIES.len()];
        let body = json!({"person": street::person(community, day % 8, 0), "before": self.now});
        let name = format!("forget-{day}");
        let forget = envelope(&name, community, "destroy_values", body, self.now);
        self.give(&[(forget, operator())]).map(drop)
    }

    fn destroy(&mut self) -> Result<(), String> {
        for (n, deployment) in self.stores.iter().enumerate() {
            let mut before = check::erased::keys(deployment)?;
            before.append(&mut self.doomed[n]);
            let certificates =
                deployment.with(store::Store::destroy_due).map_err(|error| error.to_string())?;
            check::erased::gone(deployment, &before)?;
            if n == 0 {
                self.book.destroyed += certificates.len() as u64;
            }
            deployment.with(store::Store::sign_heads).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Everybody gets a network and sends what still waits.
    fn come_home(&mut self) -> Result<(), String> {
        self.phones.iter_mut().for_each(Phone::come_home);
        self.send()?;
        self.wake()
    }

    /// Each store with each community's ledger.
    pub(crate) fn ledgers(&self) -> impl Iterator<Item = (&Deployment, &'static str)> {
        self.stores
            .iter()
            .flat_map(|store| COMMUNITIES.into_iter().map(move |ledger| (store, ledger)))
    }

    /// Whether the changed pack is in force.
    pub(crate) fn pack_changed(&self) -> bool {
        self.book.answers.contains_key(&("street".to_owned(), "adopt-2".to_owned()))
    }

    fn check(&self, days: usize, all: &[(&'static str, check::Checker)]) -> Result<(), Broken> {
        for (name, checker) in all {
            checker(self).map_err(|what| Broken::new(self.seed, days, name, what))?;
        }
        Ok(())
    }

    /// The names of all checkers.
    pub fn checkers() -> impl Iterator<Item = &'static str> {
        check::ALL.iter().map(|(name, _)| *name)
    }

    /// Asks one checker, by its name.
    ///
    /// # Errors
    /// What does not hold, or that there is no such checker.
    pub fn ask(&self, name: &str) -> Result<(), String> {
        let found = check::ALL.iter().find(|(it, _)| *it == name);
        let (_, checker) = found.ok_or_else(|| format!("no checker is called {name}"))?;
        checker(self)
    }

    /// Changes something in the database of the first store behind its back: to see that the
    /// checkers find it.
    ///
    /// # Errors
    /// When the database cannot do it.
    pub fn meddle(&self, sql: &str) -> Result<(), String> {
        super::raw::run(&self.stores[0], sql)
    }

    /// Plays so many days and asks one checker after every hour.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn watch(seed: u64, days: usize, checker: &str) -> Result<Self, Broken> {
        let failed = |what: String| Broken::new(seed, days, START, what);
        let place = databases::Place::new().map_err(|error| failed(error.to_string()))?;
        let mut week = Self::found(place, seed, false).map_err(failed)?;
        for hour in 0..days * HOURS_A_DAY {
            week.hour(hour).map_err(failed)?;
            week.ask(checker).map_err(failed)?;
        }
        Ok(week)
    }

    /// How many facts there are of each sort.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn facts(&self) -> Result<BTreeMap<String, usize>, String> {
        let mut sorts = BTreeMap::new();
        for fact in facts(&self.stores[0])? {
            *sorts.entry(fact["fact"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        Ok(sorts)
    }

    /// What happened, in numbers.
    ///
    /// # Errors
    /// When the heads cannot be read.
    pub fn report(&self) -> Result<Report, String> {
        let done =
            self.book.answers.values().filter(|promise| promise.outcome.is_ok()).count() as u64;
        let sql = "SELECT ledger, seq, hash FROM head ORDER BY ledger";
        let heads = super::raw::rows(&self.stores[0], sql)?;
        Ok(Report {
            seed: self.seed,
            given: self.book.given,
            done,
            refused: self.book.answers.len() as u64 - done,
            crashes: self.book.crashes,
            destroyed: self.book.destroyed,
            heads: heads.iter().map(|cells| cells.join(" ")).collect(),
        })
    }
}

/// The facts of a store as its export gives them.
pub(crate) fn facts(deployment: &Deployment) -> Result<Vec<Json>, String> {
    let mut lines = Vec::new();
    let export = deployment.wait(async { deployment.store().export(&mut lines, &|_, _| {}).await });
    export.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&lines).into_owned();
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| error.to_string())).collect()
}
