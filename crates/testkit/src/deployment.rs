//! A deployment: a store on either database, the door on a real socket, a clock set by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::AccountId;
use domain::rules::SharedPack;
use domain::{Actor, Command, Envelope, Grant, Role};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use server::{App, AppOptions};
use store::{Clock as _, Credential, Store, StoreOptions};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{HandClock, Visitor, databases};

/// The account that the administrator of the machine makes before anybody can sign in.
pub const OPERATOR: &str = "operator";
/// The password of everybody in a story.
pub const PASSWORD: &str = "linli for tests only";

/// A deployment that serves.
pub struct Deployment {
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// Its clock.
    pub clock: HandClock,
    /// Where it answers.
    pub address: SocketAddr,
    /// What it was opened with.
    pub options: StoreOptions,
    hash: String,
    stop: Option<oneshot::Sender<()>>,
    _folder: tempfile::TempDir,
}

impl Deployment {
    /// A deployment per database that is to be tested, each with nothing in it but an operator.
    ///
    /// # Panics
    /// When one cannot be opened.
    pub async fn all(began: Timestamp) -> Vec<Self> {
        let mut all = Vec::new();
        for database in databases::all().await {
            all.push(Self::on(database, began).await);
        }
        all
    }

    /// A deployment on SQLite, or on a database that is empty, with nothing in it but an operator.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn on(database: Option<String>, began: Timestamp) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let clock = HandClock::at(began);
        let mut options = StoreOptions::new(folder.path(), Arc::new(read_pack));
        options.forms = Arc::new(packfile::shelved);
        options.database = database;
        options.clock = Arc::new(clock.clone());
        let store = Arc::new(Store::open(options.clone()).await.expect("the store opens"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address is free");
        let address = listener.local_addr().expect("it has an address");
        let app = App::new(AppOptions { wake_seconds: 1, ..AppOptions::new(Arc::clone(&store)) });
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(listener, app, async {
            let _ = stopped.await;
        }));
        let hash = server::hash_password(PASSWORD).expect("a password can be hashed");
        let (stop, _folder) = (Some(stop), folder);
        let it = Self { store, clock, address, options, hash, stop, _folder };
        it.operator().await;
        it
    }

    /// Which database it is on, for messages.
    #[must_use]
    pub fn database(&self) -> &'static str {
        if self.options.database.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// What the administrator does on the machine itself: the first account.
    async fn operator(&self) {
        for (kind, body) in [
            ("open_account", json!({ "account": OPERATOR })),
            ("grant_role", json!({ "account": OPERATOR, "role": OPERATOR, "place": "root" })),
        ] {
            let command: Command = serde_json::from_value(json!({ "kind": kind, "body": body }))
                .expect("a command as the door takes it");
            let envelope = Envelope {
                id: format!("first-{kind}").parse().expect("plain"),
                ledger: "root".parse().expect("plain"),
                command,
                device: None,
                occurred_at: self.clock.now(),
            };
            let answer = self.store.submit(envelope, administrator()).await.expect("it is given");
            answer.outcome.expect("it is done");
        }
        self.password(OPERATOR, OPERATOR).await;
    }

    /// Sets the password of an account, as `linli account password` does.
    ///
    /// # Panics
    /// When it cannot be kept.
    pub async fn password(&self, account: &str, display: &str) {
        let credential = Credential {
            name: account.to_owned(),
            account: AccountId::new(account).expect("plain"),
            display: display.to_owned(),
            password_hash: self.hash.clone(),
        };
        self.store.save_credential(&credential).await.expect("it is kept");
    }

    /// Puts a pack of the repository on the shelf, as `linli pack adopt` does before adopting it.
    ///
    /// # Panics
    /// When it is not there or not sound.
    pub async fn shelve(&self, pack: &str) -> SharedPack {
        let mut files = BTreeMap::new();
        collect(&packs().join(pack), "", &mut files);
        let bytes = serde_json::to_vec(&files).expect("texts");
        self.store.add_pack_file(&bytes).await.expect("the pack is sound")
    }

    /// Somebody at the door who has not signed in.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.address, self.clock.clone())
    }

    /// Somebody who signs in with their password.
    ///
    /// # Panics
    /// When they are refused.
    pub async fn sign_in(&self, account: &str) -> Visitor {
        self.visitor().sign_in(account, PASSWORD).await
    }

    /// Lets time pass and the program do what became due; nobody asks it to.
    ///
    /// # Panics
    /// When the program did not come to it within twenty seconds of the machine's time.
    pub async fn pass(&self, time: SignedDuration) {
        self.clock.pass(time);
        for _ in 0..400 {
            let now = self.clock.now();
            let due = self.store.due(now, 1).await.expect("what is due can be read");
            if due.is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the program did not do what was due");
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// The packs of the repository.
#[must_use]
pub fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")
}

fn administrator() -> Actor {
    let grant = Grant {
        role: Role::new(Role::OPERATOR),
        place: "root".parse().expect("plain"),
        until: None,
    };
    Actor { account: "administrator".parse().expect("plain"), person: None, grants: vec![grant] }
}

fn collect(folder: &Path, at: &str, files: &mut BTreeMap<String, String>) {
    let entries = std::fs::read_dir(folder).expect("the pack is there");
    for entry in entries.map(|entry| entry.expect("the folder can be read")) {
        let name = format!("{at}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read_to_string(entry.path()).expect("text"));
        }
    }
}

fn read_pack(bytes: &[u8]) -> Result<SharedPack, String> {
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let files = texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    packfile::read(&files).map(|checked| checked.pack).map_err(|problems| problems.to_string())
}
