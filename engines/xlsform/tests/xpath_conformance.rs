//! Values of expressions, each with the sentence of a specification that it follows from.
//!
//! The tables in `xpath/` hold one case a line: an expression, ` => ` and its value. A line
//! `at path` moves to another node of the record; `#` begins a comment that names the source.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use xlsform::xpath::{
    EvalError, EvalErrorKind, Instance, InstanceError, Moment, NodeId, References, Scene, Value,
    check, evaluate, parse,
};

/// 2024-02-29T13:45:30.250+08:00
const NOW: Moment = Moment { millis: 1_709_185_530_250, offset_minutes: 480 };

fn choice_name(value: &str, path: &str) -> Option<String> {
    match (value, path) {
        ("red", "/data/colors") => Some("Rot".to_owned()),
        ("green", "/data/colors") => Some("Grün".to_owned()),
        _ => None,
    }
}

fn itext(id: &str) -> Option<String> {
    (id == "hello").then(|| "Hallo".to_owned())
}

fn property(name: &str) -> Option<String> {
    (name == "username").then(|| "ana".to_owned())
}

/// A scene over the record and the list of cities, handed to `work`.
fn on_stage<T>(work: impl FnOnce(Scene<'_>) -> T) -> T {
    let record = Instance::from_xml(include_str!("xpath/record.xml")).unwrap();
    let cities = Instance::from_xml(include_str!("xpath/cities.xml")).unwrap();
    let secondary = [("cities", &cities)];
    let scene = Scene {
        itext: Some(&itext),
        choice_name: Some(&choice_name),
        property: Some(&property),
        version: "7",
        seed: 1,
        ..Scene::new(&record, record.at("data").unwrap(), NOW).with(&secondary)
    };
    work(scene)
}

fn name_of(kind: &EvalErrorKind) -> &'static str {
    match kind {
        EvalErrorKind::TooLong => "TooLong",
        EvalErrorKind::UnknownFunction(_) => "UnknownFunction",
        EvalErrorKind::Arity(_) => "Arity",
        EvalErrorKind::NotNodes(_) => "NotNodes",
        EvalErrorKind::NoDate(_) => "NoDate",
        EvalErrorKind::NoPlace(_) => "NoPlace",
        EvalErrorKind::BadPattern(_) => "BadPattern",
        EvalErrorKind::Missing(..) => "Missing",
        EvalErrorKind::Unsupported(_) => "Unsupported",
    }
}

fn shown(scene: &Scene<'_>, value: &Result<Value, EvalError>) -> String {
    match value {
        Ok(Value::Nodes(nodes)) => {
            let texts: Vec<_> = nodes.iter().map(|node| scene.node_text(*node)).collect();
            format!("[{}]", texts.join(", "))
        }
        Ok(Value::Text(text)) => format!("'{text}'"),
        Ok(value @ Value::Date(_)) => format!("date {}", scene.text(value)),
        Ok(value @ Value::DateTime(_)) => format!("datetime {}", scene.text(value)),
        Ok(value) => scene.text(value).into_owned(),
        Err(error) => {
            assert!(!error.en().is_empty() && !error.zh().is_empty());
            format!("error {}", name_of(&error.kind))
        }
    }
}

fn value_at(scene: &Scene<'_>, source: &str) -> String {
    match parse(source, References::Refused) {
        Ok(expr) => shown(scene, &evaluate(&expr, scene)),
        Err(_) => "error syntax".to_owned(),
    }
}

/// The node that a path leads to from the outermost element.
fn node(scene: &Scene<'_>, path: &str) -> NodeId {
    let root = Scene { node: scene.primary.at("data").unwrap(), ..*scene };
    let expr = parse(path, References::Refused).unwrap();
    match evaluate(&expr, &root) {
        Ok(Value::Nodes(nodes)) => nodes[0].node,
        other => panic!("{path}: {other:?}"),
    }
}

/// Runs a table; gives how many cases it has.
fn run(table: &str) -> usize {
    on_stage(|mut scene| {
        let mut wrong = Vec::new();
        let mut cases = 0;
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(path) = line.strip_prefix("at ") {
                let path = if path == "data" { "." } else { path };
                scene.node = node(&scene, path);
                continue;
            }
            let (source, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("{line}"));
            let value = value_at(&scene, source);
            if value != expected {
                wrong.push(format!("{source} => {value}, and not {expected}"));
            }
            cases += 1;
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        cases
    })
}

#[test]
fn operators_work_as_xpath_and_odk_say() {
    assert!(run(include_str!("xpath/operators.txt")) > 100);
}

#[test]
fn paths_lead_where_xpath_and_odk_say() {
    assert!(run(include_str!("xpath/paths.txt")) > 120);
}

#[test]
fn values_convert_as_xpath_and_odk_say() {
    assert!(run(include_str!("xpath/conversions.txt")) > 80);
}

