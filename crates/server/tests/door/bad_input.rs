//! Bytes that are not what they claim: a clear refusal, nothing half-written, the door unharmed.

use axum::body::Body;
use serde_json::{Value as Json, json};

use crate::world::{World, envelope, fresh};

const FAR: &[&str] = &["1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z"];

#[tokio::test]
async fn every_bad_body_is_refused_in_words() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let deep = format!("{{\"commands\":[{}{}]}}", "[".repeat(5000), "]".repeat(5000));
        let bodies: Vec<(&str, &str, Vec<u8>)> = vec![
            ("application/json", "not_utf8", b"{\"commands\":[\"\xff\"]}".to_vec()),
            ("application/json", "bad_json", b"{".to_vec()),
            ("application/json", "bad_json", b"7".to_vec()),
            ("application/json", "body_too_large", vec![b' '; 4 * 1024 * 1024 + 1]),
            ("text/plain", "wrong_content_type", b"{}".to_vec()),
            ("application/x-www-form-urlencoded", "wrong_content_type", b"a=b".to_vec()),
        ];
        for (kind, code, body) in bodies {
            let request = chen.request("POST", "/api/commands").header("content-type", kind);
            let answer = chen.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.code(), code);
            assert!(answer.json()["words"]["zh"].as_str().is_some_and(|zh| !zh.is_empty()));
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
        let request =
            chen.request("POST", "/api/commands").header("content-type", "application/json");
        let answer = chen.send(request.body(Body::from(deep)).unwrap()).await;
        assert_eq!(answer.json()["answers"][0]["problem"]["code"], "too_deep");
    })
    .await;
}

#[tokio::test]
async fn a_body_of_two_gigabytes_is_refused_before_it_is_read() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        for path in ["/api/commands", "/api/roster?ledger=c1", "/api/session"] {
            let request = chen.request("POST", path).header("content-length", "2147483648");
            let answer = chen.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_observation_of_1900_is_kept_with_a_flag() {
    World::each(async |world| {
    let chen = world.client("chen").await;
    for at in FAR {
        let mut visit = envelope(
            &fresh("k"),
            "c1",
            "record_submission",
            json!({"submission": fresh("s"), "form": "test.visit", "subject": {"kind": "household", "id": "h1"}, "answers": {"answered": true}}),
        );
        visit["occurred_at"] = json!(at);
        let answers = chen.give_all(&[visit]).await;
        assert_eq!(answers["answers"][0]["outcome"], "done", "{answers:#}");
    }
    let page = chen.see("/api/households/c1/h1").await;
    let flags: Vec<&Json> =
        page["submissions"].as_array().unwrap().iter().map(|s| &s["flags"]).collect();
    assert_eq!(flags, [&json!(["clock_wrong"]), &json!(["clock_wrong"])]);
    })
    .await;
}

#[tokio::test]
async fn ids_of_another_ledger_are_not_there() {
    World::each(async |world| {
    let (chen, li) = (world.client("chen").await, world.client("li").await);
    chen.done("c1", "open_case", json!({"case": "case-1", "case_kind": "test.repair", "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}})).await;
    for path in [
        "/api/cases/c2/case-1",
        "/api/cases/c1/case-1",
        "/api/households/c1/h1",
        "/api/kinds?ledger=c1",
        "/api/places/b1",
    ] {
        let answer = li.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
    assert_eq!(
        li.refused("c1", "note_case", json!({"case": "case-1", "note": "x"})).await,
        "ledger_unknown"
    );
    assert_eq!(
        li.refused("nowhere", "note_case", json!({"case": "case-1", "note": "x"})).await,
        "ledger_unknown"
    );
    assert_eq!(
        li.refused("c2", "note_case", json!({"case": "case-1", "note": "x"})).await,
        "unknown"
    );
    })
    .await;
}

#[tokio::test]
async fn odd_paths_and_queries_are_refused_and_never_break_anything() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let long = "x".repeat(5000);
        for (path, status) in [
            ("/api/cases?limit=many".to_owned(), 400),
            ("/api/indicators?place=g1&day=2020-13-45".to_owned(), 400),
            ("/api/indicators".to_owned(), 400),
            (format!("/api/places/{long}"), 404),
            ("/api/places/..%2f..%2fetc".to_owned(), 404),
            ("/api/cases/c1/%E4%BA%BA".to_owned(), 404),
            ("/api/tables/nothing.xlsx?place=g1".to_owned(), 404),
            ("/api/nothing".to_owned(), 404),
        ] {
            let answer = chen.get(&path).await;
            assert_eq!(answer.status, status, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
            assert!(!answer.code().is_empty());
        }
        assert_eq!(chen.see("/api/session").await["account"], "chen");
    })
    .await;
}

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    World::each(async |world| {
        for path in ["/", "/api/session", "/api/nothing", "/healthz"] {
            let answer = world.nobody().get(path).await;
            let of = |name: &str| {
                answer.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
            };
            assert!(
                of("content-security-policy").contains("script-src 'self' 'wasm-unsafe-eval';"),
                "{path}"
            );
            assert!(of("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(of("x-content-type-options"), "nosniff");
            assert_eq!(of("referrer-policy"), "no-referrer");
            assert_eq!(of("strict-transport-security"), "");
        }
    })
    .await;
}
