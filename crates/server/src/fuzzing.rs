//! Fuzzing for as long as it is told: three seconds, or `LINLI_FUZZ_SECONDS`.

use std::cell::Cell;
use std::time::{Duration, Instant};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

/// How many inputs are tried between two looks at the clock.
const CASES: u32 = 32;
/// Seconds when nobody says how many.
const SECONDS: u64 = 3;

/// Tries inputs until the time is over; shrinks and shows the first that fails.
///
/// # Panics
/// When an input fails.
pub(crate) fn run<S: Strategy>(inputs: &S, holds: impl Fn(S::Value) -> TestCaseResult) {
    let seconds = std::env::var("LINLI_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
    let tried = Cell::new(0u64);
    let mut rounds = 0u64;
    while rounds == 0 || Instant::now() < until {
        // A new one each time: a runner that has had its successes tries nothing more.
        let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
        let outcome = TestRunner::new(config).run(inputs, |input| {
            tried.set(tried.get() + 1);
            holds(input)
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
        rounds += 1;
    }
    assert!(tried.get() >= rounds * u64::from(CASES), "rounds without inputs");
    println!("{} inputs", tried.get());
}
