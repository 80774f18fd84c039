//! `linli import divisions`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::machine::Machine;

const COUNTRY: &[(&str, &str)] = &[
    ("a-provinces.csv", "code,name\n01,\"North\"\n02,\"South\"\n"),
    ("z-cities.csv", "\u{feff}code,name,provinceCode\n0101,\"Elm City\",01\n0201,Oak City,02\n"),
    ("m-counties.csv", "name,code\nEast,010101\nWest,020101\n"),
    ("b-streets.csv", "code,name\n010101001,Mill Street\n020101001,Port Street\n"),
];

const COMMUNITIES: &str =
    "code,name\n010101001001,Elm Court\n010101001002,Ash Court\n020101001001,Quay\n";

fn country(machine: &Machine) -> PathBuf {
    for (name, text) in COUNTRY {
        machine.write(&format!("country/{name}"), text);
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(COMMUNITIES.as_bytes()).unwrap();
    machine.write("country/communities.csv.gz", packed.finish().unwrap());
    machine.write("country/notes.txt", "not a table");
    machine.path("country")
}

#[test]
fn a_country_comes_in_from_above_and_again_changes_nothing() {
    for machine in Machine::all() {
        country(&machine);
        let import = ["import", "divisions", "country"];
        machine.run(import).well().says("11 新增 added, 0 未变 unchanged");
        let facts = machine.facts();
        let community =
            "\\\"path\\\":[\\\"root\\\",\\\"01\\\",\\\"0101\\\",\\\"010101\\\",\\\"010101001\\\"]";
        assert!(facts.contains(community), "{facts}");
        machine.run(import).well().says("0 新增 added, 11 未变 unchanged, 0 改名 renamed, 0 有误");
        assert_eq!(machine.facts(), facts);
        machine.run(["verify"]).well().says("all is well");
    }
}

#[test]
fn a_new_year_brings_new_names_and_new_places() {
    for machine in Machine::all() {
        country(&machine);
        machine.run(["import", "divisions", "country"]).well();
        let later =
            "code,name\n010101001001,Elm Garden\n010101001002,Ash Court\n010101001003,New\n";
        machine.write("later.csv", later);
        let import = machine.run(["import", "divisions", "later.csv"]).well();
        import.says("1 新增 added, 1 未变 unchanged, 1 改名 renamed");
        machine.run(["verify"]).well();
    }
}

#[test]
fn bad_rows_are_told_by_file_and_line_and_the_others_land() {
    let machine = Machine::new();
    let mut text = Vec::new();
    text.extend(b"code,name\n01,North\n1,Short\n02\n0102,Elm City\n0302,Nowhere\n".as_slice());
    text.extend(b"01,North again\n0103,\xff\xfe\n0104,\n0x05,Letters\n0105,Last\n".as_slice());
    machine.write("odd.csv", &text);
    let import = machine.run(["import", "divisions", "odd.csv"]);
    assert_eq!(import.code, 1, "{import:#?}");
    for told in [
        "odd.csv:3: 代码“1”不是",
        "odd.csv:4: 缺少名称",
        "odd.csv:6: 上级“03”不存在",
        "odd.csv:8: 不是 UTF-8",
        "odd.csv:9: 缺少名称",
        "odd.csv:10: 代码“0x05”",
    ] {
        assert!(import.told.contains(told), "{told} is not in {import:#?}");
    }
    let told = format!("{import:#?}");
    assert!(import.out.contains("3 新增 added"), "{told}");
    assert!(machine.facts().contains("Last"));
    machine.run(["verify"]).well();
}

#[test]
fn rows_in_any_order_within_a_level_land_once() {
    let machine = Machine::new();
    country(&machine);
    machine.run(["import", "divisions", "country"]).well();
    let mut text = String::from("code,name\n");
    for round in 0..3 {
        for street in ["010101001", "020101001"] {
            for number in 100..400 {
                let name = format!("{street}{number}");
                if number % 3 == round || number % 7 == 0 {
                    text.push_str(&format!("{name},{name}\n"));
                }
            }
        }
    }
    machine.write("mixed.csv", &text);
    machine.run(["import", "divisions", "mixed.csv"]).well().says("600 新增 added");
    machine.run(["verify"]).well();
}

#[test]
fn a_picked_street_and_its_communities_get_ledgers() {
    for machine in Machine::all() {
        country(&machine);
        let pick = ["import", "divisions", "country", "--within", "01", "--street", "010101001"];
        let picked = machine.run(pick).well().says("6 新增 added");
        picked.says("Mill Street 010101001: 3 账本已开 ledgers opened");
        assert!(machine.facts().contains("\"ledger\":\"010101001002\""));
        machine.run(["import", "divisions", "--street", "010101001"]).well().says(": 0 账本");
        machine.run(["import", "divisions", "--street", "0101"]).refused("not a street");
        machine.run(["import", "divisions", "--street", "020101001"]).refused("there is no place");
        machine.run(["verify"]).well();
    }
}

#[test]
fn files_that_are_no_tables_are_refused_and_nothing_is_made() {
    let machine = Machine::new();
    machine.write("words.csv", "dear all,\nplease find attached\n");
    machine.write("endless.csv", [b"code,name\n".as_slice(), &vec![b'x'; 300_000]].concat());
    machine.write("broken.csv.gz", b"\x1f\x8bnonsense");
    std::fs::create_dir(machine.path("empty")).unwrap();
    let import = |from| machine.run(["import", "divisions", from]);
    import("words.csv").refused("has no columns `code` and `name`");
    import("endless.csv").refused("this is no table");
    import("broken.csv.gz").refused("broken.csv.gz");
    import("empty").refused("holds no .csv");
    import("nowhere.csv").refused("nowhere.csv");
    let text = "code,name\n01,North\n";
    machine.write("one.csv", text);
    machine.run(["import", "divisions", "one.csv", "--below", "x"]).refused("no place `x`");
    assert!(!machine.facts().contains("places.added"));
}

/// The real divisions of one county, when they are there.
#[test]
fn the_real_divisions_of_a_county_come_in_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/divisions/2023");
    if !folder.is_dir() {
        eprintln!("{} is not there: passed over", folder.display());
        return;
    }
    let folder = folder.to_str().unwrap();
    let machine = Machine::new();
    let import = ["import", "divisions", folder, "--within", "420106", "--street", "420106001"];
    machine.run(import).well().says("162 新增 added").says("13 账本已开 ledgers opened");
    machine.run(import).well().says("0 新增 added, 162 未变 unchanged");
    machine.run(["verify"]).well();
}