#[test]
fn functions_of_texts_give_what_their_specifications_say() {
    assert!(run(include_str!("xpath/texts.txt")) > 120);
}

#[test]
fn functions_of_numbers_and_choice_give_what_their_specifications_say() {
    assert!(run(include_str!("xpath/numbers.txt")) > 120);
}

#[test]
fn functions_of_dates_give_what_their_specifications_say() {
    assert!(run(include_str!("xpath/dates.txt")) > 80);
}

#[test]
fn functions_of_repeats_lists_chance_and_earth_give_what_odk_says() {
    assert!(run(include_str!("xpath/odk.txt")) > 55);
}

#[test]
fn every_function_of_the_catalogue_is_evaluated_or_refused_by_name() {
    on_stage(|scene| {
        for function in xlsform::xpath::functions() {
            let arguments = vec!["name"; usize::from(function.takes.min)].join(", ");
            let source = format!("{}({arguments})", function.name);
            let expr = parse(&source, References::Refused).unwrap();
            assert!(check(&expr).iter().all(|error| error.code() != "xpath_arity"), "{source}");
            if let Err(error) = evaluate(&expr, &scene) {
                assert!(!matches!(error.kind, EvalErrorKind::UnknownFunction(_)), "{source}");
                assert!(!matches!(error.kind, EvalErrorKind::Arity(_)), "{source}");
            }
        }
    });
}

#[test]
fn the_same_scene_gives_the_same_value() {
    on_stage(|scene| {
        for source in ["random()", "uuid()", "uuid(9)", "join('', randomize(letters/l))", "now()"] {
            assert_eq!(value_at(&scene, source), value_at(&scene, source), "{source}");
            let other = Scene { seed: 2, now: Moment { millis: 0, ..NOW }, ..scene };
            assert_ne!(value_at(&scene, source), value_at(&other, source), "{source}");
        }
    });
}

#[test]
fn a_reference_that_is_not_replaced_has_no_value() {
    on_stage(|scene| {
        let expr = parse("${age} + 1", References::Allowed).unwrap();
        let error = evaluate(&expr, &scene).unwrap_err();
        assert_eq!(error.kind, EvalErrorKind::Missing("question", "age".to_owned()));
        assert_eq!(error.span.of("${age} + 1"), "${age}");
    });
}

#[test]
fn what_takes_too_long_is_stopped() {
    let mut wide = Instance::new();
    let root = wide.element(wide.document(), "r").unwrap();
    for _ in 0..3_000 {
        wide.leaf(root, "x", "1").unwrap();
    }
    let scene = Scene { steps_max: 200_000, ..Scene::new(&wide, root, NOW) };
    for source in [
        "count(//x[count(//x[count(//x) > 1]) > 1])",
        "x = x[. != 1] | x[following::x = 2]",
        "count(x/following::x/preceding::x)",
        "x[. = ../x[. = ../x]]",
    ] {
        let begun = Instant::now();
        let expr = parse(source, References::Refused).unwrap();
        let error = evaluate(&expr, &scene).unwrap_err();
        assert_eq!(error.kind, EvalErrorKind::TooLong, "{source}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{source}");
    }
}

#[test]
fn reading_long_texts_again_and_again_is_stopped() {
    let mut long = Instance::new();
    let root = long.element(long.document(), "r").unwrap();
    for _ in 0..2_000 {
        long.leaf(root, "x", &"a".repeat(2_000)).unwrap();
    }
    let scene = Scene { steps_max: 200_000, ..Scene::new(&long, root, NOW) };
    for source in [
        "x[.. = ..]",
        "x[string-length(..) > 1]",
        "x = x",
        "concat(x, x, x, x)",
        "sum(x[-.. < 1])",
        "x[regex(., '(a?){0,1000}(a?){0,1000}')]",
        "x[coalesce(.., 1) = 1]",
    ] {
        let begun = Instant::now();
        let expr = parse(source, References::Refused).unwrap();
        let error = evaluate(&expr, &scene).unwrap_err();
        assert_eq!(error.kind, EvalErrorKind::TooLong, "{source}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{source}");
    }
}

/// On the stack that a thread gets unless it asks for more.
#[test]
fn the_deepest_expression_that_is_read_is_evaluated() {
    let deepest = |open: &str, middle: &str, close: &str| {
        let written = |depth: usize| open.repeat(depth) + middle + &close.repeat(depth);
        let depth =
            (1..220).rev().find(|depth| parse(&written(*depth), References::Refused).is_ok());
        written(depth.unwrap())
    };
    let shapes = [
        deepest("(", "1", ")"),
        deepest("-", "1", ""),
        deepest("not(", "1", ")"),
        deepest("if(1, ", "1", ", 2)"),
        deepest("name[", "1", "]"),
        deepest("1 + (2 * (", "1", "))"),
        deepest("(1 or 1 and 1 = 1 < 1 + 1 * -(", "1", "))"),
        deepest("coalesce('', ", "1", ")"),
        deepest("(", "name", ")[1]/."),
    ];
    let work = move || {
        on_stage(|scene| {
            for source in &shapes {
                let _ = value_at(&scene, source);
            }
        });
    };
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap();
    thread.join().unwrap();
}

