//! Sizes: small files and functions stay small, recorded giants may only shrink.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Finding, Tree};

/// The record of giants, from the root of the repository.
const RECORD: &str = "xtask/ratchet.txt";
/// Lines that a file may have.
const FILE_LINES_MAX: usize = 600;
/// Lines that a function may have, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

const HEAD: &str = "\
# What was too long when it was recorded: `file PATH LINES` and `function PATH NAME LINES`.
# It may only shrink. `cargo xtask tidy --shrink` lowers the numbers; nothing raises them.
";

/// A file, or a function in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    File(String),
    Function(String, String),
}

impl Thing {
    fn path(&self) -> &str {
        match self {
            Self::File(path) | Self::Function(path, _) => path,
        }
    }

    fn limit(&self) -> usize {
        match self {
            Self::File(_) => FILE_LINES_MAX,
            Self::Function(..) => FUNCTION_LINES_MAX,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::File(_) => "the file".to_owned(),
            Self::Function(_, name) => format!("`{name}`"),
        }
    }
}

/// Files of at most 600 lines, functions of at most 70; what is recorded may only shrink.
pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let recorded = match record(tree) {
        Ok(recorded) => recorded,
        Err(error) => return vec![Finding::new(RECORD, 0, error.to_string())],
    };
    let giants = giants(tree);
    for (thing, (lines, at)) in &giants {
        let limit = recorded.get(thing).copied().unwrap_or(thing.limit());
        if *lines > limit {
            let words =
                format!("{} has {lines} lines, {limit} are allowed: divide it", thing.name());
            findings.push(Finding::new(thing.path(), *at, words));
        }
    }
    for (thing, recorded) in &recorded {
        let lines = giants.get(thing).map_or(0, |(lines, _)| *lines);
        if lines < *recorded {
            let words = format!(
                "{} of {} has shrunk: run `cargo xtask tidy --shrink` and commit the record",
                thing.name(),
                thing.path()
            );
            findings.push(Finding::new(RECORD, 0, words));
        }
    }
    findings
}

/// Everything that is longer than it may be, with its length and line.
fn giants(tree: &Tree) -> BTreeMap<Thing, (usize, usize)> {
    let mut giants = BTreeMap::new();
    for file in &tree.rust {
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX {
            giants.insert(Thing::File(file.path.clone()), (lines, 0));
        }
        for function in file.source.functions() {
            if function.lines > FUNCTION_LINES_MAX {
                let thing = Thing::Function(file.path.clone(), function.name);
                let longest = giants.entry(thing).or_insert((0, 0));
                *longest = (*longest).max((function.lines, function.line));
            }
        }
    }
    giants
}

fn record(tree: &Tree) -> Result<BTreeMap<Thing, usize>> {
    let text = tree.texts.get(RECORD).map(String::as_str).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| entry(line).with_context(|| format!("`{line}` cannot be read"))).collect()
}

fn entry(line: &str) -> Option<(Thing, usize)> {
    match *line.split(' ').collect::<Vec<_>>() {
        ["file", path, lines] => Some((Thing::File(path.into()), lines.parse().ok()?)),
        ["function", path, name, lines] => {
            Some((Thing::Function(path.into(), name.into()), lines.parse().ok()?))
        }
        _ => None,
    }
}

/// Lowers the record to what is there today; never raises a number nor adds one.
///
/// # Errors
/// When the record cannot be read or written.
pub fn shrink(root: &Path, tree: &Tree) -> Result<()> {
    std::fs::write(root.join(RECORD), shrunk(tree)?).context("writing the record of giants")
}

fn shrunk(tree: &Tree) -> Result<String> {
    let giants = giants(tree);
    let mut text = HEAD.to_owned();
    for (thing, recorded) in record(tree)? {
        let Some((lines, _)) = giants.get(&thing) else { continue };
        let lines = recorded.min(*lines);
        match thing {
            Thing::File(path) => writeln!(text, "file {path} {lines}")?,
            Thing::Function(path, name) => writeln!(text, "function {path} {name} {lines}")?,
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(lines: usize) -> String {
        format!("fn giant() {{\n{}}}\n", "x();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_seventy_one_lines_is_found() {
        assert_eq!(sizes(&Tree::of([("a.rs", long(70))])), []);
        let found = sizes(&Tree::of([("a.rs", long(71))]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 1);
    }

    #[test]
    fn a_file_of_six_hundred_and_one_lines_is_found() {
        let found = sizes(&Tree::of([("a.rs", "//! x\n".repeat(601))]));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_recorded_giant_may_not_grow_and_its_record_follows_it_down() {
        let with = |recorded: usize| {
            let record = format!("# giants\nfunction a.rs giant {recorded}\n");
            Tree::of([("a.rs".to_owned(), long(80)), (RECORD.to_owned(), record)])
        };
        assert_eq!(sizes(&with(80)), []);
        assert_eq!(sizes(&with(79))[0].path, "a.rs");
        assert_eq!(sizes(&with(81))[0].path, RECORD);
        assert!(shrunk(&with(81)).unwrap().ends_with("function a.rs giant 80\n"));
        assert!(shrunk(&with(79)).unwrap().ends_with("function a.rs giant 79\n"));
    }

    #[test]
    fn a_record_of_what_is_gone_is_found() {
        let tree = Tree::of([(RECORD, "file gone.rs 700\n")]);
        assert_eq!(sizes(&tree).len(), 1);
        assert_eq!(shrunk(&tree).unwrap(), HEAD);
    }
}
