//! No view gives out a value of the vault without its row in the access log.

use serde_json::{Value as Json, json};
use store::Read;

use crate::authority::VIEWS;
use crate::world::{PEOPLE, World};

/// Values that stand in the vault and nowhere else, each with its person and element.
const SEALED: &[(&str, &str, &str)] = &[
    ("p-wang", "name", "王芳"),
    ("p-child", "name", "王小明"),
    ("p-zhao", "name", "赵强"),
    ("p-wang", "own_words", "楼道里的灯一直在闪"),
    ("p-wang", "note", "电话里说得很急"),
    ("p-wang", "reason", "要等家属从外地回来"),
];
const PURPOSES: &[&str] = &["", "register", "test.service", "test.watching", "oneself"];

async fn reads(world: &World, person: &str) -> Vec<Read> {
    let (ledger, person) = ("c1".parse().unwrap(), person.parse().unwrap());
    world.store.accesses_of(&ledger, &person).await.unwrap()
}

async fn all_reads(world: &World) -> Vec<Vec<Read>> {
    let mut all = Vec::new();
    for (person, ..) in SEALED {
        all.push(reads(world, person).await);
    }
    all
}

/// Each view as it stands and for each purpose.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for (_, path) in VIEWS.iter().filter(|(_, path)| !path.contains("purpose=")) {
        let joint = if path.contains('?') { '&' } else { '?' };
        for purpose in PURPOSES {
            paths.push(match *purpose {
                "" => (*path).to_owned(),
                purpose => format!("{path}{joint}purpose={purpose}"),
            });
        }
    }
    for text in ["%E7%8E%8B%E8%8A%B3", "lamp"] {
        paths.push(format!("/api/cases?text={text}"));
        paths.push(format!("/api/places?text={text}"));
    }
    paths
}

#[tokio::test]
async fn no_view_gives_out_a_value_without_its_row_in_the_access_log() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        let fields = json!({"broken": "lamp", "own_words": SEALED[3].2});
        wang.done(
            "c1",
            "open_case",
            json!({"case": "case-1", "case_kind": "test.repair",
            "subject": {"kind": "person", "id": "p-wang"}, "fields": fields}),
        )
        .await;
        wang.done("c1", "note_case", json!({"case": "case-1", "note": SEALED[4].2})).await;
        let defer = json!({"case": "case-1", "reason": SEALED[5].2, "review_on": "2020-03-01"});
        world.client("zhou").await.done("c1", "defer_case", defer).await;
        let mut given_out = Vec::new();
        for (account, ..) in PEOPLE {
            let client = world.client(account).await;
            for path in paths() {
                let before = all_reads(&world).await;
                let answer = client.get(&path).await;
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                let after = all_reads(&world).await;
                for (at, (person, element, value)) in SEALED.iter().enumerate() {
                    if !text.contains(value) {
                        continue;
                    }
                    let new = &after[at][..after[at].len() - before[at].len()];
                    let told = new.iter().any(|read| {
                        read.reader.as_str() == *account
                            && !read.purpose.is_empty()
                            && read.elements.iter().any(|it| it == element)
                    });
                    assert!(told, "{account} read {element} of {person} at {path}: {new:?}");
                    given_out.push(format!("{account} {person} {element}"));
                }
            }
        }
        given_out.sort();
        given_out.dedup();
        insta::assert_snapshot!("what_is_given_out_to_whom", given_out.join("\n"));
        let seen: Vec<Json> = wang.see("/api/kept").await["reads"].as_array().unwrap().clone();
        assert!(seen.iter().any(|read| read["reader_name"] == "chen"), "{seen:#?}");
    })
    .await;
}
