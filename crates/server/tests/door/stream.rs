//! The stream of changes, health, counts and the API's description.

use futures_util::StreamExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::world::{Client, World};

pub(crate) async fn open(world: &World, who: &Client) -> axum::body::BodyDataStream {
    let request = who.request("GET", "/api/changes").body(axum::body::Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

pub(crate) async fn next_fact(stream: &mut axum::body::BodyDataStream) -> Option<String> {
    let wait = std::time::Duration::from_secs(3);
    loop {
        let chunk = tokio::time::timeout(wait, stream.next()).await.ok()??.ok()?;
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        if text.contains("event: fact") {
            return Some(text);
        }
    }
}

#[tokio::test]
async fn a_fact_is_told_to_those_who_may_see_it_and_to_nobody_else() {
    World::each(async |world| {
    let (wang, zhou, li) =
        (world.client("wang").await, world.client("zhou").await, world.client("li").await);
    let mut told = open(&world, &zhou).await;
    let mut not_told = open(&world, &li).await;
    wang.done("c1", "open_case", json!({"case": "case-1", "case_kind": "test.repair", "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}})).await;
    let event = next_fact(&mut told).await.unwrap();
    assert!(
        event.contains("\"kind\":\"case.opened\"") && event.contains("\"id\":\"case-1\""),
        "{event}"
    );
    assert!(!event.contains("lamp"));
    assert!(next_fact(&mut not_told).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_program_says_that_it_is_well_and_what_it_counted() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        assert_eq!(wang.get("/healthz").await.bytes, b"ok\n");
        wang.give("c1", "rate_case", json!({"case": "none", "solved": true, "satisfied": 5})).await;
        let text = String::from_utf8(wang.get("/metrics").await.bytes).unwrap();
        for gauge in ["search_behind_facts", "outbox_waiting", "outbox_dead_letters"] {
            assert!(text.contains(&format!("\nlinli_{gauge} ")), "{gauge} in {text}");
        }
        assert!(
            text.contains("linli_commands_total{kind=\"rate_case\",outcome=\"refused\"} 1"),
            "{text}"
        );
        assert!(!text.contains("wang") && !text.contains("c1"), "no label names anybody");
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_has_these_names_and_labels() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        wang.give("c1", "rate_case", json!({"case": "none", "solved": true, "satisfied": 5})).await;
        wang.see("/api/kept").await;
        wang.get("/api/cases/c1/nobody").await;
        let text = String::from_utf8(wang.get("/metrics").await.bytes).unwrap();
        let without_number = |line: &str| match line.starts_with('#') {
            true => line.to_owned(),
            false => line.rsplit_once(' ').map(|(name, _)| name.to_owned()).unwrap(),
        };
        let lines: Vec<String> = text.lines().map(without_number).collect();
        insta::assert_snapshot!("metrics", lines.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn the_safety_headers_are_as_agreed() {
    World::each(async |world| {
        let tls = world.door(|options| options.behind_tls = true).router();
        let wang = world.client("wang").await;
        let mut text = String::new();
        for path in ["/", "/api/session", "/api/nothing", "/metrics"] {
            let request = wang.request("GET", path).body(axum::body::Body::empty()).unwrap();
            let response = tls.clone().oneshot(request).await.unwrap();
            text += &format!("{path} {}\n", response.status().as_u16());
            let mut headers: Vec<_> = response.headers().iter().collect();
            headers
                .retain(|(name, _)| !["content-length", "etag", "vary"].contains(&name.as_str()));
            headers.sort_by_key(|(name, _)| name.as_str());
            for (name, value) in headers {
                text += &format!("  {name}: {}\n", value.to_str().unwrap());
            }
        }
        insta::assert_snapshot!("safety_headers", text);
    })
    .await;
}

#[tokio::test]
async fn the_description_of_the_api_can_be_fetched() {
    World::each(async |world| {
        let document = world.nobody().see("/api/openapi.json").await;
        assert_eq!(document["openapi"], "3.1.0");
    })
    .await;
}
