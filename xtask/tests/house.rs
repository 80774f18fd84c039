//! The rules of the house, each held to on the repository itself.

use std::path::Path;
use std::sync::OnceLock;

use xtask::tidy::{RULES, Tree, findings};

fn check(rule: &str) {
    static TREE: OnceLock<Tree> = OnceLock::new();
    let tree = TREE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root");
        Tree::read(root).expect("the repository can be read")
    });
    let found: Vec<String> = findings(tree, rule).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} broken:\n{}", rule.replace('_', " "), found.join("\n"));
}

/// One test for each rule, under the rule's name.
macro_rules! rules {
    ($(fn $name:ident;)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_rule_is_held_to_here() {
            let tested = [$(stringify!($name)),*];
            let missing: Vec<&str> =
                RULES.iter().map(|rule| rule.name).filter(|name| !tested.contains(name)).collect();
            assert!(missing.is_empty(), "not held to: {missing:?}");
        }
    };
}

rules! {
    fn every_rust_file_opens_with_a_sentence;
    fn no_file_is_named_for_nothing;
    fn tests_are_named_as_sentences;
    fn files_and_functions_stay_small;
    fn the_domain_is_pure;
    fn only_the_store_speaks_sql;
    fn only_the_door_speaks_http;
    fn the_rooms_depend_only_as_the_architecture_says;
    fn every_command_proves_success_and_refusal;
    fn no_emergency_has_its_name_in_rust;
    fn every_invariant_names_a_test_that_exists;
    fn every_path_in_the_architecture_exists;
    fn every_link_leads_somewhere;
    fn the_readme_is_short;
    fn a_mark_of_open_work_names_its_issue;
    fn no_test_is_ignored;
    fn no_machine_is_named;
    fn lock_files_name_no_other_registry;
}
