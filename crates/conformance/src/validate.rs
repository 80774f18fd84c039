//! ODK Validate over many forms in few starts of Java.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Forms that one start of Java reads.
const BATCH: usize = 250;
/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// ODK Validate.
#[derive(Debug)]
pub struct Validator {
    jar: PathBuf,
    folder: PathBuf,
}

impl Validator {
    /// The validator of this jar, with a folder to write into.
    ///
    /// # Errors
    /// When Java is missing.
    pub fn ready(jar: PathBuf, folder: &Path) -> Result<Self> {
        let java = Command::new("java").arg("-version").output();
        if !java.is_ok_and(|output| output.status.success()) {
            bail!("ODK Validate needs Java: apt-get install default-jre-headless");
        }
        let folder = folder.join("validate");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { jar, folder })
    }

    /// What is said of each form, nothing when it passes; remembered from one run to the next.
    ///
    /// # Errors
    /// When Java cannot be run or does not come to an end.
    pub fn said(&self, forms: &[&str]) -> Result<Vec<Option<String>>> {
        let memory = self.folder.join("remembered.jsonl");
        let mut known = remember(&memory);
        let jar = std::fs::metadata(&self.jar)?.len();
        let keys: Vec<u64> = forms.iter().map(|form| key(jar, form)).collect();
        let mut open: BTreeMap<u64, &str> =
            keys.iter().copied().zip(forms.iter().copied()).collect();
        open.retain(|key, _| !known.contains_key(key));
        let (new_keys, new): (Vec<u64>, Vec<&str>) = open.into_iter().unzip();
        let mut file = std::fs::File::options().create(true).append(true).open(&memory)?;
        for (keys, forms) in new_keys.chunks(BATCH).zip(new.chunks(BATCH)) {
            for (key, said) in keys.iter().zip(self.ask(forms)?) {
                writeln!(file, "{}", json!({"key": key, "said": said}))?;
                known.insert(*key, said);
            }
        }
        keys.iter().map(|key| known.get(key).cloned().context("a form was left out")).collect()
    }

    /// Asks about these in one start of Java, or in several when one does not come to an end.
    fn ask(&self, forms: &[&str]) -> Result<Vec<Option<String>>> {
        match self.batch(forms)? {
            Some(said) => Ok(said),
            None if forms.len() == 1 => Ok(vec![Some("does not come to an end".to_owned())]),
            None => {
                let (first, second) = forms.split_at(forms.len() / 2);
                Ok([self.ask(first)?, self.ask(second)?].concat())
            }
        }
    }

    /// Nothing when it took too long.
    fn batch(&self, forms: &[&str]) -> Result<Option<Vec<Option<String>>>> {
        let mut java = Command::new("java");
        java.args(["-Djava.awt.headless=true", "-Xshare:auto", "-jar"]).arg(&self.jar);
        for (index, form) in forms.iter().enumerate() {
            let file = format!("{index}.xml");
            std::fs::write(self.folder.join(&file), form)?;
            java.arg(file);
        }
        let said = self.folder.join("said.txt");
        let log = std::fs::File::create(&said)?;
        java.current_dir(&self.folder).stdin(Stdio::null());
        let mut child =
            java.stdout(log.try_clone()?).stderr(log).spawn().context("starting Java")?;
        let start = Instant::now();
        let ended = loop {
            match child.try_wait()? {
                Some(status) => break Some(status),
                None if start.elapsed() > PATIENCE => {
                    child.kill()?;
                    child.wait()?;
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        for index in 0..forms.len() {
            std::fs::remove_file(self.folder.join(format!("{index}.xml")))?;
        }
        if ended.is_none() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&std::fs::read(&said)?).into_owned();
        let read = read(&text);
        if !read.keys().copied().eq(0..forms.len()) {
            bail!("ODK Validate speaks of {} forms, not of {}:\n{text}", read.len(), forms.len());
        }
        Ok(Some(read.into_values().collect()))
    }
}

/// What an answer hangs on: the validator and the form.
fn key(jar: u64, form: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (jar, form).hash(&mut hasher);
    hasher.finish()
}

fn remember(file: &Path) -> BTreeMap<u64, Option<String>> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let said = |line: &Value| line["said"].as_str().map(str::to_owned);
    lines.filter_map(|line| Some((line["key"].as_u64()?, said(&line)))).collect()
}

/// What is said of each form: nothing when it passes.
fn read(text: &str) -> BTreeMap<usize, Option<String>> {
    let mut read = BTreeMap::new();
    for part in text.split("Validating: ").skip(1) {
        let (file, said) = part.split_once('\n').unwrap_or((part, ""));
        let Some(index) = file.trim().strip_suffix(".xml").and_then(|it| it.parse().ok()) else {
            continue;
        };
        let said = said.split("\nThe following files failed validation").next().unwrap_or_default();
        let valid = said.contains(">> Xform is valid!");
        let spoken = |line: &&str| !line.starts_with("\tat ") && !line.trim().is_empty();
        let words: Vec<&str> = said.lines().filter(spoken).map(str::trim).take(6).collect();
        read.insert(index, (!valid).then(|| words.join(" ")));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_each_form_is_told_apart() {
        let said = "Validating: 0.xml\n\n>> Xform parsing completed!\n\n>> Xform is valid!\n\
            Validating: 12.xml\n>> XForm is invalid.\norg.X: mismatched\n\tat a.b\n\n\
            The following files failed validation:\n12.xml\n\nResult: Invalid\n";
        let read = read(said);
        assert_eq!(read[&0], None);
        assert_eq!(read[&12].as_deref(), Some(">> XForm is invalid. org.X: mismatched"));
    }
}
