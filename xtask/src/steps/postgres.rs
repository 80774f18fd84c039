//! A PostgreSQL to throw away: in a folder of its own, on a free port, gone with us.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::packages;
use crate::run::Run;

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Nothing here outlives the tests, so nothing waits for the disk.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "unix_socket_directories=",
    "logging_collector=off",
    "log_min_messages=error",
];

/// For figures that are told: every commit waits for the disk, as where it serves.
const DURABLE: &[&str] = &[
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=512MB",
    "max_connections=200",
    "unix_socket_directories=",
    "logging_collector=off",
    "log_min_messages=error",
];

/// A running PostgreSQL; it stops and its folder goes when this goes.
pub(crate) struct Postgres {
    settings: &'static [&'static str],
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// Makes a fresh one and waits until it answers.
    pub(super) fn start() -> Result<Self> {
        Self::with(SETTINGS)
    }

    /// One whose commits are durable.
    pub(crate) fn durable() -> Result<Self> {
        Self::with(DURABLE)
    }

    fn with(settings: &'static [&'static str]) -> Result<Self> {
        let programs = packages::postgres_programs();
        let programs = programs.context("PostgreSQL is not installed: cargo xtask setup")?;
        let folder = std::env::temp_dir().join(format!("linli-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).context("making a folder for PostgreSQL")?;
        let port = free_port()?;
        let mut postgres = Self { settings, programs, folder, port, server: None };
        postgres.make()?;
        postgres.run()?;
        postgres.wait()?;
        eprintln!("  PostgreSQL to throw away on port {port}");
        Ok(postgres)
    }

    /// Where tests find it: a superuser of a cluster without password, on the loopback only.
    pub(crate) fn url(&self) -> String {
        format!("postgres://linli@127.0.0.1:{}/postgres", self.port)
    }

    /// How often somebody has called, this question included.
    pub(super) fn sessions(&self) -> Result<u64> {
        let question = "SELECT coalesce(sum(sessions), 0) FROM pg_stat_database";
        let psql =
            Run::new(self.programs.join("psql")).say("-X -A -t -c").arg(question).arg(self.url());
        psql.quiet()?.trim().parse().context("PostgreSQL counts its sessions")
    }

    fn make(&self) -> Result<()> {
        if packages::is_root() {
            Run::new("chown").arg("postgres").arg(&self.folder).quiet()?;
        }
        let make = self.command("initdb").arg("--pgdata").arg(self.data());
        let make =
            make.say("--username=linli --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync");
        make.quiet().map(drop)
    }

    fn run(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.folder.join("log"))?;
        let mut run = self.command("postgres").arg("-D").arg(self.data());
        run = run.say("-h 127.0.0.1 -p").arg(self.port.to_string());
        for setting in self.settings {
            run = run.arg("-c").arg(setting);
        }
        let mut command: Command = run.into_command();
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(command.spawn().context("starting PostgreSQL")?);
        Ok(())
    }

    /// One of its programs, never as root, which it refuses, and never outliving us.
    fn command(&self, program: &str) -> Run {
        let user = "--reuid=postgres --regid=postgres --init-groups";
        let run = Run::new("setpriv").say(if packages::is_root() { user } else { "" });
        let run = run.say("--pdeathsig QUIT").arg(self.programs.join(program));
        run.within(&self.folder)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let ended = self.server.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() {
                break;
            }
            if self.sessions().is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL does not come up:\n{}", read(&self.folder.join("log")));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // SIGQUIT: at once, as nothing of it is kept.
            let _ = Run::new("kill").arg("-QUIT").arg(server.id().to_string()).quiet();
            let _ = server.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// A port on which nobody listens.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_comes_up_answers_and_leaves_nothing() {
        if packages::postgres_programs().is_none() {
            return;
        }
        let postgres = Postgres::start().unwrap();
        let (folder, port) = (postgres.folder.clone(), postgres.port);
        assert!(postgres.sessions().unwrap() > 0);
        drop(postgres);
        assert!(!folder.exists());
        assert!(std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
