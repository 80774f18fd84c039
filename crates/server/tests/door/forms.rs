//! Forms as the app fills and publishes them.

use serde_json::{Value as Json, json};

use crate::openrosa::{SURVEY, multipart, raw};
use crate::world::{Client, World, fresh};

async fn check(who: &Client, workbook: &str) -> Json {
    let answer = who.send(raw(who, "/api/forms/check?ledger=c1&name=survey.md", workbook)).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

async fn publish(who: &Client, command: &str, more: &str, workbook: &str) -> Json {
    let path = format!("/api/forms/publish?ledger=c1&name=survey.md&command={command}{more}");
    let answer = who.send(raw(who, &path, workbook)).await;
    answer.json()
}

async fn listed(who: &Client) -> Vec<String> {
    let forms = who.see("/api/forms?ledger=c1").await;
    let forms = forms["forms"].as_array().unwrap().iter();
    forms.map(|form| format!("{} {} {}", form["id"], form["version"], form["source"])).collect()
}

async fn send(who: &Client, more: &str, record: &str) -> (u16, Json) {
    let parts = [("xml_submission_file", "x.xml", "text/xml", record.as_bytes())];
    let (kind, body) = multipart(&parts);
    let request = who.request("POST", &format!("/api/submissions?ledger=c1{more}"));
    let answer = who.send(request.header("content-type", kind).body(body.into()).unwrap()).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_forms_of_packs_are_there_as_xforms_for_whoever_fills_them() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let forms = chen.see("/api/forms?ledger=c1").await;
        let form = &forms["forms"][0];
        assert_eq!((&form["id"], &form["source"]), (&json!("test.visit"), &json!("pack")));
        assert_eq!(form["subject"], "household");
        // About whom it is, is clear before it is opened: no list of everybody comes with it.
        assert_eq!((&form["media"], &form["may_be_known"]), (&json!([]), &json!(false)));
        let answer = chen.get("/api/forms/test.visit/xform?ledger=c1").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], "application/xml; charset=utf-8");
        let text = String::from_utf8(answer.bytes).unwrap();
        for said in ["是否应门", "household", "instanceID", "own_words"] {
            assert!(text.contains(said), "{said}");
        }
        let answer = chen.get("/api/forms/test.visit/media/households.csv?ledger=c1").await;
        assert!(String::from_utf8(answer.bytes).unwrap().contains("household:h1"));
        assert_eq!(world.client("ana").await.see("/api/forms?ledger=c1").await["forms"], json!([]));
        assert_eq!(
            world.client("ana").await.get("/api/forms/test.visit/xform?ledger=c1").await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn a_workbook_is_checked_published_filled_and_published_again_with_what_changes() {
    World::each(async |world| {
        let (lin, chen) = (world.client("lin").await, world.client("chen").await);
        let report = check(&lin, &SURVEY.replace("integer", "intger")).await;
        assert_eq!(report["ok"], false);
        let problem = &report["problems"][0];
        assert_eq!((&problem["sheet"], &problem["row"]), (&json!("survey"), &json!(2)), "{report:#}");
        assert!(!problem["zh"].as_str().unwrap().is_empty());
        let report = check(&lin, SURVEY).await;
        assert_eq!(report["ok"], true, "{report:#}");
        assert_eq!(report["form_id"], "local.survey");
        assert_eq!(report["outline"].as_array().unwrap().len(), 3);
        assert!(report.get("diff").is_none() && report.get("suggested").is_none());

        let command = fresh("publish");
        let more = "&subject=person&filled_by=grid_worker&purpose=test.service";
        let answer = publish(&lin, &command, more, SURVEY).await;
        assert_eq!(answer["outcome"], "done", "{answer:#}");
        assert_eq!(publish(&lin, &command, more, SURVEY).await["repeated"], true);
        let again = publish(&lin, &fresh("publish"), more, SURVEY).await;
        assert_eq!(again["problem"]["code"], "version_taken", "{again:#}");
        assert!(listed(&chen).await.contains(&"\"local.survey\" \"1\" \"published\"".to_owned()));

        let second = SURVEY.replace("| A survey | 1 |", "| A survey | 2 |");
        let second = second.replace("| | image | door | The door | | |\n", "");
        let report = check(&lin, &second).await;
        let changes: Vec<(&Json, &Json)> = report["diff"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["what"] != "kept")
            .map(|change| (&change["path"], &change["what"]))
            .collect();
        assert_eq!(changes, [(&json!("/data/door"), &json!("removed"))], "{report:#}");
        publish(&lin, &fresh("publish"), more, &second).await;
        assert!(listed(&chen).await.contains(&"\"local.survey\" \"2\" \"published\"".to_owned()));
        let old = chen.get("/api/forms/local.survey/xform?ledger=c1&version=1").await;
        assert!(String::from_utf8(old.bytes).unwrap().contains("door"));

        // What was filled under the first version still comes in, and is read by it.
        let record = "<data id=\"local.survey\" version=\"1\"><age>200</age><answered>yes</answered>\
             <door>1.jpg</door><meta><instanceID>uuid:s</instanceID></meta></data>";
        let (status, answer) = send(&chen, "&subject=person:p-wang", record).await;
        assert_eq!((status, &answer["outcome"]), (200, &json!("done")), "{answer:#}");
        let (_, again) = send(&chen, "&subject=person:p-wang", record).await;
        assert_eq!(again["repeated"], true);
        let kept: domain::forms::Submission =
            world.store.get(&"c1".parse().unwrap(), "uuid:s").await.unwrap().unwrap();
        let flag = domain::forms::Flag::BadAnswerAt { path: "/data/age".to_owned() };
        assert_eq!(kept.flags, [flag]);
        assert_eq!(kept.record.unwrap().received.files, 1);
        assert_eq!(kept.answers[&"answered".parse().unwrap()], true);
        // Whether somebody answered the door is observed anew each time.
        let known = chen.see("/api/forms/local.survey/known?ledger=c1&subject=person:p-wang").await;
        assert_eq!(known["values"], json!([]));
        let home = chen.see("/api/households/c1/h1").await;
        let told = &home["submissions"][0];
        assert_eq!(told["form_name"]["en"], "A survey", "{told:#}");
        assert_eq!(told["answers"][0]["name"]["zh"], "是否应门");
        let all = lin.see("/api/forms/published?ledger=c1").await;
        let all = all["forms"].as_array().unwrap();
        assert_eq!((all.len(), &all[1]["version"], &all[1]["by_name"]), (2, &json!("2"), &json!("lin")));
        lin.done("c1", "retire_form", json!({"form": "local.survey", "reason": "测试"})).await;
        assert!(!listed(&chen).await.iter().any(|form| form.contains("local.survey")));
    })
    .await;
}

#[tokio::test]
async fn a_workbook_may_say_how_it_is_to_be_published() {
    World::each(async |world| {
        let lin = world.client("lin").await;
        let says = SURVEY.replace("| | form_title |", "| | filled_by | form_title |");
        let says = says.replace("| | A survey |", "| | grid_worker, subject | A survey |");
        let suggested = &check(&lin, &says).await["suggested"];
        assert_eq!(suggested, &json!({"filled_by": ["grid_worker", "subject"]}));
    })
    .await;
}

#[tokio::test]
async fn only_those_who_coordinate_publish_and_what_is_no_form_is_refused() {
    World::each(async |world| {
        let (lin, chen) = (world.client("lin").await, world.client("chen").await);
        let more = "&purpose=test.service";
        let refused = publish(&chen, &fresh("publish"), more, SURVEY).await;
        assert_eq!(refused["code"], "not_allowed");
        for (more, workbook, code) in [
            (more, "nothing", "not_a_form"),
            ("", SURVEY, "missing"),
            ("&purpose=test.none", SURVEY, "unknown"),
            ("&purpose=test.service&filled_by=nobody", SURVEY, "unknown"),
            ("&purpose=test.service&subject=tree", SURVEY, "bad_value"),
        ] {
            let refused = publish(&lin, &fresh("publish"), more, workbook).await;
            let found = refused.pointer("/problem/code").unwrap_or(&refused["code"]);
            assert_eq!(found, code, "{refused:#}");
        }
        let taken = SURVEY.replace("| form_title |", "| form_title | form_id |");
        let taken = taken.replace("| A survey |", "| A survey | test.visit |");
        assert_eq!(check(&lin, &taken).await["ok"], false);
        let refused = publish(&lin, &fresh("publish"), more, &taken).await;
        assert_eq!(refused["problem"]["code"], "exists");
    })
    .await;
}

#[tokio::test]
async fn what_is_known_already_is_shown_for_the_form_s_purpose_and_the_read_is_written_down() {
    World::each(async |world| {
        let chen = world.client("chen").await;
        let name = SURVEY
            .replace("| | image | door | The door | | |", "| | text | called | Name | | name |");
        let lin = world.client("lin").await;
        let more = "&subject=person&filled_by=grid_worker&purpose=test.service";
        publish(&lin, &fresh("publish"), more, &name).await;
        let path = "/api/forms/local.survey/known?ledger=c1&subject=person:p-wang";
        let known = chen.see(path).await;
        assert_eq!(known["values"][0]["value"], "王芳", "{known:#}");
        assert_eq!(known["values"][0]["from"], "register");
        let wang = world.client("wang").await.see("/api/kept").await;
        let reads = wang["reads"].as_array().unwrap();
        assert!(reads.iter().any(|read| read.to_string().contains("chen")), "{reads:?}");
        let (dep, li) = (world.client("dep").await, world.client("li").await);
        assert_eq!(dep.get(path).await.status, 404);
        assert_eq!(li.get(path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_known_for_its_update_cycle_and_the_record_tells_what_was_confirmed() {
    World::each(async |world| {
        let (lin, chen) = (world.client("lin").await, world.client("chen").await);
        let lasting = SURVEY
            .replace("| | integer | age | How old? | . < 150 | |", "| | integer | climb | Floors? | | stairs |")
            .replace("| | image | door | The door | | |", "| | integer | people | People? | | people_registered |");
        let more = "&subject=household&filled_by=grid_worker&purpose=test.service";
        publish(&lin, &fresh("publish"), more, &lasting).await;
        let forms = chen.see("/api/forms?ledger=c1").await;
        let form = forms["forms"].as_array().unwrap().iter().find(|it| it["id"] == "local.survey");
        assert_eq!(form.unwrap()["may_be_known"], true);
        let path = "/api/forms/local.survey/known?ledger=c1&subject=household:h1";
        let known = chen.see(path).await;
        let [people] = &known["values"].as_array().unwrap()[..] else { panic!("{known:#}") };
        assert_eq!((&people["element"], &people["from"]), (&json!("people_registered"), &json!("register")));
        assert_eq!((people.get("known_at"), &people["from_name"]["zh"]), (None, &json!("居民登记")));
        let record = "<data id=\"local.survey\" version=\"1\"><climb>4</climb><answered>yes</answered>\
             <people>3</people><meta><instanceID>uuid:k</instanceID></meta></data>";
        let (status, _) = send(&chen, "&subject=household:h1&confirmed=1&corrected=2", record).await;
        assert_eq!(status, 200);
        let known = chen.see(path).await;
        let stairs = known["values"].as_array().unwrap().iter().find(|it| it["element"] == "stairs");
        let stairs = stairs.unwrap_or_else(|| panic!("{known:#}"));
        assert_eq!((&stairs["value"], &stairs["from_name"]["en"]), (&json!("4"), &json!("A survey")));
        let kept: domain::forms::Submission =
            world.store.get(&"c1".parse().unwrap(), "uuid:k").await.unwrap().unwrap();
        let prefilled = kept.record.unwrap().received.prefilled;
        assert_eq!((prefilled.confirmed, prefilled.corrected), (1, 2));
        world.pass_days(31);
        let known = chen.see(path).await;
        assert!(!known.to_string().contains("stairs"), "{known:#}");
    })
    .await;
}

#[tokio::test]
async fn a_reviewer_sees_what_was_answered_for_a_purpose_until_it_is_destroyed_with_its_files() {
    World::each(async |world| {
        let (chen, zhou) = (world.client("chen").await, world.client("zhou").await);
        let record = "<data id=\"test.visit\" version=\"v\"><subject>household:h1</subject>\
             <answered>perhaps</answered><own_words>很好</own_words>\
             <meta><instanceID>uuid:r</instanceID></meta></data>";
        let parts = [
            ("xml_submission_file", "x.xml", "text/xml", record.as_bytes()),
            ("a.jpg", "王芳家.jpg", "image/jpeg", b"photograph"),
            ("b.svg", "b.svg", "image/svg+xml", b"<svg/>"),
        ];
        let (kind, body) = multipart(&parts);
        let request = chen.request("POST", "/api/submissions?ledger=c1");
        let sent = chen.send(request.header("content-type", kind).body(body.into()).unwrap()).await;
        assert_eq!(sent.status, 200);
        let page = "/api/submissions/c1/uuid:r";
        let seen = zhou.see(page).await;
        assert_eq!((&seen["sealed"], &seen["answers"]), (&json!(true), &json!([])));
        let flags = seen["flags"].as_array().unwrap();
        let at = flags.iter().find(|flag| flag["flag"] == "bad_answer_at").unwrap();
        assert_eq!(at["path"], "/data/answered");
        assert!(!seen.to_string().contains("王芳") && !seen.to_string().contains("很好"));
        let seen = zhou.see(&format!("{page}?purpose=test.service")).await;
        assert_eq!(seen["record"], *record);
        assert_eq!(seen["answers"][1]["value"], "很好", "{seen:#}");
        assert_eq!(seen["files"][0]["name"], "王芳家.jpg");
        let file = |index: usize| {
            let hash = seen["files"][index]["hash"].as_str().unwrap();
            format!("{page}/files/{hash}?purpose=test.service")
        };
        let photograph = zhou.get(&file(0)).await;
        assert_eq!(
            (photograph.status, photograph.bytes.as_slice()),
            (200, b"photograph".as_slice())
        );
        let drawing = zhou.get(&file(1)).await;
        assert_eq!(drawing.headers["content-type"], "application/octet-stream");
        assert_eq!(zhou.get(&file(0).replace("?purpose=test.service", "")).await.status, 403);
        for other in ["wang", "vol", "dep", "li"] {
            assert_eq!(world.client(other).await.get(page).await.status, 404, "{other}");
        }
        world.pass_days(366);
        world.store.destroy_due().await.unwrap();
        let zhou = world.client("zhou").await;
        let seen = zhou.see(&format!("{page}?purpose=test.service")).await;
        assert_eq!((&seen["sealed"], &seen["record"]), (&json!(true), &Json::Null));
        assert_eq!(zhou.get(&file(0)).await.status, 404);
        let left = walk(world.store.folder().join("attachments"));
        assert_eq!(left, 0, "the bytes are gone from the disk");
    })
    .await;
}

/// How many files there are in a folder, wherever.
fn walk(folder: std::path::PathBuf) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_form_comes_with_the_files_that_its_publisher_puts_with_it() {
    World::each(async |world| {
        let (lin, chen) = (world.client("lin").await, world.client("chen").await);
        let form = "
| survey |
| | type | name | label |
| | select_one_from_file shops.csv | shop | Which shop? |
| settings |
| | form_id | version |
| | local.shops | 1 |
";
        let report = check(&lin, form).await;
        assert_eq!(
            (&report["ok"], &report["problems"][0]["code"]),
            (&json!(true), &json!("file_needed"))
        );
        let put = "/api/forms/media?ledger=c1&name=shops.csv";
        assert_eq!(chen.send(raw(&chen, put, "x")).await.code(), "not_allowed");
        let kept = lin.send(raw(&lin, put, "name,label\na,A\n")).await.json();
        let hash = kept["hash"].as_str().unwrap();
        let more = format!("&purpose=test.service&media=shops.csv:{hash}");
        let answer = publish(&lin, &fresh("publish"), &more, form).await;
        assert_eq!(answer["outcome"], "done", "{answer:#}");
        let forms = chen.see("/api/forms?ledger=c1").await;
        let forms = forms["forms"].as_array().unwrap();
        let shops = forms.iter().find(|form| form["id"] == "local.shops").unwrap();
        let file = chen.get(shops["media"][0]["url"].as_str().unwrap()).await;
        assert_eq!(file.bytes, b"name,label\na,A\n");
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        let none =
            publish(&lin, &fresh("publish"), &more.replace("shops.csv", "x.csv"), form).await;
        assert!(["unknown", "version_taken"].contains(&none["problem"]["code"].as_str().unwrap()));

        // It may be brought its files later, too: what is missing is told until then.
        let second = form.replace("| 1 |", "| 2 |");
        publish(&lin, &fresh("publish"), "&purpose=test.service", &second).await;
        let files = async || {
            let all = lin.see("/api/forms/published?ledger=c1").await;
            all["forms"][1]["files"].clone()
        };
        assert_eq!(files().await, json!([{"name": "shops.csv", "state": "missing"}]));
        let bring = |who: &Client, name: &str, command: &str| {
            let path = format!(
                "/api/forms/local.shops/media/{name}?ledger=c1&version=2&command={command}"
            );
            let request =
                who.request("PUT", &path).header("content-type", "application/octet-stream");
            request.body("name,label\nb,B\n".to_owned().into()).unwrap()
        };
        let command = fresh("bring");
        assert_eq!(chen.send(bring(&chen, "shops.csv", &command)).await.code(), "not_allowed");
        let other = lin.send(bring(&lin, "x.csv", &fresh("bring"))).await.json();
        assert_eq!(other["problem"]["code"], "unknown", "{other:#}");
        let brought = lin.send(bring(&lin, "shops.csv", &command)).await.json();
        assert_eq!(brought["outcome"], "done", "{brought:#}");
        assert_eq!(files().await, json!([{"name": "shops.csv", "state": "put"}]));
        let file = chen.get("/api/forms/local.shops/media/shops.csv?ledger=c1&version=2").await;
        assert_eq!(file.bytes, b"name,label\nb,B\n");
    })
    .await;
}
