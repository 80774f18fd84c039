//! A device that speaks OpenRosa, request by request as ODK Collect sends them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};
use store::{Listing, Reader, Wanted};

use crate::world::{Answer, World, fresh};

/// What stands between the parts of a request.
const BOUNDARY: &str = "----between";

/// A part of a request: its name, the file's name, its type and its bytes.
pub(crate) type Part<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

/// The body of a request with parts, and its type.
pub(crate) fn multipart(parts: &[Part<'_>]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, file, kind, bytes) in parts {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// A device with a token.
pub(crate) struct Device<'w> {
    pub(crate) world: &'w World,
    pub(crate) token: String,
}

impl Device<'_> {
    async fn send(&self, method: &str, url: &str, body: Option<(String, Vec<u8>)>) -> Answer {
        let path = url.strip_prefix("http://street.example").unwrap_or(url);
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", "street.example").header("x-openrosa-version", "1.0");
        let body = match body {
            None => Body::empty(),
            Some((kind, bytes)) => {
                request = request.header("content-type", kind);
                Body::from(bytes)
            }
        };
        let answer = self.world.nobody().send(request.body(body).unwrap()).await;
        if answer.headers.contains_key("x-openrosa-version") {
            assert_eq!(answer.headers["x-openrosa-version"], "1.0");
            assert!(answer.headers.contains_key("x-openrosa-accept-content-length"));
            assert!(answer.headers["date"].to_str().unwrap().ends_with("GMT"));
        }
        answer
    }

    pub(crate) async fn fetch(&self, url: &str) -> String {
        let answer = self.send("GET", url, None).await;
        let text = String::from_utf8(answer.bytes).unwrap();
        assert_eq!(answer.status, 200, "{url}: {text}");
        assert_eq!(answer.headers["x-openrosa-version"], "1.0", "{url}");
        text
    }

    pub(crate) async fn post(&self, parts: &[Part<'_>]) -> Answer {
        let url = format!("/key/{}/submission", self.token);
        self.send("POST", &url, Some(multipart(parts))).await
    }
}

/// What stands in the first element of a name.
pub(crate) fn inner<'t>(text: &'t str, name: &str) -> &'t str {
    let begin = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {text}"));
    begin.1.split_once(&format!("</{name}>")).unwrap().0
}

