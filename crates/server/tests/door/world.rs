//! A small neighbourhood with fixed people, and a client that speaks to the door as one of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use domain::command::Envelope;
use domain::{Actor, Command, Grant, Role};
use serde_json::{Value as Json, json};
use server::wire::Words;
use server::wire::session::DemoPerson;
use server::{App, AppOptions, Demo};
use store::{Clock, Credential, Store, StoreOptions};
use tower::ServiceExt as _;

/// Everybody in the neighbourhood: account, role, place.
pub(crate) const PEOPLE: &[(&str, &str, &str)] = &[
    ("op", "operator", "root"),
    ("lin", "coordinator", "s"),
    ("zhou", "community_lead", "c1"),
    ("chen", "grid_worker", "g1"),
    ("li", "grid_worker", "c2"),
    ("doc", "clinician", "s"),
    ("wang", "resident", "c1"),
    ("zhao", "resident", "c1"),
    ("vol", "volunteer", "c1"),
    ("dep", "department", "s"),
    ("ana", "analyst", "city"),
];

static COMMANDS: AtomicU64 = AtomicU64::new(0);

/// A fresh id for a command.
pub(crate) fn fresh(what: &str) -> String {
    format!("{what}-{}", COMMANDS.fetch_add(1, Ordering::Relaxed))
}

