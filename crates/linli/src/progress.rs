//! How far a long job is: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(3);

/// A long job on its way. Shown on standard error, so that what is printed stays clean.
pub(crate) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    told: Mutex<Option<Instant>>,
}

impl Progress {
    /// Begins a job, named in Chinese and English.
    pub(crate) fn begin(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar(what));
        Self { what, bar, told: Mutex::new(None) }
    }

    /// Says how much is done, of how much in all; of an unknown amount when that is 0.
    pub(crate) fn report(&self, done: u64, all: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|at| at.elapsed() >= EVERY) {
            *told = Some(Instant::now());
            eprintln!("{}", line(self.what, done, all));
        }
    }

    /// Writes a line that stays, above the bar.
    pub(crate) fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// The job has ended: the bar goes away.
    pub(crate) fn end(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{prefix} {wide_bar} {human_pos} / {human_len} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn line(what: &str, done: u64, all: u64) -> String {
    let Some(percent) = (done.saturating_mul(100)).checked_div(all) else {
        return format!("{what}: {done}");
    };
    format!("{what}: {done} / {all} ({percent} %)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_has_no_control_characters() {
        let text = line("核对 verify", 25, 100);
        assert_eq!(text, "核对 verify: 25 / 100 (25 %)");
        assert!(text.chars().all(|c| !c.is_control()));
        assert_eq!(line("核对 verify", 25, 0), "核对 verify: 25");
    }
}
