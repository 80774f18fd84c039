//! The demo's clock and randomness: set by the play while it lasts, the machine's afterwards.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::ids::{CommandId, LedgerId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use store::{Clock, Entropy, SystemEntropy};

/// A clock that stands where the play has put it, and goes with the machine once it is released.
#[derive(Debug)]
pub(super) struct PlayClock(Mutex<Option<Timestamp>>);

impl PlayClock {
    /// A clock that stands at an instant.
    pub(super) fn standing_at(at: Timestamp) -> Self {
        Self(Mutex::new(Some(at)))
    }

    /// Puts the clock on. It never goes back.
    pub(super) fn put_on(&self, at: Timestamp) {
        let mut stands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *stands = stands.map(|before| before.max(at));
    }

    /// From now on it is the machine's clock.
    pub(super) fn release(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Clock for PlayClock {
    fn now(&self) -> Timestamp {
        let stands = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stands.unwrap_or_else(Timestamp::now)
    }
}

/// Salts out of the play's seed, so that the same seed gives the same chain; the machine's
/// randomness once the play is over and people of flesh and blood may type.
#[derive(Debug)]
pub(super) struct PlayEntropy {
    seed: u64,
    released: AtomicBool,
}

impl PlayEntropy {
    /// Randomness that follows from a seed.
    pub(super) fn from_seed(seed: u64) -> Self {
        Self { seed, released: AtomicBool::new(false) }
    }

    /// From now on it is the machine's randomness.
    pub(super) fn release(&self) {
        self.released.store(true, Ordering::SeqCst);
    }
}

impl Entropy for PlayEntropy {
    fn seed(&self, ledger: &LedgerId, command: &CommandId) -> [u8; 32] {
        if self.released.load(Ordering::SeqCst) {
            return SystemEntropy.seed(ledger, command);
        }
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        for text in [ledger.as_str(), command.as_str()] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

/// Chance that depends on a seed and on what it is for, and on nothing else.
pub(super) fn chance(seed: u64, what: &str) -> fastrand::Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(what);
    let bytes: [u8; 32] = hash.finalize().into();
    let first = bytes.first_chunk::<8>().copied().unwrap_or_default();
    fastrand::Rng::with_seed(u64::from_be_bytes(first))
}

/// The days of the play, from 1.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    /// The first day.
    pub(super) first: Date,
    /// The deployment's zone.
    pub(super) zone: TimeZone,
}

impl Calendar {
    /// A day of the play.
    pub(super) fn date(&self, day: i32) -> Date {
        let days = jiff::Span::new().days(i64::from(day) - 1);
        self.first.saturating_add(days)
    }

    /// An instant: a day of the play and minutes after its midnight.
    pub(super) fn at(&self, day: i32, minutes: i32) -> Timestamp {
        let midnight = self.date(day).to_datetime(Time::midnight());
        let midnight = midnight.to_zoned_datetime(self.zone.clone());
        let midnight = midnight.map_or(Timestamp::UNIX_EPOCH, |it| it.timestamp());
        midnight + jiff::SignedDuration::from_mins(i64::from(minutes))
    }

    /// The day of an instant, from 1.
    pub(super) fn day_of(&self, at: Timestamp) -> i32 {
        let date = at.to_zoned_datetime(self.zone.clone()).date();
        date.since(self.first).map_or(1, |span| span.get_days() + 1)
    }
}

/// Minutes after midnight of `HH:MM`.
pub(super) fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back_until_it_is_released() {
        let at: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let clock = PlayClock::standing_at(at);
        clock.put_on(at - jiff::SignedDuration::from_hours(1));
        assert_eq!(clock.now(), at);
        clock.put_on(at + jiff::SignedDuration::from_hours(1));
        assert!(clock.now() > at);
        clock.release();
        assert!(Timestamp::now().duration_since(clock.now()).as_secs() < 5);
    }

    #[test]
    fn salts_follow_from_the_seed_only_while_the_play_lasts() {
        let salt = |entropy: &PlayEntropy| {
            entropy.seed(&LedgerId::root(), &CommandId::new("c-1").unwrap())
        };
        let (one, same) = (PlayEntropy::from_seed(1), PlayEntropy::from_seed(1));
        assert_eq!(salt(&one), salt(&same));
        assert_ne!(salt(&one), salt(&PlayEntropy::from_seed(2)));
        one.release();
        assert_ne!(salt(&one), salt(&same));
    }

    #[test]
    fn days_are_counted_in_the_zone_of_the_deployment() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let calendar = Calendar { first: jiff::civil::date(2026, 3, 2), zone };
        let at = calendar.at(3, minutes("06:30").unwrap());
        assert_eq!(at.to_string(), "2026-03-03T22:30:00Z");
        assert_eq!(calendar.day_of(at), 3);
        assert_eq!(minutes("24:00"), None);
    }
}
