//! Personal values: only for a purpose, always written down, and the person sees who read them.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn without_a_purpose_a_household_has_no_names() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        insta::assert_json_snapshot!(
            "household_without_a_purpose",
            chen.see("/api/households/c1/h1").await
        );
    })
    .await;
}

#[tokio::test]
async fn with_a_purpose_names_are_there_and_the_person_sees_who_read_them() {
    World::each(async |world| {
        let (chen, wang) = (world.client("chen").await, world.client("wang").await);
        let page = chen.see("/api/households/c1/h1?purpose=register").await;
        assert_eq!(page["people"][1]["name"], "王芳");
        assert_eq!(page["people"][1]["identity_number"], "110*************2X");
        let kept = wang.see("/api/kept").await;
        insta::assert_json_snapshot!("kept", kept);
        assert_eq!(kept["reads"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_purpose_that_is_not_there_or_not_theirs_is_refused() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        for purpose in ["nothing", "test.watching", "a%20b", "oneself"] {
            let answer = chen.get(&format!("/api/households/c1/h1?purpose={purpose}")).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "purpose_not_allowed"),
                "{purpose}"
            );
        }
        let wang = world.client("wang").await;
        assert_eq!(wang.see("/api/kept").await["reads"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_purpose_opens_only_the_values_that_it_is_for() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let page = chen.see("/api/households/c1/h1?purpose=test.service").await;
        assert_eq!(page["people"][1]["name"], "王芳");
        assert_eq!(page["people"][1]["phone"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_resident_sees_their_own_household_and_in_it_their_own_values() {
    World::each(async |world| {
        let (wang, zhao) = (world.client("wang").await, world.client("zhao").await);
        let page = wang.see("/api/households/c1/h1").await;
        assert_eq!(
            (&page["people"][0]["name"], &page["people"][1]["name"]),
            (&json!("王小明"), &json!("王芳"))
        );
        assert_eq!(zhao.get("/api/households/c1/h1").await.status, 404);
        assert_eq!(zhao.get("/api/households/c1/h1?purpose=register").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn purposes_are_offered_where_one_works() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        insta::assert_json_snapshot!("purposes", chen.see("/api/purposes").await);
    })
    .await;
}

#[tokio::test]
async fn somebody_without_a_person_behind_them_has_nothing_kept() {
    World::each(async |world| {
        assert_eq!(world.client("chen").await.get("/api/kept").await.status, 404);
    })
    .await;
}
