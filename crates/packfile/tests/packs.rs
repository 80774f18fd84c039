//! Every pack in `packs/` is sound, and its stories go as they are told.

use std::fs;
use std::path::{Path, PathBuf};

use packfile::{Files, read, rehearse};

mod folder;

fn packs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let only = std::env::var("LINLI_PACK").ok();
    let mut packs: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder packs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("pack.yaml").is_file())
        .filter(|path| only.as_ref().is_none_or(|only| path.ends_with(only)))
        .collect();
    packs.sort();
    packs
}

#[test]
fn every_pack_is_sound_and_its_stories_go_as_they_are_told() {
    let packs = packs();
    assert!(!packs.is_empty());
    let mut wrong = Vec::new();
    for folder in packs {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let checked = match read(&folder::files(&folder)) {
            Ok(checked) => checked,
            Err(problems) => {
                wrong.push(format!("{name}:\n{problems}"));
                continue;
            }
        };
        for warning in &checked.warnings {
            println!("{name}: {warning}");
        }
        for example in &checked.examples {
            match rehearse(&checked, example) {
                Ok(report) => println!("{name}: {} ({} checks)", report.id, report.checks),
                Err(failure) => wrong.push(format!("{name}: {failure}")),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_pack_at_the_head_of_the_guide_is_sound() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/write-a-pack.md");
    let guide = fs::read_to_string(guide).expect("the guide");
    let pack = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let pack = pack.expect("a pack at the head of the guide");
    let files = Files::from([("pack.yaml".to_owned(), pack.as_bytes().to_vec())]);
    let checked = read(&files).unwrap_or_else(|problems| panic!("\n{problems}"));
    for example in &checked.examples {
        rehearse(&checked, example).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
