//! The peer, pyxform: its environment, its answers, and the answers that are remembered.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::cases::OnDisk;

/// The versions, fixed.
const VERSIONS: &str = include_str!("../requirements.txt");
/// What asks it.
const DRIVER: &str = include_str!("answer.py");

/// pyxform in an environment of its own.
#[derive(Debug)]
pub struct Peer {
    folder: PathBuf,
    python: PathBuf,
}

impl Peer {
    /// The environment in this folder, made when it is not there.
    ///
    /// # Errors
    /// When Python is missing or pip cannot install.
    pub fn ready(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let venv = folder.join("venv");
        let peer = Self { folder: folder.to_owned(), python: venv.join("bin/python") };
        let installed = venv.join("installed.txt");
        if std::fs::read_to_string(&installed).is_ok_and(|said| said == VERSIONS) {
            return Ok(peer);
        }
        let versions: Vec<&str> = VERSIONS.split_whitespace().collect();
        eprintln!("Installing with pip into {}: {}", venv.display(), versions.join(", "));
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
            .context("making a virtual environment (Debian: python3-venv)")?;
        let list = folder.join("requirements.txt");
        std::fs::write(&list, VERSIONS)?;
        let mut pip = Command::new(&peer.python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        run(pip.arg(&list)).context("installing pyxform")?;
        std::fs::write(installed, VERSIONS)?;
        Ok(peer)
    }

    /// The Python in which pyxform is installed.
    #[must_use]
    pub fn python(&self) -> &Path {
        &self.python
    }

    /// What pyxform says to each of these; remembered from one run to the next unless timed.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn answers(&self, cases: &[OnDisk], times: usize) -> Result<Vec<Answer>> {
        let remembered = self.folder.join("answers.jsonl");
        let mut known = if times == 0 { remember(&remembered) } else { BTreeMap::new() };
        let keys: Vec<u64> = cases.iter().map(key).collect::<Result<_>>()?;
        let open: Vec<usize> =
            (0..cases.len()).filter(|index| !known.contains_key(&keys[*index])).collect();
        let asked: Vec<&OnDisk> = open.iter().map(|index| &cases[*index]).collect();
        let mut news = String::new();
        for (index, answer) in open.into_iter().zip(self.ask(&asked, times)?) {
            if times == 0 {
                news += &format!("{}\n", json!({"key": keys[index], "answer": answer.written()}));
            }
            known.insert(keys[index], answer);
        }
        if !news.is_empty() {
            let mut file = std::fs::File::options().create(true).append(true).open(&remembered)?;
            file.write_all(news.as_bytes())?;
        }
        keys.iter().map(|key| known.get(key).cloned().context("an answer is missing")).collect()
    }

    /// Asks all of these in one process.
    fn ask(&self, cases: &[&OnDisk], times: usize) -> Result<Vec<Answer>> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        eprintln!("Asking pyxform about {} workbooks", cases.len());
        let driver = self.folder.join("answer.py");
        std::fs::write(&driver, DRIVER)?;
        let mut child = Command::new(&self.python)
            .arg(driver)
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting pyxform")?;
        let mut questions = child.stdin.take().context("no input")?;
        let lines: Vec<String> = cases.iter().map(|case| question(case, times)).collect();
        let asking = std::thread::spawn(move || {
            for line in lines {
                // Whoever ended early says so by too few answers.
                if writeln!(questions, "{line}").is_err() {
                    break;
                }
            }
        });
        let mut answers = Vec::new();
        for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
            let line: Value = serde_json::from_str(&line?)?;
            let case = cases.get(answers.len()).context("more answers than questions")?;
            if line["id"] != case.id.as_str() {
                bail!("pyxform answers {} and not {}", line["id"], case.id);
            }
            answers.push(Answer::read(&line));
        }
        let _ = asking.join();
        let status = child.wait()?;
        if answers.len() != cases.len() {
            bail!("pyxform answered {} of {} ({status})", answers.len(), cases.len());
        }
        Ok(answers)
    }

    /// The jar of ODK Validate, which comes with pyxform.
    ///
    /// # Errors
    /// When it is not there.
    pub fn validator(&self) -> Result<PathBuf> {
        let lib = self.folder.join("venv/lib");
        let within = "site-packages/pyxform/validators/odk_validate/bin/ODK_Validate.jar";
        let versions = std::fs::read_dir(lib)?.filter_map(Result::ok);
        let jars = versions.map(|version| version.path().join(within));
        jars.into_iter().find(|jar| jar.exists()).context("pyxform brings no ODK_Validate.jar")
    }
}

/// The line by which the driver is asked.
#[must_use]
pub fn question(case: &OnDisk, times: usize) -> String {
    json!({"id": case.id, "path": case.path, "name": case.name, "times": times}).to_string()
}

/// What an answer hangs on: the versions, the bytes, the file's name and the name that is given.
fn key(case: &OnDisk) -> Result<u64> {
    let bytes =
        std::fs::read(&case.path).with_context(|| format!("reading {}", case.path.display()))?;
    let mut hasher = DefaultHasher::new();
    (VERSIONS, DRIVER, bytes, case.path.file_name(), &case.name).hash(&mut hasher);
    Ok(hasher.finish())
}

fn remember(file: &Path) -> BTreeMap<u64, Answer> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| Some((line["key"].as_u64()?, Answer::read(&line["answer"])))).collect()
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&said).trim_end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_fixed() {
        assert!(VERSIONS.contains("pyxform==4.5.0\n"));
        assert!(VERSIONS.lines().all(|line| line.split_once("==").is_some()));
    }

    #[test]
    fn a_name_and_a_stem_change_the_key() {
        let folder = std::env::temp_dir().join(format!("conformance-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let case = |file: &str, name: Option<&str>| {
            let path = folder.join(file);
            std::fs::write(&path, "x").unwrap();
            OnDisk { id: "a".into(), path, name: name.map(str::to_owned) }
        };
        let keys = [case("a.md", None), case("b.md", None), case("a.md", Some("n"))];
        let keys: Vec<u64> = keys.iter().map(|case| key(case).unwrap()).collect();
        assert!(keys[0] != keys[1] && keys[0] != keys[2]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
