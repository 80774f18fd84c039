//! Entities that devices make and change, side by side and without a network.

use serde_json::{Value as Json, json};

use crate::openrosa::{multipart, raw};
use crate::world::{Client, World, fresh};

const WELLS: &str = "
| survey |
| | type | name | label | save_to |
| | select_one_from_file wells.csv | well | Which well? | |
| | text | called | Its name | |
| | decimal | depth | How deep? | depth_m |
| | text | colour | What colour? | colour |
| entities |
| | list_name | label | create_if | update_if | entity_id |
| | wells | ${called} | ${well} = '' | ${well} != '' | coalesce(${well}, uuid()) |
| settings |
| | form_id | version |
| | local.wells | 1 |
";

/// A record that does something to the well `w1`.
fn record(instance: &str, entity: &str, answers: &str) -> String {
    format!(
        "<data id=\"local.wells\" version=\"1\">{answers}<meta><instanceID>{instance}</instanceID>\
         <entity dataset=\"wells\" id=\"w1\" {entity}/></meta></data>"
    )
}

async fn send(who: &Client, record: &str) -> Json {
    let parts = [("xml_submission_file", "x.xml", "text/xml", record.as_bytes())];
    let (kind, body) = multipart(&parts);
    let request = who.request("POST", "/api/submissions?ledger=c1");
    let answer = who.send(request.header("content-type", kind).body(body.into()).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

async fn list(who: &Client) -> String {
    let answer = who.get("/api/forms/local.wells/media/wells.csv?ledger=c1").await;
    String::from_utf8(answer.bytes).unwrap()
}

fn kinds(answer: &Json) -> Vec<&str> {
    answer["facts"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn changes_made_side_by_side_are_merged_or_shown_to_a_person_and_never_lost() {
    World::each(async |world| {
        let (lin, chen, doc) =
            (world.client("lin").await, world.client("chen").await, world.client("doc").await);
        let publish = format!(
            "/api/forms/publish?ledger=c1&name=wells.md&command={}&purpose=test.service",
            fresh("publish")
        );
        let answer = lin.send(raw(&lin, &publish, WELLS)).await;
        assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
        assert_eq!(list(&chen).await.trim(), "name,label,__version");

        let made = record(
            "uuid:1",
            "create=\"1\"",
            "<called>东井</called><depth>5.5</depth><colour>red</colour>",
        );
        let made = made.replace("/></meta>", "><label>东井</label></entity></meta>");
        let answer = send(&chen, &made).await;
        assert_eq!(kinds(&answer), ["submission.recorded", "entity.created", "record.received"]);
        assert_eq!(list(&chen).await, "name,label,__version,colour,depth_m\nw1,东井,1,red,5.5\n");

        send(
            &chen,
            &record("uuid:2", "update=\"1\" baseVersion=\"1\"", "<well>w1</well><depth>6</depth>"),
        )
        .await;
        let beside =
            record("uuid:3", "update=\"1\" baseVersion=\"1\"", "<well>w1</well><depth>7</depth>");
        let answer = send(&doc, &beside).await;
        assert_eq!(kinds(&answer), ["submission.recorded", "conflict.found", "record.received"]);
        let kept: domain::forms::Submission =
            world.store.get(&"c1".parse().unwrap(), "uuid:3").await.unwrap().unwrap();
        assert!(serde_json::to_string(&kept.flags).unwrap().contains("entity_conflict"));

        let zhou = world.client("zhou").await;
        let shown = zhou.see("/api/conflicts?ledger=c1").await;
        let conflict = &shown["conflicts"][0];
        assert_eq!(conflict["label"], "东井", "{shown:#}");
        assert_eq!((&conflict["base"], &conflict["version"]), (&json!(1), &json!(2)));
        assert_eq!(conflict["values"], json!([{"property": "depth_m", "label": {"zh": "How deep?", "en": "How deep?"}, "here": "6", "there": "7"}]));
        let resolve = json!({"list": "wells", "entity": "w1", "submission": "uuid:3",
            "values": {"depth_m": "7"}});
        zhou.done("c1", "resolve_conflict", resolve.clone()).await;
        assert_eq!(zhou.refused("c1", "resolve_conflict", resolve).await, "unknown");
        assert_eq!(zhou.see("/api/conflicts?ledger=c1").await["conflicts"], json!([]));
        assert_eq!(list(&chen).await, "name,label,__version,colour,depth_m\nw1,东井,3,red,7\n");
        // Whoever fills nothing here gets no list.
        assert_eq!(
            world
                .client("wang")
                .await
                .get("/api/forms/local.wells/media/wells.csv?ledger=c1")
                .await
                .status,
            404
        );
        world.store.verify(&|_, _| {}).await.unwrap().unwrap();
    })
    .await;
}
