//! Ctrl-C in the middle of a job: it ends, what it had begun is undone, the exit code says so.

use std::fmt;
use std::future::Future;

use anyhow::Result;

/// The exit code of a program that was told to stop: 128 and the number of the signal.
pub(crate) const CODE: u8 = 130;

/// That the program was told to stop before its job was done.
#[derive(Debug)]
pub(crate) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("已停止，没有留下一半的改动 stopped; nothing is left half-done")
    }
}

impl std::error::Error for Stopped {}

/// Does a job unless the program is told to stop first. What the job had begun is dropped, and
/// with it undone.
///
/// # Errors
/// Those of the job, and [`Stopped`].
pub(crate) async fn unless_stopped<T>(job: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = job => done,
        () = told() => Err(Stopped.into()),
    }
}

/// Ends when somebody presses Ctrl-C or the machine says that it is time.
pub(crate) async fn told() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = ended.recv() => {}
    }
}