/// The neighbourhood.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) store: Arc<Store>,
    pub(crate) router: Router,
    clock: Still,
    opened_with: StoreOptions,
    _dir: Arc<tempfile::TempDir>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Somebody at the door.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Client {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, format!("linli_session={}", self.cookie));
        }
        if method != "GET" && !self.csrf.is_empty() {
            request = request.header("x-csrf", &self.csrf);
        }
        request
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn see(&self, path: &str) -> Json {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> Answer {
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Gives one command; its answer.
    pub(crate) async fn give(&self, ledger: &str, kind: &str, body: Json) -> Json {
        let answers = self.give_all(&[envelope(&fresh("k"), ledger, kind, body)]).await;
        answers["answers"][0].clone()
    }

    /// Gives one command that must be done.
    pub(crate) async fn done(&self, ledger: &str, kind: &str, body: Json) -> Json {
        let answer = self.give(ledger, kind, body).await;
        assert_eq!(answer["outcome"], "done", "{kind}: {answer:#}");
        answer
    }

    /// Gives one command that must be refused; the code.
    pub(crate) async fn refused(&self, ledger: &str, kind: &str, body: Json) -> String {
        let answer = self.give(ledger, kind, body).await;
        assert_eq!(answer["outcome"], "refused", "{kind}: {answer:#}");
        answer["problem"]["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn give_all(&self, commands: &[Json]) -> Json {
        let answer = self.post("/api/commands", &json!({ "commands": commands })).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }
}

/// A command as a client sends it.
pub(crate) fn envelope(id: &str, ledger: &str, kind: &str, body: Json) -> Json {
    let now = world_now();
    json!({"id": id, "ledger": ledger, "kind": kind, "body": body, "occurred_at": now})
}

/// The present of the neighbourhood.
pub(crate) fn world_now() -> String {
    "2020-02-01T00:00:00Z".to_owned()
}

/// The files of the test pack.
pub(crate) fn pack_files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pack"), "", &mut files);
    files
}

fn collect(folder: &Path, at: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{at}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// The operator as the seed knows them: before anybody can sign in.
fn founder() -> Actor {
    Actor {
        account: "founder".parse().unwrap(),
        person: None,
        grants: vec![Grant {
            role: Role::new(Role::OPERATOR),
            place: "root".parse().unwrap(),
            until: None,
        }],
    }
}

fn demo() -> Demo {
    let people = PEOPLE.iter().map(|(account, role, place)| DemoPerson {
        account: (*account).to_owned(),
        name: (*account).to_owned(),
        role: Words::new(*role, *role),
        place: (*place).to_owned(),
        about: Words::default(),
    });
    Demo { people: people.collect() }
}

/// What the neighbourhood is made of, in order: ledger, kind, body.
fn ground() -> Vec<(&'static str, &'static str, Json)> {
    let place =
        |id: &str, level: &str| json!({"id": id, "name": format!("{level} {id}"), "level": level});
    let mut ground = vec![
        ("root", "add_places", json!({"places": [place("city", "city")]})),
        ("root", "add_places", json!({"parent": "city", "places": [place("s", "street")]})),
        (
            "root",
            "add_places",
            json!({"parent": "s", "places": [place("c1", "community"), place("c2", "community")]}),
        ),
        (
            "s",
            "open_ledger",
            json!({"place": "s", "name": "street s", "level": "street", "path": ["root", "city", "s"]}),
        ),
        (
            "c1",
            "open_ledger",
            json!({"place": "c1", "name": "community c1", "level": "community", "path": ["root", "city", "s", "c1"]}),
        ),
        (
            "c2",
            "open_ledger",
            json!({"place": "c2", "name": "community c2", "level": "community", "path": ["root", "city", "s", "c2"]}),
        ),
        ("c1", "add_places", json!({"places": [place("g1", "grid"), place("g2", "grid")]})),
        ("c1", "add_places", json!({"parent": "g1", "places": [place("b1", "building")]})),
    ];
    ground.extend(register());
    ground.extend(accounts());
    ground
}

/// The households and persons of the neighbourhood.
fn register() -> Vec<(&'static str, &'static str, Json)> {
    let mut ground = Vec::new();
    for (household, door) in [("h1", "101"), ("h2", "102")] {
        ground.push((
            "c1",
            "register_household",
            json!({"household": household, "place": "b1", "door": door}),
        ));
    }
    for (person, household, name, born) in [
        ("p-wang", "h1", "王芳", 1986),
        ("p-child", "h1", "王小明", 2014),
        ("p-zhao", "h2", "赵强", 1970),
    ] {
        ground.push((
            "c1",
            "register_person",
            json!({"person": person, "household": household, "born_year": born,
                "values": {"name": name, "phone": "13800000000", "identity_number": "11010519491231002X"}}),
        ));
    }
    ground.push((
        "c1",
        "state_care",
        json!({"carer": "p-wang", "dependant": "p-child", "care": "child"}),
    ));
    ground
}

/// The accounts of the neighbourhood and their roles.
fn accounts() -> Vec<(&'static str, &'static str, Json)> {
    let mut ground = Vec::new();
    for (account, role, place) in PEOPLE {
        let person = match *account {
            "wang" => json!(["c1", "p-wang"]),
            "zhao" => json!(["c1", "p-zhao"]),
            _ => Json::Null,
        };
        ground.push(("root", "open_account", json!({"account": account, "person": person})));
        ground.push((
            "root",
            "grant_role",
            json!({"account": account, "role": role, "place": place}),
        ));
    }
    ground
}

fn command(ledger: &str, kind: &str, body: &Json) -> Envelope {
    let command: Command = serde_json::from_value(json!({"kind": kind, "body": body})).unwrap();
    Envelope {
        id: fresh("seed").parse().unwrap(),
        ledger: ledger.parse().unwrap(),
        command,
        device: None,
        occurred_at: world_now().parse().unwrap(),
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
struct Still(Arc<AtomicI64>);

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

fn read_pack(bytes: &[u8]) -> Result<domain::rules::SharedPack, String> {
    let files: BTreeMap<String, Vec<u8>> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    packfile::read(&files).map(|checked| checked.pack).map_err(|error| format!("{error:?}"))
}

fn credential(account: &str, password_hash: &str) -> Credential {
    Credential {
        name: account.to_owned(),
        account: account.parse().unwrap(),
        display: account.to_owned(),
        password_hash: password_hash.to_owned(),
    }
}

impl World {
    /// Plays a test in the neighbourhood as a demo, where everybody is one click away: on SQLite,
    /// then on PostgreSQL where a server is named.
    pub(crate) async fn each(test: impl AsyncFn(Self)) {
        for database in testkit::databases::all().await {
            test(Self::on(database, Some(demo())).await).await;
        }
    }

    /// Plays a test in the neighbourhood as any other deployment, on each database.
    pub(crate) async fn each_without_demo(test: impl AsyncFn(Self)) {
        for database in testkit::databases::all().await {
            test(Self::on(database, None).await).await;
        }
    }

    /// Two programs side by side on one PostgreSQL, with one folder of keys and attachments;
    /// nothing where no server is named.
    pub(crate) async fn side_by_side() -> Option<(Self, Self)> {
        let database = testkit::databases::postgres().await?;
        let here = Self::on(Some(database), Some(demo())).await;
        let there = here.beside().await;
        Some((here, there))
    }

    /// Another door before the same store, opened with other options.
    pub(crate) fn door(&self, change: impl FnOnce(&mut AppOptions)) -> Arc<App> {
        let mut options = self.app_options(&self.store);
        change(&mut options);
        App::new(options)
    }

    fn app_options(&self, store: &Arc<Store>) -> AppOptions {
        AppOptions { demo: Some(demo()), wake_seconds: 0, ..AppOptions::new(Arc::clone(store)) }
    }

    /// The address of the database on PostgreSQL.
    pub(crate) fn database(&self) -> &str {
        self.opened_with.database.as_deref().unwrap()
    }

    /// Another program on the same database.
    async fn beside(&self) -> Self {
        let store = Arc::new(Store::open(self.opened_with.clone()).await.unwrap());
        let app = App::new(self.app_options(&store));
        let router = app.router();
        Self { app, store, router, ..self.clone() }
    }

    async fn on(database: Option<String>, demo: Option<Demo>) -> Self {
        println!("on {}", if database.is_some() { "PostgreSQL" } else { "SQLite" });
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let mut options = StoreOptions::new(dir.path(), Arc::new(read_pack));
        options.forms = Arc::new(packfile::shelved);
        let began: jiff::Timestamp = world_now().parse().unwrap();
        let clock = Still(Arc::new(AtomicI64::new(began.as_second())));
        options.clock = Arc::new(clock.clone());
        options.database = database;
        let opened_with = options.clone();
        let store = Arc::new(Store::open(options).await.unwrap());
        let bytes = serde_json::to_vec(&pack_files()).unwrap();
        let pack = store.add_pack_file(&bytes).await.unwrap();
        let mut ground = ground();
        ground.insert(
            0,
            (
                "root",
                "adopt_pack",
                json!({"pack": "test", "version": pack.version, "hash": pack.hash}),
            ),
        );
        for (ledger, kind, body) in ground {
            let given = store.submit(command(ledger, kind, &body), founder()).await.unwrap();
            given.outcome.unwrap_or_else(|refusal| panic!("{kind} {body}: {refusal:?}"));
        }
        for (account, ..) in PEOPLE {
            store.save_credential(&credential(account, "")).await.unwrap();
        }
        let options = AppOptions { demo, wake_seconds: 0, ..AppOptions::new(Arc::clone(&store)) };
        let app = App::new(options);
        let router = app.router();
        Self { app, store, router, clock, opened_with, _dir: dir }
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Client {
        Client { router: self.router.clone(), cookie: String::new(), csrf: String::new() }
    }

    /// Somebody who is not signed in, at another door.
    pub(crate) fn nobody_at(&self, door: &Arc<App>) -> Client {
        Client { router: door.router(), ..self.nobody() }
    }

    /// Somebody who is signed in.
    pub(crate) async fn client(&self, account: &str) -> Client {
        let answer = self.nobody().post("/api/demo/session", &json!({"account": account})).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let cookie =
            cookie.split(';').next().unwrap().trim_start_matches("linli_session=").to_owned();
        let csrf = answer.json()["csrf"].as_str().unwrap().to_owned();
        Client { router: self.router.clone(), cookie, csrf }
    }

    /// Whoever holds a session of another program, at this one.
    pub(crate) fn with_session_of(&self, other: &Client) -> Client {
        Client { router: self.router.clone(), ..other.clone() }
    }

    /// The street declares the graver level of the test pack's mode.
    pub(crate) async fn alert(&self, who: &Client) {
        who.done(
            "s",
            "declare_mode",
            json!({"mode": "test.alert", "level": "high", "authority": "测试机关",
            "legal_basis": "测试依据", "reason": "测试", "appeal": "可申诉",
            "until": "2020-02-11T00:00:00Z", "review_on": "2020-02-05"}),
        )
        .await;
    }

    /// Lets days pass.
    pub(crate) fn pass_days(&self, days: i64) {
        self.clock.0.fetch_add(days * 86_400, Ordering::SeqCst);
    }

    pub(crate) async fn set_password(&self, account: &str, password: &str) {
        let hash = server::hash_password(password).unwrap();
        self.store.save_credential(&credential(account, &hash)).await.unwrap();
    }

    pub(crate) async fn token(&self, account: &str) -> String {
        let token = server::new_secret().unwrap();
        let ends = "2100-01-01T00:00:00Z".parse().unwrap();
        let hash = server::hash_of(&token);
        self.store.save_token(&hash, &account.parse().unwrap(), "a test", ends).await.unwrap();
        token
    }
}