/// A record of the test pack's form, as a device writes it.
fn record(version: &str, instance: &str, answers: &str) -> String {
    format!(
        "<?xml version='1.0' ?><data id=\"test.visit\" version=\"{version}\" \
         xmlns:orx=\"http://openrosa.org/xforms\"><start>2020-02-01T07:50:00.000+08:00</start>\
         <end>2020-02-01T08:00:00.000+08:00</end>{answers}\
         <orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )
}

async fn submissions(world: &World) -> Vec<Json> {
    let listing =
        Listing { ledger: Some("c1".parse().unwrap()), ..Listing::new(domain::Kind::Submission) };
    let page = world.store.list(&listing).await.unwrap();
    page.things.iter().map(|(_, thing, _)| serde_json::from_str(&thing.body()).unwrap()).collect()
}

async fn facts(world: &World) -> i64 {
    world.store.last_seq(&"c1".parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_device_fetches_a_form_and_sends_it_filled_in_two_parts_exactly_once() {
    World::each(async |world| {
        let device = Device { token: world.token("chen").await, world: &world };
        let list = device.fetch(&format!("/key/{}/formList", device.token)).await;
        assert_eq!(inner(&list, "formID"), "test.visit");
        let version = inner(&list, "version");
        let hash = inner(&list, "hash");
        let form = device.fetch(inner(&list, "downloadUrl")).await;
        assert!(hash.starts_with("md5:") && form.contains("id=\"test.visit\""), "{form}");
        assert!(form.contains(&format!("version=\"{version}\"")));
        let manifest = device.fetch(inner(&list, "manifestUrl")).await;
        assert!(manifest.contains("<mediaFile type=\"entityList\"><filename>households.csv<"));
        let households = device.fetch(inner(&manifest, "downloadUrl")).await;
        assert!(households.starts_with("name,label,__version,"), "{households}");
        assert!(households.contains("household:h1,"));
        let integrity = inner(&manifest, "integrityUrl");
        let there = device.fetch(&format!("{integrity}?id=household:h1,household:none")).await;
        assert!(there.contains("id=\"household:h1\"><deleted>false<"), "{there}");
        assert!(there.contains("id=\"household:none\"><deleted>true<"));

        let greeted = device.send("HEAD", &format!("/key/{}/submission", device.token), None).await;
        assert_eq!(greeted.status, 204);
        let here = format!("http://street.example/key/{}/submission", device.token);
        assert_eq!(greeted.headers["location"], *here);

        let instance = format!("uuid:{}", uuid::Uuid::new_v4());
        let sent = record(
            version,
            &instance,
            "<subject>household:h1</subject><answered>yes</answered><own_words>很好</own_words>",
        );
        let xml: Part<'_> = ("xml_submission_file", "visit.xml", "text/xml", sent.as_bytes());
        let answer = device.post(&[xml, ("a.jpg", "a.jpg", "image/jpeg", b"one")]).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
        assert!(String::from_utf8_lossy(&answer.bytes).contains("nature=\"submit_success\""));
        let second = [xml, ("b.jpg", "b.jpg", "image/jpeg", b"two".as_slice())];
        assert_eq!(device.post(&second).await.status, 201);
        let written = facts(&world).await;
        // The answer was lost on the way: all of it is sent again.
        assert_eq!(device.post(&second).await.status, 201);
        assert_eq!(facts(&world).await, written);

        let kept = submissions(&world).await;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0]["id"], *instance);
        assert_eq!(kept[0]["flags"], json!([]), "{:#}", kept[0]);
        assert_eq!(kept[0]["answers"], json!({"answered": true}));
        assert_eq!(kept[0]["subject"], json!({"kind": "household", "id": "h1"}));
        assert_eq!(kept[0]["occurred_at"], "2020-02-01T00:00:00Z");
        assert_eq!(kept[0]["record"]["attachments"].as_array().unwrap().len(), 2);
        let hash = kept[0]["record"]["attachments"][0]["hash"].as_str().unwrap();
        let bytes = world.store.attachment_bytes(&"c1".parse().unwrap(), hash).await.unwrap();
        assert_eq!(bytes.as_deref(), Some(b"one".as_slice()));
        assert_eq!(words_of(&world, &kept[0]).await, sent);
    })
    .await;
}

/// The record of a submission, out of the vault.
async fn words_of(world: &World, submission: &Json) -> String {
    let reader = Reader { account: "chen".parse().unwrap(), role: "grid_worker".to_owned() };
    let owner = submission["record"]["owner"].as_str().unwrap().parse().unwrap();
    let wanted = [Wanted { person: owner, item: submission["id"].as_str().map(str::to_owned) }];
    let ledger = "c1".parse().unwrap();
    let opened =
        world.store.reveal(&ledger, &reader, "test.service", &wanted, &|_| true).await.unwrap();
    let record = opened.into_iter().find(|value| value.element == "odk.record");
    record.expect("the record is in the vault").value
}

#[tokio::test]
async fn whatever_a_device_sends_is_kept_and_what_is_odd_is_flagged() {
    World::each(async |world| {
        let device = Device { token: world.token("chen").await, world: &world };
        let laughs = "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><data>&b;</data>";
        let deep = format!("{}{}", "<data>".repeat(5000), "</data>".repeat(5000));
        let other = "<data id=\"somebody.else\" version=\"9\"><meta><instanceID>uuid:e</instanceID></meta></data>";
        let old = record("1999-deadbeef", "uuid:old", "<answered>yes</answered>");
        let odd = record("1999-deadbeef", "uuid:odd", "<answered>perhaps</answered>");
        for (what, bytes, flags) in [
            ("entities", laughs.as_bytes(), &["form_unknown"][..]),
            ("deep", deep.as_bytes(), &["form_unknown"]),
            ("garbage", b"not XML", &["form_unknown"]),
            ("not UTF-8", b"<data>\xff\xfe</data>", &["form_unknown"]),
            ("another form", other.as_bytes(), &["form_unknown"]),
            ("an old version", old.as_bytes(), &["version_unknown"]),
            (
                "a bad answer",
                odd.as_bytes(),
                &["bad_answer", "answer_missing", "version_unknown", "bad_answer_at"],
            ),
        ] {
            let before = submissions(&world).await;
            let answer = device.post(&[("xml_submission_file", "x.xml", "text/xml", bytes)]).await;
            assert_eq!(answer.status, 201, "{what}: {}", String::from_utf8_lossy(&answer.bytes));
            let after = submissions(&world).await;
            assert_eq!(after.len(), before.len() + 1, "{what}");
            let new = after.iter().find(|it| !before.contains(it)).unwrap();
            let found: Vec<&str> =
                new["flags"].as_array().unwrap().iter().map(|it| it["flag"].as_str().unwrap()).collect();
            for flag in flags {
                assert!(found.contains(flag), "{what}: {found:?}");
            }
            // It says neither where nor about whom: it was filled at the sender's own place.
            assert_eq!(new["place"], "g1", "{what}");
            assert!(!found.contains(&"not_theirs"), "{what}: {found:?}");
            assert_eq!(words_of_any(&world, new).await, String::from_utf8_lossy(bytes), "{what}");
        }
    })
    .await;
}

/// The record of a submission, whatever it is kept for.
async fn words_of_any(world: &World, submission: &Json) -> String {
    let reader = Reader { account: "chen".parse().unwrap(), role: "grid_worker".to_owned() };
    let owner = submission["record"]["owner"].as_str().unwrap().parse().unwrap();
    let wanted = [Wanted { person: owner, item: submission["id"].as_str().map(str::to_owned) }];
    let purpose = submission["record"]["purpose"].as_str().unwrap();
    let opened = world
        .store
        .reveal(&"c1".parse().unwrap(), &reader, purpose, &wanted, &|_| true)
        .await
        .unwrap();
    opened.into_iter().find(|value| value.element == "odk.record").unwrap().value
}

#[tokio::test]
async fn another_record_under_the_same_id_is_refused_and_one_that_puts_it_right_is_not() {
    World::each(async |world| {
        let chen = Device { token: world.token("chen").await, world: &world };
        let lead = Device { token: world.token("zhou").await, world: &world };
        let first = record("v", "uuid:1", "<answered>yes</answered>");
        let send = async |device: &Device<'_>, record: &str| {
            device.post(&[("xml_submission_file", "x.xml", "text/xml", record.as_bytes())]).await
        };
        assert_eq!(send(&chen, &first).await.status, 201);
        let other = record("v", "uuid:1", "<answered>no</answered>");
        for (device, sent) in [(&chen, &other), (&lead, &first)] {
            let answer = send(device, sent).await;
            assert_eq!(answer.status, 409);
            assert_eq!(answer.headers["x-linli-code"], "exists");
        }
        let right = first.replace(
            "<orx:instanceID>uuid:1</orx:instanceID>",
            "<orx:instanceID>uuid:2</orx:instanceID><orx:deprecatedID>uuid:1</orx:deprecatedID>",
        );
        assert_eq!(send(&chen, &right).await.status, 201);
        let kept = submissions(&world).await;
        let old = kept.iter().find(|it| it["id"] == "uuid:1").unwrap();
        assert_eq!(old["record"]["replaced_by"], "uuid:2");
    })
    .await;
}

