//! What was measured: a line per figure, printed, written as JSON, and put into the README.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value as Json, json};

/// Where the table stands in the README.
const BEGIN: &str = "<!-- figures: written by cargo xtask bench -->";
const END: &str = "<!-- figures end -->";

/// Several rounds of one figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rounds(pub(crate) Vec<f64>);

impl Rounds {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted[sorted.len() / 2]
    }

    fn text(&self, unit: &str) -> String {
        let sorted = self.sorted();
        let (least, most) = (sorted[0], sorted[sorted.len() - 1]);
        let middle = short(self.median());
        if sorted.len() == 1 {
            return format!("{middle} {unit}");
        }
        format!("{middle} {unit} ({}–{})", short(least), short(most))
    }
}

fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 1000.0 => format!("{:.0}", value),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// What a figure is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// Ours divided by the peer's is at least so much.
    RatioAtLeast(f64),
    /// Ours divided by the peer's is at most so much.
    RatioAtMost(f64),
    /// Ours is at most so much.
    AtMost(f64),
    /// Told, not judged.
    None,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: Rounds,
    pub(crate) peer: Option<(String, Rounds)>,
    pub(crate) goal: Goal,
    pub(crate) note: String,
}

impl Line {
    /// Ours divided by the peer's.
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, peer)| self.ours.median() / peer.median())
    }

    fn reached(&self) -> Option<bool> {
        match self.goal {
            Goal::RatioAtLeast(least) => self.ratio().map(|ratio| ratio >= least),
            Goal::RatioAtMost(most) => self.ratio().map(|ratio| ratio <= most),
            Goal::AtMost(most) => Some(self.ours.median() <= most),
            Goal::None => None,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::RatioAtLeast(least) => format!("≥ {least}"),
            Goal::RatioAtMost(most) => format!("≤ {most}"),
            Goal::AtMost(most) => format!("≤ {most} {}", self.unit),
            Goal::None => String::new(),
        }
    }

    fn json(&self) -> Json {
        json!({
            "name": self.name, "unit": self.unit, "ours": self.ours.median(), "ours_rounds": self.ours.0,
            "peer": self.peer.as_ref().map(|(name, _)| name),
            "peer_value": self.peer.as_ref().map(|(_, rounds)| rounds.median()),
            "peer_rounds": self.peer.as_ref().map(|(_, rounds)| &rounds.0),
            "ratio": self.ratio(), "goal": self.goal(), "reached": self.reached(), "note": self.note,
        })
    }

    fn cells(&self) -> [String; 5] {
        let ratio = self.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let peer = self.peer.as_ref();
        let peer = peer.map(|(name, rounds)| format!("{name}: {}", rounds.text(self.unit)));
        let verdict = match self.reached() {
            Some(true) => format!("{}, reached", self.goal()),
            Some(false) => format!("{}, **not reached**", self.goal()),
            None => String::new(),
        };
        let name = if self.note.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.note)
        };
        [name, self.ours.text(self.unit), peer.unwrap_or_default(), ratio, verdict]
    }
}

/// The machine in words.
pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|line| line.trim_start_matches([' ', '\t', ':'])).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = read("/proc/meminfo");
    let kib = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = kib.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    format!(
        "{cores} vCPU ({model}), {} GiB; load {load} at the end of the run",
        kib.unwrap_or(0).div_ceil(1024 * 1024)
    )
}

/// The table in Markdown.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut text =
        String::from("| figure | Linli | beside it | ratio | goal |\n|---|---|---|---|---|\n");
    for line in lines {
        let _ = writeln!(text, "| {} |", line.cells().join(" | "));
    }
    text
}

/// What a program says of its version; nothing when it is not there.
fn version(program: &str, ask: &str) -> Option<String> {
    let output = std::process::Command::new(program).arg(ask).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
}

/// Writes `bench/results.json` and the last section of the README, with what was left out and why.
pub(crate) fn write(root: &Path, lines: &[Line], left_out: &[&str], date: &str) -> Result<()> {
    let folder = root.join("bench");
    std::fs::create_dir_all(&folder)?;
    let lines_json: Vec<Json> = lines.iter().map(Line::json).collect();
    let versions = json!({
        "rustc": version("rustc", "--version"), "sqlite_of_both_sides": rusqlite::version(),
        "sqlite3": version("sqlite3", "-version"), "chromium": version("chromium", "--version"),
        "postgres": version("psql", "--version"),
    });
    let results = json!({
        "machine": machine(), "on": date, "versions": versions, "left_out": left_out,
        "figures": lines_json,
    });
    let text = serde_json::to_string_pretty(&results)? + "\n";
    std::fs::write(folder.join("results.json"), text).context("writing bench/results.json")?;
    let path = root.join("README.md");
    let readme = std::fs::read_to_string(&path)?;
    let (Some(begin), Some(end)) = (readme.find(BEGIN), readme.find(END)) else {
        eprintln!("README.md has no place for the figures; it stays as it is");
        return Ok(());
    };
    let missing = if left_out.is_empty() {
        String::new()
    } else {
        format!(" Not measured in this run: {}.", left_out.join(", "))
    };
    let said = format!("Taken on {date} on {}.{missing}\n\n{}", machine(), table(lines));
    let readme = format!("{}{BEGIN}\n{said}{}", &readme[..begin], &readme[end..]);
    std::fs::write(path, readme).context("writing README.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(goal: Goal) -> Line {
        let (ours, peer) = (Rounds(vec![3.0, 1.0, 2.0]), Rounds(vec![4.0]));
        let (name, note) = ("a".to_owned(), String::new());
        Line { name, unit: "s", ours, peer: Some(("b".to_owned(), peer)), goal, note }
    }

    #[test]
    fn the_middle_of_the_rounds_is_compared_with_the_goal() {
        assert_eq!(line(Goal::RatioAtLeast(0.5)).reached(), Some(true));
        assert_eq!(line(Goal::RatioAtLeast(0.6)).reached(), Some(false));
        assert_eq!(line(Goal::AtMost(1.5)).reached(), Some(false));
        assert_eq!(line(Goal::None).reached(), None);
    }

    #[test]
    fn a_missed_goal_is_said_in_the_table() {
        assert!(table(&[line(Goal::RatioAtMost(0.1))]).contains("not reached"));
    }
}
