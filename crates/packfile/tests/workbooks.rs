//! Forms of packs whose authors bring a workbook, and those that are made of fields.

use std::path::Path;

use packfile::{Code, Files, Problem, read, rehearse};

mod folder;

const READING: &str = "
| survey |
| | type | name | label::中文 (zh) | label::English (en) | required | relevant | element |
| | select_one_from_file people.csv | subject | 关于谁 | About whom | yes | | |
| | begin group | water | 水 | Water | | | |
| | decimal | depth | 多深？ | How deep? | yes | | depth_cm |
| | text | words | 还有什么？ | What else? | | ${depth} > 10 | remark |
| | text | unasked | 字典里没有的 | Of no dictionary | | | |
| | end group | | | | | | |
| settings |
| | form_title | version |
| | Reading | the author's own |
";

const FORM: &str = "forms/reading.yaml";

/// The trial pack whose reading is filled by a workbook.
fn with(workbook: &str) -> Files {
    let mut files = folder::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trial"));
    let form = String::from_utf8(files[FORM].clone()).expect("text");
    assert!(form.contains("fields: [depth_cm, remark?]"));
    let form = form.replace("fields: [depth_cm, remark?]", "sheet: reading.md");
    files.insert(FORM.to_owned(), form.into_bytes());
    files.insert("forms/reading.md".to_owned(), workbook.as_bytes().to_vec());
    files
}

fn problems(files: &Files) -> Vec<Problem> {
    read(files).expect_err("something is wrong").shown
}

#[test]
fn a_form_of_a_pack_is_a_workbook_in_the_version_of_the_pack_and_its_stories_go_on() {
    let checked = read(&with(READING)).unwrap_or_else(|problems| panic!("\n{problems}"));
    let pack = &checked.pack;
    let form = &pack.forms[&"trial.reading".parse().expect("plain")];
    let sheet = form.sheet.as_ref().expect("a sheet");
    assert_eq!(sheet.form_id(), "trial.reading");
    assert_eq!(sheet.version(), format!("{}-{}", pack.version, &pack.hash[..8]));
    let asks: Vec<(&str, bool)> =
        form.fields.iter().map(|field| (field.element.as_str(), field.required)).collect();
    assert_eq!(asks, [("depth_cm", true), ("remark", false)]);
    assert_eq!(sheet.bound()[0].path, "/data/water/depth");
    for example in &checked.examples {
        rehearse(&checked, example).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
fn what_is_wrong_in_a_workbook_is_found_at_its_sheet_row_and_column() {
    for (from, to, place) in [
        ("decimal", "decimul", "survey, row 4"),
        ("depth_cm", "depth_mm", "sheet survey, row 4, column element"),
        ("| decimal |", "| date |", "sheet survey, row 4, column element"),
        ("${depth}", "${deepth}", "survey, row 5"),
    ] {
        let found = problems(&with(&READING.replacen(from, to, 1)));
        assert_eq!(found[0].code, Code::InSheet, "{from}: {found:?}");
        assert_eq!(found[0].file, "forms/reading.md");
        assert!(found[0].words.en.contains(place), "{to}: {}", found[0].words.en);
    }
    let meant = problems(&with(&READING.replacen("depth_cm", "depth_mm", 1)));
    assert!(meant[0].words.zh.contains("depth_cm"), "{}", meant[0].words.zh);
}

#[test]
fn a_workbook_that_is_not_there_or_stands_beside_fields_is_found() {
    let mut files = with(READING);
    files.remove("forms/reading.md");
    assert_eq!(problems(&files)[0].code, Code::NoSheet);
    let mut files = with(READING);
    let form = String::from_utf8(files[FORM].clone()).expect("text");
    let both = form.replace("sheet: reading.md", "sheet: reading.md\nfields: [depth_cm]");
    files.insert(FORM.to_owned(), both.into_bytes());
    assert_eq!(problems(&files)[0].code, Code::SheetOrFields);
}

#[test]
fn every_form_of_every_pack_is_an_xform() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    for entry in std::fs::read_dir(packs).expect("the folder packs") {
        let path = entry.expect("an entry").path();
        let checked = read(&folder::files(&path)).unwrap_or_else(|problems| panic!("\n{problems}"));
        for form in checked.pack.forms.values() {
            let sheet = form.sheet.as_ref().unwrap_or_else(|| panic!("{} has none", form.id));
            assert_eq!(sheet.form_id(), form.id.as_str());
            assert_eq!(sheet.bound().len(), form.fields.len(), "{}", form.id);
        }
    }
}
