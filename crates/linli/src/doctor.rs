//! `linli doctor`: each setting with where it came from, each check with what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use store::{Inspection, Store, StoreOptions};

use crate::arguments::Doctor;
use crate::settings::{FILE_NAME, Settings};
use crate::{deployment, trouble};

/// Less room than this on the disk is wrong.
const ROOM_BYTES_MIN: u64 = 1024 * 1024 * 1024;
/// The bytes of a file of keys.
const KEYS_BYTES: u64 = 64;

/// What was found so far.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn good(&self, text: &str) {
        println!("  好 well   {text}");
    }

    fn wrong(&mut self, text: &str) {
        self.wrong += 1;
        println!("  错 WRONG  {text}");
    }

    /// Tells a check: what was found, or what to do.
    fn tell(&mut self, found: Result<String, String>) {
        match found {
            Ok(text) => self.good(&text),
            Err(text) => self.wrong(&text),
        }
    }
}

/// Shows settings and checks everything. Makes and changes nothing.
///
/// # Errors
/// When the file of settings does not read.
pub(crate) async fn doctor(it: &Doctor) -> Result<ExitCode> {
    let listen = ("listen", "--listen", it.listen.as_deref());
    let settings = Settings::unchecked(&it.home, &[listen])?;
    println!("设置 settings");
    for setting in settings.all() {
        println!("  {:<26} {:<28} {}", setting.key, setting.shown(), setting.source);
    }
    println!("检查 checks");
    let mut findings = Findings::default();
    let unfit = settings.wrong();
    for text in &unfit {
        findings.wrong(text);
    }
    let dir = settings.dir();
    findings.tell(folder(&dir));
    if dir.is_dir() {
        findings.tell(keys(&dir));
        findings.tell(readers_of_settings(&dir));
        findings.tell(room(&dir));
        if unfit.is_empty() {
            database(&settings, &mut findings).await;
        }
    }
    match findings.wrong {
        0 => {
            println!("一切正常 all is well");
            Ok(ExitCode::SUCCESS)
        }
        wrong => {
            println!("{wrong} 处有问题 things are wrong");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn folder(dir: &Path) -> Result<String, String> {
    let here = dir.display();
    match deployment::is_ours(dir) {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!(
                "{here} holds no deployment: name its folder with --dir, or begin one with \
                 `linli account add NAME --role operator`"
            ));
        }
        Err(error) => return Err(format!("{error:#}")),
    }
    let mode = std::fs::metadata(dir).map_err(|error| format!("{here}: {error}"))?;
    if mode.permissions().mode() & 0o022 != 0 {
        return Err(format!("others may write into {here}: chmod 700 {here}"));
    }
    Ok(format!("the folder {here}"))
}

fn keys(dir: &Path) -> Result<String, String> {
    let path = dir.join("keys");
    let here = path.display();
    let found = std::fs::metadata(&path)
        .map_err(|_| format!("{here} is missing: copy it there from where you keep it"))?;
    if found.len() != KEYS_BYTES {
        return Err(format!("{here} is damaged: copy it there from where you keep it"));
    }
    if found.permissions().mode() & 0o077 != 0 {
        return Err(format!("others may read {here}: chmod 600 {here}"));
    }
    Ok(format!("the keys {here}, for their owner alone"))
}

/// The file of settings may hold the password of the database.
fn readers_of_settings(dir: &Path) -> Result<String, String> {
    let path = dir.join(FILE_NAME);
    let here = path.display();
    match std::fs::metadata(&path) {
        Ok(found) if found.permissions().mode() & 0o022 != 0 => {
            Err(format!("others may change {here}: chmod 600 {here}"))
        }
        Ok(_) => Ok(format!("the settings {here}")),
        Err(_) => Ok(format!("no {here}: flags, environment and defaults only")),
    }
}

fn room(dir: &Path) -> Result<String, String> {
    let found = rustix::fs::statvfs(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let mb = free / 1024 / 1024;
    if free < ROOM_BYTES_MIN {
        return Err(format!("only {mb} MB are left on the disk: make room"));
    }
    Ok(format!("{mb} MB left on the disk"))
}

async fn database(settings: &Settings, findings: &mut Findings) {
    let path = settings.dir().join("linli.db");
    if settings.database().is_none() && !path.is_file() {
        findings.wrong(&format!(
            "{} is missing: bring back a backup with `linli restore`, or say --database",
            path.display()
        ));
        return;
    }
    let mut options = StoreOptions::new(settings.dir(), Arc::new(deployment::read));
    options.forms = Arc::new(packfile::shelved);
    options.database = settings.database().map(str::to_owned);
    options.wait = settings.wait();
    match Store::inspect(&options).await {
        Err(error) => findings.wrong(&format!("{:#}", trouble::explained(error, settings))),
        Ok(found) => inspected(&found, findings),
    }
}

fn inspected(found: &Inspection, findings: &mut Findings) {
    let (ledgers, facts) = (found.ledgers, found.facts);
    findings.good(&format!("the database answers: {ledgers} ledgers, {facts} facts"));
    let (steps, known) = (found.steps, found.steps_known);
    findings.tell(match steps.cmp(&known) {
        std::cmp::Ordering::Greater => Err(format!(
            "the database is of a newer version ({steps}) than the program ({known}): install the \
             version that was used last"
        )),
        std::cmp::Ordering::Less => Ok(format!(
            "the tables are of version {steps}; the program brings them to {known} when it starts"
        )),
        std::cmp::Ordering::Equal => Ok(format!("the tables are of version {steps}")),
    });
    let now = Timestamp::now();
    let ahead = found.last_recorded_at.filter(|last| *last > now + SignedDuration::from_secs(60));
    findings.tell(match ahead {
        Some(last) => Err(format!(
            "the clock says {now}, but a fact was recorded at {last}: put the clock right"
        )),
        None => Ok(format!("the clock: {now}")),
    });
    findings.tell(match found.unsigned {
        0 => Ok("every chain is signed up to its head".to_owned()),
        some => Err(format!(
            "{some} chains have facts after their last signature: run `linli verify --sign`, \
             unless a server is running, which signs every ten minutes"
        )),
    });
    for why in &found.unread {
        findings.wrong(&format!("a pack does not read: {why}; adopt it anew: linli pack adopt"));
    }
    if found.unread.is_empty() {
        let names: Vec<String> =
            found.packs.iter().map(|(id, version)| format!("{id} {version}")).collect();
        findings.good(&format!("{} packs read: {}", names.len(), names.join(", ")));
    }
}
