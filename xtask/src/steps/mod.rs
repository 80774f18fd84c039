//! The steps of `cargo xtask test`: each with its name, its time, and the command that repeats it.

mod clean;
mod packages;
mod postgres;
mod program;
mod rust;
mod web;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::run::Run;
use crate::tidy::{RULES, Tree};

/// A PostgreSQL whose commits are durable, for figures that are told.
///
/// # Errors
/// When none is installed or it does not come up.
pub(crate) fn postgres_for_figures() -> Result<postgres::Postgres> {
    postgres::Postgres::durable()
}

/// Installs what `cargo xtask conformance` needs from the system.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn ensure_for_conformance() -> Result<()> {
    packages::ensure_for_conformance()
}

/// What to run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Leave out browser, PostgreSQL and fuzzing.
    pub quick: bool,
    /// Run what follows a failure, too.
    pub keep_going: bool,
    /// Only these steps; all when empty.
    pub only: Vec<String>,
}

impl Plan {
    fn takes(&self, step: &Step) -> bool {
        match self.only.is_empty() {
            true => step.quick || !self.quick,
            false => self.only.iter().any(|name| name == step.name),
        }
    }
}

/// One step.
pub struct Step {
    /// Its name, for `--only`.
    pub name: &'static str,
    /// What it does, for people.
    pub says: &'static str,
    /// Runs with `--quick` too.
    pub quick: bool,
    act: fn(&Visit<'_>) -> Result<Outcome>,
}

/// How a step ended well.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// It ran; so many tests passed in it.
    Passed(usize),
    /// There is nothing yet that it could run on.
    Nothing(&'static str),
}

/// What a step knows.
struct Visit<'a> {
    root: &'a Path,
    quick: bool,
    before: clean::State,
}

/// All steps, in their order.
pub const STEPS: &[Step] = &[
    Step {
        name: "install",
        says: "Chromium, PostgreSQL and fonts through apt-get, if missing",
        quick: false,
        act: packages::install,
    },
    Step { name: "format", says: "cargo fmt --check", quick: true, act: rust::format },
    Step { name: "tidy", says: "the rules of the house", quick: true, act: tidy },
    Step {
        name: "lints",
        says: "clippy on everything, warnings are errors",
        quick: true,
        act: rust::lints,
    },
    Step {
        name: "web",
        says: "types, lints and unit tests of the app; its client is up to date",
        quick: true,
        act: web::check,
    },
    Step {
        name: "rust",
        says: "all Rust tests, on SQLite and on a PostgreSQL of their own",
        quick: true,
        act: rust::tests,
    },
    Step {
        name: "packs",
        says: "every pack is sound and its examples hold",
        quick: true,
        act: program::packs,
    },
    Step {
        name: "program",
        says: "the program as people build it: cargo build --release",
        quick: false,
        act: program::build,
    },
    Step {
        name: "journeys",
        says: "a browser walks through the program and its demo",
        quick: false,
        act: program::journeys,
    },
    Step { name: "fuzz", says: "a short run of every fuzz_ test", quick: false, act: fuzz_shortly },
    Step {
        name: "clean",
        says: "nothing that is committed has changed on the way",
        quick: true,
        act: clean::unchanged,
    },
];

/// Seconds for each fuzz test of a short run.
const FUZZ_SECONDS_SHORT: u64 = 10;

/// How a step ended.
struct Report {
    name: &'static str,
    took: Duration,
    end: Result<Outcome>,
}

/// Runs the steps of a plan and says how each one ended.
///
/// # Errors
/// When a step fails, with the command that repeats it alone.
pub fn test(root: &Path, plan: &Plan) -> Result<()> {
    let visit = Visit { root, quick: plan.quick, before: clean::State::read(root)? };
    let steps: Vec<&Step> = STEPS.iter().filter(|step| plan.takes(step)).collect();
    let mut reports = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        eprintln!("\n== {} of {}: {} — {}", index + 1, steps.len(), step.name, step.says);
        let start = Instant::now();
        let end = (step.act)(&visit);
        if let Err(error) = &end {
            eprintln!("{error:#}");
        }
        let failed = end.is_err();
        reports.push(Report { name: step.name, took: start.elapsed(), end });
        if failed && !plan.keep_going {
            break;
        }
    }
    eprint!("\n{}", table(&reports));
    let failed: Vec<&str> = reports.iter().filter(|r| r.end.is_err()).map(|r| r.name).collect();
    let Some(first) = failed.first() else { return Ok(()) };
    let quick = if plan.quick { " --quick" } else { "" };
    bail!(
        "\nfailed: {}. Repeat it alone: cargo xtask test{quick} --only {first}",
        failed.join(", ")
    );
}

