//! No disease, hazard or city has its name in Rust: content belongs in a pack.

use super::{Finding, Tree};

/// The words, from the root of the repository.
const LIST: &str = "xtask/forbidden_words.txt";
/// Areas of the time zone database; `Area/City` names a time zone, not a city.
const ZONE_AREAS: &[&str] = &[
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// Every forbidden word in the Rust of crates and engines, comments and tests included.
pub(super) fn forbidden_words(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.texts.get(LIST) else {
        return vec![Finding::new(LIST, 0, "the list of forbidden words is gone")];
    };
    let (latin, han) = read(list);
    let mut findings = Vec::new();
    for file in tree.rooms() {
        let named = file.path.split(['/', '.', '_']).map(str::to_lowercase);
        let in_path = named.filter(|word| is_forbidden(word, &latin)).map(|word| (0, word));
        let lines = file.text.lines().enumerate();
        let in_text = lines.flat_map(|(index, line)| {
            let found = words(&without_zones(line)).into_iter().filter(|w| is_forbidden(w, &latin));
            let characters = han.iter().filter(|w| line.contains(*w)).map(|w| (*w).to_owned());
            found.chain(characters).map(|word| (index + 1, word)).collect::<Vec<_>>()
        });
        for (line, word) in in_path.chain(in_text) {
            let words = format!("`{word}` belongs in a pack, not in Rust; tests use neutral kinds");
            findings.push(Finding::new(&file.path, line, words));
        }
    }
    findings
}

/// Words in Latin letters, lower case, and words in Chinese characters.
fn read(list: &str) -> (Vec<&str>, Vec<&str>) {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).partition(char_is_latin)
}

fn char_is_latin(word: &&str) -> bool {
    word.is_ascii()
}

fn is_forbidden(word: &str, list: &[&str]) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    list.iter().any(|forbidden| *forbidden == word || *forbidden == singular)
}

/// The words of a line in lower case: `floodMode`, `flood_mode` and `Flood mode` have the same.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_small = false;
    for c in line.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && before_is_small) {
            words.push(String::new());
        }
        if c.is_ascii_alphabetic() {
            words.last_mut().expect("there is always one").push(c.to_ascii_lowercase());
        }
        before_is_small = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The line without names of time zones.
fn without_zones(line: &str) -> String {
    let mut line = line.to_owned();
    for area in ZONE_AREAS {
        while let Some(at) = line.find(area) {
            let rest = &line[at + area.len()..];
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            line.replace_range(at..at + area.len() + end, "");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        let tree = Tree::of([(LIST, "# test\nmumps gotham\n高谭\n"), ("crates/a/src/x.rs", line)]);
        forbidden_words(&tree).len()
    }

    #[test]
    fn a_forbidden_word_is_found_in_any_writing() {
        for line in [
            "struct MumpsMode;",
            "let mumps_mode = 1;",
            "// Gotham's streets",
            "\"高谭市\"",
            "fn inMumps()",
        ] {
            assert_eq!(found(line), 1, "{line}");
        }
    }

    #[test]
    fn parts_of_words_and_time_zones_are_not_found() {
        assert_eq!(found("let mumpsimus = \"Asia/Gotham\";"), 0);
        assert_eq!(found("let zone = \"Asia/Gotham\"; // gotham"), 1);
    }

    #[test]
    fn a_file_named_for_an_emergency_is_found() {
        let tree = Tree::of([(LIST, "mumps"), ("crates/a/src/mumps_round.rs", "")]);
        assert_eq!(forbidden_words(&tree).len(), 1);
        assert_eq!(forbidden_words(&Tree::of([("crates/a/src/x.rs", "")])).len(), 1);
    }
}
