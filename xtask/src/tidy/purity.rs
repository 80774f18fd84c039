//! What a room may not know: the domain no world outside, nobody but the store SQL.

use super::source::line_of_word;
use super::{Finding, Tree};

/// Words that bring the world into the domain.
const WORLD: &[&str] = &[
    "async",
    "await",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "fs::",
    "env::",
    "io::",
    "thread::",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
    "rand::",
    "getrandom",
    "new_v4",
    "now_v7",
    "println!",
    "eprintln!",
    "tokio",
    "reqwest",
];

/// Crates of which the domain may know nothing.
const WORLDLY_CRATES: &[&str] =
    &["tokio", "rand", "getrandom", "chrono", "cel", "tracing", "async-trait"];

/// How a statement of SQL begins.
const SQL: &[&[&str]] = &[
    &["SELECT"],
    &["INSERT", "INTO"],
    &["INSERT", "OR"],
    &["UPDATE"],
    &["DELETE", "FROM"],
    &["CREATE", "TABLE"],
    &["CREATE", "INDEX"],
    &["CREATE", "UNIQUE"],
    &["ALTER", "TABLE"],
    &["DROP", "TABLE"],
    &["PRAGMA"],
    &["BEGIN"],
    &["SAVEPOINT"],
];

/// Where SQL may stand: the store, the benchmark that compares it with bare SQL, and the simulated
/// week, which looks at rows behind the store's back.
const SQL_ROOMS: &[&str] = &["crates/store", "crates/bench", "crates/testkit"];

/// The domain reads nothing, waits for nothing, and asks no clock and no dice.
pub(super) fn domain(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust.iter().filter(|file| file.path.starts_with("crates/domain/src/")) {
        let code = &file.source.code;
        let words = WORLD.iter().filter_map(|word| Some((*word, line_of_word(code, word)?)));
        let grouped = grouped_std(code).into_iter();
        for (word, line) in words.chain(grouped) {
            let words = format!(
                "`{word}`: the domain is pure; take it as an argument, or do it in another room"
            );
            findings.push(Finding::new(&file.path, line, words));
        }
    }
    let package = tree.packages.iter().find(|package| package.name == "domain");
    for name in package.into_iter().flat_map(|package| package.uses.iter()) {
        if WORLDLY_CRATES.contains(&name.as_str()) {
            let words = format!("the domain may not know `{name}`");
            findings.push(Finding::new("crates/domain/Cargo.toml", 0, words));
        }
    }
    findings
}

/// The forbidden words of `use std::{fs, …}`.
fn grouped_std(code: &str) -> Vec<(&'static str, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("std::{") {
        let group = code[at..].split(';').next().unwrap_or_default();
        let line = code[..at].matches('\n').count();
        for word in ["fs", "net", "env", "process", "thread", "io"] {
            found.extend(line_of_word(group, word).map(|below| (word, line + below)));
        }
    }
    found
}

/// SQL stands in the store and nowhere else.
pub(super) fn sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rooms().filter(|file| !SQL_ROOMS.contains(&file.room())) {
        for literal in file.source.strings.iter().filter(|literal| is_sql(&literal.text)) {
            let words = "SQL outside the store; give the store a function for it";
            findings.push(Finding::new(&file.path, literal.line, words));
        }
    }
    findings
}

fn is_sql(text: &str) -> bool {
    let mut words = text.split_whitespace().map(|word| word.trim_end_matches(';'));
    let start: Vec<&str> = words.by_ref().take(3).collect();
    SQL.iter().any(|wanted| {
        let bare = wanted.len() == 1 && matches!(wanted[0], "BEGIN" | "SAVEPOINT" | "PRAGMA");
        start.starts_with(wanted) && (bare || start.len() > wanted.len())
    })
}

#[cfg(test)]
mod tests {
    use super::super::Package;
    use super::*;

    #[test]
    fn a_clock_in_the_domain_is_found_but_not_in_its_comments() {
        let dirty =
            "//! std::fs\nuse std::{fmt, fs};\nfn x() { let _ = jiff::Timestamp::now(); }\n";
        let tree = Tree::of([
            ("crates/domain/src/x.rs", dirty),
            ("crates/store/src/x.rs", dirty),
            (
                "crates/domain/src/y.rs",
                "use std::{fmt, collections};\n// async\nfn y() { \"env::\"; }",
            ),
        ]);
        let found: Vec<_> = domain(&tree).into_iter().map(|f| (f.path, f.line)).collect();
        let path = "crates/domain/src/x.rs".to_owned();
        assert_eq!(found, [(path.clone(), 3), (path, 2)]);
    }

    #[test]
    fn a_worldly_crate_in_the_domain_is_found() {
        let packages = vec![Package::of("domain", &["serde", "tokio"], &[])];
        let tree = Tree { packages, ..Tree::default() };
        assert_eq!(domain(&tree).len(), 1);
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let text = "fn x() { q(\"\n SELECT a FROM b\"); q(\"UPDATE\"); q(\"SELECTED one\"); q(\"BEGIN\"); }";
        let tree = Tree::of([("crates/server/src/x.rs", text), ("crates/store/src/x.rs", text)]);
        let found: Vec<_> = sql(&tree).into_iter().map(|f| (f.path, f.line)).collect();
        let path = "crates/server/src/x.rs".to_owned();
        assert_eq!(found, [(path.clone(), 1), (path, 2)]);
    }
}
