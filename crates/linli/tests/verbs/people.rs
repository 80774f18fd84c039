//! `linli import roster` and `linli erase`.

use std::fs;
use std::io::Write as _;

use crate::machine::{Machine, names};

const ROSTER: &str = "编号,楼栋,门牌,姓名,电话,出生,照护人\n\
    1,一号楼,101,王芳,13800000000,1986,\n\
    2,一号楼,101,王小明,,2014-05-01,1\n\
    3,一号楼,102,李强,13900000000,1979,\n";

/// A street with two communities, each with a ledger.
fn street(machine: Machine) -> Machine {
    let text = "code,name\n01,North\n0101,Elm City\n010101,East\n010101001,Mill Street\n\
                010101001001,Elm Court\n010101001002,Ash Court\n";
    machine.write("places.csv", text);
    machine.run(["import", "divisions", "places.csv", "--street", "010101001"]).well();
    machine
}

const IMPORT: [&str; 5] = ["import", "roster", "roster.csv", "--ledger", "010101001001"];

#[test]
fn a_roster_comes_in_and_again_changes_nothing() {
    for machine in Machine::all() {
        let machine = street(machine);
        machine.write("roster.csv", ROSTER);
        machine.run(IMPORT).well().says("3 行已导入 rows taken, 0 未变 unchanged, 0 有误");
        let facts = machine.facts();
        assert!(!facts.contains("王芳") && !facts.contains("13800000000"), "names in facts");
        machine.run(IMPORT).well().says("0 行已导入 rows taken, 3 未变 unchanged, 0 有误");
        assert_eq!(machine.facts(), facts);
        machine.run(["verify"]).well().says("all is well");
    }
}

#[test]
fn a_roster_of_a_street_goes_to_its_communities() {
    let machine = street(Machine::new());
    let text = "社区,门牌,姓名\nElm Court,101,王芳\nAsh Court,101,李强\nOak Court,101,张伟\n";
    machine.write("roster.csv", text);
    let import = machine.run(["import", "roster", "roster.csv", "--ledger", "010101001"]);
    assert_eq!(import.code, 1, "{import:#?}");
    assert!(import.told.contains("roster.csv:4:"), "{import:#?}");
    import.says("2 行已导入 rows taken, 0 未变 unchanged, 1 有误");
    let facts = machine.facts();
    for ledger in ["010101001001", "010101001002"] {
        let registered =
            format!("{{\"ledger\":\"{ledger}\",\"seq\":3,\"fact\":\"person.registered\"");
        assert!(facts.contains(&registered), "{ledger}: {facts}");
    }
}

#[test]
fn bad_rows_come_back_in_a_workbook_and_are_taken_when_corrected() {
    let machine = street(Machine::new());
    let text = "楼栋,门牌,姓名,出生\n一号楼,101,王芳,1850\n一号楼,,李强,1979\n\
                一号楼,103,张伟,2100\n一号楼,104,赵敏,1990\n";
    machine.write("roster.csv", text);
    let import = machine.run(IMPORT.into_iter().chain(["--problems", "bad.xlsx"]));
    assert_eq!(import.code, 1, "{import:#?}");
    for line in ["roster.csv:2:", "roster.csv:3:", "roster.csv:4:"] {
        assert!(import.told.contains(line), "{line} in {import:#?}");
    }
    import.says("1 行已导入 rows taken, 0 未变 unchanged, 3 有误").says("bad.xlsx");
    let workbook = fs::read(machine.path("bad.xlsx")).unwrap();
    assert!(workbook.starts_with(b"PK"));
    // The workbook is a roster itself: sent back as it is, the same rows are wrong.
    let again = machine.run(["import", "roster", "bad.xlsx", "--ledger", "010101001001"]);
    again.says("0 行已导入 rows taken, 0 未变 unchanged, 3 有误").says("bad-problems.xlsx");
    machine.write("roster.csv", "楼栋,门牌,姓名,出生\n一号楼,101,王芳,1950\n");
    machine.run(IMPORT).well().says("1 行已导入");
    machine.run(IMPORT.into_iter().chain(["--problems", "bad.xlsx"])).refused("is there already");
    machine.run(["verify"]).well();
}

