//! The documents tell the truth: invariants have tests, paths and links exist.

use std::collections::BTreeSet;

use super::{Finding, Tree};

const PAGE: &str = "ARCHITECTURE.md";
const README: &str = "README.md";
/// Lines that the README may have.
const README_LINES_MAX: usize = 120;

/// Each **Invariant** of the architecture names tests, and they exist.
pub(super) fn invariants_have_tests(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.texts.get(PAGE) else { return Vec::new() };
    let tests = test_names(tree);
    let mut findings = Vec::new();
    for (index, line) in page.lines().enumerate().filter(|(_, line)| line.contains("**Invariant")) {
        let named = line.split_once("Test").map_or(Vec::new(), |(_, rest)| quoted(rest));
        if named.is_empty() {
            let words = "an invariant ends in: Test: `the_name_of_the_test`";
            findings.push(Finding::new(PAGE, index + 1, words));
        }
        for name in named.into_iter().filter(|name| !tests.contains(*name)) {
            findings.push(Finding::new(PAGE, index + 1, format!("no test is named `{name}`")));
        }
    }
    findings
}

/// Names of Rust tests, and titles of web tests and journeys.
fn test_names(tree: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in &tree.rust {
        // Also those that a macro makes: `fn` and a name is enough.
        let after = file.source.code.split("fn ").skip(1);
        names.extend(after.map(|rest| {
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        }));
    }
    let web =
        tree.texts.iter().filter(|(path, _)| path.starts_with("web/") && path.ends_with(".ts"));
    for line in web.flat_map(|(_, text)| text.lines()) {
        let line = line.trim_start();
        let title = ["it(", "test("].iter().find_map(|call| line.strip_prefix(call));
        let quote = title.and_then(|title| title.chars().next()).filter(|c| "'\"`".contains(*c));
        if let (Some(title), Some(quote)) = (title, quote) {
            names.extend(title[1..].split(quote).next().map(str::to_owned));
        }
    }
    names
}

/// What stands between backticks on a line.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Every path that the architecture mentions exists, from the root or from `crates`.
pub(super) fn paths_exist(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.texts.get(PAGE) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut in_block = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let in_table = line.starts_with("| `");
        let mut paths = if in_block { Vec::new() } else { quoted(line) };
        paths.retain(|path| looks_like_path(path));
        if in_table {
            paths.extend(quoted(line).first());
        }
        for path in paths {
            if !tree.has(path) && !tree.has(&format!("crates/{path}")) {
                findings.push(Finding::new(PAGE, index + 1, format!("`{path}` is not there")));
            }
        }
    }
    findings
}

fn looks_like_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let file =
        [".rs", ".md", ".toml", ".yaml", ".json", ".txt", ".ts"].iter().any(|e| text.ends_with(e));
    text.chars().all(plain) && !text.starts_with('/') && (text.contains('/') || file)
}

/// Every link from one document to another file of the repository leads somewhere.
pub(super) fn links_lead_somewhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pages = tree.texts.iter().filter(|(path, _)| path.ends_with(".md"));
    for (path, text) in pages {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = target.split('#').next().unwrap_or_default();
                let outside = file.is_empty() || file.contains(':') || file.starts_with('/');
                if !outside && !tree.has(&joined(folder, file)) {
                    findings.push(Finding::new(
                        path,
                        index + 1,
                        format!("`{target}` leads nowhere"),
                    ));
                }
            }
        }
    }
    findings
}

fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The README can be read in one go.
pub(super) fn readme_is_short(tree: &Tree) -> Vec<Finding> {
    let lines = tree.texts.get(README).map_or(0, |text| text.lines().count());
    let words = format!("{lines} lines; {README_LINES_MAX} are allowed: move the rest to docs");
    (lines > README_LINES_MAX).then(|| Finding::new(README, 0, words)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invariant_without_a_test_that_exists_is_found() {
        let page = "- **Invariant: a.** Test: `it_holds`.\n- **Invariant: b.** Test: `it_does_not`.\n\
                    - **Invariant: c.**\n- **Invariant: d.** Test: `the page speaks`.\n";
        let tree = Tree::of([
            (PAGE, page),
            ("crates/a/src/x.rs", "fn it_holds() {}"),
            ("web/tests/a.test.ts", "  it('the page speaks', () => {})"),
        ]);
        let lines: Vec<_> = invariants_have_tests(&tree).into_iter().map(|f| f.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn a_path_that_is_not_there_is_found() {
        let page = "| `gone` | x |\n`a/src/x.rs` `crates/a` `POST /api/x` `a::b` `crates/b` `y.rs`\n```\n`no/where`\n```\n";
        let tree = Tree::of([(PAGE, page), ("crates/a/src/x.rs", "")]);
        let words: Vec<_> = paths_exist(&tree).into_iter().map(|f| f.words).collect();
        assert_eq!(
            words,
            ["`gone` is not there", "`crates/b` is not there", "`y.rs` is not there"]
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text =
            "[a](../README.md) [b](b.md#part) [c](https://example.org) [d](gone.md) [e](#here)";
        let tree = Tree::of([("docs/a.md", text), ("docs/b.md", ""), (README, "")]);
        assert_eq!(links_lead_somewhere(&tree).len(), 1);
    }

    #[test]
    fn a_long_readme_is_found() {
        assert_eq!(readme_is_short(&Tree::of([(README, "x\n".repeat(120))])), []);
        assert_eq!(readme_is_short(&Tree::of([(README, "x\n".repeat(121))])).len(), 1);
    }
}
