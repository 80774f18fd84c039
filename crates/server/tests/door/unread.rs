//! Records of forms that nobody knows yet: kept for a while, seen by who publishes forms, and read
//! once when their form is there.

use domain::forms::Submission;
use serde_json::{Value as Json, json};

use crate::openrosa::{Device, Part, raw};
use crate::world::{World, fresh};

const LATER: &str = "
| survey |
| | type | name | label | required | save_to | element |
| | select_one_from_file people.csv | who | Whom? | | | |
| | text | phone | Telephone? | | phone | |
| | select_one yes_no | answered | Did they open? | yes | | answered |
| | image | door | The door | | | |
| choices |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| entities |
| | list_name | update_if | entity_id |
| | people | ${who} != '' | ${who} |
| settings |
| | form_id | version |
| | local.later | 1 |
";

fn record(instance: &str) -> String {
    format!(
        "<data id=\"local.later\" version=\"1\" xmlns:orx=\"http://openrosa.org/xforms\">\
         <end>2020-02-01T08:00:00.000+08:00</end><who>person:p-zhao</who><phone>139</phone>\
         <answered>yes</answered><door>door.jpg</door>\
         <orx:meta><orx:instanceID>{instance}</orx:instanceID>\
         <entity dataset=\"people\" id=\"person:p-zhao\" update=\"1\" baseVersion=\"1\"/></orx:meta></data>"
    )
}

async fn publish(world: &World, workbook: &str) {
    let lin = world.client("lin").await;
    let publish = format!(
        "/api/forms/publish?ledger=c1&name=form.md&command={}&purpose=test.service",
        fresh("publish")
    );
    let answer = lin.send(raw(&lin, &publish, workbook)).await;
    assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
}

async fn sends(world: &World, instance: &str) {
    let device = Device { token: world.token("chen").await, world };
    let sent = record(instance);
    let xml: Part<'_> = ("xml_submission_file", "x.xml", "text/xml", sent.as_bytes());
    let answer = device.post(&[xml, ("door.jpg", "door.jpg", "image/jpeg", b"a door")]).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
}

async fn kept(world: &World, instance: &str) -> Submission {
    world.store.get(&"c1".parse().unwrap(), instance).await.unwrap().unwrap()
}

async fn last(world: &World) -> i64 {
    world.store.last_seq(&"c1".parse().unwrap()).await.unwrap()
}

async fn is_sound(world: &World) {
    world.store.verify(&|_, _| {}).await.unwrap().unwrap();
    world.store.rebuild(&|_, _| {}).await.unwrap();
    world.store.verify(&|_, _| {}).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_kept_unread_is_read_once_when_its_form_is_published() {
    World::each(async |world| {
        sends(&world, "uuid:1").await;
        let before = kept(&world, "uuid:1").await;
        assert!(before.is_unread());
        let lin = world.client("lin").await;
        let shown = lin.see("/api/submissions/unread?ledger=c1").await;
        let unread = &shown["records"][0];
        assert_eq!((&unread["id"], &unread["form"]), (&json!("uuid:1"), &json!("local.later")));
        assert_eq!(unread["ends_at"], "2020-05-01T00:00:00Z", "ninety days");
        let page = lin.see("/api/submissions/c1/uuid:1?purpose=unknown").await;
        assert_eq!(
            (&page["ends_at"], &page["files"][0]["name"]),
            (&unread["ends_at"], &json!("door.jpg"))
        );
        assert!(page["record"].as_str().unwrap().contains("<phone>139</phone>"));
        // Whoever publishes nothing is not told.
        let chen = world.client("chen").await;
        assert_eq!(chen.get("/api/submissions/unread?ledger=c1").await.code(), "not_allowed");

        world.pass_days(3);
        publish(&world, LATER).await;
        let read = kept(&world, "uuid:1").await;
        assert_eq!((read.flags.as_slice(), read.is_unread()), (&[][..], false));
        assert_eq!(read.answers.values().collect::<Vec<_>>(), [&json!(true)]);
        assert_eq!((read.occurred_at, read.recorded_at), (before.occurred_at, before.recorded_at));
        assert_eq!((&read.by, &read.path), (&before.by, &before.path));
        let zhao = lin.see("/api/forms/local.later/known?ledger=c1&subject=person:p-zhao").await;
        assert!(zhao["values"].is_array());
        let person: domain::people::Person =
            world.store.get(&"c1".parse().unwrap(), "p-zhao").await.unwrap().unwrap();
        assert_eq!(person.versions.version, 2);
        assert_eq!(lin.see("/api/submissions/unread?ledger=c1").await["records"], json!([]));
        let page = lin.see("/api/submissions/c1/uuid:1?purpose=test.service").await;
        let answer = page["answers"].as_array().unwrap().iter();
        let answers: Vec<&Json> = answer.map(|answer| &answer["value"]).collect();
        assert_eq!(answers, ["person:p-zhao", "139", "yes", "door.jpg"]);
        assert_eq!(page["files"][0]["name"], "door.jpg");
        assert_eq!(
            (&page["files_expected"], &page["purpose"]),
            (&json!(1), &json!("test.service"))
        );

        // Another version, and the record sent again, change nothing.
        let written = last(&world).await;
        sends(&world, "uuid:1").await;
        publish(&world, &LATER.replace("local.later | 1", "local.later | 2")).await;
        assert_eq!(last(&world).await, written + 1);
        is_sound(&world).await;

        // What was kept for want of a form ends; what was read stays with its file.
        world.pass_days(88);
        world.store.destroy_due().await.unwrap();
        let page = lin.see("/api/submissions/c1/uuid:1?purpose=test.service").await;
        assert_eq!(page["files"].as_array().unwrap().len(), 1);
        let file = page["files"][0]["hash"].as_str().unwrap();
        let file = format!("/api/submissions/c1/uuid:1/files/{file}?purpose=test.service");
        assert_eq!(lin.get(&file).await.bytes, b"a door");
        is_sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_nobody_could_read_is_destroyed_in_time() {
    World::each(async |world| {
        sends(&world, "uuid:1").await;
        let lin = world.client("lin").await;
        world.pass_days(89);
        assert!(world.store.destroy_due().await.unwrap().is_empty());
        world.pass_days(2);
        assert_eq!(world.store.destroy_due().await.unwrap().len(), 1);
        let page = lin.see("/api/submissions/c1/uuid:1?purpose=unknown").await;
        assert_eq!((&page["sealed"], page.get("record")), (&json!(true), None));
        publish(&world, LATER).await;
        assert!(kept(&world, "uuid:1").await.is_unread(), "there is nothing to read any more");
        is_sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_only_tried_out_reads_nothing() {
    World::each(async |world| {
        sends(&world, "uuid:1").await;
        let lin = world.client("lin").await;
        let publish = format!(
            "/api/forms/publish?ledger=c1&name=form.md&command={}&purpose=test.service&draft=true",
            fresh("publish")
        );
        let answer = lin.send(raw(&lin, &publish, LATER)).await;
        assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
        assert!(kept(&world, "uuid:1").await.is_unread());
        let read = json!({"submission": "uuid:1", "record": record("uuid:1")});
        assert_eq!(lin.refused("c1", "read_record", read).await, "not_allowed");
    })
    .await;
}