#[tokio::test]
async fn a_form_may_be_tried_out_by_its_author_and_nothing_of_it_is_kept() {
    World::each(async |world| {
        let lin = world.client("lin").await;
        let publish = format!(
            "/api/forms/publish?ledger=c1&name=survey.md&command={}&purpose=test.service&draft=true",
            fresh("publish")
        );
        let answer = lin.send(raw(&lin, &publish, SURVEY)).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
        let author = Device { token: world.token("lin").await, world: &world };
        let drafts = format!("/draft/{}/ledgers/c1", author.token);
        let list = author.fetch(&format!("{drafts}/formList")).await;
        assert_eq!(inner(&list, "formID"), "local.survey");
        author.fetch(inner(&list, "downloadUrl")).await;
        let written = facts(&world).await;
        let sent = "<data id=\"local.survey\" version=\"1\"><age>200</age><meta><instanceID>uuid:t</instanceID></meta></data>";
        let parts: [Part<'_>; 2] = [
            ("xml_submission_file", "x.xml", "text/xml", sent.as_bytes()),
            ("a.jpg", "a.jpg", "image/jpeg", b"photograph"),
        ];
        let answer =
            author.send("POST", &format!("{drafts}/submission"), Some(multipart(&parts))).await;
        assert_eq!(answer.status, 201);
        assert_eq!(facts(&world).await, written);
        let other = Device { token: world.token("chen").await, world: &world };
        let list = other.fetch(&format!("/draft/{}/ledgers/c1/formList", other.token)).await;
        assert!(!list.contains("local.survey"));
        let list = author.fetch(&format!("/key/{}/ledgers/c1/formList", author.token)).await;
        assert!(!list.contains("local.survey"));
    })
    .await;
}

