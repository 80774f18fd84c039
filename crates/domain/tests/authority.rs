//! Who may give which command, as one table; a command without a sample is a failure.

use domain::ids::{AccountId, PlaceId};
use domain::{Actor, Authority, Command, Grant, Role};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// The smallest body of a command.
fn sample(name: &str) -> Json {
    let at = "2026-03-02T00:00:00Z";
    match name {
        "open_ledger" => json!({ "place": "p", "name": "n", "level": "l", "path": ["root", "p"] }),
        "add_places" => json!({ "places": [] }),
        "rename_place" => json!({ "place": "p", "name": "n" }),
        "register_household" => json!({ "household": "h", "place": "p", "door": "d" }),
        "register_person" => json!({ "person": "p", "household": "h" }),
        "retire_place" => json!({ "place": "p", "reason": "r" }),
        "correct_person" => json!({ "person": "p" }),
        "correct_household" => json!({ "household": "h", "door": "d" }),
        "move_person" => json!({ "person": "p", "to": "h" }),
        "state_care" => json!({ "carer": "p", "dependant": "q", "care": "child" }),
        "end_care" => json!({ "carer": "p", "dependant": "q" }),
        "destroy_values" => json!({ "purpose": "x", "before": at }),
        "open_account" => json!({ "account": "a" }),
        "grant_role" => json!({ "account": "a", "role": "r", "place": "p" }),
        "revoke_role" => json!({ "account": "a", "role": "r", "place": "p", "reason": "r" }),
        "close_account" => json!({ "account": "a", "reason": "r" }),
        "adopt_pack" => json!({ "pack": "p", "version": "1", "hash": "h" }),
        "drop_pack" => json!({ "pack": "p", "reason": "r" }),
        "declare_mode" => json!({ "mode": "m", "level": "l", "authority": "a",
            "legal_basis": "b", "reason": "r", "appeal": "a", "until": at,
            "review_on": "2026-03-02" }),
        "extend_mode" => json!({ "mode": "m", "until": at, "review_on": "2026-03-02",
            "legal_basis": "b", "reason": "r" }),
        "end_mode" => json!({ "mode": "m", "reason": "r" }),
        "expire_modes" => json!({}),
        "open_pool" => json!({ "pool": "p", "sort": "s", "name": "n" }),
        "add_stock" => json!({ "pool": "p", "amount": 1, "reason": "r" }),
        "hold_stock" => json!({ "pool": "p", "hold": "h", "amount": 1, "minutes": 5 }),
        "take_hold" | "return_hold" => json!({ "pool": "p", "hold": "h" }),
        "expire_holds" => json!({ "pool": "p" }),
        "record_submission" => json!({ "submission": "s", "form": "f" }),
        "receive_record" => json!({ "submission": "s", "form": "f", "record": "r" }),
        "read_record" => json!({ "submission": "s", "record": "r" }),
        "receive_attachment" => {
            json!({ "submission": "s", "name": "n", "hash": "h", "bytes": 1, "media": "m" })
        }
        "publish_form" => json!({ "form": "f", "hash": "h", "name": { "zh": "n", "en": "n" },
            "subject": "person", "filled_by": ["grid_worker"], "purpose": "x" }),
        "resolve_conflict" => json!({ "list": "l", "entity": "e", "submission": "s" }),
        "retire_form" => json!({ "form": "f", "reason": "r" }),
        "open_case" => json!({ "case": "c", "case_kind": "k" }),
        name => sample_of_case(name),
    }
}

fn sample_of_case(name: &str) -> Json {
    match name {
        "act_on_case" => json!({ "case": "c", "action": "a" }),
        "assign_case" => json!({ "case": "c", "assignee": "a" }),
        "note_case" => json!({ "case": "c", "note": "n" }),
        "return_case" => json!({ "case": "c", "reason": "r", "right_unit": "u" }),
        "hand_over_case" => json!({ "case": "c", "to": "a", "condition": "c" }),
        "verify_case" => json!({ "case": "c", "agreed": true, "finding": "f" }),
        "rate_case" => json!({ "case": "c", "solved": true, "satisfied": 5 }),
        "reopen_case" | "explain_delay" => json!({ "case": "c", "reason": "r" }),
        "defer_case" => json!({ "case": "c", "reason": "r", "review_on": "2026-03-02" }),
        "ask_care" => json!({ "case": "c", "need": "food", "owner": "a" }),
        "answer_care" => json!({ "case": "c", "need": "food", "accepts": true }),
        "wake_case" => json!({ "case": "c" }),
        _ => panic!("{name} has no sample; add one, and look at its row in the table"),
    }
}

fn command(name: &str) -> Command {
    serde_json::from_value(json!({ "kind": name, "body": sample(name) }))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> Vec<PlaceId> {
    vec![PlaceId::new("root").expect("plain")]
}

fn holder(role: &str) -> Actor {
    let grant = Grant { role: Role::new(role), place: root()[0].clone(), until: None };
    Actor { account: AccountId::new("a").expect("plain"), person: None, grants: vec![grant] }
}

#[test]
fn the_table_of_commands_and_roles_is_as_agreed() {
    let mut text = String::from("x may; p whom the pack or the case names; o for oneself\n\n");
    for (column, (role, ..)) in Role::FIXED.iter().enumerate() {
        text += &format!("{}{role}\n", "|".repeat(column));
    }
    for name in Command::ALL {
        let authority = command(name).authority();
        for (role, ..) in Role::FIXED {
            let may = authority.check(&holder(role), &root(), Timestamp::UNIX_EPOCH).is_ok();
            text.push(match (&authority, may) {
                (Authority::ByPack, _) => 'p',
                (Authority::Oneself, _) => 'o',
                (_, true) => 'x',
                (_, false) => '.',
            });
        }
        text += &format!("  {name}\n");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn nobody_without_a_role_may_give_what_roles_are_named_for() {
    let nobody = Actor { grants: Vec::new(), ..holder("resident") };
    for name in Command::ALL {
        let authority = command(name).authority();
        let named = matches!(authority, Authority::Roles(_) | Authority::System);
        let refused = authority.check(&nobody, &root(), Timestamp::UNIX_EPOCH).is_err();
        assert_eq!(refused, named, "{name}");
    }
}

#[test]
fn a_role_that_has_run_out_or_holds_elsewhere_is_none() {
    let authority = command("open_ledger").authority();
    let mut operator = holder(Role::OPERATOR);
    let now = Timestamp::UNIX_EPOCH;
    operator.grants[0].until = Some(now);
    assert!(authority.check(&operator, &root(), now).is_err());
    operator.grants[0].until = None;
    operator.grants[0].place = PlaceId::new("elsewhere").expect("plain");
    assert!(authority.check(&operator, &root(), now).is_err());
}
