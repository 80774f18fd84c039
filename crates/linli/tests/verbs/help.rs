//! What each verb says about itself.

use crate::machine::Machine;

/// Every verb that there is.
const VERBS: &[&str] = &[
    "",
    "serve",
    "demo",
    "pack",
    "pack new",
    "pack check",
    "pack diff",
    "pack test",
    "pack adopt",
    "form",
    "form convert",
    "form check",
    "form explain",
    "form diff",
    "sheet",
    "sheet understand",
    "sheet map",
    "sheet fill",
    "account",
    "account add",
    "account grant",
    "account revoke",
    "account password",
    "account token",
    "account list",
    "account close",
    "account link",
    "account unlink",
    "import",
    "import divisions",
    "import roster",
    "verify",
    "rebuild",
    "export",
    "outbox",
    "backup",
    "restore",
    "erase",
    "doctor",
];

#[test]
fn every_verb_says_what_it_does() {
    let machine = Machine::new();
    for verb in VERBS {
        let mut program = machine.program();
        program.env_remove("LINLI_DIR").env("COLUMNS", "100");
        program.args(verb.split_whitespace()).arg("--help");
        let said = crate::machine::finished(program, b"").well().out;
        let name = format!("linli {verb}").trim().replace(' ', "-");
        insta::assert_snapshot!(name, said);
    }
}

#[test]
fn no_verb_is_left_out() {
    let machine = Machine::new();
    for above in ["", "pack", "form", "sheet", "account", "import"] {
        let help = machine.run(above.split_whitespace().chain(["--help"])).well().out;
        let (_, list) = help.split_once("Commands:\n").unwrap();
        for line in list.lines().take_while(|line| !line.is_empty()) {
            let Some(name) = line.strip_prefix("  ").and_then(|it| it.split(' ').next()) else {
                continue;
            };
            let verb = format!("{above} {name}");
            let known = name.is_empty() || name == "help" || VERBS.contains(&verb.trim());
            assert!(known, "linli {verb} has no help in the snapshot");
        }
    }
}
