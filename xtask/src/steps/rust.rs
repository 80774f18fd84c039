//! Rust: format, lints, tests on both databases, fuzzing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::packages;
use super::postgres::Postgres;
use super::{Outcome, Visit};
use crate::run::Run;

/// Where tests look for a PostgreSQL.
const POSTGRES: &str = "LINLI_TEST_POSTGRES";

/// Every file is as rustfmt writes it.
pub(super) fn format(visit: &Visit<'_>) -> Result<Outcome> {
    let format = Run::cargo().say("fmt --all --check").within(visit.root);
    format.shown().context("renew it: cargo fmt --all")?;
    Ok(Outcome::Passed(0))
}

/// Clippy has nothing to say.
pub(super) fn lints(visit: &Visit<'_>) -> Result<Outcome> {
    let lints = Run::cargo().say("clippy --workspace --all-targets --locked -- -D warnings");
    lints.within(visit.root).shown()?;
    Ok(Outcome::Passed(0))
}

/// Every test, and every example in the documentation.
pub(super) fn tests(visit: &Visit<'_>) -> Result<Outcome> {
    let database = if visit.quick { None } else { Some(Postgres::start()?) };
    let references = visit.root.join("target/snapshots-in-use.txt");
    let _ = std::fs::remove_file(&references);
    let with = |run: Run| {
        let run = run.within(visit.root).env("INSTA_UPDATE", "no");
        let run = run.env("INSTA_SNAPSHOT_REFERENCES_FILE", &references);
        match &database {
            Some(database) => run.env(POSTGRES, database.url()),
            None => run.without_env(POSTGRES),
        }
    };
    let tests = if has_nextest() {
        Run::cargo().say("nextest run --workspace --locked --no-fail-fast")
    } else {
        Run::cargo().say("test --workspace --lib --bins --tests --locked --no-fail-fast")
    };
    let passed = with(tests)
        .counted()
        .context("renew snapshots, if they were to change: cargo xtask bless")?;
    if let Some(database) = &database {
        // Waiting for it and asking it are two or three sessions of our own; tests make many.
        if database.sessions()? < 5 {
            bail!("no test has used PostgreSQL: they find it in {POSTGRES}");
        }
        unused_snapshots(visit.root, &references)?;
    }
    drop(database);
    let examples =
        Run::cargo().say("test --workspace --doc --locked").within(visit.root).counted()?;
    if passed == 0 {
        bail!("not one test has run");
    }
    Ok(Outcome::Passed(passed + examples))
}

/// Fuzzes each test named `fuzz_…` for this many seconds; gives how many there are.
pub(super) fn fuzz(root: &Path, seconds: u64) -> Result<usize> {
    let run = if has_nextest() {
        Run::cargo().say("nextest run --workspace --locked --profile fuzz -E test(fuzz_)")
    } else {
        Run::cargo().say("test --workspace --locked fuzz_")
    };
    let run = run.within(root).env("LINLI_FUZZ_SECONDS", seconds.to_string());
    let passed = run.counted()?;
    if passed == 0 {
        bail!("there is no test named fuzz_…; each reader of bytes from outside has one");
    }
    Ok(passed)
}

/// Plays simulated weeks and shows what happened in each.
pub(super) fn simulate(root: &Path, seeds: u64, days: u64) -> Result<()> {
    let database = packages::postgres_programs().map(|_| Postgres::start()).transpose()?;
    let test = "test --locked --package testkit --test simulation a_week_keeps_every_promise";
    let run = Run::cargo().say(test).say("-- --exact --nocapture").within(root);
    let run = run.env("LINLI_SEEDS", seeds.to_string()).env("LINLI_DAYS", days.to_string());
    match &database {
        Some(database) => run.env(POSTGRES, database.url()).shown(),
        None => run.without_env(POSTGRES).shown(),
    }
}

fn has_nextest() -> bool {
    Run::cargo().say("nextest --version").quiet().is_ok()
}

/// Snapshots that no test has asked for.
fn unused_snapshots(root: &Path, references: &Path) -> Result<()> {
    let used: BTreeSet<PathBuf> = std::fs::read_to_string(references)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| Path::new(line).canonicalize().ok())
        .collect();
    let listed = Run::new("git").say("ls-files -z --cached --others --exclude-standard -- *.snap");
    let listed = listed.within(root).quiet()?;
    let all = listed.split('\0').filter(|path| !path.is_empty() && root.join(path).exists());
    let unused: Vec<&str> = all
        .filter(|path| root.join(path).canonicalize().is_ok_and(|full| !used.contains(&full)))
        .collect();
    if !unused.is_empty() {
        bail!("no test asks for these snapshots; remove them:\n  {}", unused.join("\n  "));
    }
    Ok(())
}
