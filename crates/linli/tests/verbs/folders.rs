//! Folders and databases that are not what they should be, and settings.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::machine::Machine;

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let machine = Machine::new();
    machine.write("data/holiday.jpg", "x");
    for words in [&["verify"][..], &["serve"], &["account", "add", "mei", "--no-password"]] {
        machine.run(words.iter().copied()).refused("`holiday.jpg`");
    }
    assert_eq!(crate::machine::names(&machine.data()), ["holiday.jpg"]);
}

#[test]
fn a_folder_that_is_not_there_is_not_made_by_a_slip_of_the_finger() {
    let machine = Machine::new();
    for words in [&["verify"][..], &["rebuild"], &["account", "list"], &["export", "-"]] {
        machine.run(words.iter().copied()).refused("Name the right folder with --dir");
    }
    assert!(!machine.data().exists());
}

#[test]
fn a_database_without_its_keys_is_not_opened_with_new_ones() {
    let machine = Machine::new().with_operator();
    fs::remove_file(machine.data().join("keys")).unwrap();
    machine.run(["verify"]).refused("Copy the file `keys` there");
    assert!(!machine.data().join("keys").exists());
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_none() {
    let machine = Machine::new().with_operator();
    for name in ["linli.db-wal", "linli.db-shm"] {
        let _ = fs::remove_file(machine.data().join(name));
    }
    machine.write("data/linli.db", "this is a letter, not a database. ".repeat(400));
    machine.run(["verify"]).refused("linli restore");
}

#[test]
fn a_database_that_another_program_holds_is_waited_for_and_then_named() {
    use rustix::fs::{FlockOperation, fcntl_lock};
    let machine = Machine::new().with_operator();
    let database = machine.data().join("linli.db");
    let database = fs::OpenOptions::new().read(true).write(true).open(database).unwrap();
    fcntl_lock(&database, FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut program = machine.program();
    program.env("LINLI_WAIT_SECONDS", "1").args(["account", "list"]);
    crate::machine::finished(program, b"").refused("Another program is writing to it");
    drop(database);
    machine.run(["account", "list"]).well();
}

#[test]
fn what_is_made_only_its_owner_may_read() {
    let machine = Machine::new().with_operator();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(machine.data()), 0o700);
    assert_eq!(mode(machine.data().join("keys")), 0o600);
}

#[test]
fn a_postgresql_that_does_not_answer_is_said_so_without_the_password() {
    let machine = Machine::new();
    let url = "postgres://ada:secret@127.0.0.1:1/linli";
    let mut program = machine.program();
    program.env("LINLI_WAIT_SECONDS", "1").args(["account", "add", "mei", "--no-password"]);
    program.args(["--database", url]);
    let refused = crate::machine::finished(program, b"");
    let refused = refused.refused("Check that PostgreSQL runs");
    assert!(refused.told.contains("postgres://ada:…@127.0.0.1:1/linli"), "{}", refused.told);
    assert!(!refused.told.contains("secret"));
}

#[test]
fn an_address_that_is_taken_is_said_so_and_nothing_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let machine = Machine::new();
    machine.run(["serve", "--listen", &address]).refused("choose another address with --listen");
    assert!(!machine.data().exists());
}

#[test]
fn a_setting_that_does_not_fit_is_named_with_where_it_stands() {
    let machine = Machine::new().with_operator();
    machine.run(["verify", "--zone", "Nowhere"]).refused("`zone` is `Nowhere` (--zone)");
    machine.write("data/linli.toml", "[session]\nhours = 0\n");
    machine.run(["verify"]).refused("data/linli.toml");
    machine.write("data/linli.toml", "sesion = 1\n");
    machine.run(["verify"]).refused("there is no setting `sesion`");
    machine.write("data/linli.toml", "listen = \n");
    machine.run(["verify"]).refused("linli.toml");
    machine.run(["verify", "--config", "nowhere.toml"]).refused("nowhere.toml");
}
