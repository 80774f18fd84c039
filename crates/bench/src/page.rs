//! The app in a browser: how many bytes come, and how long until something useful is seen.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;

use crate::import::linli;
use crate::report::{Goal, Line, Rounds};
use crate::root;

/// The program serving its demo; it ends with us.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Weight and first paint of the sign-in page and of the day, cold and warm.
pub(crate) fn measure() -> Result<Vec<Line>> {
    let web = root().join("web");
    if !web.join("node_modules").is_dir() {
        eprintln!("web/node_modules is not there (npm ci): the pages are left out");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(linli()?);
    command.args(["demo", "--days", "0", "--listen", &address.to_string()]);
    command.arg("--dir").arg(folder.path().join("data"));
    let _demo = Demo(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let began = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        if began.elapsed() > Duration::from_secs(60) {
            bail!("the demo does not answer");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = Command::new("node")
        .arg("journeys/paint.mjs")
        .arg(format!("http://{address}"))
        .current_dir(&web)
        .stderr(Stdio::inherit())
        .output()
        .context("node")?;
    if !output.status.success() {
        bail!("the browser could not measure the pages");
    }
    let pages: Vec<Json> = serde_json::from_slice(&output.stdout)?;
    let mut lines = Vec::new();
    for page in pages {
        let name = page["name"].as_str().context("a name")?;
        let rounds = |name: &str| {
            let list = page[name].as_array().into_iter().flatten();
            Rounds(list.filter_map(Json::as_f64).collect())
        };
        let line = |what: &str, unit, ours, note: &str| Line {
            name: format!("{name}: {what}"),
            unit,
            ours,
            peer: None,
            goal: Goal::None,
            note: note.to_owned(),
        };
        lines.push(line(
            "bytes that come",
            "kB",
            rounds("kilobytes"),
            "gzip, everything that the page asks for",
        ));
        lines.push(line(
            "time to first useful paint",
            "ms",
            rounds("milliseconds"),
            "headless Chromium on the same two cores; warm is by its cache alone, without the installed app",
        ));
    }
    Ok(lines)
}
