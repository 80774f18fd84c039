//! Every form of the corpus is read as pyxform 4.5.0 reads it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use xlsform::workbook::{Format, Sheet, Workbook, read};

/// Of each form, a hash of what pyxform reads.
const FORMS: &str = include_str!("workbook_corpus.txt");
const KINDS: [&str; 6] = ["survey", "choices", "settings", "external_choices", "osm", "entities"];

/// The folder of the corpus, which is no part of the repository.
fn folder() -> PathBuf {
    let shared = std::env::var_os("LINLI_SHARED").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    shared.unwrap_or_else(beside).join("data/xlsforms")
}

#[test]
fn every_form_of_the_corpus_is_read_as_pyxform_reads_it() {
    let folder = folder();
    if !folder.is_dir() {
        println!("skipped: there is no corpus of forms in {}", folder.display());
        return;
    }
    let mut differ = Vec::new();
    for (wanted, path) in FORMS.lines().filter_map(|line| line.split_once(' ')) {
        let bytes = std::fs::read(folder.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let format = match path.rsplit('.').next() {
            Some("md") => Format::Markdown,
            Some("csv") => Format::Csv,
            Some("xls") => Format::Xls,
            _ => Format::Xlsx,
        };
        let named = read(&bytes, Some(format)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let guessed = read(&bytes, None).unwrap_or_else(|e| panic!("{path}: {e}"));
        if format!("{:016x}", hash(&written(&named))) != wanted || named != guessed {
            differ.push(path);
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

/// A workbook as the text that is hashed.
fn written(book: &Workbook) -> String {
    let mut text = String::new();
    for name in &book.names {
        writeln!(text, "sheet {name}").unwrap();
    }
    for sheet in KINDS.iter().filter_map(|kind| book.sheet(kind)) {
        writeln!(text, "part {}", sheet.kind).unwrap();
        write_sheet(&mut text, sheet);
    }
    text
}

/// Of headings that are the same, the last value of a row counts, in the place of the first.
fn write_sheet(text: &mut String, sheet: &Sheet) {
    let mut seen = HashSet::new();
    let headings = sheet.columns.iter().map(|column| &*column.heading);
    let headings: Vec<&str> = headings.filter(|heading| seen.insert(*heading)).collect();
    for heading in &headings {
        writeln!(text, "heading {heading}").unwrap();
    }
    for row in &sheet.rows {
        for heading in &headings {
            let stands = |at: u32| sheet.columns[at as usize].heading == *heading;
            if let Some((_, value)) = row.cells.iter().rev().find(|(at, _)| stands(*at)) {
                writeln!(text, "{} {heading}={value}", row.number).unwrap();
            }
        }
    }
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
