//! `linli backup` and `linli restore`.

use std::fs;

use crate::machine::{Machine, names};

#[test]
fn a_backup_comes_back_in_another_folder_as_it_was() {
    for form in ["copy", "copy.zip"] {
        let machine = Machine::new().with_operator();
        machine.run(["backup", form, "--with-keys"]).well();
        let facts = machine.facts();
        machine.run(["restore", form, "--dir", "other"]).well().says("3 事实 facts");
        machine.run(["verify", "--dir", "other"]).well().says("all is well");
        assert_eq!(machine.run(["export", "-", "--dir", "other"]).well().out, facts);
        assert_eq!(names(&machine.path(".")).len(), 3, "{:?}", names(&machine.path(".")));
    }
}

#[test]
fn a_backup_without_keys_asks_for_them() {
    let machine = Machine::new().with_operator();
    machine.run(["backup", "copy"]).well().says("without keys");
    assert_eq!(names(&machine.path("copy")), ["backup.json", "linli.db"]);
    machine.run(["restore", "copy", "--dir", "other"]).refused("--keys");
    let strange = machine.write("strange", [7; 64]);
    let strange = strange.to_str().unwrap();
    let restore = ["restore", "copy", "--dir", "other", "--keys"];
    machine.run(restore.into_iter().chain([strange])).refused("its keys are others");
    assert!(!machine.path("other").exists());
    machine.run(restore.into_iter().chain(["data/keys"])).well();
    machine.run(["verify", "--dir", "other"]).well();
}

#[test]
fn what_is_there_is_put_aside_and_only_after_a_yes() {
    let machine = Machine::new().with_operator();
    machine.write("data/linli.toml", "zone = 'Etc/UTC'\n");
    machine.run(["backup", "copy"]).well();
    machine.run(["account", "add", "bo", "--no-password"]).well();
    machine.run(["restore", "copy"]).refused("Say --yes");
    machine.run(["account", "list"]).well().says("2 账户 accounts");
    let restored = machine.run(["restore", "copy", "--yes"]).well();
    let aside = restored.out.lines().last().unwrap().split(": ").nth(1).unwrap().to_owned();
    machine.run(["account", "list"]).well().says("1 账户 accounts");
    machine.run(["account", "list", "--dir", &aside]).well().says("2 账户 accounts");
    assert!(machine.data().join("linli.toml").exists());
}

#[test]
fn a_damaged_backup_is_refused_and_the_folder_stays_as_it_was() {
    let machine = Machine::new().with_operator();
    machine.run(["backup", "copy"]).well();
    machine.run(["backup", "copy.zip"]).well();
    let database = machine.path("copy/linli.db");
    let whole = fs::read(&database).unwrap();
    let restore = |from| machine.run(["restore", from, "--yes"]);

    fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    restore("copy").refused("the copy is not whole");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&database, &changed).unwrap();
    restore("copy").refused("the copy is damaged");
    fs::remove_file(&database).unwrap();
    restore("copy").refused("linli.db");

    let archive = fs::read(machine.path("copy.zip")).unwrap();
    machine.write("half.zip", &archive[..archive.len() / 2]);
    restore("half.zip").refused("no whole backup");
    machine.write("nonsense.zip", "nonsense");
    restore("nonsense.zip").refused("no whole backup");
    restore("nowhere").refused("is not there");
    fs::create_dir(machine.path("empty")).unwrap();
    restore("empty").refused("is no backup");

    machine.run(["account", "list"]).well().says("1 账户 accounts");
    let left = names(&machine.path("."));
    assert!(left.iter().all(|name| !name.contains("draft")), "{left:?}");
}

#[test]
fn a_backup_that_names_files_outside_of_itself_is_refused() {
    let machine = Machine::new().with_operator();
    machine.run(["backup", "copy"]).well();
    let list = fs::read_to_string(machine.path("copy/backup.json")).unwrap();
    machine.write("copy/backup.json", list.replace("linli.db", "../../linli.db"));
    machine.run(["restore", "copy", "--yes"]).refused("outside of the backup");
}

#[test]
fn a_backup_is_not_written_over_something() {
    let machine = Machine::new().with_operator();
    machine.write("there.zip", "x");
    machine.run(["backup", "there.zip"]).refused("is there already");
    machine.run(["backup", "data"]).refused("is there already");
}

#[test]
fn on_postgresql_the_databases_own_tools_are_named() {
    for machine in Machine::all() {
        if machine.is_postgres() {
            let machine = machine.with_operator();
            machine.run(["backup", "copy"]).refused("pg_dump");
            machine.run(["restore", "copy"]).refused("pg_restore");
        }
    }
}
