//! A phone: it makes commands whether or not there is a network, and sends until it is answered.

use std::rc::Rc;

use domain::{Actor, Envelope};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::dice::Dice;
use super::sight::Sight;
use super::street::envelope;

/// Of a hundred phones with a network, so many lose it in an hour; and so many answers are lost.
const LOSES_NETWORK: usize = 8;
const LOSES_ANSWER: usize = 10;
const SENDS_TWICE: usize = 10;
const SENDS_IN_DISORDER: usize = 15;

/// A phone and whoever carries it.
pub(crate) struct Phone {
    pub(crate) actor: Actor,
    pub(crate) ledger: &'static str,
    /// How far its clock is off.
    skew: SignedDuration,
    /// Hours until there is a network again.
    offline_hours: usize,
    pub(crate) sight: Rc<Sight>,
    /// Made and not yet known to be answered.
    waiting: Vec<Envelope>,
    made: u64,
    pub(crate) dice: Dice,
}

impl Phone {
    pub(crate) fn new(actor: Actor, ledger: &'static str, mut dice: Dice) -> Self {
        // One clock in five is wrong: by minutes, by hours, by more than a year either way.
        let skews = [-7, 19, -300, 60 * 24 * 400, -60 * 24 * 500];
        let minutes = if dice.chance(20) { skews[dice.roll(skews.len())] } else { 0 };
        let skew = SignedDuration::from_mins(minutes);
        Self {
            actor,
            ledger,
            skew,
            offline_hours: 0,
            sight: Rc::default(),
            waiting: Vec::new(),
            made: 0,
            dice,
        }
    }

    /// An hour goes by: the network may go or come back.
    pub(crate) fn hour(&mut self) {
        if self.offline_hours > 0 {
            self.offline_hours -= 1;
        } else if self.dice.chance(LOSES_NETWORK) {
            self.offline_hours = 1 + self.dice.roll(20);
        }
    }

    pub(crate) fn is_online(&self) -> bool {
        self.offline_hours == 0
    }

    /// Brings the network back.
    pub(crate) fn come_home(&mut self) {
        self.offline_hours = 0;
    }

    /// Makes a command and keeps it until it is answered.
    pub(crate) fn make(&mut self, kind: &str, body: Json, now: Timestamp) {
        let name = format!("{}-{}", self.actor.account, self.made);
        self.made += 1;
        let at = now.saturating_add(self.skew).unwrap_or(now);
        self.waiting.push(envelope(&name, self.ledger, kind, body, at));
    }

    /// A name for a thing that nobody else makes.
    pub(crate) fn new_name(&self, front: &str) -> String {
        format!("{front}-{}-{}", self.actor.account, self.made)
    }

    /// What it sends now: everything that waits, now and then twice or out of order.
    pub(crate) fn send(&mut self) -> Vec<(Envelope, Actor)> {
        let mut sent = self.waiting.clone();
        for envelope in &self.waiting {
            if self.dice.chance(SENDS_TWICE) {
                sent.push(envelope.clone());
            }
        }
        if self.dice.chance(SENDS_IN_DISORDER) {
            self.dice.shuffle(&mut sent);
        }
        sent.into_iter().map(|envelope| (envelope, self.actor.clone())).collect()
    }

    /// An answer is on its way; it may be lost, and then the phone sends again.
    pub(crate) fn hear(&mut self, command: &domain::ids::CommandId) {
        if !self.dice.chance(LOSES_ANSWER) {
            self.waiting.retain(|envelope| envelope.id != *command);
        }
    }
}
