//! What the program writes to its log over a day holds nothing of a person.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::world::World;

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const WORDS: &str = "楼道里的灯一直在闪";
const ROSTER: &str = "社区,网格,楼栋,门牌,姓名,电话,出生\n\
    community c1,grid g2,5号楼,201,孙丽,13900000001,1980\n\
    community c9,grid g2,5号楼,201,钱七,13900000002,1980\n";

/// What a day at the door is made of, with the names in every place where one could slip out.
async fn a_day(world: &World) -> Vec<String> {
    let (wang, chen, zhou) =
        (world.client("wang").await, world.client("chen").await, world.client("zhou").await);
    world.set_password("wang", "a good password").await;
    for (name, password) in [("wang", "a good password"), ("孙丽", "13900000001")] {
        world.nobody().post("/api/session", &json!({"name": name, "password": password})).await;
    }
    let open = json!({"case": "case-1", "case_kind": "test.repair",
        "subject": {"kind": "person", "id": "p-wang"}, "fields": {"broken": "lamp", "own_words": WORDS}});
    wang.done("c1", "open_case", open).await;
    wang.done("c1", "note_case", json!({"case": "case-1", "note": "请打 13800000000 找王芳"}))
        .await;
    wang.give("c1", "note_case", json!({"case": "王芳", "note": WORDS})).await;
    wang.give("c1", "note_case", json!({"case": "case-1", "note": WORDS, "姓名": "王芳"})).await;
    for path in [
        "/api/households/c1/h1?purpose=register",
        "/api/cases/c1/case-1?purpose=test.service",
        "/api/cases?text=%E7%8E%8B%E8%8A%B3",
        "/api/places?text=%E7%8E%8B%E8%8A%B3",
        "/api/households/c1/%E7%8E%8B%E8%8A%B3",
        "/api/day?phone=13800000000",
        "/api/nothing/13800000000",
        "/13800000000",
    ] {
        chen.get(path).await;
    }
    wang.see("/api/kept").await;
    let request = zhou.request("POST", "/api/roster?ledger=c1");
    let request = request.header("content-type", "text/csv").body(Body::from(ROSTER)).unwrap();
    assert_eq!(zhou.send(request).await.json()["good"], 1);
    for body in ["{\"王芳\": 13800000000", "王芳", "{\"commands\": [{\"id\": \"王芳\"}]}"] {
        let request = wang.request("POST", "/api/commands");
        let request = request.header("content-type", "application/json").body(Body::from(body));
        wang.send(request.unwrap()).await;
    }
    [&wang, &chen, &zhou].iter().flat_map(|who| [who.cookie.clone(), who.csrf.clone()]).collect()
}

#[tokio::test]
async fn the_log_of_a_day_holds_no_name_no_number_no_words_and_no_secret() {
    // For the whole process: what other tests write beside this one is held to the same.
    let kept = Kept::default();
    let log = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(kept.clone())
        .finish();
    tracing::subscriber::set_global_default(log).unwrap();
    World::each(async |world| {
        let secrets = a_day(&world).await;
        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("/api/households/{ledger}/{id}"), "{log}");
        assert!(log.lines().filter(|line| line.contains("\"request\"")).count() > 15, "{log}");
        let personal = [
            "王芳",
            "王小明",
            "孙丽",
            "钱七",
            "13800000000",
            "13900000001",
            "13900000002",
            "11010519491231002X",
            WORDS,
            "5号楼",
            "a good password",
            "%E7%8E%8B",
        ];
        for what in personal.iter().map(|it| (*it).to_owned()).chain(secrets) {
            let line = log.lines().find(|line| line.contains(&what));
            assert!(line.is_none(), "{what} stands in the log: {}", line.unwrap_or_default());
        }
    })
    .await;
}
