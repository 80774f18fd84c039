//! The street of the story: the divisions of a country, a roster for two communities, and people
//! with roles, all of it given at the door by an operator.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_xlsxwriter::Workbook;
use serde_json::{Value as Json, json};
use store::Clock as _;
use testkit::deployment::OPERATOR;
use testkit::{Deployment, Visitor};

use crate::script::{Division, Script};

/// Divisions as published, five levels; see the README there.
const DIVISIONS: &str = "../../../shared/data/divisions/2023";
/// How many commands are sent in one list.
const LIST: usize = 100;

/// The street, and those who sign in.
pub(crate) struct Street<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) script: &'a Script,
    pub(crate) city: String,
    pub(crate) street: String,
    pub(crate) first: String,
    pub(crate) grid: String,
    /// Who lives behind which door of the first community: (household, people by name).
    pub(crate) homes: Vec<(String, BTreeMap<String, String>)>,
    pub(crate) coordinator: Visitor,
    pub(crate) lead: Visitor,
    pub(crate) worker: Visitor,
    pub(crate) clinician: Visitor,
    pub(crate) second_clinician: Visitor,
    pub(crate) department: Visitor,
    pub(crate) analyst: Visitor,
    pub(crate) asker: Visitor,
    pub(crate) ill: Visitor,
    pub(crate) neighbour: Visitor,
}

impl<'a> Street<'a> {
    /// An operator imports the divisions, picks the street, and imports the roster.
    pub(crate) async fn found(deployment: &'a Deployment, script: &'a Script) -> Self {
        let operator = deployment.sign_in(OPERATOR).await;
        adopt_packs(deployment, &operator, script).await;
        let divisions = divisions(script);
        let paths = import(&operator, &divisions).await;
        let by_code: BTreeMap<&str, &Division> =
            divisions.iter().map(|it| (it.code.as_str(), it)).collect();
        for code in [&script.street, &script.first, &script.second] {
            let it = by_code[code.as_str()];
            let body =
                json!({ "place": code, "name": it.name, "level": it.level, "path": paths[code] });
            operator.done(code, "open_ledger", body).await;
        }
        for worker in &script.workers {
            account(deployment, &operator, &worker.account, Json::Null).await;
            let grant =
                json!({ "account": worker.account, "role": worker.role, "place": worker.place });
            operator.done("root", "grant_role", grant).await;
        }
        let coordinator = deployment.sign_in("coordinator").await;
        let lead = deployment.sign_in("lead").await;
        let names = [&script.first, &script.second].map(|code| by_code[code.as_str()].name.clone());
        import_roster(&coordinator, script, &names).await;
        let (grid, homes) = homes(&lead, &script.first).await;
        let people: BTreeMap<&String, &String> = homes.iter().flat_map(|(_, it)| it).collect();
        for (resident, name) in &script.residents {
            let person = json!([script.first, people[name]]);
            account(deployment, &operator, resident, person).await;
            let grant = json!({ "account": resident, "role": "resident", "place": script.first });
            operator.done("root", "grant_role", grant).await;
        }
        Self {
            deployment,
            script,
            city: paths[&script.street][2].clone(),
            street: script.street.clone(),
            first: script.first.clone(),
            grid,
            homes,
            worker: deployment.sign_in("worker").await,
            clinician: deployment.sign_in("clinician").await,
            second_clinician: deployment.sign_in("second-clinician").await,
            department: deployment.sign_in("department").await,
            analyst: deployment.sign_in("analyst").await,
            asker: deployment.sign_in("asker").await,
            ill: deployment.sign_in("ill").await,
            neighbour: deployment.sign_in("neighbour").await,
            coordinator,
            lead,
        }
    }

    /// The household of somebody who signs in.
    pub(crate) fn household(&self, resident: &str) -> &str {
        let name = &self.script.residents[resident];
        &self.homes.iter().find(|(_, people)| people.contains_key(name)).expect("they live here").0
    }

