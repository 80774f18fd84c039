//! The program itself: its packs, its build as people build it, and a browser's walk through it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::postgres::free_port;
use super::{Outcome, Visit, packages, web};
use crate::run::Run;

/// How long the demo may play before it serves.
const PATIENCE: Duration = Duration::from_secs(300);

/// Every pack is sound and its examples hold.
pub(super) fn packs(visit: &Visit<'_>) -> Result<Outcome> {
    let mut packs: Vec<PathBuf> = std::fs::read_dir(visit.root.join("packs"))
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    packs.retain(|path| path.join("pack.yaml").exists());
    packs.sort();
    if packs.is_empty() {
        return Ok(Outcome::Nothing("there is no pack yet"));
    }
    Run::cargo().say("build --workspace --bin linli --locked").within(visit.root).shown()?;
    let linli = program(visit.root, "debug");
    let names = packs.iter().map(|pack| pack.strip_prefix(visit.root).unwrap_or(pack));
    let names: Vec<&str> = names.filter_map(Path::to_str).collect();
    for verb in ["check", "test"] {
        let run = Run::new(&linli).say("pack").arg(verb).say(&names.join(" ")).within(visit.root);
        let said = run.quiet()?;
        eprintln!("{}", said.trim_end());
        let silent = names.iter().find(|name| !said.contains(name.trim_start_matches("packs/")));
        if let Some(silent) = silent {
            bail!("`linli pack {verb}` says nothing about {silent}");
        }
    }
    let mut played = 0;
    for pack in &packs {
        played += std::fs::read_dir(pack.join("examples")).map_or(0, Iterator::count);
    }
    Ok(Outcome::Passed(played))
}

/// The program as `cargo run --release -- demo` builds it.
pub(super) fn build(visit: &Visit<'_>) -> Result<Outcome> {
    Run::cargo().say("build --release --locked").within(visit.root).shown()?;
    Ok(Outcome::Passed(0))
}

/// A browser walks through two demos: a street that is only founded, where the journeys make their
/// own history, and one that has lived its sixteen days. The release build is what people first
/// meet, and the only one that carries the app inside; it also plays quicker.
pub(super) fn journeys(visit: &Visit<'_>) -> Result<Outcome> {
    let web = visit.root.join("web");
    if !web.join("package.json").exists() {
        return Ok(Outcome::Nothing("there is no web/ yet"));
    }
    web::install(visit.root)?;
    let chromium = packages::chromium().context("Chromium is not installed: cargo xtask setup")?;
    let program = program(visit.root, "release");
    if !program.exists() {
        bail!("the program is not built: cargo xtask test --only program");
    }
    let demo = Demo::start(&program, 0)?;
    let played = Demo::start(&program, 16)?;
    let journeys = web::npm(&web, "run journeys").env("LINLI_URL", demo.url());
    let journeys = journeys.env("LINLI_PLAYED", played.url());
    let journeys = journeys.env("LINLI_PROGRAM", &program).env("LINLI_DIR", &demo.folder);
    let passed =
        journeys.env("LINLI_CHROMIUM", chromium).env("PLAYWRIGHT_HTML_OPEN", "never").counted();
    let said = || format!("what the programs said:\n{}\n{}", demo.said(), played.said());
    let passed = passed.with_context(said)?;
    if passed == 0 {
        bail!("not one journey has been made");
    }
    Ok(Outcome::Passed(passed))
}

/// The program, as this profile's folder has it.
pub(super) fn program(root: &Path, profile: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root.join(target).join(profile).join("linli")
}

/// The demo, serving on a free port from a folder of its own; both go when this goes.
struct Demo {
    folder: PathBuf,
    port: u16,
    server: Child,
}

impl Demo {
    fn start(program: &Path, days: u8) -> Result<Self> {
        let name = format!("linli-journeys-{}-{days}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).context("making a folder for the demo")?;
        let port = free_port()?;
        let log = std::fs::File::create(folder.join("log"))?;
        let run = Run::new("setpriv").say("--pdeathsig TERM").arg(program).arg("demo");
        let run = run.arg("--dir").arg(folder.join("data")).say(&format!("--days {days}"));
        let run = run.arg("--listen").arg(format!("127.0.0.1:{port}")).within(&folder);
        let mut command = run.into_command();
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = command.spawn().context("starting the demo")?;
        let mut demo = Self { folder, port, server };
        demo.wait()?;
        Ok(demo)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.server.try_wait()? {
                bail!("the demo has ended ({status}) instead of serving:\n{}", self.said());
            }
            if is_healthy(self.port) {
                eprintln!(
                    "  the demo serves at {} after {:.1} s",
                    self.url(),
                    start.elapsed().as_secs_f64()
                );
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        bail!("the demo does not serve after {} s:\n{}", PATIENCE.as_secs(), self.said());
    }

    /// The end of what it said.
    fn said(&self) -> String {
        let text = std::fs::read(self.folder.join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether `/healthz` says yes.
pub(super) fn is_healthy(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        line.set_read_timeout(Some(Duration::from_secs(5)))?;
        let question =
            format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        line.write_all(question.as_bytes())?;
        let mut answer = [0; 12];
        line.read_exact(&mut answer)?;
        Ok(&answer == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn health_is_what_the_answer_says() {
        for (answer, healthy) in [("200 OK", true), ("503 Not yet", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = std::thread::spawn(move || {
                let (mut line, _) = listener.accept().unwrap();
                let mut question = [0; 1024];
                let _ = line.read(&mut question).unwrap();
                write!(line, "HTTP/1.1 {answer}\r\n\r\n").unwrap();
            });
            assert_eq!(is_healthy(port), healthy);
            server.join().unwrap();
        }
        assert!(!is_healthy(free_port().unwrap()));
    }
}
