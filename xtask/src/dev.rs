//! What people run while they write: server and app side by side, renewing, measuring.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::run::Run;
use crate::steps;
use crate::tidy::{self, Tree};

/// Where the server listens.
const LISTEN: &str = "127.0.0.1:8700";

/// The rules of the house, or the record of giants lowered to what is there.
///
/// # Errors
/// When a rule is broken.
pub fn tidy(root: &Path, shrink: bool) -> Result<()> {
    if shrink {
        tidy::shrink(root, &Tree::read(root)?)?;
    }
    let rules = steps::hold_to_rules(root)?;
    eprintln!("All {rules} rules of the house hold.");
    Ok(())
}

/// Runs the server with demo data, and Vite, until one of them ends or the keyboard says so.
///
/// # Errors
/// When one of them cannot be started or ends in failure.
pub fn dev(root: &Path, arguments: &[String]) -> Result<()> {
    steps::install_web(root)?;
    Run::cargo().say("build --package linli").within(root).shown()?;
    let mut server = Run::new(steps::program(root, "debug")).say("demo --listen").arg(LISTEN);
    for argument in arguments {
        server = server.arg(argument);
    }
    let server = server.within(root);
    let vite = Run::new(root.join("web/node_modules/.bin/vite")).within(root.join("web"));
    let vite = vite.env("LINLI_URL", format!("http://{LISTEN}"));
    eprintln!(
        "Server at http://{LISTEN}, app with live reload at http://127.0.0.1:5173. Ctrl-C ends both."
    );
    let mut both = vec![Beside::start("server", server)?, Beside::start("Vite", vite)?];
    loop {
        for one in &mut both {
            if let Some(status) = one.child.try_wait()? {
                match status.success() {
                    true => return Ok(()),
                    false => bail!("the {} has ended ({status})", one.name),
                }
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A program that runs beside us and ends with us.
struct Beside {
    name: &'static str,
    child: Child,
}

impl Beside {
    fn start(name: &'static str, run: Run) -> Result<Self> {
        let mut command = run.into_command();
        let child = command.stdin(Stdio::null()).spawn();
        Ok(Self { name, child: child.with_context(|| format!("starting the {name}"))? })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gently: what is being written is written to its end.
        let _ = Run::new("kill").arg(self.child.id().to_string()).quiet();
        let _ = self.child.wait();
    }
}

/// Renews snapshots, the API document and the web client; the difference is read before a commit.
///
/// # Errors
/// When a test fails for another reason than its snapshot.
pub fn bless(root: &Path) -> Result<()> {
    let tests = Run::cargo().say("test --workspace --no-fail-fast").within(root);
    let tests =
        tests.env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1").env("LINLI_BLESS", "1");
    let renewed = tests.shown();
    if root.join("web/package.json").exists() {
        steps::install_web(root)?;
        Run::new("npm").say("run generate").within(root.join("web")).shown()?;
    }
    renewed.context("what is generated is renewed, but some tests fail beyond that")?;
    eprintln!("Renewed. Read the difference before you commit it: git diff --stat");
    Ok(())
}

/// Measures, beside a PostgreSQL of its own where one is installed.
///
/// # Errors
/// When it fails.
pub fn bench(root: &Path, arguments: &[String]) -> Result<()> {
    Run::cargo()
        .say("build --release --locked --package linli --package bench")
        .within(root)
        .shown()?;
    // The program itself: another `cargo run` would choose other features and build again.
    let mut bench = Run::new(root.join("target/release/bench")).within(root);
    let postgres = steps::postgres_for_figures();
    match &postgres {
        Ok(postgres) => bench = bench.env("LINLI_BENCH_POSTGRES", postgres.url()),
        Err(why) => eprintln!("without PostgreSQL: {why}"),
    }
    for argument in arguments {
        bench = bench.arg(argument);
    }
    bench.shown()
}

/// Compares an engine with its peer; what the peer needs is installed, saying so.
///
/// # Errors
/// When something cannot be installed, or they differ where it is not meant.
pub fn conformance(root: &Path, arguments: &[String]) -> Result<()> {
    if arguments.first().is_none_or(|peer| peer != "tablefill") {
        steps::ensure_for_conformance()?;
    }
    if arguments.first().is_some_and(|peer| peer == "openrosa") {
        let build = "build --locked --package linli --no-default-features";
        Run::cargo().say(build).within(root).shown()?;
    }
    let mut run = Run::cargo().say("run --release --locked --quiet --package conformance --");
    for argument in arguments {
        run = run.arg(argument);
    }
    run.within(root).shown()
}
