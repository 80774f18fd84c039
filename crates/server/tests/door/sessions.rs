//! Signing in, staying signed in, signing out; tokens; what keeps others from using a session.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_person_signs_in_looks_and_signs_out() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        let mut session = wang.see("/api/session").await;
        session["csrf"] = json!("[csrf]");
        insta::assert_json_snapshot!("session", session);
        let request =
            wang.request("DELETE", "/api/session").body(axum::body::Body::empty()).unwrap();
        assert_eq!(wang.send(request).await.status, 204);
        let after = wang.get("/api/session").await;
        assert_eq!((after.status, after.code().as_str()), (401, "session_over"));
    })
    .await;
}

#[tokio::test]
async fn the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites() {
    World::each(async |world| {
        let answer = world.nobody().post("/api/demo/session", &json!({"account": "wang"})).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    })
    .await;
}

#[tokio::test]
async fn a_password_signs_in_and_guessing_is_slowed_down() {
    World::each(async |world| {
        world.set_password("wang", "a good password").await;
        let nobody = world.nobody();
        let right = json!({"name": "Wang", "password": "a good password"});
        assert_eq!(nobody.post("/api/session", &right).await.status, 200);
        for name in ["wang", "who is that"] {
            let wrong = json!({"name": name, "password": "a bad password"});
            assert_eq!(nobody.post("/api/session", &wrong).await.code(), "sign_in_failed");
        }
        for _ in 0..5 {
            nobody.post("/api/session", &json!({"name": "wang", "password": "guess"})).await;
        }
        let slowed = nobody.post("/api/session", &right).await;
        assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_attempts"));
        assert!(slowed.headers.contains_key("retry-after"));
    })
    .await;
}

#[tokio::test]
async fn without_the_check_word_nothing_is_changed() {
    World::each(async |world| {
        let mut wang = world.client("wang").await;
        wang.csrf = "0".repeat(40);
        let answer = wang.post("/api/commands", &json!({"commands": []})).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"));
    })
    .await;
}

#[tokio::test]
async fn a_machine_comes_in_by_its_token_and_needs_no_check_word() {
    World::each(async |world| {
        let token = world.token("dep").await;
        let nobody = world.nobody();
        let with = |token: &str| {
            let request = nobody.request("GET", "/api/session");
            request
                .header("authorization", format!("Bearer {token}"))
                .body(axum::body::Body::empty())
                .unwrap()
        };
        let answer = nobody.send(with(&token)).await;
        assert_eq!(answer.json()["account"], "dep");
        let answer = nobody.send(with("wrong")).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "token_unknown"));
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_taken_back_is_gone_at_once() {
    World::each(async |world| {
        let (op, chen) = (world.client("op").await, world.client("chen").await);
        assert_eq!(chen.get("/api/households/c1/h1").await.status, 200);
        op.done(
            "root",
            "revoke_role",
            json!({"account": "chen", "role": "grid_worker", "place": "g1", "reason": "moved"}),
        )
        .await;
        assert_eq!(chen.get("/api/households/c1/h1").await.status, 404);
        op.done("root", "close_account", json!({"account": "chen", "reason": "left"})).await;
        assert_eq!(chen.get("/api/session").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn without_a_demo_nobody_is_offered() {
    World::each_without_demo(async |world| {
        let nobody = world.nobody();
        assert_eq!(nobody.get("/api/demo/people").await.code(), "not_a_demo");
        let answer = nobody.post("/api/demo/session", &json!({"account": "wang"})).await;
        assert_eq!(answer.code(), "not_a_demo");
    })
    .await;
}
