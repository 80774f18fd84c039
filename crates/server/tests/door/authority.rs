//! Every role at every view, as the door answers; and that no route was forgotten.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::world::{PEOPLE, World};

/// A request for each route that reads, and the route's pattern.
pub(crate) const VIEWS: &[(&str, &str)] = &[
    ("/api/session", "/api/session"),
    ("/api/session/ways", "/api/session/ways"),
    ("/api/demo/people", "/api/demo/people"),
    ("/api/day", "/api/day"),
    ("/api/cases", "/api/cases?ledger=c1"),
    ("/api/cases/{ledger}/{id}", "/api/cases/c1/case-1"),
    ("/api/kinds", "/api/kinds?ledger=c1"),
    ("/api/places", "/api/places?text=c1"),
    ("/api/places/{id}", "/api/places/c1"),
    ("/api/households/{ledger}/{id}", "/api/households/c1/h1"),
    ("/api/households/{ledger}/{id}", "/api/households/c1/h1?purpose=register"),
    ("/api/purposes", "/api/purposes"),
    ("/api/kept", "/api/kept"),
    ("/api/modes", "/api/modes?ledger=c1"),
    ("/api/modes/preview", "/api/modes/preview?ledger=c1&mode=test.alert&level=high"),
    ("/api/indicators", "/api/indicators?place=c1"),
    ("/api/tables", "/api/tables?ledger=c1"),
    ("/api/tables/{id}", "/api/tables/test.daily?place=c1"),
    ("/api/stock", "/api/stock?ledger=c1"),
    ("/api/accounts", "/api/accounts?ledger=c1"),
    ("/api/forms", "/api/forms?ledger=c1"),
    ("/api/forms/published", "/api/forms/published?ledger=c1"),
    ("/api/forms/{id}/xform", "/api/forms/test.visit/xform?ledger=c1"),
    ("/api/forms/{id}/media/{name}", "/api/forms/test.visit/media/households.csv?ledger=c1"),
    ("/api/forms/{id}/known", "/api/forms/test.visit/known?ledger=c1&subject=household:h1"),
    ("/api/conflicts", "/api/conflicts?ledger=c1"),
    ("/api/submissions/unread", "/api/submissions/unread?ledger=c1"),
    ("/api/submissions/{ledger}/{id}", "/api/submissions/c1/none"),
    ("/api/submissions/{ledger}/{id}/files/{hash}", "/api/submissions/c1/none/files/none"),
    ("/api/roster/template.xlsx", "/api/roster/template.xlsx"),
    ("/api/roster/problems/{id}", "/api/roster/problems/none"),
    ("/api/openapi.json", "/api/openapi.json"),
    ("/healthz", "/healthz"),
    ("/metrics", "/metrics"),
];

/// Routes with a test of their own instead of a row.
const ELSEWHERE: &[&str] = &[
    "/api/commands",
    "/api/changes",
    "/api/demo/session",
    "/api/forms/check",
    "/api/forms/media",
    "/api/forms/publish",
    "/api/submissions",
    "/api/roster",
    "/api/session/openid",
    "/api/session/openid/back",
];

/// What an answer shows: its status, or that it came back without what is not theirs.
fn shown(json: &Json, status: u16) -> String {
    let nothing = ["cases", "places", "households"].iter().any(|part| json[*part] == json!([]));
    let sealed = json["sealed"] == true;
    match (status, nothing, sealed) {
        (200, true, _) => "200 without".to_owned(),
        (200, _, true) => "200 sealed".to_owned(),
        _ => status.to_string(),
    }
}

#[tokio::test]
async fn the_matrix_of_routes_and_people_is_as_agreed() {
    World::each(async |world| {
    let wang = world.client("wang").await;
    wang.done("c1", "open_case", json!({"case": "case-1", "case_kind": "test.repair", "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}})).await;
    let mut clients = vec![("nobody", world.nobody())];
    for (name, ..) in PEOPLE {
        clients.push((name, world.client(name).await));
    }
    let mut text = String::new();
    for (_, path) in VIEWS {
        text += &format!("{path}\n");
        for (name, client) in &clients {
            let answer = client.get(path).await;
            let json = serde_json::from_slice(&answer.bytes).unwrap_or(Json::Null);
            text += &format!("  {name}: {}\n", shown(&json, answer.status));
        }
    }
    insta::assert_snapshot!("the_matrix_of_routes_and_people_is_as_agreed", text);
    })
    .await;
}

#[test]
fn every_route_has_a_row() {
    let document: Json = serde_json::from_str(&server::document()).unwrap();
    let routes: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let rows: BTreeSet<&str> =
        VIEWS.iter().map(|(route, _)| *route).chain(ELSEWHERE.iter().copied()).collect();
    assert_eq!(routes, rows);
}