/// A small form of one's own.
pub(crate) const SURVEY: &str = "
| survey |
| | type | name | label | constraint | element |
| | integer | age | How old? | . < 150 | |
| | select_one yes_no | answered | Did anybody answer? | | answered |
| | image | door | The door | | |
| choices |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| settings |
| | form_title | version |
| | A survey | 1 |
";

/// A request with raw bytes.
pub(crate) fn raw(who: &crate::world::Client, path: &str, body: &str) -> Request<Body> {
    let request = who.request("POST", path).header("content-type", "application/octet-stream");
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn who_may_not_come_in_and_what_is_no_submission_is_refused_in_words() {
    World::each(async |world| {
        let chen = Device { token: world.token("chen").await, world: &world };
        let stranger = Device { token: "0".repeat(64), world: &world };
        let answer = stranger.send("GET", &format!("/key/{}/formList", stranger.token), None).await;
        assert_eq!(
            (answer.status, answer.headers["x-linli-code"].to_str().unwrap()),
            (401, "token_unknown")
        );
        assert!(String::from_utf8_lossy(&answer.bytes).contains("令牌无效"));
        let answer = world.nobody().get("/openrosa/formList").await;
        assert_eq!(answer.status, 401);
        let elsewhere = format!("/key/{}/ledgers/c2/formList", chen.token);
        assert_eq!(chen.send("GET", &elsewhere, None).await.status, 404);
        let none = format!("/key/{}/forms/test.none/xform", chen.token);
        assert_eq!(chen.send("GET", &none, None).await.status, 404);
        let before = world.store.heads().await.unwrap();
        let url = format!("/key/{}/submission", chen.token);
        let json = Some(("application/json".to_owned(), b"{}".to_vec()));
        assert_eq!(chen.send("POST", &url, json).await.status, 415);
        assert_eq!(chen.post(&[("a.jpg", "a.jpg", "image/jpeg", b"alone")]).await.status, 422);
        let endless = vec![b' '; 1024 * 1024 + 1];
        let parts: [Part<'_>; 1] = [("xml_submission_file", "x.xml", "text/xml", &endless)];
        assert_eq!(chen.post(&parts).await.status, 413);
        let huge = Request::builder().method("POST").uri(&url).header("content-length", "99000000");
        let huge = world.nobody().send(huge.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (huge.status, &huge.headers["content-type"]),
            (413, &"text/xml; charset=utf-8".parse().unwrap())
        );
        let cut = Some((format!("multipart/form-data; boundary={BOUNDARY}"), b"--cut".to_vec()));
        assert_eq!(chen.send("POST", &url, cut).await.status, 400);
        assert_eq!(world.store.heads().await.unwrap(), before);
        let english = Request::builder().uri(format!("/key/{}/formList", stranger.token));
        let english = english.header("accept-language", "en").body(Body::empty()).unwrap();
        let answer = world.nobody().send(english).await;
        assert!(String::from_utf8_lossy(&answer.bytes).contains("The token is not valid"));
    })
    .await;
}
