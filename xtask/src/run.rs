//! Running other programs: shown as they speak, read along, and failing in one sentence.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// A program with its arguments, to be run in a folder.
pub struct Run {
    command: Command,
    line: String,
}

impl Run {
    /// A program, found on the path or by its own.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let line = program.to_string_lossy().into_owned();
        Self { command: Command::new(program), line }
    }

    /// The cargo that runs this.
    #[must_use]
    pub fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self { command: Command::new(cargo), line: "cargo".into() }
    }

    /// Adds arguments that are separated by blanks.
    #[must_use]
    pub fn say(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    /// Adds one argument as it is.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.line = format!("{} {}", self.line, argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Where it runs.
    #[must_use]
    pub fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable out of its environment.
    #[must_use]
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// The command underneath, for what runs beside us.
    #[must_use]
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs it, shown as it is.
    ///
    /// # Errors
    /// When it cannot be started or ends in failure.
    pub fn shown(mut self) -> Result<()> {
        announce(&self.line);
        let status = self.command.stdin(Stdio::null()).status();
        let status = status.with_context(|| format!("`{}` could not be started", self.line))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.line);
        }
        Ok(())
    }

    /// Runs it without showing it and gives what it says; shows it all when it fails.
    ///
    /// # Errors
    /// When it cannot be started or ends in failure.
    pub fn quiet(mut self) -> Result<String> {
        let output = self.command.stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("`{}` could not be started", self.line))?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            bail!("`{}` failed:\n{}", self.line, String::from_utf8_lossy(&said).trim_end());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it, shown as it speaks, and counts the tests that it says have passed.
    ///
    /// # Errors
    /// When it cannot be started or ends in failure.
    pub fn counted(mut self) -> Result<usize> {
        announce(&self.line);
        let colour = if std::io::stderr().is_terminal() { "1" } else { "0" };
        if colour == "1" {
            self.command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        let child = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            child.spawn().with_context(|| format!("`{}` could not be started", self.line))?;
        let spoken = child.stdout.take().context("no output")?;
        let warned = child.stderr.take().context("no output")?;
        let beside = thread::spawn(move || along(warned, std::io::stderr()));
        let passed = along(spoken, std::io::stdout());
        let passed = passed + beside.join().unwrap_or_default();
        let status = child.wait()?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.line);
        }
        Ok(passed)
    }
}

fn announce(line: &str) {
    eprintln!("  $ {line}");
}

/// Shows what comes and adds up the tests that passed.
fn along(from: impl Read, mut to: impl Write) -> usize {
    let mut passed = 0;
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let text = String::from_utf8_lossy(&line);
        passed += tests_passed(&plain(&text)).unwrap_or_default();
        // Whoever listens may have gone; the program shall still come to its end.
        let _ = writeln!(to, "{text}");
    }
    passed
}

/// A line without the marks that colour it.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

/// The tests of which a summary says that they passed.
///
/// - nextest: `Summary [ 1.2s] 57 tests run: 57 passed, 0 skipped`
/// - cargo test: `test result: ok. 12 passed; 0 failed; …`
/// - Vitest: `Tests  31 passed (31)`
/// - Playwright: `  9 passed (1.2m)`
fn tests_passed(line: &str) -> Option<usize> {
    let line = line.trim();
    let words: Vec<&str> =
        line.split([' ', ',', ';', ':']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| *word == "passed")?;
    let number = words.get(at.checked_sub(1)?)?.parse().ok()?;
    let summary = line.starts_with("Summary [")
        || line.starts_with("test result:")
        || line.starts_with("Tests ")
        || at == 1 && words.get(2).is_some_and(|word| word.starts_with('('));
    summary.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_in_every_summary() {
        for (line, number) in [
            ("     Summary [   0.632s] 57 tests run: 56 passed (1 slow), 1 skipped", Some(56)),
            ("test result: ok. 12 passed; 0 failed; 0 ignored; finished in 0.63s", Some(12)),
            ("      Tests  31 passed (31)", Some(31)),
            ("  9 passed (1.2m)", Some(9)),
            (" Test Files  4 passed (4)", None),
            ("nothing passed here", None),
        ] {
            assert_eq!(tests_passed(line), number, "{line}");
        }
    }

    #[test]
    fn colours_are_read_through() {
        assert_eq!(
            tests_passed(&plain(
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m31 passed\u{1b}[39m (31)"
            )),
            Some(31)
        );
    }

    #[test]
    fn a_failure_is_one_sentence() {
        let error = Run::new("false").shown().unwrap_err().to_string();
        assert!(error.starts_with("`false` failed"), "{error}");
        let error = Run::new("no-such-program").say("a b").quiet().unwrap_err().to_string();
        assert_eq!(error, "`no-such-program a b` could not be started");
        assert!(
            Run::new("sh")
                .arg("-c")
                .arg("echo why; exit 3")
                .quiet()
                .unwrap_err()
                .to_string()
                .contains("why")
        );
    }
}