    /// The person of somebody in the roster.
    pub(crate) fn person(&self, name: &str) -> &str {
        self.homes.iter().find_map(|(_, people)| people.get(name)).expect("they live here")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.deployment.clock.now()
    }

    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned_datetime(self.deployment.options.zone.clone()).date()
    }
}

async fn adopt_packs(deployment: &Deployment, operator: &Visitor, script: &Script) {
    for pack in &script.packs {
        let pack = deployment.shelve(pack).await;
        let body = json!({ "pack": pack.id, "version": pack.version, "hash": pack.hash });
        operator.done("root", "adopt_pack", body).await;
    }
}

async fn account(deployment: &Deployment, operator: &Visitor, name: &str, person: Json) {
    let body = json!({ "account": name, "person": person });
    operator.done("root", "open_account", body).await;
    deployment.password(name, name).await;
}

/// The divisions of the country down to its streets, and the communities of the street's city
/// (all 620,573 communities are what the benchmark imports); or the few of the story, where those
/// are not at hand.
fn divisions(script: &Script) -> Vec<Division> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(DIVISIONS);
    if !folder.is_dir() {
        println!("the divisions of 2023 are not here: with a few invented ones");
        return script.stand_in.clone();
    }
    let files = [
        ("province", "provinces.csv", None),
        ("city", "cities.csv", Some("provinceCode")),
        ("county", "areas.csv", Some("cityCode")),
        ("street", "streets.csv", Some("areaCode")),
        ("community", "villages.csv.gz", Some("streetCode")),
    ];
    let mut divisions = Vec::new();
    for (level, file, above) in files {
        let mut bytes = std::fs::read(folder.join(file)).unwrap();
        if file.ends_with(".gz") {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut text).unwrap();
            bytes = text;
        }
        let mut reader = csv::Reader::from_reader(&*bytes);
        let headers = reader.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
        let above = above.map(column);
        for row in reader.records().map(Result::unwrap) {
            if level == "community" && !row[0].starts_with(&script.street[..4]) {
                continue;
            }
            divisions.push(Division {
                code: row[0].to_owned(),
                name: row[1].to_owned(),
                level: level.to_owned(),
                below: above.map(|column| row[column].to_owned()),
            });
        }
    }
    divisions
}

/// Imports divisions twice; the second time changes nothing. The path of each.
async fn import(operator: &Visitor, divisions: &[Division]) -> BTreeMap<String, Vec<String>> {
    let mut below: BTreeMap<&str, Vec<&Division>> = BTreeMap::new();
    let mut order = Vec::new();
    let mut paths = BTreeMap::from([("root".to_owned(), vec!["root".to_owned()])]);
    for it in divisions {
        let above = it.below.as_deref().unwrap_or("root");
        let mut path = paths[above].clone();
        path.push(it.code.clone());
        paths.insert(it.code.clone(), path);
        let siblings = below.entry(above).or_default();
        if siblings.is_empty() {
            order.push(above);
        }
        siblings.push(it);
    }
    let commands: Vec<Json> = order
        .iter()
        .map(|above| {
            let entry =
                |it: &&Division| json!({ "id": it.code, "name": it.name, "level": it.level });
            let places: Vec<Json> = below[above].iter().map(entry).collect();
            let parent = (*above != "root").then_some(above);
            let mut command = operator.command(
                "root",
                "add_places",
                &json!({ "parent": parent, "places": places }),
            );
            command["id"] = json!(format!("divisions-{above}"));
            command
        })
        .collect();
    for list in commands.chunks(LIST) {
        for answer in operator.give_all(list).await {
            assert_eq!(answer["outcome"], "done", "{answer:#}");
        }
    }
    for answer in operator.give_all(&commands[..commands.len().min(LIST)]).await {
        assert_eq!(answer["repeated"], json!(true));
    }
    paths
}

