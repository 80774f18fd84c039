//! Forms converted beside pyxform: as a library and as commands, and junk that is refused.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use conformance::corpus;
use conformance::peer::Peer;
use conformance::speed::{self, Pace};

use crate::import::linli;
use crate::report::{Goal, Line, Rounds};
use crate::{Size, root};

/// How many times as fast as pyxform a form is to be converted.
const TIMES_LEAST: f64 = 50.0;
/// What one form may take as a command, in milliseconds.
const COMMAND_MS_MAX: f64 = 10.0;
/// What a workbook of junk may take, in seconds.
const JUNK_SECONDS_MAX: f64 = 1.0;
/// Bytes of the junk.
const JUNK_BYTES: usize = 50 << 20;

/// Microseconds a form, ours and pyxform's, and what a command takes.
pub(crate) fn measure(size: &Size) -> Result<Vec<Line>> {
    let root = root();
    if corpus::workbooks(&root).is_err() {
        eprintln!("the real workbooks are not here: forms are left out");
        return Ok(Vec::new());
    }
    let mut middles = (Vec::new(), Vec::new());
    let mut sums = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let paces = speed::over_corpus(&root, 3)?;
        let of = |one: fn(&Pace) -> f64| {
            let mut all: Vec<f64> = paces.iter().map(one).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        let (ours, peers) = (of(|pace| pace.ours), of(|pace| pace.peers));
        middles.0.push(ours[ours.len() / 2]);
        middles.1.push(peers[peers.len() / 2]);
        sums.0.push(ours.iter().sum::<f64>() / 1000.0);
        sums.1.push(peers.iter().sum::<f64>() / 1000.0);
    }
    let peer = |rounds| Some(("pyxform 4.5.0".to_owned(), Rounds(rounds)));
    let goal = Goal::RatioAtMost(1.0 / TIMES_LEAST);
    let line = |name: &str, unit, ours, peer, goal, note: &str| Line {
        name: name.to_owned(),
        unit,
        ours: Rounds(ours),
        peer,
        goal,
        note: note.to_owned(),
    };
    let mut lines = vec![
        line(
            "XLSForm to XForm, the middle one of the real workbooks",
            "µs",
            middles.0,
            peer(middles.1),
            goal,
            "library beside library, bytes already in memory",
        ),
        line("XLSForm to XForm, all real workbooks", "ms", sums.0, peer(sums.1), goal, ""),
    ];
    let (ours, peers) = commands(size)?;
    let goal = Goal::AtMost(COMMAND_MS_MAX);
    lines.push(line(
        "XLSForm to XForm, one form as a command",
        "ms",
        ours,
        peer(peers),
        goal,
        "process start and end included",
    ));
    let goal = Goal::AtMost(JUNK_SECONDS_MAX);
    lines.push(line(
        "50 MB of junk as a workbook, refused",
        "s",
        junk(size)?,
        None,
        goal,
        "as a command",
    ));
    Ok(lines)
}

fn timed(command: &mut Command) -> Result<(f64, Option<i32>)> {
    let began = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.with_context(|| format!("starting {command:?}"))?;
    Ok((began.elapsed().as_secs_f64(), status.code()))
}

/// One form as a command: ours, and pyxform's `xls2xform` without its validators.
fn commands(size: &Size) -> Result<(Vec<f64>, Vec<f64>)> {
    let root = root();
    let books = corpus::workbooks(&root)?;
    let book = books.iter().find(|book| book.id.ends_with("or_other.xlsx"));
    let book = book.context("the workbook that is timed is not there")?;
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("form.xml");
    let peer = Peer::ready(&root.join("target/conformance"))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds * 3 {
        let mut command = Command::new(linli()?);
        let (seconds, code) =
            timed(command.args(["form", "convert"]).arg(&book.path).arg("-o").arg(&out))?;
        if code != Some(0) {
            bail!("the form that is timed was not converted: {code:?}");
        }
        ours.push(seconds * 1000.0);
        let mut command = Command::new(peer.python());
        command.args(["-m", "pyxform.xls2xform", "--skip_validate"]).arg(&book.path).arg(&out);
        let (seconds, code) = timed(&mut command)?;
        if code != Some(0) {
            bail!("pyxform did not convert the form that is timed: {code:?}");
        }
        peers.push(seconds * 1000.0);
    }
    Ok((ours, peers))
}

/// Fifty megabytes that begin as a workbook and go on as nothing.
fn junk(size: &Size) -> Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("junk.xlsx");
    write_junk(&path)?;
    let mut seconds = Vec::new();
    for _ in 0..size.rounds {
        let mut command = Command::new(linli()?);
        let (took, code) = timed(command.args(["form", "convert"]).arg(&path))?;
        if code != Some(1) {
            bail!("junk was not refused: {code:?}");
        }
        seconds.push(took);
    }
    Ok(seconds)
}

fn write_junk(path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"PK\x03\x04")?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..JUNK_BYTES / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes())?;
    }
    Ok(file.flush()?)
}
