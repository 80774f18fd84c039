//! `linli verify`, `rebuild`, `export` and `pack adopt`.

use std::fs;
use std::io::Read as _;

use crate::machine::{Machine, names};

#[test]
fn a_rebuild_leaves_the_views_as_they_were() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        machine.run(["rebuild"]).well().says("3 事实 facts");
        machine.run(["verify"]).well().says("all is well");
        machine.run(["account", "list"]).well().says("operator @ root");
    }
}

#[test]
fn the_outbox_is_shown_with_whom_it_is_for() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        let nobody = machine.run(["outbox"]).well().says("0 等待 waiting, 0 未能送达 given up");
        nobody.says("set [webhook] in linli.toml");
        machine.write("data/hook", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let webhook = "[webhook]\nurl = 'https://sms.example/linli'\nsecret_file = 'hook'\n";
        machine.write("data/linli.toml", webhook);
        let shown = machine.run(["outbox", "--retry"]).well().says("0 重新发送 will be told again");
        assert!(!shown.out.contains("[webhook]"), "{shown:?}");
    }
}

#[test]
fn a_fact_that_was_changed_is_found() {
    let machine = Machine::new().with_operator();
    machine.run(["backup", "copy"]).well();
    let mut bytes = fs::read(machine.path("copy/linli.db")).unwrap();
    let role = br#""role":"operator""#;
    let places: Vec<usize> =
        (0..bytes.len() - role.len()).filter(|&at| bytes[at..].starts_with(role)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + role.len()].copy_from_slice(br#""role":"resident""#);
    }
    for name in ["linli.db-wal", "linli.db-shm"] {
        let _ = fs::remove_file(machine.data().join(name));
    }
    machine.write("data/linli.db", bytes);
    let verified = machine.run(["verify"]);
    assert_eq!(verified.code, 1, "{verified:?}");
    let verified = verified.says("不一致 not well: ledger root, fact 3");
    verified.says("linli restore");
}

#[test]
fn facts_go_out_whole_or_not_at_all() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        machine.run(["export", "facts.jsonl"]).well().says("3 事实 facts");
        machine.run(["export", "facts.jsonl.gz"]).well();
        let plain = fs::read_to_string(machine.path("facts.jsonl")).unwrap();
        assert_eq!(plain, machine.facts());
        let mut unpacked = String::new();
        let packed = fs::File::open(machine.path("facts.jsonl.gz")).unwrap();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
        assert_eq!(machine.run(["export", "-", "--ledger", "root"]).well().out, plain);
        machine.run(["export", "facts.jsonl"]).refused("is there already");
        machine.run(["export", "nowhere/facts.jsonl"]).refused("nowhere");
        machine.run(["export", "-", "--ledger", "elsewhere"]).refused("there are: root");
        let left = names(&machine.path("."));
        assert_eq!(left, ["data", "facts.jsonl", "facts.jsonl.gz"]);
    }
}

#[test]
fn a_pack_is_adopted_once() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        machine.run(["pack", "new", "lamps"]).well();
        machine.run(["pack", "adopt", "lamps"]).well().says("已生效 in force");
        machine.run(["pack", "adopt", "lamps"]).well().says("没有改动 in force already");
        machine.run(["pack", "adopt", "lamps", "--ledger", "x"]).refused("there is no ledger");
        machine.run(["verify"]).well();
        machine.write("lamps/pack.yaml", "id: lamps\n");
        machine.run(["pack", "adopt", "lamps"]).refused("pack.yaml");
    }
}
