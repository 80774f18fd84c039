//! What can be asked of `cargo xtask`.

use anyhow::{Context, Result, bail};

use crate::steps::{Plan, STEPS};

/// Seconds that `fuzz` runs when it is not told.
const FUZZ_SECONDS: u64 = 600;

/// Weeks that `simulate` plays when it is not told.
const SEEDS: u64 = 20;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Say what can be asked.
    Help,
    /// Run the tests.
    Test(Plan),
    /// Hold to the rules of the house, or lower the record of giants.
    Tidy {
        /// Lower the record.
        shrink: bool,
    },
    /// Install what the tests need.
    Setup,
    /// Renew everything that is generated.
    Bless,
    /// Fuzz for long.
    Fuzz {
        /// How long each target runs.
        seconds: u64,
    },
    /// Play simulated weeks.
    Simulate {
        /// How many seeds.
        seeds: u64,
        /// How many days each.
        days: u64,
    },
    /// Run server and app while both are written.
    Dev {
        /// For `linli demo`.
        arguments: Vec<String>,
    },
    /// Measure.
    Bench {
        /// For the benchmark.
        arguments: Vec<String>,
    },
    /// Compare an engine with its peer.
    Conformance {
        /// Which engine, and how.
        arguments: Vec<String>,
    },
}

/// Reads the command line.
///
/// # Errors
/// When it cannot be understood, with the words to say so.
pub fn read(arguments: &[String]) -> Result<Ask> {
    let Some((verb, rest)) = arguments.split_first() else { return Ok(Ask::Help) };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let owned = || rest.iter().map(|word| (*word).to_owned()).collect();
    let none = |ask: Ask| match rest[..] {
        [] => Ok(ask),
        _ => bail!("`{verb}` takes nothing more"),
    };
    match verb.as_str() {
        "help" | "--help" | "-h" => Ok(Ask::Help),
        "test" => Ok(Ask::Test(plan(&rest)?)),
        "tidy" if rest == ["--shrink"] => Ok(Ask::Tidy { shrink: true }),
        "tidy" => none(Ask::Tidy { shrink: false }),
        "setup" => none(Ask::Setup),
        "bless" => none(Ask::Bless),
        "fuzz" => match rest[..] {
            [] => Ok(Ask::Fuzz { seconds: FUZZ_SECONDS }),
            ["--seconds", number] => {
                Ok(Ask::Fuzz { seconds: number.parse().context("--seconds takes a number")? })
            }
            _ => bail!("`fuzz` takes --seconds NUMBER"),
        },
        "simulate" => simulate(&rest),
        "dev" => Ok(Ask::Dev { arguments: owned() }),
        "bench" => Ok(Ask::Bench { arguments: owned() }),
        "conformance" if rest.is_empty() => {
            bail!("`conformance` takes a peer: xlsform, tablefill, openrosa")
        }
        "conformance" => Ok(Ask::Conformance { arguments: owned() }),
        other => bail!("`{other}` is not known here"),
    }
}

fn simulate(words: &[&str]) -> Result<Ask> {
    let (mut seeds, mut days) = (SEEDS, 7);
    for pair in words.chunks(2) {
        let number = pair.get(1).and_then(|number| number.parse().ok());
        match (pair[0], number) {
            ("--seeds", Some(number)) => seeds = number,
            ("--days", Some(number)) => days = number,
            _ => bail!("`simulate` takes --seeds NUMBER and --days NUMBER"),
        }
    }
    Ok(Ask::Simulate { seeds, days })
}

fn plan(words: &[&str]) -> Result<Plan> {
    let mut plan = Plan::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--quick" => plan.quick = true,
            "--keep-going" => plan.keep_going = true,
            "--only" => {
                let name = words.next().context("--only takes the name of a step")?;
                if !STEPS.iter().any(|step| step.name == *name) {
                    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
                    bail!("no step is named `{name}`; there are {}", names.join(", "));
                }
                plan.only.push((*name).to_owned());
            }
            other => bail!("`test` does not know {other}"),
        }
    }
    Ok(plan)
}

/// What can be asked, for people.
#[must_use]
pub fn help() -> String {
    let mut help = "\
cargo xtask test [--quick] [--keep-going] [--only STEP]
                         everything that must hold; --quick leaves out browser, PostgreSQL, fuzzing
cargo xtask setup        install what the tests need, saying so
cargo xtask dev          server with demo data on 8700, app with live reload on 5173
cargo xtask tidy         the rules of the house; --shrink lowers the record of giants
cargo xtask bless        renew snapshots, the API document and the web client
cargo xtask fuzz [--seconds N]
                         fuzz each target for long, ten minutes if not told
cargo xtask simulate [--seeds N] [--days N]
                         play simulated weeks of a street on both databases, twenty if not told
cargo xtask bench        measure, and write bench/results.json
cargo xtask conformance xlsform [--help]
                         compare our XForms with those of pyxform, and ask ODK Validate
cargo xtask conformance tablefill [--help]
                         compare headings that are found with those marked by hand
cargo xtask conformance openrosa
                         a device in Python fetches, fills and sends forms of the program itself

Steps of test:
"
    .to_owned();
    for step in STEPS {
        let quick = if step.quick { "" } else { " (not with --quick)" };
        help += &format!("  {:<10} {}{quick}\n", step.name, step.says);
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Ask> {
        read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn steps_can_be_picked() {
        let plan =
            Plan { quick: true, keep_going: true, only: vec!["lints".into(), "rust".into()] };
        let line = "test --quick --only lints --keep-going --only rust";
        assert_eq!(asked(line).unwrap(), Ask::Test(plan));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for line in [
            "tset",
            "simulate --seeds",
            "simulate --weeks 3",
            "test --fast",
            "test --only nothing",
            "fuzz --seconds many",
            "conformance",
            "setup now",
        ] {
            assert!(asked(line).is_err(), "{line}");
        }
    }

    #[test]
    fn weeks_are_counted_in_seeds_and_days() {
        let asked = asked("simulate --days 3 --seeds 50").unwrap();
        assert_eq!(asked, Ask::Simulate { seeds: 50, days: 3 });
    }

    #[test]
    fn nothing_asked_is_a_call_for_help() {
        assert_eq!(asked("").unwrap(), Ask::Help);
        assert!(help().contains("journeys"));
    }
}
