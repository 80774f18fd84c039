//! A machine to run the program on: a folder of its own, nothing of the environment.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder to work in, with a deployment in `data` once something makes one.
pub(crate) struct Machine {
    folder: TempDir,
    database: Option<String>,
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) out: String,
    /// What it told on the side.
    pub(crate) told: String,
}

impl Ran {
    /// It ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// It was refused in words, without anything that only programmers read.
    #[track_caller]
    pub(crate) fn refused(self, words: &str) -> Self {
        assert_eq!(self.code, 1, "{self:#?}");
        assert!(self.told.contains(words), "{words:?} is not in {self:#?}");
        for noise in ["panicked", "backtrace", "src/", "Error {", "Err("] {
            assert!(!self.told.contains(noise), "{noise:?} is in {self:#?}");
        }
        self
    }

    /// What was printed holds these words.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words), "{words:?} is not in {self:#?}");
        self
    }
}

impl Machine {
    /// A machine with SQLite.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None }
    }

    /// A machine with SQLite, and one with PostgreSQL if there is a server to test with.
    pub(crate) fn all() -> Vec<Self> {
        let mut machines = vec![Self::new()];
        match std::env::var("LINLI_TEST_POSTGRES") {
            Ok(server) => {
                let database = Some(new_database(&server));
                machines.push(Self { database, ..Self::new() });
            }
            Err(_) => eprintln!("LINLI_TEST_POSTGRES names no server: SQLite only"),
        }
        machines
    }

    /// Whether it works on PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the data are.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, to be told what to do, in the folder, with nothing of the environment.
    pub(crate) fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_linli"));
        program.current_dir(self.folder.path()).env_clear();
        program.env("LINLI_DIR", self.data());
        if let Some(database) = &self.database {
            program.env("LINLI_DATABASE", database);
        }
        program
    }

    /// Runs the program with nothing to read.
    pub(crate) fn run<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Ran {
        self.run_reading("", words)
    }

    /// Runs the program with something to read.
    pub(crate) fn run_reading<'a>(
        &self,
        given: impl AsRef<[u8]>,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Ran {
        let mut program = self.program();
        program.args(words);
        finished(program, given.as_ref())
    }

    /// Opens the first account.
    pub(crate) fn with_operator(self) -> Self {
        let add = ["account", "add", "mei", "--role", "operator", "--display", "梅"];
        self.run_reading("correct horse\n", add).well();
        self
    }

    /// The facts of the deployment as lines.
    pub(crate) fn facts(&self) -> String {
        self.run(["export", "-"]).well().out
    }
}

/// Runs a program to its end.
pub(crate) fn finished(mut program: Command, given: &[u8]) -> Ran {
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    // The program may end before it has read what it was given.
    let _ = child.stdin.take().unwrap().write_all(given);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let out = String::from_utf8(stdout).unwrap();
    let told = String::from_utf8(stderr).unwrap();
    for text in [&out, &told] {
        let plain = text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        assert!(plain, "control characters where there is no terminal: {text:?}");
    }
    Ran { code: status.code().unwrap_or(-1), out, told }
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A new database on the server that is there for tests.
fn new_database(server: &str) -> String {
    use sqlx::Connection as _;
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let make = async {
        let mut link = sqlx::PgConnection::connect(server).await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(sql).execute(&mut link).await.unwrap();
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(make);
    let (front, _) = server.rsplit_once('/').unwrap();
    format!("{front}/{name}")
}
