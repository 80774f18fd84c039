//! Marks that people leave behind: open work, ignored tests, names of machines.

use super::{Finding, Tree};

/// Marks of open work, put together so that this file does not carry them.
const OPEN: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// Kinds of files in which a mark of open work must name its issue.
const SOURCES: &[&str] =
    &[".rs", ".ts", ".vue", ".js", ".css", ".html", ".yaml", ".toml", ".sql", ".sh", ".md"];
/// Beginnings of paths that are on one machine only.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/tmp/", "linli")];
/// Where packages come from; anything else is a mirror that others do not have.
const NPM: &str = "https://registry.npmjs.org/";
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Open work names its issue, as in `#12`.
pub(super) fn open_work(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| is_source(path)) {
        for (index, line) in text.lines().enumerate() {
            let mark = OPEN
                .iter()
                .find(|mark| line.split(|c: char| !c.is_alphanumeric()).any(|w| w == **mark));
            if let Some(mark) = mark.filter(|_| !names_issue(line)) {
                findings.push(Finding::new(
                    path,
                    index + 1,
                    format!("{mark} without an issue, as in {mark} #12"),
                ));
            }
        }
    }
    findings
}

fn is_source(path: &str) -> bool {
    SOURCES.iter().any(|ending| path.ends_with(ending))
}

fn names_issue(line: &str) -> bool {
    line.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A test runs or is not there.
pub(super) fn ignored_tests(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |path: &str, code: &str, marks: &[&str]| {
        for (index, line) in code.lines().enumerate() {
            if marks.iter().any(|mark| line.trim_start().starts_with(mark)) {
                let words =
                    "an ignored test proves nothing: assert what is so today, or take it away";
                findings.push(Finding::new(path, index + 1, words));
            }
        }
    };
    for file in &tree.rust {
        look(&file.path, &file.source.code, &["#[ignore"]);
    }
    let web =
        tree.texts.iter().filter(|(path, _)| path.starts_with("web/") && path.ends_with(".ts"));
    let marks = [
        "it.skip(",
        "test.skip('",
        "test.fixme(",
        "it.only(",
        "test.only(",
        "describe.skip(",
        "describe.only(",
    ];
    for (path, text) in web {
        look(path, text, &marks);
    }
    findings
}

/// No path of one machine is committed.
pub(super) fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.texts {
        for (index, line) in text.lines().enumerate() {
            if let Some(named) = MACHINE.iter().find(|named| begins_path(line, named)) {
                let words = format!("`{named}` is on one machine only");
                findings.push(Finding::new(path, index + 1, words));
            }
        }
    }
    findings
}

/// Whether the line has an absolute path that begins so; `a/b/c` has no `/b/`.
fn begins_path(line: &str, named: &str) -> bool {
    line.match_indices(named).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-})".contains(c))
    })
}

/// Lock files name the public registries or none.
pub(super) fn registries(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.texts {
        let foreign: fn(&str) -> bool = match path.rsplit('/').next().unwrap_or_default() {
            "package-lock.json" => {
                |line| line.starts_with("\"resolved\": \"http") && !line.contains(NPM)
            }
            "Cargo.lock" => |line| line.starts_with("source = ") && !line.contains(CRATES),
            ".npmrc" => |line| line.contains("registry=") || line.contains("_authToken"),
            "config.toml" => |line| {
                line.starts_with("[source")
                    || line.starts_with("[registries")
                    || line.starts_with("[registry")
            },
            _ => continue,
        };
        for (index, line) in text.lines().enumerate().filter(|(_, line)| foreign(line.trim_start()))
        {
            let words = format!("`{}` names a registry that others do not have", line.trim());
            findings.push(Finding::new(path, index + 1, words));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_work_without_an_issue_is_found() {
        let text = format!("// {0}: later\n// {0} #12: later\nlet {0}S = 1;\n", OPEN[0]);
        let found = open_work(&Tree::of([("a.rs", text.as_str()), ("a.bin", text.as_str())]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 1);
    }

    #[test]
    fn an_ignored_test_is_found_but_not_a_word_about_it() {
        let tree = Tree::of([
            ("a.rs", "// #[ignore]\n#[test]\n    #[ignore = \"slow\"]\nfn a() {}"),
            ("web/tests/a.test.ts", "it.skip('x', () => {})"),
        ]);
        assert_eq!(ignored_tests(&tree).len(), 2);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let line = |named: &str| format!("see {named}x and ok\n");
        let tree =
            Tree::of([("a.md", line(MACHINE[0])), ("b.md", line(&format!("web{}", MACHINE[0])))]);
        assert_eq!(machine_paths(&tree).len(), 1);
    }

    #[test]
    fn a_foreign_registry_is_found() {
        let tree = Tree::of([
            (
                "web/package-lock.json",
                "  \"resolved\": \"https://mirror.example/a.tgz\",\n  \"resolved\": \"https://registry.npmjs.org/a.tgz\",",
            ),
            ("Cargo.lock", "source = \"registry+https://mirror.example/index\"\n"),
            (".cargo/config.toml", "[source.crates-io]\n"),
            ("web/.npmrc", "audit=false\n"),
        ]);
        assert_eq!(registries(&tree).len(), 3);
    }
}
