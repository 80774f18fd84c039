//! What the tests need from the system: installed through Debian's packages, and said before.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{Outcome, Visit, answers};
use crate::run::Run;

/// A package and how one sees that it is there.
struct Package {
    name: &'static str,
    what_for: &'static str,
    is_there: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package {
        name: "chromium",
        what_for: "the browser journeys",
        is_there: || chromium().is_some(),
    },
    Package {
        name: "postgresql",
        what_for: "the tests on PostgreSQL",
        is_there: || postgres_programs().is_some(),
    },
    Package {
        name: "fonts-noto-cjk",
        what_for: "Chinese in the journeys' pictures",
        is_there: has_chinese,
    },
];

/// What the programs need that we are compared with.
const PEERS: &[Package] = &[
    Package {
        name: "python3-venv",
        what_for: "pyxform",
        is_there: || Run::new("python3").say("-m ensurepip --version").quiet().is_ok(),
    },
    Package {
        name: "default-jre-headless",
        what_for: "ODK Validate",
        is_there: || answers("java", "-version"),
    },
];

/// Installs what is missing.
pub(super) fn install(_visit: &Visit<'_>) -> Result<Outcome> {
    ensure()?;
    Ok(Outcome::Passed(0))
}

/// Installs what is missing, after saying so.
pub(super) fn ensure() -> Result<()> {
    for (tool, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if !answers(tool, "--version") {
            bail!("{component} is missing: rustup component add {component}");
        }
    }
    ensure_all(PACKAGES, "The tests need", "use --quick")
}

/// Installs what the comparison with other programs needs, after saying so.
pub(super) fn ensure_for_conformance() -> Result<()> {
    ensure_all(PEERS, "The comparison needs", "compare on another machine")
}

fn ensure_all(packages: &[Package], who: &str, otherwise: &str) -> Result<()> {
    let missing: Vec<&Package> = packages.iter().filter(|package| !(package.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    eprintln!("{who} what is not here yet; installing through apt-get:");
    for package in &missing {
        eprintln!("  {:<16} for {}", package.name, package.what_for);
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", names.join(" "));
    if !answers("apt-get", "--version") {
        bail!(
            "this system has no apt-get: install by its own means what Debian calls {}",
            names.join(", ")
        );
    }
    let mut before = Vec::new();
    if !is_root() {
        if !answers("sudo", "--version") {
            bail!("installing needs root or sudo: have somebody run `{by_hand}`, or {otherwise}");
        }
        before.push("sudo");
    }
    apt(&before, "update -q")?;
    apt(&before, &format!("install -q -y --no-install-recommends {}", names.join(" ")))?;
    let still = missing.iter().filter(|package| !(package.is_there)()).map(|package| package.name);
    let still: Vec<&str> = still.collect();
    if !still.is_empty() {
        bail!("installed, and still not found: {}", still.join(", "));
    }
    Ok(())
}

fn apt(before: &[&str], words: &str) -> Result<()> {
    let line = [before, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    let run = Run::new(line[0]).say(&line[1..].join(" "));
    run.say(words).shown()
}

/// Whether everything is permitted to us.
pub(super) fn is_root() -> bool {
    Run::new("id").arg("-u").quiet().is_ok_and(|id| id.trim() == "0")
}

/// The browser.
pub(super) fn chromium() -> Option<PathBuf> {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    places.iter().map(PathBuf::from).find(|path| path.exists())
}

/// The folder of the newest PostgreSQL's programs.
pub(super) fn postgres_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let numbered = versions.filter_map(|entry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").exists().then_some((number, programs))
    });
    numbered.max().map(|(_, programs)| programs)
}

fn has_chinese() -> bool {
    Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || Run::new("fc-list").arg(":lang=zh").quiet().is_ok_and(|fonts| !fonts.trim().is_empty())
}
