//! What is wrong with a pack is found, at its line and column, with its code and a suggestion.

use std::path::Path;

use packfile::{Code, Files, Problem, read, rehearse};

mod folder;

fn trial() -> Files {
    folder::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trial"))
}

/// Puts one text in the place of another in a file.
fn change(files: &mut Files, (file, from, to): (&str, &str, &str)) {
    let text = String::from_utf8(files[file].clone()).expect("text");
    assert!(text.contains(from), "{file} has no {from:?}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// The trial pack with one text put in the place of another.
fn with(file: &str, from: &str, to: &str) -> Files {
    let mut files = trial();
    change(&mut files, (file, from, to));
    files
}

/// Whether something wrong with this code is found.
fn finds(files: &Files, code: Code) -> bool {
    problems(files).iter().any(|problem| problem.code == code)
}

fn problems(files: &Files) -> Vec<Problem> {
    read(files).expect_err("something is wrong").shown
}

#[test]
fn the_trial_pack_is_sound_and_its_stories_go_as_told() {
    let checked = read(&trial()).unwrap_or_else(|problems| panic!("\n{problems}"));
    assert_eq!(checked.warnings, []);
    for example in &checked.examples {
        rehearse(&checked, example).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
fn an_order_that_says_longer_than_its_reason_is_kept_is_warned_of() {
    for (file, from, to) in [
        (STAY, "longest: 14 d", "longest: 15 d"),
        ("pack.yaml", "mode: alarm, retention: 14 d", "mode: alarm, retention: 13 d"),
    ] {
        let checked = read(&with(file, from, to)).unwrap_or_else(|found| panic!("{found}"));
        let [warning] = &checked.warnings[..] else { panic!("{:#?}", checked.warnings) };
        assert_eq!((warning.code, warning.file.as_str()), (C::OrderOutlives, STAY));
        assert!(warning.line > 1, "{warning}");
    }
}

use Code as C;

const REPAIR: &str = "kinds/repair.yaml";
const STAY: &str = "kinds/stay.yaml";
const CALL: &str = "kinds/call.yaml";
const PLAIN: &str = "lives/plain.yaml";

/// A file, a text in it, what stands in its place, and the code of what is then wrong.
const FAULTS: &[(&str, &str, &str, Code)] = &[
    // What every value is like.
    (
        "pack.yaml",
        "about: 用来试验读取器。 | For trying the reader.",
        "about: 只有中文",
        C::OneLanguage,
    ),
    ("pack.yaml", "试验 | Trial\n", "Trial | 试验\n", C::WordsSwapped),
    ("pack.yaml", "about: 用来试验读取器。 | For trying the reader.\n", "", C::Missing),
    ("pack.yaml", "reviewer: 李娜", "reviewer:", C::Empty),
    ("pack.yaml", "reviewer: 李娜", "reviewer: 李娜\ncolour: red", C::UnknownKey),
    ("pack.yaml", "id: trial", "id: Trial Pack", C::BadId),
    ("pack.yaml", "id: trial", "id: a_name_that_is_much_too_long", C::TooLarge),
    ("pack.yaml", "2026-01-01", "yesterday", C::NotA),
    ("pack.yaml", "2026-01-01", "1900-01-01", C::OutOfRange),
    ("pack.yaml", "2027-12-31", "2025-12-31", C::DatesSwapped),
    ("pack.yaml", "retention: 30 d", "retention: 30 weeks", C::BadLength),
    ("pack.yaml", "retention: 30 d", "retention: 99999 d", C::OutOfRange),
    ("pack.yaml", "mode: alarm,", "mode: alrm,", C::UnknownName),
    ("pack.yaml", "triage: 分诊", "resident: 分诊", C::NameTwice),
    ("pack.yaml", "id: trial", "id: &x trial", C::NoAnchors),
    ("pack.yaml", "id: trial", "id: trial\nid: trial", C::DuplicateKey),
    ("pack.yaml", "about: 用来", "about: a: b", C::BadYaml),
    // The dictionary.
    ("dictionary.yaml", "type: choice", "type: chioce", C::NotA),
    ("dictionary.yaml", "  choices: {door: 门 | Door, lamp: 灯 | Lamp}\n", "", C::NoChoices),
    ("dictionary.yaml", "unit: cm", "choices: {a: 甲 | A}", C::NotForType),
    ("dictionary.yaml", "synonyms: [物品]", "synonyms: [备注]", C::NameTwice),
    ("dictionary.yaml", "greatest: 500", "greatest: -5", C::OutOfRange),
    ("dictionary.yaml", "purposes: service", "purposes: servcie", C::UnknownName),
    ("dictionary.yaml", "unit: cm", "unit: cm\n  update_cycle: 2 weeks", C::BadLength),
    ("dictionary.yaml", "unit: cm", "unit: cm\n  update_cycle: 1 h", C::OutOfRange),
    ("dictionary.yaml", "unit: cm", "unit: cm\n  source: elsewhere", C::NotA),
    ("dictionary.yaml", "unit: cm", "unit: cm\n  source: register", C::NotInRegister),
    (
        "dictionary.yaml",
        "  sensitivity: personal\n  owner: 社区 | Community\n  purposes: service",
        "  sensitivity: personal\n  owner: 社区 | Community",
        C::NoPurpose,
    ),
    // Kinds: names.
    (
        REPAIR,
        "opened_by: [resident, grid_worker]",
        "opened_by: [resident, grid_woker]",
        C::UnknownName,
    ),
    (REPAIR, "fields: [thing,", "fields: [thnig,", C::UnknownName),
    (REPAIR, "fields: [thing,", "fields: [thing, thing,", C::TwiceAsked),
    (REPAIR, "life: plain", "life: plian", C::UnknownName),
    (REPAIR, "{handling: 3 d}", "{handlign: 3 d}", C::UnknownName),
    (REPAIR, "handled_by: grid_worker\n", "", C::Missing),
    (REPAIR, "purpose: service\n", "", C::NoPurpose),
    (PLAIN, "to: handling", "to: handlign", C::UnknownName),
    (PLAIN, "stage: rework", "stage: rewrok", C::NotA),
    (STAY, "times: [09:00, 20:00]", "times: [09:00, 25:00]", C::NotA),
    (STAY, "form: reading", "form: raeding", C::UnknownName),
    // Kinds: states lead somewhere.
    (PLAIN, "initial: reported", "initial: somewhere", C::UnknownName),
    (PLAIN, "to: handling, by", "to: closed, by", C::Unreachable),
    (PLAIN, "from: [handling, rework]", "from: handling", C::Stuck),
    (CALL, "stage: closed", "stage: handling", C::NoFinal),
    (CALL, "from: called", "from: [called, safe]", C::FinalLeft),
    (PLAIN, "stage: rework", "stage: handling", C::ClaimedNeeds),
    (
        PLAIN,
        "to: claimed, by: assignee}",
        "to: claimed, by: assignee}\n  skip: {name: 跳过 | Skip, from: claimed, to: closed, by: assignee}",
        C::ClaimedClosed,
    ),
    // Nothing escalates by itself.
    (STAY, "action: leave", "action: move_in", C::EscalatesByItself),
    (STAY, "action: leave", "action: find_room", C::TimeoutFrom),
    (
        STAY,
        "by: [assignee, triage]\n    effects:",
        "by: [assignee, triage]\n    asks: since_on\n    effects:",
        C::TimeoutAsks,
    ),
    // Orders.
    (STAY, "      legal_basis: 依据 | Basis\n", "", C::Missing),
    (STAY, "      authority: 机关 | Authority\n", "", C::Missing),
    (STAY, "      appeal: 申诉 | Appeal\n", "", C::Missing),
    (STAY, "      until: now + days(7)\n", "", C::Missing),
    (STAY, "      longest: 14 d\n", "", C::Missing),
    (STAY, "      review: 3 d\n", "", C::Missing),
    (STAY, "review: 3 d", "review: 20 d", C::ReviewTooLate),
    (STAY, "longest: 14 d", "longest: 400 d", C::OutOfRange),
    (STAY, "subject: person", "subject: place", C::OrderSubject),
    // Emergencies ask nothing.
    (CALL, "purpose: service", "purpose: service\nfields: [thing]", C::EmergencyAsks),
    (
        CALL,
        "by: [grid_worker, reporter]}",
        "by: [grid_worker], guards: [{when: 'mode.trial.alarm == 0', otherwise: 不行 | No}]}",
        C::EmergencyGuard,
    ),
    // Effects.
    (
        REPAIR,
        "on_open:\n",
        "on_open:\n  - open_case: {kind: repair, fields: {thing: case.thing}}\n",
        C::Loop,
    ),
    (STAY, "- move_home", "- release", C::EffectTwice),
    (STAY, "- move_home", "- mvoe_home", C::NotA),
    (STAY, "- hold: {pool: room", "- hold: {pool: since_on", C::HoldElement),
    ("forms/reading.yaml", "effects:\n", "effects:\n  - release\n", C::EffectNotHere),
    ("forms/reading.yaml", "{thing: '\"door\"', depth", "{depth", C::OpenNeeds),
    (
        "forms/reading.yaml",
        "{thing: '\"door\"',",
        "{thing: '\"door\"', room: '\"r\"',",
        C::OpenUnknown,
    ),
    ("forms/reading.yaml", "kind: repair", "kind: repiar", C::UnknownName),
    ("forms/reading.yaml", "    open_case:", "    do: release\n    open_case:", C::EffectUnclear),
    // Expressions.
    (REPAIR, "case.depth_cm > 30", "case.depth_mc > 30", C::ExpressionName),
    (REPAIR, "case.depth_cm > 30", "case.depth_cm > ", C::BadExpression),
    (REPAIR, "case.depth_cm > 30", "case.depth_cm > \"30\"", C::ExpressionMismatch),
    (REPAIR, "has(case.depth_cm) && case.depth_cm > 30", "case.depth_cm", C::ExpressionType),
    (REPAIR, "case.depth_cm > 30", "case.thing == \"dor\"", C::ExpressionChoice),
    (REPAIR, "case.depth_cm > 30", "explode(case.depth_cm)", C::ExpressionFunction),
    (REPAIR, "case.depth_cm > 30", "[1].all(x, x > 0)", C::ExpressionLoop),
    (
        REPAIR,
        "has(case.depth_cm) &&",
        "((((((((((((((((((((((((true)))))))))))))))))))))))) &&",
        C::ExpressionDeep,
    ),
    (STAY, "entered_at + days(7), action", "days(7), action", C::ExpressionType),
    (STAY, "mode.trial.alarm >= 1", "mode.trial.alram >= 1", C::ExpressionName),
    // Sealed values are read by nobody but the action that asks for them.
    ("indicators.yaml", "when: outcome.deep", "when: answers.remark == \"x\"", C::ExpressionSealed),
    (STAY, "mode.trial.alarm >= 1", "case.remark == \"x\"", C::ExpressionName),
    // Nor do they leave the vault by the way of another case.
    (
        "forms/reading.yaml",
        "'\"door\"'",
        "'answers.remark == \"x\" ? \"door\" : \"lamp\"'",
        C::Unseals,
    ),
    // Figures, modes, stock, duties.
    ("indicators.yaml", "cases of repair", "cases of repiar", C::UnknownName),
    ("indicators.yaml", "pools of room", "poles of room", C::NotA),
    ("indicators.yaml", "when: '!at_home'", "when: '!at_hone'", C::ExpressionName),
    ("indicators.yaml", "on: closed_at", "on: stage", C::ExpressionType),
    ("tables.yaml", "closed, free_rooms", "closed, fre_rooms", C::UnknownName),
    ("tables.yaml", "closed, free_rooms", "closed, free_rooms of the day", C::NoDay),
    ("modes.yaml", "longest: 30 d", "longest: 400 d", C::OutOfRange),
    ("modes.yaml", "longest: 30 d", "longest: 3 h", C::OutOfRange),
    ("modes.yaml", "rank: 2", "rank: 1", C::RankTwice),
    ("modes.yaml", "kinds: stay", "kinds: saty", C::UnknownName),
    ("modes.yaml", "repair.handling", "repair.handlign", C::UnknownName),
    ("modes.yaml", "declared_by: coordinator", "declared_by: cordinator", C::UnknownName),
    ("stock.yaml", "longest_hold: 4 h", "longest_hold: 90 d", C::OutOfRange),
    ("duties.yaml", "answers: community_lead", "answers: comunity_lead", C::UnknownName),
    // Examples.
    ("examples/a_repair.yaml", "do: begin", "do: begn", C::UnknownName),
    ("examples/a_repair.yaml", "who: 小陈, do: begin", "who: 小成, do: begin", C::UnknownName),
    ("examples/a_repair.yaml", "+30 min", "soon", C::BadMoment),
    ("examples/a_repair.yaml", "do: begin", "do: begin, assign: 老李", C::StepUnclear),
    ("examples/a_repair.yaml", "do: begin", "do: begin, refused: not_alowed", C::UnknownName),
    ("examples/a_repair.yaml", "{closed: 1}", "{closd: 1}", C::UnknownName),
    ("examples/a_repair.yaml", "{state: closed,", "{sate: closed,", C::UnknownKey),
];

#[test]
fn each_fault_is_found_with_its_code() {
    let mut missed = Vec::new();
    for (file, from, to, code) in FAULTS {
        let files = with(file, from, to);
        match read(&files) {
            Ok(_) => missed.push(format!("{file} {to:?}: nothing was found, not even {code:?}")),
            Err(problems) => {
                let found: Vec<Code> = problems.shown.iter().map(|p| p.code).collect();
                let here = problems.shown.iter().any(|p| p.code == *code && p.line > 0);
                if !here {
                    missed.push(format!("{file} {to:?}: {found:?} instead of {code:?}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn a_misspelt_name_in_an_expression_is_found_at_its_place_with_a_suggestion() {
    let files = with(REPAIR, "case.depth_cm > 30", "case.depth_mc > 30");
    let found = problems(&files);
    let problem = found.iter().find(|p| p.code == Code::ExpressionName).expect("found");
    assert_eq!(
        (problem.file.as_str(), problem.line, problem.column),
        ("kinds/repair.yaml", 11, 33)
    );
    assert_eq!(problem.suggestion.as_deref(), Some("case.depth_cm"));
}

#[test]
fn all_problems_are_shown_at_once() {
    let mut files = with(REPAIR, "case.depth_cm > 30", "case.depth_mc > 30");
    for changed in [
        ("modes.yaml", "rank: 2", "rank: 1"),
        ("dictionary.yaml", "unit: cm", "untis: cm"),
        ("tables.yaml", "free_rooms", "fre_rooms"),
    ] {
        change(&mut files, changed);
    }
    let codes: Vec<Code> = problems(&files).iter().map(|p| p.code).collect();
    for code in [Code::ExpressionName, Code::RankTwice, Code::UnknownKey, Code::UnknownName] {
        assert!(codes.contains(&code), "{code:?} in {codes:?}");
    }
}

#[test]
fn a_pack_without_examples_does_not_load() {
    let mut files = trial();
    files.retain(|path, _| !path.starts_with("examples/"));
    assert!(finds(&files, Code::NoExamples));
}

#[test]
fn nothing_that_restricts_is_opened_by_the_clock() {
    let from = "  leave:\n    name: 离开 | Leave\n    from: staying\n    to: left\n    by: [assignee, triage]\n    effects:\n";
    let to = format!("{from}      - {{id: again, open_case: {{kind: stay}}}}\n");
    let files = with(STAY, from, &to);
    let codes: Vec<Code> = problems(&files).iter().map(|p| p.code).collect();
    assert!(codes.contains(&Code::Loop) || codes.contains(&Code::EscalatesByItself), "{codes:?}");
}

#[test]
fn a_longer_circle_of_effects_is_found() {
    let open = "on_open:\n  - open_case: {kind: call}\n";
    let mut files = with(REPAIR, "on_open:\n", open);
    let back = "on_open:\n  - open_case: {kind: repair, fields: {thing: '\"door\"'}}\nactions:\n";
    change(&mut files, (CALL, "actions:\n", back));
    let found = problems(&files);
    let circle = found.iter().find(|p| p.code == Code::Loop).expect("found");
    assert!(circle.words.en.contains("→"), "{}", circle.words.en);
}

#[test]
fn files_that_do_not_belong_are_named() {
    for (path, bytes) in [
        ("kind/repair.yaml", b"a: b".as_slice()),
        ("forms/visit.xlsx", b"PK"),
        ("../pack.yaml", b"a: b"),
        ("kinds/Repair.yaml", b"a: b"),
    ] {
        let mut files = trial();
        files.insert(path.to_owned(), bytes.to_vec());
        let found = problems(&files);
        assert!(found.iter().any(|p| p.code == Code::UnknownFile && p.file == path), "{path}");
    }
    let mut files = trial();
    files.insert("README.md".to_owned(), b"# Notes".to_vec());
    assert!(read(&files).is_ok());
}

#[test]
fn a_pack_that_is_too_large_is_refused_before_it_is_read() {
    let mut files = trial();
    files.insert("dictionary.yaml".to_owned(), vec![b'a'; 9 * 1024 * 1024]);
    assert!(finds(&files, Code::TooLarge));
    let mut files = trial();
    files.extend((0..500).map(|i| (format!("kinds/k{i}.yaml"), b"name: a | b".to_vec())));
    assert!(finds(&files, Code::TooLarge));
    assert!(read(&Files::new()).unwrap_err().has(Code::NoPack));
}

#[test]
fn the_hash_changes_with_every_byte_and_every_path() {
    let files = trial();
    let hash = packfile::hash(&files);
    assert_eq!(hash, packfile::hash(&trial()));
    assert_eq!(hash, read(&files).unwrap().pack.hash);
    let mut moved = files.clone();
    let bytes = moved.remove("duties.yaml").unwrap();
    moved.insert("dutie.yaml".to_owned(), bytes);
    assert_ne!(hash, packfile::hash(&moved));
    assert_ne!(hash, packfile::hash(&with("pack.yaml", "李娜", "李那")));
}

#[test]
fn a_story_that_goes_another_way_says_where_and_how() {
    for (from, to, words) in [
        ("state: closed,", "state: handling,", "should be \"handling\" but is \"closed\""),
        ("{closed: 1}", "{closed: 2}", "indicators.closed should be \"2\" but is \"1\""),
        ("do: begin}", "do: begin, refused: late}", "but it was done"),
        ("who: 小陈, do: begin", "who: 老李, do: begin", "was refused (not_allowed)"),
        ("who: 周主任, verify", "who: 小陈, verify", "was refused (verifier_is_handler)"),
        ("+30 min", "day 1 07:00", "before the one above"),
    ] {
        let checked = read(&with("examples/a_repair.yaml", from, to)).expect("a sound pack");
        let example = checked.examples.iter().find(|e| e.id == "a_repair").expect("there");
        let failure = rehearse(&checked, example).expect_err("the story goes another way");
        assert!(failure.to_string().contains(words), "{failure}");
        assert!(failure.file == "examples/a_repair.yaml" && failure.line > 1, "{failure}");
    }
}

#[test]
fn differences_are_told_in_words() {
    let old = read(&trial()).unwrap().pack;
    assert_eq!(packfile::diff(&old, &old), []);
    let mut files = with(REPAIR, "{handling: 3 d}", "{handling: 5 d}");
    for changed in [
        ("pack.yaml", "version: 1", "version: 2"),
        ("kinds/call.yaml", "by: [grid_worker, reporter]", "by: [grid_worker]"),
        ("forms/reading.yaml", "fields: [depth_cm, remark?]", "fields: [depth_cm?]"),
        (
            "forms/reading.yaml",
            "when: answers.depth_cm",
            "when: has(answers.depth_cm) && answers.depth_cm",
        ),
        ("indicators.yaml", "when: '!at_home'", "when: restricted"),
    ] {
        change(&mut files, changed);
    }
    files.remove("duties.yaml");
    let new = read(&files).unwrap_or_else(|problems| panic!("\n{problems}")).pack;
    let told: Vec<String> = packfile::diff(&old, &new).iter().map(ToString::to_string).collect();
    for words in [
        "~ version: 版本：1 → 2",
        "~ kinds.repair.handling.deadline: 时限：3 d → 5 d",
        "~ kinds.call.help.by",
        "- forms.reading.remark",
        "required → optional",
        "~ indicators.away",
    ] {
        assert!(told.iter().any(|line| line.contains(words)), "{words} in {told:#?}");
    }
}

#[test]
fn a_new_pack_is_sound_from_the_first_minute() {
    let files = packfile::new("lamps").unwrap();
    let checked = read(&files).unwrap_or_else(|problems| panic!("\n{problems}"));
    assert_eq!(checked.pack.id.as_str(), "lamps");
    for example in &checked.examples {
        rehearse(&checked, example).unwrap_or_else(|failure| panic!("{failure}"));
    }
    assert_eq!(packfile::new("Lamps!").unwrap_err().code, Code::BadId);
}
