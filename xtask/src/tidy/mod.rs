//! The rules that every file of the house keeps, each with the sentence that it stands for.

mod architecture;
mod arrows;
mod commands;
mod content;
mod marks;
mod names;
mod purity;
mod ratchet;
mod source;
mod tree;

use std::fmt;

pub use arrows::Package;
pub use ratchet::shrink;
pub use source::Source;
pub use tree::{RustFile, Tree};

/// Where a rule is broken, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// File, from the root of the repository.
    pub path: String,
    /// Line, counted from one; zero for the whole file.
    pub line: usize,
    /// What is wrong and what to do.
    pub words: String,
}

impl Finding {
    /// A finding at a line; zero for the whole file.
    pub fn new(path: impl Into<String>, line: usize, words: impl Into<String>) -> Self {
        Self { path: path.into(), line, words: words.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.words),
            line => write!(f, "{}:{line}: {}", self.path, self.words),
        }
    }
}

/// A rule of the house.
pub struct Rule {
    /// Its name, which is that of the test that holds to it.
    pub name: &'static str,
    /// Finds where it is broken.
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// All rules.
pub const RULES: &[Rule] = &[
    Rule { name: "every_rust_file_opens_with_a_sentence", check: names::opening_sentences },
    Rule { name: "no_file_is_named_for_nothing", check: names::empty_names },
    Rule { name: "tests_are_named_as_sentences", check: names::test_names },
    Rule { name: "files_and_functions_stay_small", check: ratchet::sizes },
    Rule { name: "the_domain_is_pure", check: purity::domain },
    Rule { name: "only_the_store_speaks_sql", check: purity::sql },
    Rule { name: "only_the_door_speaks_http", check: arrows::outside_crates },
    Rule {
        name: "the_rooms_depend_only_as_the_architecture_says",
        check: arrows::rooms_depend_as_said,
    },
    Rule { name: "every_command_proves_success_and_refusal", check: commands::proofs },
    Rule { name: "no_emergency_has_its_name_in_rust", check: content::forbidden_words },
    Rule {
        name: "every_invariant_names_a_test_that_exists",
        check: architecture::invariants_have_tests,
    },
    Rule { name: "every_path_in_the_architecture_exists", check: architecture::paths_exist },
    Rule { name: "every_link_leads_somewhere", check: architecture::links_lead_somewhere },
    Rule { name: "the_readme_is_short", check: architecture::readme_is_short },
    Rule { name: "a_mark_of_open_work_names_its_issue", check: marks::open_work },
    Rule { name: "no_test_is_ignored", check: marks::ignored_tests },
    Rule { name: "no_machine_is_named", check: marks::machine_paths },
    Rule { name: "lock_files_name_no_other_registry", check: marks::registries },
];

/// The findings of one rule on the tree; a rule that is not there is an error of the caller.
///
/// # Panics
/// When no rule has this name.
#[must_use]
pub fn findings(tree: &Tree, name: &str) -> Vec<Finding> {
    let rule = RULES.iter().find(|rule| rule.name == name);
    (rule.unwrap_or_else(|| panic!("no rule is named {name}")).check)(tree)
}
