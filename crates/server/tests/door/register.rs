//! People and households of the register as entities that devices correct and make.

use domain::forms::Submission;
use domain::people::{Household, Person};
use serde_json::{Value as Json, json};

use crate::openrosa::{Device, inner, raw};
use crate::world::{World, fresh};

const PEOPLE: &str = "
| survey |
| | type | name | label | save_to |
| | select_one_from_file people.csv | who | Whom? | |
| | text | called | Name | |
| | text | phone | Telephone? | phone |
| | integer | born | Born in? | born_year |
| | text | home | Where? | household |
| entities |
| | list_name | label | create_if | update_if | entity_id |
| | people | ${called} | ${who} = '' | ${who} != '' | coalesce(${who}, uuid()) |
| settings |
| | form_id | version |
| | local.people | 1 |
";

const HOUSEHOLDS: &str = "
| survey |
| | type | name | label | save_to |
| | select_one_from_file households.csv | home | Which? | |
| | text | door | Door? | door |
| entities |
| | list_name | label | create_if | update_if | entity_id |
| | households | ${door} | ${home} = '' | ${home} != '' | coalesce(${home}, uuid()) |
| settings |
| | form_id | version |
| | local.homes | 1 |
";

async fn publish(world: &World, workbook: &str) {
    let lin = world.client("lin").await;
    let publish = format!(
        "/api/forms/publish?ledger=c1&name=form.md&command={}&purpose=test.service",
        fresh("publish")
    );
    let answer = lin.send(raw(&lin, &publish, workbook)).await;
    assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
}

/// A record that does something to an entity.
fn record(
    form: &str,
    instance: &str,
    (list, id, entity): (&str, &str, &str),
    said: &str,
) -> String {
    format!(
        "<data id=\"{form}\" version=\"1\" xmlns:orx=\"http://openrosa.org/xforms\">{said}\
         <orx:meta><orx:instanceID>{instance}</orx:instanceID>\
         <entity dataset=\"{list}\" id=\"{id}\" {entity}</orx:meta></data>"
    )
}

fn person(instance: &str, id: &str, entity: &str, said: &str) -> String {
    record("local.people", instance, ("people", id, entity), said)
}

impl Device<'_> {
    async fn sends(&self, record: &str) {
        let sent = [("xml_submission_file", "x.xml", "text/xml", record.as_bytes())];
        let answer = self.post(&sent).await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert_eq!(answer.status, 201, "{text}");
    }

    /// The row of somebody or something in a list, by heading.
    async fn row(&self, form: &str, list: &str, name: &str) -> Option<Json> {
        let below = format!("/key/{}", self.token);
        let forms = self.fetch(&format!("{below}/formList?formID={form}")).await;
        let manifest = self.fetch(inner(&forms, "manifestUrl")).await;
        let files = manifest.split("<mediaFile").skip(1);
        let mut of = files.filter(|file| file.contains(&format!("<filename>{list}.csv<")));
        let list = self.fetch(inner(of.next().unwrap(), "downloadUrl")).await;
        let mut rows = list.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let headings = rows.next().unwrap();
        let row = rows.find(|row| row[0] == name)?;
        let pairs =
            headings.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value.into()));
        Some(Json::Object(pairs.collect()))
    }
}

async fn flags(world: &World, submission: &str) -> Json {
    let kept: Option<Submission> =
        world.store.get(&"c1".parse().unwrap(), submission).await.unwrap();
    serde_json::to_value(&kept.unwrap().flags).unwrap()
}

async fn device<'w>(world: &'w World, account: &str) -> Device<'w> {
    Device { token: world.token(account).await, world }
}

