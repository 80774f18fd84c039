//! A store with a life of its own: opened on files, struck down in the middle, opened again.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::ids::{CommandId, LedgerId};
use domain::rules::SharedPack;
use domain::{Actor, Envelope};
use packfile::Files;
use sha2::{Digest, Sha256};
use store::{Answer, Entropy, Store, StoreError, StoreOptions, SubmitError};
use tokio::runtime::Runtime;

use crate::HandClock;

/// Salts that follow from the seed, so that two stores hash the same chain.
struct Seeded(u64);

impl Entropy for Seeded {
    fn seed(&self, ledger: &LedgerId, command: &CommandId) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in
            [&self.0.to_le_bytes()[..], ledger.as_str().as_bytes(), command.as_str().as_bytes()]
        {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize().into()
    }
}

/// The files of the pack of the week; `changed` gives the version that replaces it.
pub(crate) fn pack_files(changed: bool) -> std::io::Result<Files> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut files = Files::new();
    read_folder(&packs.join("week"), "", &mut files)?;
    if changed {
        read_folder(&packs.join("week_changed"), "", &mut files)?;
    }
    Ok(files)
}

fn read_folder(folder: &Path, front: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{front}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The bytes under which a store keeps the files of a pack.
pub(crate) fn pack_bytes(files: &Files) -> Vec<u8> {
    let texts: BTreeMap<&str, String> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), String::from_utf8_lossy(bytes).into_owned()))
        .collect();
    serde_json::to_vec(&texts).unwrap_or_default()
}

fn read_pack(bytes: &[u8]) -> Result<SharedPack, String> {
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let files: Files = texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    packfile::read(&files).map(|checked| checked.pack).map_err(|problems| problems.to_string())
}

/// A store that runs, with what is needed to open it again.
pub(crate) struct Deployment {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    pub(crate) options: StoreOptions,
    running: Option<(Runtime, Store)>,
    /// How many times its folder has been left behind.
    moved: u32,
}

impl Deployment {
    /// Opens a store in a folder, or in a database with its keys in the folder.
    pub(crate) fn open(
        name: &'static str,
        folder: PathBuf,
        database: Option<String>,
        seed: u64,
        clock: &HandClock,
    ) -> Result<Self, StoreError> {
        let mut options = StoreOptions::new(folder, Arc::new(read_pack));
        options.forms = Arc::new(packfile::shelved);
        options.database = database;
        options.clock = Arc::new(clock.clone());
        options.entropy = Arc::new(Seeded(seed));
        let mut deployment = Self { name, options, running: None, moved: 0 };
        deployment.start()?;
        Ok(deployment)
    }

    fn start(&mut self) -> Result<(), StoreError> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Unfit(error.to_string()))?;
        let store = runtime.block_on(Store::open(self.options.clone()))?;
        self.running = Some((runtime, store));
        Ok(())
    }

    fn running(&self) -> (&Runtime, &Store) {
        let (runtime, store) = self.running.as_ref().expect("a deployment runs between crashes");
        (runtime, store)
    }

    /// Does something with the store and waits for it.
    pub(crate) fn with<'a, T, F: Future<Output = T>>(
        &'a self,
        act: impl FnOnce(&'a Store) -> F,
    ) -> T {
        let (runtime, store) = self.running();
        runtime.block_on(act(store))
    }

    /// The store as it runs now.
    pub(crate) fn store(&self) -> &Store {
        self.running().1
    }

    /// Waits for something that has to do with its database.
    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.running().0.block_on(what)
    }

    /// Gives commands in order, cut into lists of at most so many.
    pub(crate) fn give(
        &self,
        commands: &[(Envelope, Actor)],
        mut cut: impl FnMut() -> usize,
    ) -> Result<Vec<Answer>, SubmitError> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut rest = commands;
        while !rest.is_empty() {
            let (list, more) = rest.split_at(cut().clamp(1, rest.len()));
            answers.extend(self.with(|store| store.submit_all(list.to_vec()))?);
            rest = more;
        }
        Ok(answers)
    }

    /// Strikes the process down while it writes: nobody hears an answer. What it had committed is
    /// there when it is opened again, and nothing else.
    pub(crate) fn crash_while_writing(
        &mut self,
        commands: &[(Envelope, Actor)],
        steps: usize,
    ) -> Result<(), StoreError> {
        if let Some((runtime, store)) = self.running.take() {
            let given = commands.to_vec();
            runtime.block_on(async {
                let writing = tokio::spawn(async move { store.submit_all(given).await });
                for _ in 0..steps {
                    tokio::task::yield_now().await;
                }
                writing.abort();
            });
            runtime.shutdown_background();
        }
        self.start()
    }

    /// Cuts the power between two commands: nothing is closed, and life goes on from the files as
    /// they lie on the disk.
    pub(crate) fn cut_the_power(&mut self) -> Result<(), StoreError> {
        let left = self.options.folder.clone();
        self.moved += 1;
        let to = left.with_file_name(format!("{}-{}", self.name, self.moved));
        copy(&left, &to).map_err(|error| StoreError::Unfit(error.to_string()))?;
        if let Some((runtime, _store)) = self.running.take() {
            runtime.shutdown_background();
        }
        self.options.folder = to;
        // What a dead process left is no part of the living one.
        drop(std::fs::remove_dir_all(left));
        self.start()
    }
}

/// Copies the files of a folder, without those that a process shares only while it lives.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
