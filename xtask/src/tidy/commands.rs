//! Commands of the domain: one file each, named for the command, with its proofs beside it.

use super::source::Function;
use super::tree::RustFile;
use super::{Finding, Tree};

/// How a command file is recognised.
const IMPLEMENTS: &str = "impl Decide for ";
/// The words by which a command's opening sentences say that nothing speaks against it.
const NEVER: &str = "never refused";

/// Every command file is named for its command and proves a success and a refusal.
pub(super) fn proofs(tree: &Tree) -> Vec<Finding> {
    tree.rust.iter().filter(|file| in_capability(&file.path)).flat_map(findings).collect()
}

/// `crates/domain/src/<capability>/<file>.rs`.
fn in_capability(path: &str) -> bool {
    let below = path.strip_prefix("crates/domain/src/").unwrap_or_default();
    below.matches('/').count() == 1 && !below.ends_with("/mod.rs")
}

fn findings(file: &RustFile) -> Vec<Finding> {
    let code = &file.source.code;
    let commands: Vec<&str> = code
        .match_indices(IMPLEMENTS)
        .map(|(at, found)| {
            code[at + found.len()..].split([' ', '<', '\n']).next().unwrap_or_default()
        })
        .collect();
    let [command] = commands[..] else {
        let words = "one command, one file: give each command its own";
        return commands.get(1).map(|_| Finding::new(&file.path, 0, words)).into_iter().collect();
    };
    let mut findings = Vec::new();
    let stem = file.path.rsplit(['/', '.']).nth(1).unwrap_or_default();
    if camel(stem) != command {
        let words = format!("the file of `{command}` is named for it");
        findings.push(Finding::new(&file.path, 0, words));
    }
    findings.extend(unproved(file).map(|words| Finding::new(&file.path, 0, words)));
    findings
}

/// What is missing among the tests, if anything.
fn unproved(file: &RustFile) -> Option<&'static str> {
    let tests: Vec<Function> =
        file.source.functions().into_iter().filter(|function| function.is_test).collect();
    let never = file
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .any(|line| line.contains(NEVER));
    if !file.source.code.contains("#[cfg(test)]") || tests.is_empty() {
        Some("a command proves itself in its own file: given facts, when, then facts or a refusal")
    } else if never {
        None
    } else if !tests.iter().any(proves_refusal) {
        Some(
            "no test proves a refusal; if it is never refused, say `never refused` in the opening sentence",
        )
    } else if !tests.iter().any(proves_success) {
        Some("no test proves a success")
    } else {
        None
    }
}

fn proves_refusal(test: &Function) -> bool {
    let words = ["refus", "Refusal", "Code::", "unwrap_err", "is_err"];
    words.iter().any(|word| test.code.contains(word))
}

/// A test may prove both, one after the other.
fn proves_success(test: &Function) -> bool {
    !proves_refusal(test) || test.code.contains(".unwrap()")
}

fn camel(stem: &str) -> String {
    let words = stem.split('_');
    words
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    const PATH: &str = "crates/domain/src/cases/close_case.rs";
    const COMMAND: &str = "//! Closes.\nimpl Decide for CloseCase {}\n";

    fn file(path: &str, text: &str) -> RustFile {
        RustFile { path: path.into(), text: text.into(), source: Source::read(text) }
    }

    fn with(tests: &str) -> Vec<Finding> {
        findings(&file(PATH, &format!("{COMMAND}#[cfg(test)]\nmod tests {{\n{tests}\n}}\n")))
    }

    #[test]
    fn a_command_without_tests_is_found() {
        assert_eq!(findings(&file(PATH, COMMAND)).len(), 1);
        assert_eq!(with("").len(), 1);
    }

    #[test]
    fn a_command_without_a_refusal_is_found() {
        let success = "#[test]\nfn it_closes() { x().unwrap(); }\n#[test]\nfn it_tells() {}";
        assert_eq!(with(success).len(), 1);
        assert_eq!(with(&format!("{success}\n#[test]\nfn twice_is_refused() {{}}")), []);
    }

    #[test]
    fn a_command_without_a_success_is_found() {
        assert_eq!(with("#[test]\nfn it_is_refused() {}").len(), 1);
        assert_eq!(with("#[test]\nfn twice_is_refused() { x().unwrap(); y().unwrap_err(); }"), []);
    }

    #[test]
    fn a_command_that_says_so_needs_no_refusal() {
        let text = "//! Closes; never refused.\nimpl Decide for CloseCase {}\n#[cfg(test)]\nmod tests {\n#[test]\nfn it_closes() {}\n}";
        assert_eq!(findings(&file(PATH, text)), []);
    }

    #[test]
    fn a_file_named_for_something_else_or_with_two_commands_is_found() {
        let tests = "#[cfg(test)]\n#[test]\nfn a_b() {}\n#[test]\nfn is_refused() {}";
        let other = "crates/domain/src/cases/shut_case.rs";
        assert_eq!(findings(&file(other, &format!("{COMMAND}{tests}"))).len(), 1);
        assert_eq!(findings(&file(PATH, &format!("{COMMAND}{COMMAND}{tests}"))).len(), 1);
    }

    #[test]
    fn only_files_of_a_capability_are_commands() {
        assert!(in_capability(PATH));
        assert!(!in_capability("crates/domain/src/command.rs"));
        assert!(!in_capability("crates/domain/src/cases/mod.rs"));
    }
}