#[test]
fn documents_are_built_out_of_order_and_read_in_order() {
    let mut data = Instance::new();
    let root = data.element(data.document(), "r").unwrap();
    let first = data.element(root, "g").unwrap();
    let second = data.element(root, "g").unwrap();
    data.leaf(second, "x", "2").unwrap();
    data.leaf(first, "x", "1").unwrap();
    data.attribute(first, "late", "0").unwrap();
    let scene = Scene::new(&data, root, NOW);
    assert_eq!(value_at(&scene, "//x"), "[1, 2]");
    assert_eq!(value_at(&scene, "g[2]/x | g[1]/x | g/@late"), "[0, 1, 2]");
    assert_eq!(value_at(&scene, "(//x)[1]"), "[1]");
}

#[test]
fn documents_that_could_do_harm_are_refused() {
    let deep = "<a>".repeat(5_000) + &"</a>".repeat(5_000);
    assert_eq!(Instance::from_xml(&deep).unwrap_err(), InstanceError::TooDeep);
    let refused = [
        "",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<a>&nothing;</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a x='1' x='2'/>",
    ];
    for xml in refused {
        assert!(matches!(Instance::from_xml(xml), Err(InstanceError::Malformed(_))), "{xml}");
    }
    let read =
        Instance::from_xml("<?xml version='1.0'?><!-- c --><a>&lt;&#x41;<![CDATA[<b>]]></a>");
    let read = read.unwrap();
    assert_eq!(read.text(read.document()), "<A<b>");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_expression_has_a_value_or_none_and_never_takes_long(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "age", "member", "1", "'a'", "'2024-01-01'", ".", "..", "/", "//", "(", ")", "[", "]",
            "-", "+", "*", "=", "<", "|", ",", "@", "and", "or", "div", "mod", "self::", "*",
            "ancestor::", "preceding::", "text()", "count(", "sum(", "concat(", "if(", "position()",
            "last()", "substr(", "format-date(", "today()", "regex(", "indexed-repeat(", "uuid(",
            "date(", "round(", "instance('cities')", "current()", "randomize(", "area(", "join(",
            "translate(", "selected-at(", "/data/member", "1 div 0", "-1e9", "99999999999",
        ]), 0..14)
    ) {
        let source = tokens.join(" ");
        let Ok(expr) = parse(&source, References::Refused) else { return Ok(()) };
        on_stage(|scene| {
            let begun = Instant::now();
            let scene = Scene { steps_max: 50_000, ..scene };
            let value = evaluate(&expr, &scene);
            if let Ok(value) = &value {
                let _ = (scene.text(value), scene.number(value), scene.boolean(value));
            }
            assert!(begun.elapsed() < Duration::from_secs(2), "{source}");
        });
    }

    #[test]
    fn any_pattern_is_followed_or_refused(
        pattern in r"[\[\](){}|*+?^$.\\a-fA-Zdswpbx0-9,!=:<&~ é姓-]{0,24}",
        text in "[a-c0-9 é姓]{0,12}",
    ) {
        on_stage(|scene| {
            let begun = Instant::now();
            let source = format!("regex('{text}', '{pattern}')");
            let expr = parse(&source, References::Refused).unwrap();
            match evaluate(&expr, &scene) {
                Ok(Value::Boolean(_)) => {}
                Err(EvalError { kind: EvalErrorKind::BadPattern(refused), .. }) => {
                    assert_eq!(refused, pattern);
                }
                other => panic!("{source}: {other:?}"),
            }
            assert!(begun.elapsed() < Duration::from_secs(2), "{source}");
        });
    }

    #[test]
    fn any_document_is_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "text", " ", "&amp;", "&#65;", "&no;", "&",
            "<", ">", "<!-- c -->", "<![CDATA[d]]>", "<?pi?>", "<!DOCTYPE a>", "'", "]]>", "<o:e/>",
        ]), 0..16)
    ) {
        if let Ok(read) = Instance::from_xml(&pieces.concat()) {
            let scene = Scene::new(&read, read.document(), NOW);
            let _ = value_at(&scene, "concat(//*, //@*, //text())");
        }
    }

    #[test]
    fn numbers_survive_as_texts(number in any::<f64>()) {
        on_stage(|scene| {
            let text = scene.text(&Value::Number(number)).into_owned();
            if !text.contains('E') && number.is_finite() {
                let again = scene.number(&Value::Text(text));
                assert!((again - number).abs() < 1e-12, "{number}");
            }
        });
    }
}