/// The roster as a workbook: its rows, those of the second community, and three that are wrong.
fn roster(script: &Script, [first, second]: &[String; 2]) -> Vec<u8> {
    let roster = &script.roster;
    let mut surnames = roster.surnames.chars().cycle();
    let mut rows = Vec::new();
    let insert = |row: &[String], community: &str| {
        let mut row = row.to_vec();
        row.insert(1, community.to_owned());
        row
    };
    rows.extend(roster.first.iter().map(|row| insert(row, first)));
    let mut home = |number: usize, community: &str| {
        let name = format!("{}某{number}", surnames.next().expect("names go round"));
        let phone = format!("1390001{number:04}");
        let (building, floor) = (number / 20 + 1, number % 20 + 3);
        let row = [
            format!("{number}"),
            "第1网格".to_owned(),
            format!("{building}栋"),
            format!("{floor}01"),
            name,
            phone,
            "1970".to_owned(),
            String::new(),
        ];
        insert(&row, community)
    };
    let doors = roster.doors - 3;
    rows.extend((0..doors).map(|number| home(100 + number, first)));
    rows.extend((0..roster.second).map(|number| home(500 + number, second)));
    for row in &roster.bad {
        let community = if row[1].is_empty() { first } else { &row[1] };
        let mut row = row.clone();
        row[1].clone_from(community);
        rows.push(row);
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in roster.columns.iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
    }
    for (line, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let line = u32::try_from(line + 1).unwrap();
            sheet.write(line, u16::try_from(column).unwrap(), cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Good rows land, bad rows come back with what is wrong, and again changes nothing.
async fn import_roster(coordinator: &Visitor, script: &Script, names: &[String; 2]) {
    let bytes = roster(script, names);
    let path = format!("/api/roster?ledger={}", script.street);
    let receipt = coordinator.upload(&path, bytes.clone()).await;
    assert_eq!(receipt.status, 200, "{}", String::from_utf8_lossy(&receipt.bytes));
    let receipt = receipt.json();
    let people = script.roster.first.len() + script.roster.doors - 3 + script.roster.second;
    let counts = |receipt: &Json| {
        ["good", "bad", "unchanged"]
            .map(|name| usize::try_from(receipt[name].as_u64().unwrap()).unwrap())
    };
    let bad = script.roster.bad.len();
    assert_eq!(counts(&receipt), [people, bad, 0], "{receipt:#}");
    let back = coordinator.get(receipt["workbook"].as_str().unwrap()).await;
    let mut back: Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(&back.bytes)).unwrap();
    let sheet = back.worksheet_range_at(0).unwrap().unwrap();
    let told: Vec<String> =
        sheet.rows().skip(1).filter_map(|row| row.last()).map(Data::to_string).collect();
    assert_eq!(told.len(), bad);
    assert!(told.iter().all(|why| why.chars().count() > 5), "{told:?}");
    let again = coordinator.upload(&path, bytes).await.json();
    assert_eq!(counts(&again), [0, bad, people], "{again:#}");
}

/// The grid cell of the first community, and its homes with their people by name.
async fn homes(
    lead: &Visitor,
    community: &str,
) -> (String, Vec<(String, BTreeMap<String, String>)>) {
    let page = lead.see(&format!("/api/places/{community}")).await;
    let grid = page["children"][0]["id"].as_str().unwrap().to_owned();
    let mut homes = Vec::new();
    let mut path = format!("/api/places/{grid}");
    loop {
        let page = lead.see(&path).await;
        for home in page["households"].as_array().unwrap() {
            let id = home["id"].as_str().unwrap().to_owned();
            let page =
                lead.see(&format!("/api/households/{community}/{id}?purpose=register")).await;
            let people = page["people"].as_array().unwrap().iter();
            let people = people.map(|person| {
                let text = |name: &str| person[name].as_str().unwrap().to_owned();
                (text("name"), text("id"))
            });
            homes.push((id, people.collect()));
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/places/{grid}?after={next}");
    }
    (grid, homes)
}
