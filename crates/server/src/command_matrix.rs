//! The authority of every command as the door passes it on: one row each, none left out.

use domain::authority::Authority;
use domain::{Command, Role};
use serde_json::{Value as Json, json};

/// The smallest body of each command.
fn bodies() -> Vec<(&'static str, Json)> {
    let case = |more: Json| {
        let mut body = json!({"case": "c"});
        if let (Some(body), Json::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    };
    let at = "2020-02-01T00:00:00Z";
    let decision = json!({"mode": "m", "level": "l", "authority": "a", "legal_basis": "b",
        "reason": "r", "appeal": "a", "until": at, "review_on": "2020-02-02"});
    let file = json!({"submission": "s", "name": "n", "hash": "h", "bytes": 1, "media": "m"});
    let publish = json!({"form": "f", "hash": "h", "name": {"zh": "n", "en": "n"},
        "subject": "person", "filled_by": ["grid_worker"], "purpose": "p"});
    vec![
        ("open_ledger", json!({"place": "p", "name": "n", "level": "l", "path": ["root", "p"]})),
        ("add_places", json!({"places": []})),
        ("rename_place", json!({"place": "p", "name": "n"})),
        ("retire_place", json!({"place": "p", "reason": "r"})),
        ("register_household", json!({"household": "h", "place": "p", "door": "d"})),
        ("correct_household", json!({"household": "h", "door": "d"})),
        ("register_person", json!({"person": "p", "household": "h"})),
        ("correct_person", json!({"person": "p"})),
        ("move_person", json!({"person": "p", "to": "h"})),
        ("state_care", json!({"carer": "p", "dependant": "q", "care": "child"})),
        ("end_care", json!({"carer": "p", "dependant": "q"})),
        ("destroy_values", json!({"purpose": "x", "before": at})),
        ("open_account", json!({"account": "a"})),
        ("grant_role", json!({"account": "a", "role": "r", "place": "p"})),
        ("revoke_role", json!({"account": "a", "role": "r", "place": "p", "reason": "r"})),
        ("close_account", json!({"account": "a", "reason": "r"})),
        ("adopt_pack", json!({"pack": "p", "version": "1", "hash": "h"})),
        ("drop_pack", json!({"pack": "p", "reason": "r"})),
        ("declare_mode", decision),
        (
            "extend_mode",
            json!({"mode": "m", "until": at, "review_on": "2020-02-02", "legal_basis": "b", "reason": "r"}),
        ),
        ("end_mode", json!({"mode": "m", "reason": "r"})),
        ("expire_modes", json!({})),
        ("open_case", json!({"case": "c", "case_kind": "test.repair"})),
        ("act_on_case", case(json!({"action": "a"}))),
        ("assign_case", case(json!({"assignee": "a"}))),
        ("note_case", case(json!({"note": "n"}))),
        ("return_case", case(json!({"reason": "r", "right_unit": "u"}))),
        ("hand_over_case", case(json!({"to": "a", "condition": "c"}))),
        ("verify_case", case(json!({"agreed": true, "finding": "f"}))),
        ("rate_case", case(json!({"solved": true, "satisfied": 5}))),
        ("reopen_case", case(json!({"reason": "r"}))),
        ("defer_case", case(json!({"reason": "r", "review_on": "2020-02-02"}))),
        ("explain_delay", case(json!({"reason": "r"}))),
        ("ask_care", case(json!({"need": "food", "owner": "a"}))),
        ("answer_care", case(json!({"need": "food", "accepts": true}))),
        ("wake_case", case(json!({}))),
        ("record_submission", json!({"submission": "s", "form": "test.visit"})),
        ("receive_record", json!({"submission": "s", "form": "test.visit", "record": "r"})),
        ("read_record", json!({"submission": "s", "record": "r"})),
        ("receive_attachment", file),
        ("publish_form", publish),
        ("retire_form", json!({"form": "f", "reason": "r"})),
        ("resolve_conflict", json!({"list": "l", "entity": "e", "submission": "s"})),
        ("open_pool", json!({"pool": "p", "sort": "s", "name": "n"})),
        ("add_stock", json!({"pool": "p", "amount": 1, "reason": "r"})),
        ("hold_stock", json!({"pool": "p", "hold": "h", "amount": 1, "minutes": 5})),
        ("take_hold", json!({"pool": "p", "hold": "h"})),
        ("return_hold", json!({"pool": "p", "hold": "h"})),
        ("expire_holds", json!({"pool": "p"})),
    ]
}

#[test]
fn the_matrix_of_commands_and_roles_is_as_agreed() {
    let mut text = String::new();
    for (kind, body) in bodies() {
        let command: Command = serde_json::from_value(json!({"kind": kind, "body": body}))
            .unwrap_or_else(|error| panic!("{kind}: {error}"));
        let who = match command.authority() {
            Authority::Roles(roles) => {
                let fixed = Role::FIXED.iter().map(|(name, ..)| *name);
                let may: Vec<&str> = fixed.filter(|role| roles.contains(role)).collect();
                may.join(", ")
            }
            Authority::ByPack => "whom the pack or the case names".to_owned(),
            Authority::Oneself => "oneself, a carer, or the register's keepers".to_owned(),
            Authority::System => "only the program itself, never by the door".to_owned(),
        };
        text += &format!("{kind}: {who}\n");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_command_has_a_row() {
    let rows: Vec<&str> = bodies().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(rows, Command::ALL);
}