fn table(reports: &[Report]) -> String {
    let mut table = format!("{:<10} {:>8} {:>7}\n", "step", "time", "tests");
    for Report { name, took, end } in reports {
        let (tests, end) = match end {
            Ok(Outcome::Passed(0)) => (String::new(), "ok".to_owned()),
            Ok(Outcome::Passed(tests)) => (tests.to_string(), "ok".to_owned()),
            Ok(Outcome::Nothing(why)) => (String::new(), format!("nothing to do: {why}")),
            Err(_) => (String::new(), "FAILED".to_owned()),
        };
        let _ = writeln!(table, "{name:<10} {:>8} {tests:>7}  {end}", time(*took));
    }
    let all: Duration = reports.iter().map(|report| report.took).sum();
    let passed = |report: &Report| match report.end {
        Ok(Outcome::Passed(tests)) => tests,
        _ => 0,
    };
    let tests: usize = reports.iter().map(passed).sum();
    let _ = writeln!(table, "{:<10} {:>8} {tests:>7}", "together", time(all));
    table
}

fn time(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    match seconds < 60.0 {
        true => format!("{seconds:.1} s"),
        false => format!("{}:{:02} m", took.as_secs() / 60, took.as_secs() % 60),
    }
}

/// Installs what the tests need.
///
/// # Errors
/// When it cannot be installed, with what to do.
pub fn setup(root: &Path) -> Result<()> {
    packages::ensure()?;
    web::install(root)?;
    eprintln!("Everything that the tests need is there.");
    Ok(())
}

/// The program, as cargo puts it into this profile's folder.
#[must_use]
pub fn program(root: &Path, profile: &str) -> PathBuf {
    program::program(root, profile)
}

/// Installs what the app is built with, when it is not there.
///
/// # Errors
/// When npm is missing or fails.
pub fn install_web(root: &Path) -> Result<()> {
    web::install(root)
}

/// Fuzzes every target for this long.
///
/// # Errors
/// When a target fails.
pub fn fuzz(root: &Path, seconds: u64) -> Result<()> {
    rust::fuzz(root, seconds).map(drop)
}

/// Plays simulated weeks, on PostgreSQL too where it is installed.
///
/// # Errors
/// When a promise is broken: it says which seed shows it.
pub fn simulate(root: &Path, seeds: u64, days: u64) -> Result<()> {
    rust::simulate(root, seeds, days)
}

fn fuzz_shortly(visit: &Visit<'_>) -> Result<Outcome> {
    rust::fuzz(visit.root, FUZZ_SECONDS_SHORT).map(Outcome::Passed)
}

fn tidy(visit: &Visit<'_>) -> Result<Outcome> {
    hold_to_rules(visit.root).map(Outcome::Passed)
}

/// Holds to every rule of the house; gives how many there are.
///
/// # Errors
/// When one is broken, with all that is found.
pub fn hold_to_rules(root: &Path) -> Result<usize> {
    let tree = Tree::read(root)?;
    let mut broken = String::new();
    for rule in RULES {
        let findings = (rule.check)(&tree);
        if !findings.is_empty() {
            let _ = writeln!(broken, "{}:", rule.name.replace('_', " "));
        }
        for finding in findings {
            let _ = writeln!(broken, "  {finding}");
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.trim_end());
    }
    Ok(RULES.len())
}

/// Whether a program can be called at all.
fn answers(program: &str, argument: &str) -> bool {
    Run::new(program).arg(argument).quiet().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: &Plan) -> Vec<&'static str> {
        STEPS.iter().filter(|step| plan.takes(step)).map(|step| step.name).collect()
    }

    #[test]
    fn a_quick_run_needs_no_browser_and_no_database() {
        let quick = names(&Plan { quick: true, ..Plan::default() });
        assert_eq!(quick, ["format", "tidy", "lints", "web", "rust", "packs", "clean"]);
        assert_eq!(names(&Plan::default()).len(), STEPS.len());
    }

    #[test]
    fn a_step_that_is_asked_for_runs_even_when_quick() {
        let only = Plan { quick: true, only: vec!["journeys".into()], ..Plan::default() };
        assert_eq!(names(&only), ["journeys"]);
    }

    #[test]
    fn the_table_tells_time_tests_and_end() {
        let report = |name, seconds, end| Report { name, took: Duration::from_secs(seconds), end };
        let table = table(&[
            report("rust", 125, Ok(Outcome::Passed(7))),
            report("web", 2, Ok(Outcome::Nothing("no app"))),
            report("packs", 1, Err(anyhow::anyhow!("no"))),
        ]);
        assert_eq!(
            table,
            "step           time   tests\n\
             rust         2:05 m       7  ok\n\
             web           2.0 s          nothing to do: no app\n\
             packs         1.0 s          FAILED\n\
             together     2:08 m       7\n"
        );
    }
}
