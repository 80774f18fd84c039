//! The simulated week: a few days of a few seeds on every run, more with `LINLI_SEEDS=n`, one with
//! `LINLI_SEED=n`, longer with `LINLI_DAYS=n`.

use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::simulation::{Remains, Week};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn play(seed: u64, days: usize) -> Week {
    let week = Week::play(seed, days).unwrap_or_else(|broken| panic!("{broken}"));
    println!("{:?}", week.report().unwrap());
    week
}

/// What must come about in a week, or it would prove nothing.
const HAPPENS: &[&str] = &[
    "care.accepted",
    "case.deferred",
    "case.reopened",
    "case.verified",
    "hold.expired",
    "hold.returned",
    "hold.taken",
    "mode.declared",
    "mode.expired",
    "mode.extended",
    "notice.given",
    "order.ended",
    "order.given",
    "pack.adopted",
    "person.moved",
    "person.placed",
    "reading.missed",
    "reading.received",
    "submission.recorded",
    "values.destroyed",
];

#[test]
fn a_week_keeps_every_promise() {
    let seeds = match (number("LINLI_SEED"), number("LINLI_SEEDS")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (1..=count.unwrap_or(1)).collect(),
    };
    // The mode has ended and its values are gone on the fourth day.
    let days = number("LINLI_DAYS").and_then(|days| days.try_into().ok()).unwrap_or(4);
    let mut happened = std::collections::BTreeMap::new();
    for seed in seeds {
        let week = play(seed, days);
        happened.extend(week.facts().unwrap());
        let report = week.report().unwrap();
        assert!(report.done > 100, "hardly anything happened: {report:?}");
        assert!(days < 4 || report.destroyed > 1, "nothing was destroyed: {report:?}");
        assert!(days < 4 || report.crashes > 0, "nothing was struck down: {report:?}");
    }
    let missing: Vec<&&str> =
        HAPPENS.iter().filter(|sort| !happened.contains_key(**sort)).collect();
    let one = number("LINLI_SEED").is_some();
    assert!(one || days < 4 || missing.is_empty(), "it never came to {missing:?}: {happened:?}");
}

#[test]
fn a_day_of_other_seeds_keeps_every_promise() {
    for seed in 101..104 {
        play(seed, 1);
    }
}

#[test]
fn figures_of_cases_submissions_people_and_stock_equal_a_recount_at_every_hour() {
    Week::watch(11, 1, "figures equal a recount").unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let day = || play(7, 1).report().unwrap();
    assert_eq!(day(), day());
}

/// What is broken on purpose, how it is mended again, and who must see it.
const MEDDLING: &[(&str, &str, &[&str])] = &[
    (
        "UPDATE fact SET body = body || ' ' WHERE ledger = 'elm' AND seq = 5",
        "UPDATE fact SET body = rtrim(body) WHERE ledger = 'elm' AND seq = 5",
        &["the chain, the vault and the views verify", "the stores hold the same"],
    ),
    (
        "UPDATE fact SET command = 'x' || command WHERE ledger = 'oak' AND seq = 7",
        "UPDATE fact SET command = substr(command, 2) WHERE ledger = 'oak' AND seq = 7",
        &["nothing acknowledged is lost", "the stores hold the same"],
    ),
    (
        "UPDATE command SET answer = replace(answer, '[[', '[[9') WHERE id = 'stock-1'",
        "UPDATE command SET answer = replace(answer, '[[9', '[[') WHERE id = 'stock-1'",
        &["no answer is contradicted", "the stores hold the same"],
    ),
    (
        "UPDATE thing SET body = replace(body, '\"household\":\"', '\"household\":\"x') WHERE id = 'elm-p0-0'",
        "UPDATE thing SET body = replace(body, '\"household\":\"x', '\"household\":\"') WHERE id = 'elm-p0-0'",
        &["nobody is in two places", "the chain, the vault and the views verify"],
    ),
    (
        "UPDATE thing SET body = replace(body, '\"total\":', '\"total\":9') WHERE id = 'elm-meals'",
        "UPDATE thing SET body = replace(body, '\"total\":9', '\"total\":') WHERE id = 'elm-meals'",
        &["stock adds up", "the chain, the vault and the views verify"],
    ),
    (
        "UPDATE figure SET thousandths = thousandths + 1000 WHERE place = 'street' AND indicator = 'week.everybody'",
        "UPDATE figure SET thousandths = thousandths - 1000 WHERE place = 'street' AND indicator = 'week.everybody'",
        &["figures equal a recount", "the chain, the vault and the views verify"],
    ),
    (
        "CREATE TABLE kept AS SELECT body FROM fact WHERE ledger = 'elm' AND seq = 4; \
         UPDATE fact SET fact = 'order.given', body = '{\"case\":\"c\",\"person\":\"elm-p0-0\"}' \
         WHERE ledger = 'elm' AND seq = 4",
        "UPDATE fact SET fact = 'person.registered', body = (SELECT body FROM kept) \
         WHERE ledger = 'elm' AND seq = 4; DROP TABLE kept",
        &["nobody is without care"],
    ),
    (
        "UPDATE word SET word = word || 'x' WHERE ledger = 'elm'",
        "UPDATE word SET word = rtrim(word, 'x') WHERE ledger = 'elm'",
        &["views equal a rebuild"],
    ),
    (
        "INSERT INTO setting (ledger, name, value) VALUES ('root', 'zq7-secret-x', 1)",
        "DELETE FROM setting WHERE name = 'zq7-secret-x'",
        &["what is sealed or erased is unreadable"],
    ),
];

#[test]
fn every_checker_sees_what_was_broken_on_purpose() {
    let week = play(3, 1);
    let mut seen = Vec::new();
    for (breaks, mends, checkers) in MEDDLING {
        week.meddle(breaks).unwrap();
        for checker in *checkers {
            let found = week.ask(checker);
            assert!(found.is_err(), "`{checker}` does not see: {breaks}");
            seen.push(*checker);
        }
        week.meddle(mends).unwrap();
    }
    let unseen: Vec<&str> = Week::checkers().filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "nothing was broken for {unseen:?}");
}

/// Not a test of its own: the process that is killed. It tells each answer.
#[test]
fn a_week_is_played_until_it_is_killed() {
    let Ok(folder) = std::env::var("LINLI_TEST_WEEK") else { return };
    let database = std::env::var("LINLI_TEST_WEEK_DATABASE").ok();
    Week::play_until_killed(folder.as_ref(), database, 5)
        .unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn what_was_told_before_kill_9_is_there() {
    for answers in [150, 420] {
        let remains = Remains::new().unwrap();
        let said = remains.folder().join("said");
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "a_week_is_played_until_it_is_killed", "--nocapture"]);
        child.env("LINLI_TEST_WEEK", remains.folder());
        if let Some(database) = remains.database() {
            child.env("LINLI_TEST_WEEK_DATABASE", database);
        }
        let child = child.stdout(Stdio::null()).stderr(std::fs::File::create(&said).unwrap());
        let mut child = child.spawn().unwrap();
        let told = || std::fs::read_to_string(&said).unwrap().matches("answered").count();
        for _ in 0..4000 {
            std::thread::sleep(Duration::from_millis(10));
            if told() > answers || child.try_wait().unwrap().is_some() {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let said = std::fs::read_to_string(&said).unwrap();
        let held = remains.hold(5, &said).unwrap();
        assert!(held >= answers, "{said}");
    }
}
