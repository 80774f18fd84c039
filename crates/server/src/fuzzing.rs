//! Fuzzing for as long as it is told: three seconds, or `LINLI_FUZZ_SECONDS`.

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
    let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
    let mut runner = TestRunner::new(config);
    let mut rounds = 0u64;
    while rounds == 0 || Instant::now() < until {
        if let Err(failure) = runner.run(inputs, &holds) {
            panic!("{failure}");
        }
        rounds += 1;
    }
    println!("{} inputs", rounds * u64::from(CASES));
}
