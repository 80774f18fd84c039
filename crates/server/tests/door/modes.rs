//! Modes, kinds, places, stock and accounts as they are shown.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn before_a_mode_is_declared_one_sees_what_it_would_change() {
    World::each(async |world| {
        let lin = world.client("lin").await;
        let preview = lin.see("/api/modes/preview?ledger=s&mode=test.alert&level=high").await;
        insta::assert_json_snapshot!("preview_of_a_mode", preview);
        insta::assert_json_snapshot!("modes_before", lin.see("/api/modes?ledger=s").await);
        assert_eq!(
            lin.get("/api/modes/preview?ledger=s&mode=test.alert&level=none").await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn a_mode_of_the_street_holds_in_its_communities() {
    World::each(async |world| {
    let (lin, chen, wang) =
        (world.client("lin").await, world.client("chen").await, world.client("wang").await);
    let stay = |kinds: &serde_json::Value| {
        kinds["kinds"].as_array().unwrap().iter().find(|k| k["id"] == "test.stay").unwrap()["may_open"].clone()
    };
    assert_eq!(stay(&chen.see("/api/kinds?ledger=c1").await), json!(false));
    world.alert(&lin).await;
    for who in ["doc", "chen"] {
        let kinds = world.client(who).await.see("/api/kinds?ledger=c1").await;
        assert_eq!(stay(&kinds), json!(true), "{who}");
    }
    let page = wang.see("/api/places/c1").await;
    assert_eq!(page["modes"][0]["mode"], "test.alert");
    assert!(page["modes"][0]["until"].is_string());
    })
    .await;
}

#[tokio::test]
async fn kinds_and_forms_say_what_they_ask() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        insta::assert_json_snapshot!("kinds", wang.see("/api/kinds?ledger=c1").await);
    })
    .await;
}

#[tokio::test]
async fn a_place_shows_each_what_they_may_see() {
    World::each(async |world| {
        let (zhou, wang, dep) =
            (world.client("zhou").await, world.client("wang").await, world.client("dep").await);
        insta::assert_json_snapshot!("place_of_a_lead", zhou.see("/api/places/c1").await);
        let page = wang.see("/api/places/c1").await;
        assert_eq!((&page["households"], &page["indicators"]), (&json!([]), &json!([])));
        let page = dep.see("/api/places/c1").await;
        assert_eq!(page["households"], json!([]));
        assert_ne!(page["indicators"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn places_are_found_by_name_among_ones_own() {
    World::each(async |world| {
        let (lin, li) = (world.client("lin").await, world.client("li").await);
        let found = |json: serde_json::Value| -> Vec<String> {
            json["places"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(found(lin.see("/api/places?text=grid").await), ["g1", "g2"]);
        assert_eq!(found(li.see("/api/places?text=grid").await), Vec::<String>::new());
        assert_eq!(found(li.see("/api/places").await), ["c2"]);
    })
    .await;
}

#[tokio::test]
async fn work_can_be_given_to_those_with_a_role_here() {
    World::each(async |world| {
        let zhou = world.client("zhou").await;
        insta::assert_json_snapshot!("accounts", zhou.see("/api/accounts?ledger=c1").await);
        assert_eq!(
            world.client("wang").await.get("/api/accounts?ledger=c1").await.code(),
            "may_not_see"
        );
    })
    .await;
}

#[tokio::test]
async fn a_mode_ends_by_itself_and_values_kept_for_it_are_destroyed_after_their_time() {
    World::each(async |world| {
    let (lin, doc) = (world.client("lin").await, world.client("doc").await);
    let wang = world.client("wang").await;
    world.alert(&lin).await;
    let stay = json!({"case": "stay", "case_kind": "test.stay", "subject": {"kind": "person", "id": "p-wang"}});
    doc.done("c1", "open_case", stay).await;
    doc.done("c1", "note_case", json!({"case": "stay", "note": "需要午饭"})).await;
    let kept = wang.see("/api/kept").await;
    assert_eq!(kept["values"].as_array().unwrap().len(), 4, "{kept:#}");
    world.pass_days(11);
    while world.store.wake().await.unwrap() > 0 {}
    let modes = lin.see("/api/modes?ledger=s").await;
    assert_eq!((&modes["active"], &modes["past"][0]["mode"]), (&json!([]), &json!("test.alert")));
    world.pass_days(31);
    assert_eq!(world.store.destroy_due().await.unwrap().len(), 1);
    let kept = wang.see("/api/kept").await;
    assert_eq!(kept["values"].as_array().unwrap().len(), 3, "{kept:#}");
    })
    .await;
}
