//! Names: of files, of modules, of tests; and the sentence that opens a file.

use super::{Finding, Tree};

/// Words that say nothing about what is inside.
const EMPTY: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "core", "manager", "managers", "misc", "base",
];

/// Every Rust file says in its first line what it holds.
pub(super) fn opening_sentences(tree: &Tree) -> Vec<Finding> {
    let silent = tree.rust.iter().filter(|file| !opens(&file.text));
    silent
        .map(|file| {
            Finding::new(
                &file.path,
                1,
                "open the file with one `//!` sentence that says what it holds",
            )
        })
        .collect()
}

fn opens(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("//! ").is_some_and(|sentence| !sentence.trim().is_empty())
}

/// No file, folder or module carries a name that says nothing.
pub(super) fn empty_names(tree: &Tree) -> Vec<Finding> {
    let code =
        |path: &&String| [".rs", ".ts", ".vue", ".js"].iter().any(|ending| path.ends_with(ending));
    let mut findings = Vec::new();
    for path in tree.paths.iter().filter(code) {
        if let Some(part) = path.split('/').find(|part| says_nothing(part)) {
            findings.push(Finding::new(
                path,
                0,
                format!("`{part}` says nothing; name what is inside"),
            ));
        }
    }
    for file in &tree.rust {
        for (index, line) in file.source.code.lines().enumerate() {
            let Some((_, name)) = line.split_once("mod ") else { continue };
            let name: String =
                name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if says_nothing(&name) {
                let words = format!("module `{name}` says nothing; name what is inside");
                findings.push(Finding::new(&file.path, index + 1, words));
            }
        }
    }
    findings
}

fn says_nothing(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    stem == "data" || stem.split(['_', '-']).any(|word| EMPTY.contains(&word))
}

/// Tests are sentences; that they are tests is said by their attribute.
pub(super) fn test_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.rust {
        for test in file.source.functions().into_iter().filter(|function| function.is_test) {
            let words = if test.name.starts_with("test_") {
                "a test's name is a sentence and does not begin with `test`"
            } else if !test.name.contains('_') {
                "a test's name is a sentence, not a word"
            } else {
                continue;
            };
            findings.push(Finding::new(&file.path, test.line, format!("{}: {words}", test.name)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_sentence_is_found() {
        let tree =
            Tree::of([("a.rs", "//! Says it.\n"), ("b.rs", "fn x() {}\n"), ("c.rs", "//!\n")]);
        let paths: Vec<_> = opening_sentences(&tree).into_iter().map(|f| f.path).collect();
        assert_eq!(paths, ["b.rs", "c.rs"]);
    }

    #[test]
    fn names_that_say_nothing_are_found_in_files_folders_and_modules() {
        let tree = Tree::of([
            ("crates/a/src/date_utils.rs", ""),
            ("crates/a/src/core/x.rs", ""),
            ("crates/a/src/score.rs", "mod helper {}\nmod commonplace;\n"),
            ("web/src/data.ts", ""),
            ("web/src/base.css", ""),
        ]);
        let found = empty_names(&tree);
        let paths: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(
            paths,
            [
                ("crates/a/src/core/x.rs", 0),
                ("crates/a/src/date_utils.rs", 0),
                ("web/src/data.ts", 0),
                ("crates/a/src/score.rs", 1),
            ]
        );
    }

    #[test]
    fn a_test_that_is_no_sentence_is_found() {
        let text = "#[test]\nfn test_it() {}\n#[test]\nfn works() {}\n#[test]\nfn it_works() {}\nfn test_bed() {}";
        assert_eq!(test_names(&Tree::of([("a.rs", text)])).len(), 2);
    }
}
