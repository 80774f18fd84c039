//! Slows down guessing: each name and each address may fail a few times, then waits longer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures that cost nothing.
const FREE_FAILURES: u32 = 5;
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(900);
/// After how long without a failure all is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(1800);
/// How many names and addresses are kept in mind at most.
const KEYS_MAX: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    fn wait(&self) -> Duration {
        let over = self.count.saturating_sub(FREE_FAILURES);
        if over == 0 {
            return Duration::ZERO;
        }
        Duration::from_secs(1u64 << over.min(10)).min(WAIT_MAX)
    }
}

/// Counts failed attempts by key.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<String, Failures>>,
}

impl Throttle {
    /// How long the one of the keys that waits longest still has to wait.
    pub(crate) fn wait(&self, keys: &[String], now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let left = keys.iter().filter_map(|key| {
            let found = failures.get(key)?;
            found.wait().checked_sub(now.saturating_duration_since(found.last))
        });
        left.filter(|left| !left.is_zero()).max()
    }

    /// Notes a failure under each key.
    pub(crate) fn fail(&self, keys: &[String], now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() + keys.len() > KEYS_MAX {
            failures.retain(|_, found| now.saturating_duration_since(found.last) < WAIT_MAX);
        }
        for key in keys {
            if failures.len() >= KEYS_MAX && !failures.contains_key(key) {
                continue;
            }
            let found = failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            if now.saturating_duration_since(found.last) > FORGET_AFTER {
                found.count = 0;
            }
            found.count = found.count.saturating_add(1);
            found.last = now;
        }
    }

    /// Forgets the failures of one key.
    pub(crate) fn forget(&self, key: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_failures_the_wait_doubles() {
        let throttle = Throttle::default();
        let (keys, start) = (vec!["name:a".to_owned()], Instant::now());
        for _ in 0..5 {
            throttle.fail(&keys, start);
        }
        assert_eq!(throttle.wait(&keys, start), None);
        throttle.fail(&keys, start);
        assert_eq!(throttle.wait(&keys, start), Some(Duration::from_secs(2)));
        throttle.fail(&keys, start);
        assert_eq!(throttle.wait(&keys, start), Some(Duration::from_secs(4)));
        assert_eq!(throttle.wait(&keys, start + Duration::from_secs(4)), None);
    }

    #[test]
    fn success_and_time_forget() {
        let throttle = Throttle::default();
        let (keys, start) = (vec!["name:a".to_owned()], Instant::now());
        for _ in 0..9 {
            throttle.fail(&keys, start);
        }
        throttle.forget("name:a");
        assert_eq!(throttle.wait(&keys, start), None);
    }
}
