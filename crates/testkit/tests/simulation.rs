//! The simulated week: a few days of a few seeds on every run, more with `LINLI_SEEDS=n`, one with
//! `LINLI_SEED=n`, longer with `LINLI_DAYS=n`.

use testkit::simulation::Week;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The seeds to play.
fn seeds() -> Vec<u64> {
    match (number("LINLI_SEED"), number("LINLI_SEEDS")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (1..=count.unwrap_or(2)).collect(),
    }
}

#[test]
fn a_week_keeps_every_promise() {
    // The mode has ended and its values are due on the fourth day.
    let days = number("LINLI_DAYS").and_then(|days| days.try_into().ok()).unwrap_or(4);
    for seed in seeds() {
        let week = Week::play(seed, days).unwrap_or_else(|broken| panic!("{broken}"));
        let report = week.report().unwrap();
        println!("{report:?}");
        assert!(report.done > 100, "hardly anything happened: {report:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let play = || Week::play(7, 1).unwrap_or_else(|broken| panic!("{broken}")).report().unwrap();
    assert_eq!(play(), play());
}
