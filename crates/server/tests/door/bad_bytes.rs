//! A table of requests that are not what they claim: each is refused in words in both languages,
//! by a stable code, writes nothing, and the next request is answered.

use std::io::Write as _;

use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use zip::write::SimpleFileOptions;

use crate::world::{Answer, Client, World, envelope, fresh};

/// A bad request: what it is, who sends it, and the code that it must be refused by.
struct Bad {
    what: String,
    request: Request<Body>,
    code: &'static str,
}

fn bad(what: &str, request: Request<Body>, code: &'static str) -> Bad {
    Bad { what: what.to_owned(), request, code }
}

fn commands(who: &Client, body: impl Into<Body>) -> Request<Body> {
    let request = who.request("POST", "/api/commands").header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

fn roster(who: &Client, body: Vec<u8>) -> Request<Body> {
    let request = who.request("POST", "/api/roster?ledger=c1");
    request.header("content-type", "application/octet-stream").body(Body::from(body)).unwrap()
}

/// A command as text, with a body and a moment that no value could hold.
fn raw(body: &str, occurred_at: &str) -> String {
    let id = fresh("raw");
    format!(
        r#"{{"commands":[{{"id":"{id}","ledger":"c1","kind":"note_case","body":{body},"occurred_at":"{occurred_at}"}}]}}"#
    )
}

/// An archive with the parts of a workbook, of which one unpacks to more than is read.
fn zip_bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let chunk = vec![b' '; 1024 * 1024];
    for _ in 0..65 {
        archive.write_all(&chunk).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024, "it is small until it is unpacked");
    bytes
}

fn gzip_bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        encoder.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    encoder.finish().unwrap()
}

/// What the answer refuses by: the problem as a whole, or that of its only command.
fn problem(answer: &Answer) -> Json {
    let json = answer.json();
    match &json["answers"][0]["problem"] {
        Json::Null => json,
        problem => problem.clone(),
    }
}

async fn refuses_all(world: &World, all: Vec<Bad>) {
    let chen = world.client("chen").await;
    let before = world.store.heads().await.unwrap();
    for bad in all {
        let answer = chen.send(bad.request).await;
        let problem = problem(&answer);
        assert_eq!(problem["code"], bad.code, "{}: {problem:#}", bad.what);
        assert!(problem["status"].as_u64().is_some_and(|it| (400..500).contains(&it)));
        for language in ["zh", "en"] {
            let words = problem["words"][language].as_str().unwrap();
            assert!(!words.is_empty() && !words.contains('{'), "{}: {words}", bad.what);
        }
        assert_eq!(world.store.heads().await.unwrap(), before, "{} wrote something", bad.what);
        assert_eq!(chen.get("/healthz").await.status, 200, "after {}", bad.what);
    }
}