#[test]
fn a_workbook_is_read_as_it_is_filled_in() {
    let machine = street(Machine::new());
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["门牌", "姓名", "电话", "出生"]) {
        sheet.write(0, column, header).unwrap();
    }
    sheet.write(1, 0, 101).unwrap();
    sheet.write(1, 1, "王芳").unwrap();
    sheet.write(1, 2, 13_800_000_000_f64).unwrap();
    sheet.write(1, 3, 1986).unwrap();
    machine.write("roster.xlsx", book.save_to_buffer().unwrap());
    let import = ["import", "roster", "roster.xlsx", "--ledger", "010101001001"];
    machine.run(import).well().says("1 行已导入");
    machine.run(import).well().says("1 未变");
}

#[test]
fn bytes_that_are_no_roster_are_refused_and_nothing_lands() {
    let machine = street(Machine::new());
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    for _ in 0..80 {
        archive.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    machine.write("bomb.xlsx", archive.finish().unwrap().into_inner());
    machine.write("broken.xlsx", b"PK\x03\x04nonsense");
    machine.write("bytes.csv", b"\xff\xff\xff\xff,\xff\n");
    machine.write("other.csv", "apples,pears\n1,2\n");
    machine.write("huge.csv", vec![b'a'; 6 * 1024 * 1024]);
    let before = machine.facts();
    for (file, words) in [
        ("bomb.xlsx", "MB unpacked"),
        ("broken.xlsx", "broken.xlsx"),
        ("bytes.csv", "neither UTF-8 nor GB 18030"),
        ("other.csv", "姓名"),
        ("huge.csv", "5"),
        ("nowhere.csv", "reading nowhere.csv"),
    ] {
        machine.run(["import", "roster", file, "--ledger", "010101001001"]).refused(words);
    }
    machine.write("roster.csv", ROSTER);
    machine
        .run(["import", "roster", "roster.csv", "--ledger", "x"])
        .refused("there is no ledger `x`");
    assert_eq!(machine.facts(), before);
    let left = names(&machine.path("."));
    assert!(left.iter().all(|name| !name.contains("problems")), "{left:?}");
}

/// The id of a person of the roster, from the facts.
fn somebody(machine: &Machine) -> String {
    let facts = machine.facts();
    let registered = facts.lines().find(|line| line.contains("\"fact\":\"person.registered\""));
    let (_, rest) = registered.unwrap().split_once("\"subject\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn what_is_kept_about_a_person_is_destroyed_after_a_yes_with_a_certificate() {
    for machine in Machine::all() {
        let machine = street(machine);
        machine.write("roster.csv", ROSTER);
        machine.run(IMPORT).well();
        let person = somebody(&machine);
        let erase = ["erase", "--ledger", "010101001001", "--person", &person, "--all"];
        let asked = machine.run(erase).refused("Say --yes");
        assert!(asked.told.contains("values of 1 persons"), "{asked:#?}");
        assert!(!machine.facts().contains("values.destroyed"));
        let erased = machine.run(erase.into_iter().chain(["--yes"])).well();
        let erased = erased.says("linli destruction 010101001001").says("signature ");
        let saved = names(&machine.data().join("certificates"));
        assert_eq!(saved.len(), 1, "{saved:?}");
        let path = machine.data().join("certificates").join(&saved[0]);
        let certificate = fs::read_to_string(path).unwrap();
        assert!(erased.out.starts_with(&certificate), "{certificate}");
        machine.run(erase.into_iter().chain(["--yes"])).well().says("nothing was changed");
        machine.run(["verify"]).well().says("all is well");
    }
}

#[test]
fn a_purpose_is_ended_for_everybody_and_a_slip_destroys_nothing() {
    let machine = street(Machine::new());
    machine.write("roster.csv", ROSTER);
    machine.run(IMPORT).well();
    let erase = |words: &[&'static str]| {
        let front = ["erase", "--ledger", "010101001001"];
        machine.run(front.into_iter().chain(words.iter().copied()))
    };
    assert_eq!(erase(&["--yes"]).code, 2);
    assert_eq!(erase(&["--all", "--yes"]).code, 2);
    assert_eq!(erase(&["--all", "--purpose", "register", "--yes"]).code, 2);
    erase(&["--purpose", "nothing", "--yes"]).well().says("nothing was changed");
    erase(&["--person", "梅", "--all", "--yes"]).refused("is no person");
    machine.run(["erase", "--ledger", "x", "--purpose", "register"]).refused("no ledger `x`");
    assert!(!machine.facts().contains("values.destroyed"));
    let all = erase(&["--purpose", "register", "--yes", "--certificate", "done.txt"]).well();
    all.says("\"persons\":3");
    assert!(machine.path("done.txt").is_file());
    machine.run(["verify"]).well().says(" 0 保险库值 vault values");
}
