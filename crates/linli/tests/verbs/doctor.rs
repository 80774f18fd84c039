//! `linli doctor`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::machine::{Machine, Ran, finished};

#[track_caller]
fn wrong(ran: Ran, words: &str) {
    assert_eq!(ran.code, 1, "{ran:#?}");
    ran.says("错 WRONG").says(words);
}

#[test]
fn a_deployment_in_order_is_said_to_be_well() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        let well = machine.run(["doctor"]).well().says("一切正常 all is well");
        let well = well.says("1 ledgers, 3 facts").says("every chain is signed up to its head");
        if machine.is_postgres() {
            well.says("LINLI_DATABASE");
        }
    }
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let machine = Machine::new().with_operator();
    let text = "listen = '127.0.0.1:1'\nzone = 'Etc/UTC'\n[session]\nhours = 8\n";
    machine.write("data/linli.toml", text);
    let line = |out: &str, key: &str| {
        let line = out.lines().find(|line| line.split_whitespace().next() == Some(key));
        line.unwrap().split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    let mut program = machine.program();
    program.env("LINLI_LISTEN", "127.0.0.1:2").env("LINLI_ZONE", "+09:00");
    program.args(["doctor", "--listen", "127.0.0.1:3"]);
    let said = finished(program, b"").well().out;
    assert_eq!(line(&said, "listen"), "127.0.0.1:3 --listen");
    assert_eq!(line(&said, "zone"), "+09:00 LINLI_ZONE");
    let file = machine.data().join("linli.toml");
    assert_eq!(line(&said, "session.hours"), format!("8 {}", file.display()));
    assert_eq!(line(&said, "wait_seconds"), "30 默认 default");
    assert_eq!(line(&said, "database"), "— 默认 default");
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let machine = Machine::new();
    wrong(machine.run(["doctor"]), "holds no deployment");
    assert!(!machine.data().exists());
    let machine = machine.with_operator();
    let keys = machine.data().join("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
    wrong(machine.run(["doctor"]), "chmod 600");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(machine.data(), fs::Permissions::from_mode(0o777)).unwrap();
    wrong(machine.run(["doctor"]), "chmod 700");
    fs::set_permissions(machine.data(), fs::Permissions::from_mode(0o700)).unwrap();
    wrong(machine.run(["doctor", "--zone", "Nowhere"]), "`zone` is `Nowhere` (--zone)");
    let openid = "[openid]\nissuer = 'https://id.example'\n";
    machine.write("data/linli.toml", openid);
    wrong(machine.run(["doctor"]), "missing: openid.client_id, openid.redirect_url");
    for (line, says) in [
        ("redirect_url = 'https://linli.example/elsewhere'\n", "/api/session/openid/back"),
        ("redirect_url = 'http://linli.example/api/session/openid/back'\n", "https://"),
        (
            "redirect_url = 'https://linli.example/api/session/openid/back'\n\
             client_secret_file = 'nowhere'\n",
            "openid.client_secret_file",
        ),
    ] {
        machine.write("data/linli.toml", format!("{openid}client_id = 'linli'\n{line}"));
        wrong(machine.run(["doctor"]), says);
    }
    machine.write("data/hook", "whsec_c2hvcnQ=\n");
    for (lines, says) in [
        ("url = 'https://sms.example/linli'\n", "missing: webhook.secret_file"),
        ("secret_file = 'hook'\n", "missing: webhook.url"),
        ("url = 'http://sms.example/linli'\nsecret_file = 'hook'\n", "https://"),
        ("url = 'https://sms.example/linli'\nsecret_file = 'nowhere'\n", "webhook.secret_file"),
        ("url = 'https://sms.example/linli'\nsecret_file = 'hook'\n", "24 to 64 bytes"),
    ] {
        machine.write("data/linli.toml", format!("[webhook]\n{lines}"));
        wrong(machine.run(["doctor"]), says);
    }
    fs::remove_file(machine.data().join("linli.toml")).unwrap();
    machine.run(["doctor"]).well();
    fs::write(&keys, "short").unwrap();
    wrong(machine.run(["doctor"]), "is damaged");
}

#[test]
fn a_database_that_is_gone_or_broken_is_said_so_and_none_is_made() {
    let machine = Machine::new().with_operator();
    for name in ["linli.db-wal", "linli.db-shm"] {
        let _ = fs::remove_file(machine.data().join(name));
    }
    machine.write("data/linli.db", "this is a letter, not a database. ".repeat(400));
    wrong(machine.run(["doctor"]), "linli restore");
    fs::remove_file(machine.data().join("linli.db")).unwrap();
    wrong(machine.run(["doctor"]), "linli.db is missing");
    assert!(!machine.data().join("linli.db").exists());
}