/// Views made anew are byte by byte those that were there, and everything verifies.
async fn is_sound(world: &World) {
    world.store.verify(&|_, _| {}).await.unwrap().unwrap();
    world.store.rebuild(&|_, _| {}).await.unwrap();
    world.store.verify(&|_, _| {}).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_device_corrects_a_telephone_and_the_next_list_has_it() {
    World::each(async |world| {
        publish(&world, PEOPLE).await;
        let chen = device(&world, "chen").await;
        let before = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!((&before["label"], &before["__version"]), (&json!("赵强 · 102"), &json!("1")));
        assert_eq!(
            (&before["phone"], &before["born_year"]),
            (&json!("13800000000"), &json!("1970"))
        );
        assert!(before.get("identity_number").is_none(), "no form here changes it");

        let change = "update=\"1\" baseVersion=\"1\" trunkVersion=\"1\" branchId=\"b\"/>";
        let said = "<who>person:p-zhao</who><phone>13911111111</phone><born>1970</born>";
        let sent = person("uuid:1", "person:p-zhao", change, said);
        chen.sends(&sent).await;
        assert_eq!(flags(&world, "uuid:1").await, json!([]));
        let after = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!((&after["phone"], &after["__version"]), (&json!("13911111111"), &json!("2")));
        // Sent again it changes nothing.
        chen.sends(&sent).await;
        let again = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!(again, after);
        let facts = world.store.facts_after(&"c1".parse().unwrap(), 0, 1000).await.unwrap();
        assert!(facts.iter().all(|it| !it.fact.body().to_string().contains("13911111111")));

        // The register's own command counts as well.
        let zhou = world.client("zhou").await;
        let correct = json!({"person": "p-zhao", "values": {"phone": "13922222222"}});
        zhou.done("c1", "correct_person", correct).await;
        let corrected = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!(corrected["__version"], "3");
        // A chain goes on; what it has not seen is kept beside what holds.
        let change = "update=\"1\" baseVersion=\"2\" trunkVersion=\"1\" branchId=\"b\"/>";
        let said = "<who>person:p-zhao</who><phone>13933333333</phone><born>1971</born>";
        chen.sends(&person("uuid:2", "person:p-zhao", change, said)).await;
        assert!(flags(&world, "uuid:2").await.to_string().contains("\"hard\":true"));
        let merged = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!(
            (&merged["phone"], &merged["born_year"]),
            (&json!("13922222222"), &json!("1971"))
        );

        let shown = zhou.see("/api/conflicts?ledger=c1").await;
        let conflict = &shown["conflicts"][0];
        assert_eq!(
            (&conflict["entity"], &conflict["label"]),
            (&json!("person:p-zhao"), &json!("赵强"))
        );
        let values = json!([{"property": "phone", "label": {"zh": "Telephone?", "en": "Telephone?"},
            "here": "13922222222", "there": "13933333333"}]);
        assert_eq!((&conflict["values"], &conflict["version"]), (&values, &json!(4)));
        let resolve = json!({"list": "people", "entity": "person:p-zhao", "submission": "uuid:2",
            "values": {"phone": "13933333333"}});
        let doc = world.client("doc").await;
        assert_eq!(doc.refused("c1", "resolve_conflict", resolve.clone()).await, "not_allowed");
        zhou.done("c1", "resolve_conflict", resolve.clone()).await;
        assert_eq!(zhou.refused("c1", "resolve_conflict", resolve).await, "unknown");
        assert_eq!(zhou.see("/api/conflicts?ledger=c1").await["conflicts"], json!([]));
        let decided = chen.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!(
            (&decided["phone"], &decided["__version"]),
            (&json!("13933333333"), &json!("5"))
        );
        is_sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_record_changes_nobody_whom_its_sender_may_not_correct() {
    World::each(async |world| {
        publish(&world, PEOPLE).await;
        let doc = device(&world, "doc").await;
        let doc = Device { token: format!("{}/ledgers/c1", doc.token), ..doc };
        let change = "update=\"1\" baseVersion=\"1\"/>";
        let said = "<who>person:p-zhao</who><phone>139</phone>";
        doc.sends(&person("uuid:1", "person:p-zhao", change, said)).await;
        let failed = |id: &str, code: &str| {
            json!([{"flag": "entity_failed", "list": "people",
            "entity": id, "code": code}])
        };
        assert_eq!(flags(&world, "uuid:1").await, failed("person:p-zhao", "not_allowed"));
        doc.sends(&person("uuid:2", "person:nobody", change, said)).await;
        assert_eq!(flags(&world, "uuid:2").await, failed("person:nobody", "unknown"));
        let zhou = device(&world, "zhou").await;
        let row = zhou.row("local.people", "people", "person:p-zhao").await.unwrap();
        assert_eq!((&row["phone"], &row["__version"]), (&json!("13800000000"), &json!("1")));
        is_sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_device_makes_a_person_once_and_goes_on_with_them() {
    World::each(async |world| {
        publish(&world, PEOPLE).await;
        let chen = device(&world, "chen").await;
        let id = "0c1d7b0e-3c0a-4c4e-9a53-1f1c6ad0a001";
        let integrity = format!("/key/{}/lists/people.csv/integrity?id={id}", chen.token);
        // What the device has made and not sent is not said to be gone.
        assert!(!chen.fetch(&integrity).await.contains("<entity "));
        let create = "create=\"1\"><label>周新</label></entity>";
        let said =
            "<called>周新</called><phone>137</phone><born>2001</born><home>household:h2</home>";
        let made = person("uuid:1", id, create, said);
        chen.sends(&made).await;
        chen.sends(&made).await;
        assert_eq!(flags(&world, "uuid:1").await, json!([]));
        let name = format!("person:{id}");
        let row = chen.row("local.people", "people", &name).await.unwrap();
        assert_eq!(
            (&row["label"], &row["household"]),
            (&json!("周新 · 102"), &json!("household:h2"))
        );
        // From then on it is in the list under another name.
        assert!(chen.fetch(&integrity).await.contains("<deleted>true<"));
        let change = "update=\"1\" baseVersion=\"1\" branchId=\"b\"/>";
        chen.sends(&person("uuid:2", id, change, "<who>x</who><phone>136</phone>")).await;
        let row = chen.row("local.people", "people", &name).await.unwrap();
        assert_eq!((&row["phone"], &row["__version"]), (&json!("136"), &json!("2")));
        // The record put right makes nobody a second time.
        let right = made.replace("uuid:1</", "uuid:3</");
        let right = right.replace(
            "</orx:instanceID>",
            "</orx:instanceID><orx:deprecatedID>uuid:1</orx:deprecatedID>",
        );
        chen.sends(&right).await;
        assert!(flags(&world, "uuid:3").await.to_string().contains("\"exists\""));
        let lost = person("uuid:4", "nobody-yet", create, "<called>甲</called>");
        chen.sends(&lost).await;
        assert!(flags(&world, "uuid:4").await.to_string().contains("\"missing\""));
        let ledger = "c1".parse().unwrap();
        assert!(world.store.get::<Person>(&ledger, "nobody-yet").await.unwrap().is_none());
        is_sound(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_device_makes_a_household_and_corrects_its_door() {
    World::each(async |world| {
        publish(&world, HOUSEHOLDS).await;
        let chen = device(&world, "chen").await;
        let home = |instance: &str, id: &str, entity: &str, said: &str| {
            record("local.homes", instance, ("households", id, entity), said)
        };
        let create = "create=\"1\"><label>103</label></entity>";
        chen.sends(&home("uuid:1", "h-new", create, "<door>103</door>")).await;
        let made: Option<Household> =
            world.store.get(&"c1".parse().unwrap(), "h-new").await.unwrap();
        assert_eq!(made.unwrap().place.as_str(), "g1", "where whoever made it works");
        let change = "update=\"1\" baseVersion=\"1\"/>";
        let said = "<home>household:h1</home><door>101A</door>";
        chen.sends(&home("uuid:2", "household:h1", change, said)).await;
        let row = chen.row("local.homes", "households", "household:h1").await.unwrap();
        assert_eq!((&row["door"], &row["__version"]), (&json!("101A"), &json!("2")));
        let beside = said.replace("101A", "101B");
        chen.sends(&home("uuid:3", "household:h1", change, &beside)).await;
        let zhou = world.client("zhou").await;
        let shown = zhou.see("/api/conflicts?ledger=c1").await;
        let values = json!([{"property": "door", "label": {"zh": "Door?", "en": "Door?"},
            "here": "101A", "there": "101B"}]);
        assert_eq!(shown["conflicts"][0]["values"], values, "{shown:#}");
        let resolve =
            json!({"list": "households", "entity": "household:h1", "submission": "uuid:3"});
        zhou.done("c1", "resolve_conflict", resolve).await;
        assert_eq!(zhou.see("/api/conflicts?ledger=c1").await["conflicts"], json!([]));
        is_sound(&world).await;
    })
    .await;
}
