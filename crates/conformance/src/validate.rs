//! ODK Validate over many forms in few starts of Java.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

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

    /// The forms that do not pass, by their place in the list, each with what is said of it.
    ///
    /// # Errors
    /// When Java cannot be run or does not come to an end.
    pub fn failures(&self, forms: &[&str]) -> Result<BTreeMap<usize, String>> {
        let mut failures = BTreeMap::new();
        let mut open: Vec<Vec<usize>> =
            (0..forms.len()).collect::<Vec<_>>().chunks(BATCH).map(<[usize]>::to_vec).collect();
        open.reverse();
        while let Some(batch) = open.pop() {
            match self.batch(forms, &batch)? {
                Some(said) => failures.extend(said),
                // One of them does not come to an end: halve until it stands alone.
                None if batch.len() == 1 => {
                    failures.insert(batch[0], "does not come to an end".to_owned());
                }
                None => {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    open.extend([second.to_vec(), first.to_vec()]);
                }
            }
        }
        Ok(failures)
    }

    /// Nothing when it took too long.
    fn batch(&self, forms: &[&str], batch: &[usize]) -> Result<Option<BTreeMap<usize, String>>> {
        let mut java = Command::new("java");
        java.args(["-Djava.awt.headless=true", "-Xshare:auto", "-jar"]).arg(&self.jar);
        for index in batch {
            let file = format!("{index}.xml");
            std::fs::write(self.folder.join(&file), forms[*index])?;
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
        for index in batch {
            std::fs::remove_file(self.folder.join(format!("{index}.xml")))?;
        }
        if ended.is_none() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&std::fs::read(&said)?).into_owned();
        let read = read(&text);
        if read.len() != batch.len() {
            bail!(
                "ODK Validate speaks of {} forms and not of {}:\n{text}",
                read.len(),
                batch.len()
            );
        }
        Ok(Some(read.into_iter().filter_map(|(index, why)| Some((index, why?))).collect()))
    }
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
