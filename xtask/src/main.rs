//! `cargo xtask`: says what it can do, or does it.

use std::process::ExitCode;

use xtask::ask::{self, Ask};
use xtask::{dev, root, steps};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match ask::read(&arguments) {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("{error:#}\n\n{}", ask::help());
            return ExitCode::from(2);
        }
    };
    let root = root();
    let done = match asked {
        Ask::Help => {
            print!("{}", ask::help());
            Ok(())
        }
        Ask::Test(plan) => steps::test(&root, &plan),
        Ask::Tidy { shrink } => dev::tidy(&root, shrink),
        Ask::Setup => steps::setup(&root),
        Ask::Bless => dev::bless(&root),
        Ask::Fuzz { seconds } => steps::fuzz(&root, seconds),
        Ask::Simulate { seeds, days } => steps::simulate(&root, seeds, days),
        Ask::Dev { arguments } => dev::dev(&root, &arguments),
        Ask::Bench { arguments } => dev::bench(&root, &arguments),
        Ask::Conformance { arguments } => dev::conformance(&root, &arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
