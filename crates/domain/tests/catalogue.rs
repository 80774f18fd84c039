//! What people, machines and stored ledgers rely on by name: refusals, facts, commands, roles.

use std::collections::BTreeSet;

use domain::{Code, Command, Fact, Refusal, Role};

/// Whether a name has small letters and single underscores only.
fn is_snake_case(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    name.split('_').all(part)
}

fn braces(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn the_catalogue_of_refusals_is_as_agreed() {
    let lines = Code::ALL.iter().map(|code| {
        let (zh, en) = code.template();
        format!("{}\n  {zh}\n  {en}\n", code.name())
    });
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn every_refusal_has_one_name_and_says_the_same_in_both_languages() {
    let mut names = BTreeSet::new();
    for code in Code::ALL {
        let name = code.name();
        assert!(is_snake_case(name), "{name}");
        assert!(names.insert(name), "{name} stands twice");
        let on_the_wire = serde_json::to_value(code).expect("a name");
        assert_eq!(on_the_wire, name);
        let (zh, en) = code.template();
        assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}: {zh}");
        assert!(en.is_ascii() && en.ends_with('.'), "{name}: {en}");
        assert_eq!(braces(zh), braces(en), "{name}: other details in the other language");
    }
}

#[test]
fn details_are_filled_into_the_words() {
    let refusal = Refusal::new(Code::Short).with("pool", "Rooms").with("free", "1");
    let words = refusal.with("asked", "2").words();
    assert_eq!(words.en, "The pool \"Rooms\" has 1 left, not 2.");
    assert_eq!(words.zh, "物资池“Rooms”只剩 1，不够 2。");
}

#[test]
fn the_facts_are_as_agreed() {
    let lines = Fact::ALL.iter().map(|(name, version)| format!("{name} {version}\n"));
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn every_fact_has_one_name_of_thing_and_happening() {
    let mut names = BTreeSet::new();
    for (name, version) in Fact::ALL {
        assert!(names.insert(name), "{name} stands twice");
        assert!(*version >= 1);
        let (thing, happened) = name.split_once('.').expect("a thing and what happened to it");
        assert!(is_snake_case(thing) && is_snake_case(happened), "{name}");
    }
}

#[test]
fn the_commands_are_as_agreed() {
    insta::assert_snapshot!(Command::ALL.join("\n"));
}

#[test]
fn every_command_has_one_name_of_verb_and_noun() {
    let names: BTreeSet<_> = Command::ALL.iter().collect();
    assert_eq!(names.len(), Command::ALL.len());
    for name in names {
        assert!(is_snake_case(name) && name.contains('_'), "{name}");
    }
}

#[test]
fn every_fixed_role_has_words_in_both_languages() {
    for (name, zh, en) in Role::FIXED {
        assert!(is_snake_case(name), "{name}");
        assert!(!zh.is_empty() && !zh.is_ascii(), "{name}");
        assert!(!en.is_empty() && en.is_ascii(), "{name}");
    }
}