#[tokio::test]
async fn json_that_claims_too_much_is_refused_and_writes_nothing() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let now = crate::world::world_now();
        let note = r#"{"case":"none","note":"x"}"#;
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let many = vec![raw(note, &now); 501].join(",");
        let cases = [
            ("no UTF-8", b"{\"commands\":[\"\xc3\x28\"]}".to_vec(), "not_utf8"),
            ("UTF-16", b"\xff\xfe{\0}\0".to_vec(), "not_utf8"),
            ("a mark of byte order", b"\xef\xbb\xbf{}".to_vec(), "bad_json"),
            ("100,000 levels", raw(&deep, &now).into_bytes(), "too_deep"),
            ("100,000 levels outside", deep.into_bytes(), "too_deep"),
            ("a number that is none", raw("NaN", &now).into_bytes(), "bad_json"),
            ("an endless number", raw("-Infinity", &now).into_bytes(), "bad_json"),
            ("a huge number", raw(r#"{"case":1e999}"#, &now).into_bytes(), "bad_command"),
            ("a long number", raw(&"9".repeat(10_000), &now).into_bytes(), "bad_command"),
            (
                "a key twice",
                raw(r#"{"case":"a","case":"b","note":"x"}"#, &now).into_bytes(),
                "bad_command",
            ),
            ("the list twice", br#"{"commands":[],"commands":[]}"#.to_vec(), "bad_json"),
            (
                "501 commands",
                format!(r#"{{"commands":[{many}]}}"#).into_bytes(),
                "too_many_commands",
            ),
            ("a request of 1900", raw(note, "1900-01-01T00:00:00Z").into_bytes(), "clock_wrong"),
            ("a request of 2100", raw(note, "2100-01-01T00:00:00Z").into_bytes(), "clock_wrong"),
            ("a year that is none", raw(note, "99999-01-01T00:00:00Z").into_bytes(), "bad_command"),
        ];
        let cases =
            cases.into_iter().map(|(what, body, code)| bad(what, commands(&chen, body), code));
        refuses_all(&world, cases.collect()).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_packed_or_called_something_else_is_refused_and_writes_nothing() {
    World::each(async |world| {
        let (chen, zhou) = (world.client("chen").await, world.client("zhou").await);
        let typed = |name: &str, value: &str, body: Vec<u8>| {
            let request = chen.request("POST", "/api/commands").header(name, value);
            request.body(Body::from(body)).unwrap()
        };
        let mut packed = commands(&chen, gzip_bomb());
        packed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        let cases = vec![
            bad("a zip bomb", roster(&zhou, zip_bomb()), "workbook_too_large"),
            bad("half an archive", roster(&zhou, zip_bomb()[..500].to_vec()), "not_a_workbook"),
            bad("a gzip bomb", packed, "encoding_not_taken"),
            bad(
                "plain text",
                typed("content-type", "text/plain", b"{}".to_vec()),
                "wrong_content_type",
            ),
            bad("no type", typed("x-nothing", "1", b"{}".to_vec()), "wrong_content_type"),
            bad(
                "other words",
                typed("content-type", "application/json; charset=utf-16", b"\xff\xfe".to_vec()),
                "not_utf8",
            ),
        ];
        refuses_all(&world, cases).await;
    })
    .await;
}

#[tokio::test]
async fn sessions_that_are_over_forged_or_unchecked_open_nothing() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        let stale = "ab".repeat(32);
        let now = jiff::Timestamp::now();
        let (began, ended) =
            (now - SignedDuration::from_hours(48), now - SignedDuration::from_hours(1));
        let account = "wang".parse().unwrap();
        world.store.save_session(&server::hash_of(&stale), &account, began, ended).await.unwrap();
        let as_client = |cookie: &str, csrf: &str| {
            let mut other = wang.clone();
            (other.cookie, other.csrf) = (cookie.to_owned(), csrf.to_owned());
            other
        };
        let open = json!({"case": "forged", "case_kind": "test.repair",
            "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}});
        let body =
            json!({"commands": [envelope(&fresh("k"), "c1", "open_case", open)]}).to_string();
        let mut other = wang.cookie.clone();
        other.replace_range(..1, if other.starts_with('0') { "1" } else { "0" });
        let cases = [
            ("an expired session", as_client(&stale, "x"), "session_over"),
            ("a forged cookie", as_client(&other, &wang.csrf), "session_over"),
            ("a long cookie", as_client(&"a".repeat(20_000), &wang.csrf), "session_over"),
            (
                "the hash as cookie",
                as_client(&server::hash_of(&wang.cookie), &wang.csrf),
                "session_over",
            ),
            ("a quote in the cookie", as_client("' OR 1=1 --", &wang.csrf), "session_over"),
            ("a wrong check word", as_client(&wang.cookie, &"0".repeat(40)), "csrf"),
            ("a cut check word", as_client(&wang.cookie, &wang.csrf[..39]), "csrf"),
            ("no check word", as_client(&wang.cookie, ""), "csrf"),
            ("no session", as_client("", &wang.csrf), "not_signed_in"),
        ];
        let cases = cases.map(|(what, who, code)| bad(what, commands(&who, body.clone()), code));
        refuses_all(&world, cases.into_iter().collect()).await;
    })
    .await;
}

#[tokio::test]
async fn a_pack_that_goes_round_or_explodes_is_never_in_force() {
    World::each(async |world| {
        let op = world.client("op").await;
        let endless = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        let long = format!("{}1", "1 + ".repeat(100_000));
        let nested = "[1, 2, 3].map(a, [1, 2, 3].map(b, [1, 2, 3].map(c, a * b * c))).size() > 0";
        let sound = "stage != \"closed\" && stage != \"rejected\"";
        let laughs = "lol: &a [x, x, x, x, x, x, x, x, x]\n".to_owned()
            + &('b'..='k')
                .map(|it| {
                    let before = char::from(it as u8 - 1);
                    format!("{it}: &{it} [{}]\n", vec![format!("*{before}"); 9].join(", "))
                })
                .collect::<String>();
        let mut cases = Vec::new();
        for (what, guard) in
            [("deep", endless.as_str()), ("long", &long), ("loops", nested), ("laughs", &laughs)]
        {
            let mut files = crate::world::pack_files();
            let indicators = files.get_mut("indicators.yaml").unwrap();
            let text = String::from_utf8(indicators.clone()).unwrap();
            assert!(text.contains(sound), "what is made bad was sound");
            let bomb =
                if what == "laughs" { laughs.clone() } else { text.replacen(sound, guard, 1) };
            *indicators = bomb.into_bytes();
            let bytes = serde_json::to_vec(&files).unwrap();
            let why =
                world.store.add_pack_file(&bytes).await.map(|pack| pack.hash.clone()).unwrap_err();
            assert!(why.to_string().contains("indicators.yaml"), "{what}: {why}");
            let adopt = json!({"pack": "test", "version": "9.9.9", "hash": server::hash_of(what)});
            let body = json!({"commands": [envelope(&fresh("k"), "root", "adopt_pack", adopt)]});
            cases.push(bad(what, commands(&op, body.to_string()), "pack_unknown"));
        }
        refuses_all(&world, cases).await;
    })
    .await;
}

#[tokio::test]
async fn paths_that_climb_find_nothing_of_the_machine() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        for path in [
            "/../../../etc/passwd",
            "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/assets/..%2f..%2f..%2fetc/passwd",
            "/assets/....//....//etc/passwd",
            "/%00/etc/passwd",
            "//etc/passwd",
            "/api/../../etc/passwd",
            "/api/roster/problems/..%2f..%2fetc%2fpasswd",
            "/api/households/..%2f..%2f/keys",
            "/api/tables/..%2f..%2fkeys.xlsx?place=c1",
        ] {
            let answer = chen.get(path).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(!text.contains("root:") && !text.contains("/bin/"), "{path}: {text}");
            let found_nothing =
                matches!(answer.status, 403 | 404) || text.starts_with("<!doctype html>");
            assert!(found_nothing, "{path}: {} {text}", answer.status);
        }
    })
    .await;
}
