//! The divisions of a country, imported by `linli import divisions`, against `sqlite3 .import`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::report::{Goal, Line, Rounds};
use crate::{Size, root};

/// Divisions as published, five levels.
const DIVISIONS: &str = "../shared/data/divisions/2023";
/// What the import of the whole country may take, in seconds.
const SECONDS_MAX: f64 = 30.0;

/// A process's wall seconds and its greatest memory in MiB.
fn watch(mut command: Command) -> Result<(f64, f64)> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().context("starting a program")?;
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or(0.0) / 1024.0);
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        bail!("a program that was measured failed: {status}");
    }
    Ok((began.elapsed().as_secs_f64(), peak))
}

/// The built program.
pub(crate) fn linli() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("linli");
    if !program.exists() {
        bail!("{} is not built: cargo build --release", program.display());
    }
    Ok(program)
}

/// `sqlite3 .import` of the same files into a table each with its code as the key.
fn peer(divisions: &Path, folder: &Path) -> Result<(f64, f64)> {
    let mut script = String::from("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;\n");
    for (table, file) in [
        ("provinces", "provinces.csv"),
        ("cities", "cities.csv"),
        ("areas", "areas.csv"),
        ("streets", "streets.csv"),
    ] {
        script += &format!(".import --csv {} {table}\n", divisions.join(file).display());
    }
    let villages = divisions.join("villages.csv.gz");
    script += &format!(".import --csv \"|gzip -dc {}\" villages\n", villages.display());
    for table in ["provinces", "cities", "areas", "streets", "villages"] {
        script += &format!("CREATE UNIQUE INDEX {table}_code ON {table} (code);\n");
    }
    let path = folder.join("script");
    std::fs::File::create(&path)?.write_all(script.as_bytes())?;
    let mut command = Command::new("sqlite3");
    command.arg(folder.join("peer.db")).stdin(std::fs::File::open(path)?);
    watch(command)
}

/// Seconds and memory of the import.
pub(crate) fn measure(size: &Size) -> Result<Vec<Line>> {
    let divisions = root().join(DIVISIONS);
    if !divisions.is_dir() {
        eprintln!("{DIVISIONS} is not here: the import is left out");
        return Ok(Vec::new());
    }
    let has_peer = Command::new("sqlite3").arg("-version").output().is_ok();
    let (mut ours, mut memory) = (Vec::new(), Vec::new());
    let (mut peers, mut peer_memory) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(linli()?);
        command.args(["import", "divisions"]).arg(&divisions);
        command.arg("--dir").arg(folder.path().join("data"));
        let (seconds, mib) = watch(command)?;
        ours.push(seconds);
        memory.push(mib);
        if has_peer {
            let (seconds, mib) = peer(&divisions, folder.path())?;
            peers.push(seconds);
            peer_memory.push(mib);
        }
    }
    let of = |peers: Vec<f64>| {
        has_peer.then(|| ("sqlite3 .import, tables with one index".to_owned(), Rounds(peers)))
    };
    Ok(vec![
        Line {
            name: "import of 665,277 divisions".to_owned(),
            unit: "s",
            ours: Rounds(ours),
            peer: of(peers),
            goal: Goal::AtMost(SECONDS_MAX),
            note: "31 provinces to 620,573 communities, as facts, places and an index by name"
                .to_owned(),
        },
        Line {
            name: "its greatest memory".to_owned(),
            unit: "MiB",
            ours: Rounds(memory),
            peer: of(peer_memory),
            goal: Goal::None,
            note: String::new(),
        },
    ])
}
