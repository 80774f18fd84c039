//! `linli account`.

use crate::machine::Machine;

#[test]
fn the_first_account_begins_a_deployment_and_is_listed_with_its_role() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        let list = machine.run(["account", "list"]).well();
        let list = list.says("mei\t梅").says("operator @ root").says("1 账户 accounts");
        assert!(!list.out.contains("no password"), "{}", list.out);
        assert!(machine.facts().contains("\"actor\":\"console\""));
        machine.run(["verify"]).well().says("all is well");
    }
}

#[test]
fn a_password_is_read_and_never_kept_or_shown() {
    let machine = Machine::new().with_operator();
    let given = machine.run_reading("another horse\n", ["account", "password", "mei"]).well();
    assert!(!format!("{given:?}").contains("horse"));
    assert!(!machine.facts().contains("horse"));
    let database = std::fs::read(machine.data().join("linli.db")).unwrap();
    let log = std::fs::read(machine.data().join("linli.db-wal")).unwrap_or_default();
    let kept = [database, log].concat();
    assert!(!kept.windows(5).any(|bytes| bytes == b"horse"));
    assert!(kept.windows(9).any(|bytes| bytes == b"$argon2id"));
}

#[test]
fn a_password_is_refused_when_there_is_none_or_it_is_short_and_nothing_is_left_behind() {
    let machine = Machine::new().with_operator();
    let add = ["account", "add", "bo", "--role", "volunteer"];
    machine.run(add).refused("no password came on standard input");
    machine.run_reading("short\n", add).refused("at least 8 characters");
    machine.run_reading([0xff, 0xfe, b'\n'], add).refused("not UTF-8");
    machine.run(["account", "list"]).well().says("1 账户 accounts");
    machine.run(["account", "add", "bo", "--password", "x"]);
    machine.run(["account", "list"]).well().says("1 账户 accounts");
}

#[test]
fn names_roles_and_places_that_do_not_fit_are_refused_with_what_there_is() {
    let machine = Machine::new().with_operator();
    let add = |name, role, at| {
        let words = ["account", "add", name, "--role", role, "--at", at, "--no-password"];
        machine.run(words)
    };
    add("mei", "operator", "root").refused("already");
    add("console", "operator", "root").refused("exists already");
    add("梅 梅", "operator", "root").refused("letters, digits");
    add("bo", "king", "root").refused("there are: resident, grid_worker");
    add("bo", "system", "root").refused("there is no role");
    add("bo", "operator", "nowhere").refused("there is no place `nowhere`");
    machine.run(["account", "list"]).well().says("1 账户 accounts");
}

#[test]
fn roles_are_given_for_a_time_and_taken_back_with_a_reason() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        machine.run(["account", "add", "bo", "--no-password"]).well();
        machine.run(["account", "grant", "bo", "volunteer", "--until", "2100-01-31"]).well();
        let list = machine.run(["account", "list"]).well();
        list.says("volunteer @ root → 2100-01-31T16:00:00Z").says("无密码 no password");
        machine
            .run(["account", "grant", "bo", "volunteer", "--until", "1900-01-01"])
            .refused("until");
        machine.run(["account", "revoke", "bo", "analyst", "--reason", "x"]).refused("analyst");
        let revoke = ["account", "revoke", "bo", "volunteer", "--reason", "moved away"];
        machine.run(revoke).well();
        let list = machine.run(["account", "list"]).well();
        assert!(!list.out.contains("volunteer"), "{}", list.out);
        assert!(machine.facts().contains("moved away"));
        machine.run(["account", "grant", "nobody", "volunteer"]).refused("no account `nobody`");
    }
}

#[test]
fn a_token_is_shown_once_and_ends_with_the_account() {
    let machine = Machine::new().with_operator();
    machine.run(["account", "add", "gate", "--machine", "--role", "analyst"]).well();
    let token = machine.run(["account", "token", "gate", "--about", "the counter"]).well();
    let secret = token.out.trim();
    assert!(secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "{secret}");
    let list = machine.run(["account", "list"]).well().says("令牌 token the counter → ");
    assert!(!list.out.contains(secret));
    let close = ["account", "close", "gate", "--reason", "taken down"];
    machine.run(close).refused("Say --yes");
    machine.run(["account", "list"]).well().says("the counter");
    machine.run(close.into_iter().chain(["--yes"])).well().says("1 tokens ended");
    machine.run(["account", "list"]).well().says("已关闭 closed");
}

#[test]
fn whom_the_provider_knows_is_linked_by_the_operator_and_never_to_two() {
    let machine = Machine::new().with_operator();
    machine.run(["account", "add", "bo", "--no-password"]).well();
    machine.run(["account", "link", "bo", "citizen-7"]).refused("set [openid] in linli.toml");
    let openid = "[openid]\nissuer = 'https://id.example'\nclient_id = 'linli'\n\
                  redirect_url = 'https://linli.example/api/session/openid/back'\n";
    machine.write("data/linli.toml", openid);
    machine.run(["account", "link", "bo", "citizen-7"]).well();
    machine.run(["account", "list"]).well().says("citizen-7 @ https://id.example");
    machine.run(["account", "add", "an", "--no-password"]).well();
    machine.run(["account", "link", "an", "citizen-7"]).refused("signs in as `bo` already");
    machine.run(["account", "link", "an", " "]).refused("1 to 255 characters");
    machine.run(["account", "unlink", "bo"]).well().says("1 links");
    machine.run(["account", "link", "an", "citizen-7"]).well();
    machine.run(["account", "close", "an", "--reason", "left", "--yes"]).well();
    machine.run(["account", "link", "bo", "citizen-7"]).well();
}
