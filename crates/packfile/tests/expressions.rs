//! What our expressions give: a table of cases of our own, bombs, and how long one takes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::rules::Expression;
use domain::value::{Scope, Value};
use jiff::{SignedDuration, Timestamp};
use packfile::{NotAnExpression, compile};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::Map(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn at(text: &str) -> Value {
    Value::Time(text.parse::<Timestamp>().expect("an instant"))
}

fn scope() -> Scope {
    BTreeMap::from([
        (
            "case".to_owned(),
            map([
                ("depth_cm", Value::Whole(31)),
                ("degrees", Value::Number(37.3)),
                ("level", text("high")),
                ("signs", Value::List(vec![text("noise"), text("tired")])),
                ("since", at("2026-03-02T00:00:00Z")),
                ("nothing", Value::Null),
                ("answered", Value::Bool(true)),
                ("word", text("三单元")),
            ]),
        ),
        ("stage".to_owned(), text("closed")),
        ("late".to_owned(), Value::Bool(true)),
        ("person".to_owned(), Value::Null),
        ("now".to_owned(), at("2026-03-05T08:30:00Z")),
        ("mode".to_owned(), map([("flow", map([("high", Value::Whole(2))]))])),
    ])
}

fn work_out(source: &str) -> Result<Value, String> {
    let compiled = compile(source).map_err(|error| error.to_string())?;
    compiled.evaluate(&scope()).map_err(|error| error.to_string())
}

#[test]
fn expressions_give_what_the_table_says() {
    let yes = Value::Bool(true);
    let no = Value::Bool(false);
    let table = [
        // Numbers.
        ("1 + 2 * 3", Value::Whole(7)),
        ("7 / 2", Value::Whole(3)),
        ("7 % 3", Value::Whole(1)),
        ("-case.depth_cm", Value::Whole(-31)),
        ("7.0 / 2.0", Value::Number(3.5)),
        ("double(case.depth_cm) / 2.0", Value::Number(15.5)),
        ("int(case.degrees)", Value::Whole(37)),
        ("case.depth_cm > 30", yes.clone()),
        ("case.degrees >= 37.3", yes.clone()),
        // A whole number and a number are compared as numbers.
        ("case.depth_cm > 30.5", yes.clone()),
        ("case.degrees > 37", yes.clone()),
        ("case.degrees == 37", no.clone()),
        // Texts and lists.
        ("case.level == \"high\"", yes.clone()),
        ("case.level == 'high'", yes.clone()),
        ("case.level + \"er\"", text("higher")),
        ("case.word.contains(\"单元\")", yes.clone()),
        ("case.word.startsWith(\"三\")", yes.clone()),
        ("case.word.endsWith(\"三\")", no.clone()),
        ("size(case.word)", Value::Whole(3)),
        ("\"noise\" in case.signs", yes.clone()),
        ("case.level in [\"low\", \"high\"]", yes.clone()),
        ("size(case.signs) == 2", yes.clone()),
        ("case.signs[1]", text("tired")),
        ("string(case.depth_cm)", text("31")),
        // Yes and no.
        ("case.answered && !late", no.clone()),
        ("case.answered ? \"a\" : \"b\"", text("a")),
        ("stage == \"closed\" && late", yes.clone()),
        // What is not known.
        ("person == null", yes.clone()),
        ("person != null && person.age > 60", no.clone()),
        ("case.nothing == null", yes.clone()),
        ("has(case.level)", yes.clone()),
        ("has(case.unasked)", no.clone()),
        ("has(case.unasked) && case.unasked > 3", no.clone()),
        ("!has(case.unasked) || case.unasked > 3", yes.clone()),
        ("case.level == null", no.clone()),
        ("case.depth_cm == \"31\"", no.clone()),
        // Time.
        ("now - case.since > days(3)", yes.clone()),
        ("now - case.since > days(4)", no.clone()),
        ("case.since + days(14)", at("2026-03-16T00:00:00Z")),
        ("now - hours(2)", at("2026-03-05T06:30:00Z")),
        ("now + minutes(45)", at("2026-03-05T09:15:00Z")),
        ("now + duration(\"1h30m\")", at("2026-03-05T10:00:00Z")),
        ("now > timestamp(\"2026-03-05T08:00:00Z\")", yes.clone()),
        ("days(1) == hours(24)", yes.clone()),
        ("hours(2)", Value::Span(SignedDuration::from_hours(2))),
        // Modes by their dotted name.
        ("mode.flow.high >= 2", yes.clone()),
    ];
    for (source, expected) in table {
        assert_eq!(work_out(source), Ok(expected), "{source}");
    }
}

#[test]
fn what_cannot_be_worked_out_is_an_error_and_never_a_guess() {
    for source in [
        "case.unasked > 3",
        "person.age > 60",
        "case.level > 3",
        "1 / 0",
        "1 % 0",
        "9223372036854775807 + 1",
        "case.signs[7]",
        "int(case.level)",
        "!case.level",
        "case.level && late",
        "unknown_name",
        "days(1000000)",
        "days(9223372036854775807)",
        "now + days(36000) + days(36000) + days(36000) * 1",
        "timestamp(\"yesterday\")",
    ] {
        assert!(work_out(source).is_err(), "{source}: {:?}", work_out(source));
    }
}

#[test]
fn an_expression_says_what_it_reads() {
    let compiled =
        compile("has(case.b) && case.a > 1 && mode.p.m > 0 && now > case.a2 + days(2)").unwrap();
    assert_eq!(compiled.reads(), ["case.a", "case.a2", "case.b", "mode.p.m", "now"]);
    assert_eq!(compile("case.list[0].x == 1").unwrap().reads(), ["case.list"]);
}

#[test]
fn loops_and_strange_functions_are_refused() {
    for source in [
        "[1, 2].all(x, x > 1)",
        "case.signs.exists(x, x == \"a\")",
        "[1].map(x, [x].map(y, y + x)).size() > 0",
        "case.signs.filter(x, true)",
    ] {
        assert_eq!(compile(source).unwrap_err(), NotAnExpression::Loop, "{source}");
    }
    for source in ["explode(1)", "case.word.matches(\"(a+)+$\")", "now.getFullYear()"] {
        assert!(matches!(compile(source).unwrap_err(), NotAnExpression::Function(_)), "{source}");
    }
    for source in ["", "case.", "1 +", "a b", "{\"a\": 1}", "Thing{a: 1}", "b\"ab\"", "a.?b"] {
        assert!(compile(source).is_err(), "{source}");
    }
}

#[test]
fn bombs_end_fast() {
    let bombs = [
        "(".repeat(5000),
        "(".repeat(200) + "1" + &")".repeat(200),
        "[".repeat(15) + &"]".repeat(15),
        "!".repeat(400) + "late",
        "-".repeat(400) + "1",
        "a.".repeat(200) + "a",
        "1+".repeat(249) + "1",
        "late && ".repeat(60) + "late",
        "late ? ".repeat(30) + "1" + &" : 2".repeat(30),
        "case.word + ".repeat(40) + "case.word",
        "\"".repeat(499),
        "a(".repeat(100),
        "[1].map(x, ".repeat(20),
        "((((((((((((((((1".to_owned(),
        ")".repeat(400),
        "\u{202e}".repeat(100),
        "x".repeat(1_000_000),
    ];
    for bomb in bombs {
        let begun = Instant::now();
        if let Ok(compiled) = compile(&bomb) {
            let _ = compiled.evaluate(&scope());
        }
        let start: String = bomb.chars().take(20).collect();
        assert!(begun.elapsed() < Duration::from_secs(2), "{start} took {:?}", begun.elapsed());
    }
}

#[test]
fn a_term_of_an_indicator_takes_microseconds() {
    let compiled = compile("stage == \"closed\" && late").unwrap();
    let scope = scope();
    let rounds = 20_000;
    let begun = Instant::now();
    for _ in 0..rounds {
        assert!(compiled.evaluate(&scope).unwrap().is_true());
    }
    let each = begun.elapsed() / rounds;
    println!("one evaluation: {each:?}");
    // Generous, since this also runs without optimisation on a busy machine.
    assert!(each < Duration::from_micros(500), "{each:?}");
}
