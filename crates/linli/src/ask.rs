//! Questions before harm, and passwords that nobody sees.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use console::Term;
use rustix::termios::{OptionalActions, Termios, tcsetattr};

/// The longest line read from standard input, in bytes.
const LINE_BYTES_MAX: u64 = 4096;

/// The terminal as it was before nobody was to see what is typed.
static AS_IT_WAS: Mutex<Option<Termios>> = Mutex::new(None);

fn lock() -> std::sync::MutexGuard<'static, Option<Termios>> {
    AS_IT_WAS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Leaves the terminal as it was, when the program stops in the middle of a password.
pub(crate) fn leave_terminal_as_it_was() {
    if let Some(before) = lock().take() {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
    }
}

/// Asks before something that cannot be undone. `yes` is the answer given on the command line.
///
/// # Errors
/// When the answer is no, or nobody is there to answer.
pub(crate) async fn before(what: String, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    // Elsewhere than here, so that Ctrl-C is heard while nobody answers.
    tokio::task::spawn_blocking(move || ask(&what)).await?
}

fn ask(what: &str) -> Result<()> {
    let terminal = Term::stderr();
    if !std::io::stdin().is_terminal() || !terminal.is_term() {
        bail!("{what}\nNobody is here to be asked. Say --yes if that is what you want.");
    }
    terminal.write_line(what)?;
    terminal.write_str("继续？Go on? [yes/no] ")?;
    let answer = terminal.read_line()?;
    if !matches!(answer.trim(), "yes" | "y" | "是") {
        bail!("没有改动 nothing was changed");
    }
    Ok(())
}

/// Reads a new password: twice from a terminal, without echo, or a line of standard input.
///
/// # Errors
/// When there is none, or the two differ.
pub(crate) async fn new_password() -> Result<String> {
    tokio::task::spawn_blocking(read_password).await?
}

fn read_password() -> Result<String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .take(LINE_BYTES_MAX)
            .read_line(&mut line)
            .context("the password on standard input is not UTF-8")?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        if password.is_empty() {
            bail!("no password came on standard input; pipe one line into it");
        }
        return Ok(password);
    }
    *lock() = rustix::termios::tcgetattr(std::io::stdin()).ok();
    let terminal = Term::stderr();
    terminal.write_str("新密码 New password: ")?;
    let password = terminal.read_secure_line()?;
    terminal.write_str("再输一次 Again: ")?;
    if terminal.read_secure_line()? != password {
        bail!("两次输入不一致，没有改动 the two differ; nothing was changed");
    }
    Ok(password)
}
