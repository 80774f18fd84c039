//! What went wrong below, said so that somebody at a street office knows what to do next.

use anyhow::Error;
use domain::Refusal;
use store::{StoreError, SubmitError};

use crate::settings::Settings;

/// What to do about troubles, by a word of what the database or the system says.
const HINTS: &[(&str, &str)] = &[
    (
        "database is locked",
        "Another program is writing to it. Wait until it is done (a large import, a rebuild), or \
         stop it; wait_seconds says how long to wait",
    ),
    (
        "file is not a database",
        "The file linli.db was damaged or is something else. Bring back a backup: linli restore",
    ),
    (
        "malformed",
        "The file linli.db was damaged. Stop the program and bring back a backup: linli restore",
    ),
    (
        "disk is full",
        "Make room on the disk, then try again; nothing that was acknowledged is lost",
    ),
    ("password authentication failed", "Check the user and the password in the setting `database`"),
    ("does not exist", "Make the database first: createdb NAME"),
    ("Connection refused", "Check that PostgreSQL runs and that host and port are right"),
    ("timed out", "Check that PostgreSQL runs and can be reached from here"),
    (
        "newer version than the program",
        "Install the version of Linli that was used last, or a newer one",
    ),
    ("Permission denied", "Run as the user that owns the folder, or give that user rights to it"),
    ("read-only", "Run as the user that owns the folder, or give that user rights to it"),
];

/// A trouble of the store with what to do about it.
pub(crate) fn explained(error: StoreError, settings: &Settings) -> Error {
    let dir = settings.dir();
    let what = match settings.database() {
        Some(url) => crate::settings::without_password(url),
        None => dir.join("linli.db").display().to_string(),
    };
    with_hint(Error::new(error).context(format!("{what} cannot be opened")))
}

/// An error with what to do about it, where that is known.
pub(crate) fn with_hint(error: Error) -> Error {
    let said = format!("{error:#}");
    match HINTS.iter().find(|(word, _)| said.contains(word)) {
        Some((_, hint)) => Error::msg(format!("{said}\n{hint}.")),
        None => error,
    }
}

/// A refusal, in both languages.
pub(crate) fn refused(refusal: &Refusal) -> Error {
    let words = refusal.words();
    Error::msg(format!("{} {}", words.zh, words.en))
}

/// A command that has no answer.
pub(crate) fn unanswered(error: SubmitError) -> Error {
    match error {
        SubmitError::Failed(error) => with_hint(Error::msg(error.to_string())),
        other => other.into(),
    }
}
