//! `linli form`: workbooks from files and standard input, exit codes, words and JSON.

use serde_json::Value as Json;

use crate::machine::Machine;

const GOOD: &str = "| survey |
| | type | name | label::中文 (zh) | label::English (en) | required |
| | select_one yes_no | home | 有人吗？ | Is anybody at home? | yes |
| | integer | people | 几口人？ | How many? | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yes_no | yes | 有 | Yes |
| | yes_no | no | 没有 | No |
| settings |
| | form_id | form_title | version |
| | door | 入户 Door | 3 |
";

const BAD: &str = "| survey |
| | type | name | label | relevant |
| | text | name | Name | |
| | integr | age | Age | ${nmae} != '' |
| | select_one colours | c | Colour | |
";

#[test]
fn a_workbook_becomes_an_xform_on_standard_output_or_in_a_file() {
    let machine = Machine::new();
    machine.write("door.md", GOOD);
    let printed = machine.run(["form", "convert", "door.md"]).well();
    assert!(printed.out.starts_with("<?xml version=\"1.0\"?>\n<h:html"), "{}", printed.out);
    assert!(printed.out.contains("<data id=\"door\" version=\"3\">"));
    machine.run(["form", "convert", "door.md", "-o", "door.xml", "--name", "visit"]).well();
    let written = std::fs::read_to_string(machine.path("door.xml")).unwrap();
    assert!(written.contains("<visit id=\"door\" version=\"3\">"));
    assert!(!machine.path("door.xml.part").exists());
}

#[test]
fn standard_input_is_read_as_what_it_is_said_to_be() {
    let machine = Machine::new();
    let from_file = {
        machine.write("door.md", GOOD);
        machine.run(["form", "convert", "door.md"]).well().out
    };
    let said = machine.run_reading(GOOD, ["form", "convert", "-", "--as", "md"]).well().out;
    assert_eq!(said, from_file);
    machine.run_reading(GOOD, ["form", "convert", "-"]).well();
    machine.run_reading(GOOD, ["form", "convert", "-", "--as", "xlsx"]).refused("");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let machine = Machine::new();
    machine.write("bad.md", BAD);
    let ran = machine.run(["form", "convert", "bad.md", "-o", "bad.xml"]);
    let ran = ran
        .refused("survey, row 3, column type: There is no type 'integr'. Do you mean 'integer'?");
    assert!(ran.told.contains(
        "survey, row 3, column relevant: There is no question 'nmae'. Do you mean 'name'?"
    ));
    assert!(ran.told.contains("survey, row 4, column type: There is no sheet 'choices'"));
    assert!(ran.told.contains("没有题型“integr”"));
    assert!(!machine.path("bad.xml").exists());
}

#[test]
fn json_holds_what_the_words_say() {
    let machine = Machine::new();
    machine.write("bad.md", BAD);
    machine.write("door.md", GOOD);
    let refused = machine.run(["form", "check", "bad.md", "--json"]);
    assert_eq!(refused.code, 1);
    let json: Json = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(json["ok"], false);
    assert_eq!(json["problems"][0]["row"], 3);
    let done = machine.run(["form", "convert", "door.md", "--json"]).well();
    let json: Json = serde_json::from_str(&done.out).unwrap();
    assert_eq!(json["form_id"], "door");
    assert!(json["xform"].as_str().unwrap().contains("<h:title>入户 Door</h:title>"));
}

#[test]
fn an_expression_that_nothing_can_run_is_found_by_check_and_told_by_convert() {
    let machine = Machine::new();
    let form = "| survey |\n| | type | name | label | relevant |\n| | text | a | A | |\n| | text | b | B | (${a} = 1 |";
    machine.write("f.md", form);
    let told = machine.run(["form", "convert", "f.md"]).well().told;
    assert!(told.contains("survey, row 3, column relevant"), "{told}");
    machine.run(["form", "check", "f.md"]).refused("survey, row 3, column relevant");
    machine.run(["form", "convert", "f.md", "--strict"]).refused("survey, row 3, column relevant");
}

#[test]
fn a_form_is_outlined_and_two_versions_are_compared() {
    let machine = Machine::new();
    machine.write("old.md", GOOD);
    machine.write(
        "new.md",
        GOOD.replace("integer | people", "decimal | persons")
            .replace("| | yes_no | no | 没有 | No |\n", ""),
    );
    machine
        .run(["form", "explain", "old.md"])
        .well()
        .says("• home [select one yes_no] 有人吗？ | Is anybody at home? *");
    let ran = machine.run(["form", "diff", "old.md", "new.md"]).well();
    assert!(
        ran.out.contains("/data/home: 'home' (有人吗？) no longer offers no (没有)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("'people' is called 'persons' now"), "{}", ran.out);
    let ran = machine.run(["form", "diff", "old.md", "new.md", "--json"]).well();
    let json: Json = serde_json::from_str(&ran.out).unwrap();
    let changes = json["changes"].as_array().unwrap();
    assert!(changes.iter().any(|it| it["change"] == "choice_removed" && it["loses"] == true));
}

#[test]
fn wrong_use_ends_with_two() {
    let machine = Machine::new();
    for words in [
        &["form", "convert", "nowhere.xlsx"][..],
        &["form", "convert"][..],
        &["form", "convert", "-", "--as", "docx"][..],
        &["form", "diff", "-", "-"][..],
    ] {
        let ran = machine.run(words.iter().copied());
        assert_eq!(ran.code, 2, "{words:?}: {ran:#?}");
        assert!(!ran.told.is_empty());
    }
}

#[test]
fn external_choices_go_beside_the_form() {
    let machine = Machine::new();
    let form = "| survey |
| | type | name | label | choice_filter |
| | text | state | State | |
| | select_one_external city | city | City | state = ${state} |
| external_choices |
| | list_name | name | label | state |
| | city | a | A | x |
";
    machine.write("f.md", form);
    assert_eq!(machine.run(["form", "convert", "f.md", "-o", "out/f.xml"]).code, 2);
    std::fs::create_dir(machine.path("out")).unwrap();
    machine.run(["form", "convert", "f.md", "-o", "out/f.xml"]).well();
    let csv = std::fs::read_to_string(machine.path("out/itemsets.csv")).unwrap();
    assert_eq!(csv, "\"list_name\",\"name\",\"label\",\"state\"\r\n\"city\",\"a\",\"A\",\"x\"\r\n");
}
