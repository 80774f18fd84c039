//! Reading expressions: precedence, places, what authors get wrong, and what must never happen.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use xlsform::xpath::{
    Axis, Call, DEPTH_MAX, ErrorKind, Expr, Filter, Habit, Kind, LENGTH_MAX, Name, Operation,
    Operator, Path, Reference, References, Severity, Span, Start, Step, Term, Test, absolute_paths,
    check, parse, references, text_references,
};

fn read(source: &str) -> Expr<'_> {
    parse(source, References::Allowed)
        .unwrap_or_else(|error| panic!("{source}: {error} at {:?}", error.span))
}

/// The expression with a bracket around every operation.
fn bracketed(expr: &Expr<'_>) -> String {
    match &expr.kind {
        Kind::Operation(operation) => {
            operation.rest.iter().fold(bracketed(&operation.first), |left, term| {
                format!("({left} {} {})", term.operator.as_str(), bracketed(&term.operand))
            })
        }
        Kind::Negate(operand) => format!("(-{})", bracketed(operand)),
        _ => expr.to_string(),
    }
}

#[test]
fn operators_bind_as_xpath_says() {
    // XPath 1.0, 3.4 "Booleans" and 3.5 "Numbers": the order of precedence.
    let cases = [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c", "((a and b) or c)"),
        ("a = b or c != d", "((a = b) or (c != d))"),
        ("3 > 2 > 1", "((3 > 2) > 1)"),
        ("a = b = c", "((a = b) = c)"),
        ("a < b = c >= d", "((a < b) = (c >= d))"),
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 * 2 + 3", "((1 * 2) + 3)"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("1 - (2 - 3)", "(1 - (2 - 3))"),
        ("8 div 4 div 2", "((8 div 4) div 2)"),
        ("7 mod 4 * 2", "((7 mod 4) * 2)"),
        ("-a + b", "((-a) + b)"),
        ("-a | b", "(-(a | b))"),
        ("--a", "(-(-a))"),
        ("2 * -3", "(2 * (-3))"),
        ("a | b | c", "((a | b) | c)"),
        ("1 + 2 < 3 and 4 > 5 or 6 = 7", "((((1 + 2) < 3) and (4 > 5)) or (6 = 7))"),
        ("a -b", "(a - b)"),
        ("a-b", "a-b"),
        ("5-3", "(5 - 3)"),
        ("* * *", "(* * *)"),
        ("div div mod", "(div div mod)"),
        ("or or or", "(or or or)"),
        ("and and and", "(and and and)"),
        ("@* * 2", "(@* * 2)"),
        (". + ..", "(. + ..)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ("${a}+${b}", "(${a} + ${b})"),
        ("${a}*${b}", "(${a} * ${b})"),
        (".>=18 and .<=99", "((. >= 18) and (. <= 99))"),
    ];
    for (source, expected) in cases {
        assert_eq!(bracketed(&read(source)), expected, "{source}");
    }
}

#[test]
fn paths_are_read_and_written_shortest() {
    let cases = [
        ("/", "/"),
        ("/data", "/data"),
        (" / data / age ", "/data/age"),
        ("//age", "//age"),
        (".//age", ".//age"),
        ("/data//age", "/data//age"),
        ("../../age", "../../age"),
        ("child::age", "age"),
        ("parent::node()", ".."),
        ("self::node()", "."),
        ("parent::group", "parent::group"),
        ("attribute::id", "@id"),
        ("ancestor :: group [ 1 ]", "ancestor::group[1]"),
        ("descendant-or-self::node()", "descendant-or-self::node()"),
        ("/descendant-or-self::node()/a", "//a"),
        ("following-sibling::*[2]", "following-sibling::*[2]"),
        ("preceding::jr:*", "preceding::jr:*"),
        ("orx:meta/orx:instanceID", "orx:meta/orx:instanceID"),
        ("text()", "text()"),
        ("a/comment()", "a/comment()"),
        ("processing-instruction( 'x' )", "processing-instruction('x')"),
        (
            "instance('c')/root/item[name=current()/../x]/label",
            "instance('c')/root/item[name = current()/../x]/label",
        ),
        ("(//a)[2]/b", "(//a)[2]/b"),
        ("${g}/age[1][. > 2]", "${g}/age[1][. > 2]"),
        ("${last-saved#g}", "${last-saved#g}"),
        ("${ g }", "${g}"),
        ("$v/a", "$v/a"),
        ("div/mod", "div/mod"),
        ("count (a)", "count(a)"),
        ("if(a, \"it's\", 'x')", "if(a, \"it's\", 'x')"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("姓名 = '张三'", "姓名 = '张三'"),
    ];
    for (source, expected) in cases {
        let expr = read(source);
        assert_eq!(expr.to_string(), expected, "{source}");
        assert_eq!(read(expected), expr, "{source}");
    }
}

#[test]
fn every_place_is_known_in_bytes() {
    let source = "  concat('é', ${age} ) = /data/x[ 1 ]  ";
    let expr = read(source);
    assert_eq!(expr.span.of(source), "concat('é', ${age} ) = /data/x[ 1 ]");
    let Kind::Operation(operation) = &expr.kind else { panic!("{expr:?}") };
    assert_eq!(operation.first.span.of(source), "concat('é', ${age} )");
    let Kind::Call(call) = &operation.first.kind else { panic!("{expr:?}") };
    assert_eq!(call.name_span.of(source), "concat");
    assert_eq!(call.arguments[0].span.of(source), "'é'");
    assert_eq!(call.arguments[1].span.of(source), "${age}");
    assert_eq!(operation.rest[0].operator_span.of(source), "=");
    let Kind::Path(path) = &operation.rest[0].operand.kind else { panic!("{expr:?}") };
    assert_eq!(path.steps[1].span.of(source), "x[ 1 ]");
    assert_eq!(path.steps[1].predicates[0].span.of(source), "1");
}

#[test]
fn what_authors_get_wrong_is_said_with_what_to_write() {
    use ErrorKind::{
        BadReference, EndsEarly, Habit as Wrong, MissingOperator, PredicateAfterDots, Unclosed,
        UnclosedQuote, UnclosedReference, Unexpected, UnknownAxis, Unopened,
    };
    let found = |text: &str| Unexpected { found: text.to_owned() };
    let cases = [
        ("", ErrorKind::Empty, ""),
        ("   ", ErrorKind::Empty, "   "),
        ("1 +", EndsEarly, ""),
        ("a = ", EndsEarly, " "),
        ("not(", Unclosed { open: '(' }, "("),
        ("not(a", Unclosed { open: '(' }, "("),
        ("if(a, (b, c)", found(","), ","),
        ("a[1", Unclosed { open: '[' }, "["),
        ("a)", Unopened { close: ')' }, ")"),
        ("a]", Unopened { close: ']' }, "]"),
        ("(a]", Unopened { close: ']' }, "]"),
        ("'abc", UnclosedQuote { quote: '\'' }, "'"),
        ("a = \"x", UnclosedQuote { quote: '"' }, "\""),
        ("${a", UnclosedReference, "${"),
        ("${a b}", BadReference { written: "a b".to_owned() }, "${a b}"),
        ("${}", BadReference { written: String::new() }, "${}"),
        ("${a} == 1", Wrong(Habit::DoubleEquals), "=="),
        ("a && b", Wrong(Habit::DoubleAmpersand), "&&"),
        ("a & b", Wrong(Habit::Ampersand), "&"),
        ("a || b", Wrong(Habit::DoubleBar), "||"),
        ("a <> b", Wrong(Habit::Diamond), "<>"),
        ("!a", Wrong(Habit::Bang), "!"),
        ("a =< 2", Wrong(Habit::EqualsLess), "=<"),
        ("a => 2", Wrong(Habit::EqualsGreater), "=>"),
        ("${a} / 2", Wrong(Habit::Slash), "/"),
        ("${a}/${b}", Wrong(Habit::Slash), "/"),
        ("a/(b + c)", Wrong(Habit::Slash), "/"),
        ("a % 2", Wrong(Habit::Percent), "%"),
        ("a ^ 2", Wrong(Habit::Power), "^"),
        ("a ** 2", Wrong(Habit::Power), "**"),
        ("a = ‘x’", Wrong(Habit::CurlyQuote), "‘"),
        ("a = “x”", Wrong(Habit::CurlyQuote), "“"),
        ("selected（${a}, 'x')", Wrong(Habit::FullWidth), "（"),
        ("selected(${a}，'x')", Wrong(Habit::FullWidth), "，"),
        ("a ≥ 2", Wrong(Habit::FullWidth), "≥"),
        ("a\u{a0}= 2", Wrong(Habit::OddSpace), "\u{a0}"),
        ("if(a; b; c)", Wrong(Habit::Semicolon), ";"),
        ("concat('a' 'b')", MissingOperator, "'"),
        ("'it's'", MissingOperator, "s"),
        ("a b", MissingOperator, "b"),
        ("2x", MissingOperator, "x"),
        ("sideways::a", UnknownAxis { name: "sideways".to_owned() }, "sideways"),
        (".[1]", PredicateAfterDots, "["),
        ("a | -b", found("-"), "-"),
        ("a = #", found("#"), "#"),
        (",", found(","), ","),
        ("f(,)", found(","), ","),
        ("a//", EndsEarly, ""),
        ("/data/", EndsEarly, ""),
        ("//", EndsEarly, ""),
    ];
    for (source, kind, place) in cases {
        let error = parse(source, References::Allowed).expect_err(source);
        assert_eq!(error.kind, kind, "{source}");
        assert_eq!(error.span.of(source), place, "{source}");
        assert_eq!(error.severity, Severity::Error, "{source}");
        assert!(!error.en().is_empty() && !error.zh().is_empty(), "{source}");
    }
}

#[test]
fn references_are_refused_where_only_xpath_may_stand() {
    let error = parse("${a} + 1", References::Refused).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ReferenceRefused);
    assert_eq!(error.span, Span::new(0, 4));
}

#[test]
fn the_checker_warns_and_refuses() {
    let says = |source: &str| -> Vec<(&'static str, Severity)> {
        check(&read(source)).iter().map(|error| (error.code(), error.severity)).collect()
    };
    let (warning, error) = (Severity::Warning, Severity::Error);
    assert_eq!(says("if(${a} = 1, 'x', 'y')"), []);
    assert_eq!(says("cht:difference-in-months(${a}, today(), 3)"), []);
    assert_eq!(says("jr:choice-name(${a}, '${a}')"), []);
    assert_eq!(says("jr:choice-nam(${a}, '${a}')"), [("xpath_unknown_function", warning)]);
    assert_eq!(says("frobnicate(1)"), [("xpath_unknown_function", warning)]);
    assert_eq!(says("pow(2)"), [("xpath_arity", error)]);
    assert_eq!(says("indexed-repeat(a, b, 1, c)"), [("xpath_arity", error)]);
    assert_eq!(says("weighted-checklist(1, 2, a)"), [("xpath_arity", error)]);
    assert_eq!(says("pulldata('a', 'b')"), [("xpath_arity", warning)]);
    assert_eq!(says("substring(a, 1)"), [("xpath_not_in_collect", warning)]);
    assert_eq!(says("//a"), [("xpath_axis_not_in_collect", warning)]);
    assert_eq!(says("a AND b"), [("xpath_loose_operator", warning)]);
    assert_eq!(says("a or2"), [("xpath_loose_operator", warning)]);
    assert_eq!(says("current()/../a + current()/."), []);
    assert_eq!(says("current() = 1"), [("xpath_not_in_collect", warning)]);
    assert_eq!(says("instance('x')/root/item[a = current()]"), [("xpath_not_in_collect", warning)]);
    assert_eq!(says("count(instance('x'))"), [("xpath_not_in_collect", warning)]);
    assert_eq!(says("/data/姓名"), [("xpath_name_not_in_collect", warning)]);
    assert_eq!(
        says("count(a, b) + tru()"),
        [("xpath_arity", error), ("xpath_unknown_function", warning)]
    );
}

#[test]
fn errors_speak_chinese() {
    let expr = read("round(1, 2, 3)");
    assert_eq!(check(&expr)[0].zh(), "round() 需要 1 到 2 个参数，现有 3 个");
    let error = parse("a == b", References::Allowed).unwrap_err();
    assert_eq!(error.zh(), "请用 = 代替 ==");
}

#[test]
fn every_reference_is_found_also_inside_a_text() {
    let source = "${a} + jr:choice-name(${b}, '${c} ${no name} ${d}') + x[${last-saved#e}]";
    let found: Vec<_> = references(&read(source))
        .iter()
        .map(|mention| (mention.name, mention.span.of(source), mention.last_saved, mention.quoted))
        .collect();
    assert_eq!(
        found,
        [
            ("a", "${a}", false, false),
            ("b", "${b}", false, false),
            ("c", "${c}", false, true),
            ("d", "${d}", false, true),
            ("e", "${last-saved#e}", true, false),
        ]
    );
}

#[test]
fn references_in_labels_are_found_and_prices_are_not() {
    let label = "Dear ${ who }, pay $5 or ${no name} or ${last-saved#sum} ${unfinished";
    let found: Vec<_> =
        text_references(label).iter().map(|mention| mention.span.of(label)).collect();
    assert_eq!(found, ["${ who }", "${last-saved#sum}"]);
}

#[test]
fn absolute_paths_are_found_without_their_predicates() {
    let source = "/data/a[/data/b = 1]/c + ../d + instance('x')/root + //e + /data/*/@id";
    let found: Vec<_> = absolute_paths(&read(source)).into_iter().map(|path| path.path).collect();
    assert_eq!(found, ["/data/a/c", "/data/b", "/data/*/@id"]);
}

/// On the stack that a thread gets unless it asks for more.
fn on_a_usual_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_is_refused_and_not_fallen_into() {
    let attacks = [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("-", "1", ""),
        ("- ", "1", ""),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("a[a/b[", "1", "]]"),
        ("1+(2*(", "1", "))"),
        ("(1 or 1 and 1=1<1+1*-(", "1", "))"),
        ("((", "1", ")*1+1<1=1 and 1 or 1)"),
        ("if(a,b,", "1", ")"),
        ("1=", "1", ""),
        ("(a|", "a", ")"),
        ("(", "a", ")/b[1]"),
    ];
    for (open, middle, close) in attacks {
        on_a_usual_stack(move || {
            for depth in [10, 50, 90, DEPTH_MAX - 1, DEPTH_MAX, DEPTH_MAX + 1, 2_000, 5_000] {
                let source = open.repeat(depth) + middle + &close.repeat(depth);
                if let Ok(expr) = parse(&source, References::Allowed) {
                    let written = expr.to_string();
                    assert_eq!(parse(&written, References::Allowed).as_ref(), Ok(&expr));
                    let _ = (check(&expr), references(&expr), absolute_paths(&expr));
                }
            }
        });
    }
    let deep = "(".repeat(5_000);
    let error = parse(&deep, References::Allowed).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooDeep { limit: DEPTH_MAX });
}

#[test]
fn a_long_sum_is_not_deep() {
    let source = vec!["1"; 8_000].join(" + ");
    assert!(source.len() < LENGTH_MAX);
    assert_eq!(read(&source).to_string(), source);
    let nested = "if(${a} = 1, 'x', ".repeat(150) + "''" + &")".repeat(150);
    assert_eq!(read(&nested).to_string(), nested);
}

#[test]
fn a_long_text_is_refused_unread() {
    let source = " ".repeat(LENGTH_MAX + 1);
    let error = parse(&source, References::Allowed).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLong { limit: LENGTH_MAX });
}

const NAMES: [&str; 12] =
    ["a", "b-c", "d.e", "_f", "and", "or", "div", "mod", "node", "text", "é", "姓名"];
const TEXTS: [&str; 7] = ["", "x", "it's", "a \"b\"", "${a}", "]", "二"];

fn name() -> impl Strategy<Value = Name<'static>> {
    (proptest::option::of(prop::sample::select(vec!["jr", "orx"])), prop::sample::select(&NAMES))
        .prop_map(|(prefix, local)| Name { prefix, local })
}

fn expr(kind: Kind<'static>) -> Expr<'static> {
    Expr { kind, span: Span::default() }
}

fn leaf() -> impl Strategy<Value = Expr<'static>> {
    prop_oneof![
        (0_u32..100_000, 0_u32..4).prop_map(|(digits, places)| {
            Kind::Number(f64::from(digits) / 10_f64.powi(places.cast_signed()))
        }),
        prop::sample::select(&TEXTS).prop_map(Kind::Literal),
        name().prop_map(Kind::Variable),
        (prop::sample::select(&NAMES), any::<bool>())
            .prop_map(|(name, last_saved)| Kind::Reference(Reference { name, last_saved })),
        Just(Kind::Path(Path { start: Start::Root, steps: Vec::new() })),
    ]
    .prop_map(expr)
}

fn test() -> impl Strategy<Value = Test<'static>> {
    prop_oneof![
        name().prop_map(Test::Name),
        Just(Test::Any),
        Just(Test::AnyOf("jr")),
        Just(Test::Node),
        Just(Test::Text),
        Just(Test::Comment),
        Just(Test::Instruction(None)),
        Just(Test::Instruction(Some("x"))),
    ]
}

fn steps(
    inner: impl Strategy<Value = Expr<'static>> + Clone,
) -> impl Strategy<Value = Vec<Step<'static>>> {
    let step = (prop::sample::select(&Axis::ALL), test(), prop::collection::vec(inner, 0..2))
        .prop_map(|(axis, test, predicates)| {
            // `.` and `..` take no predicates, however they are written in the tree.
            let short = matches!(axis, Axis::Itself | Axis::Parent) && test == Test::Node;
            let predicates = if short { Vec::new() } else { predicates };
            Step { axis, test, predicates, span: Span::default() }
        });
    prop::collection::vec(step, 1..4)
}

const LEVELS: [&[Operator]; 7] = [
    &[Operator::Or],
    &[Operator::And],
    &[Operator::Equal, Operator::NotEqual],
    &[Operator::Less, Operator::LessOrEqual, Operator::Greater, Operator::GreaterOrEqual],
    &[Operator::Add, Operator::Subtract],
    &[Operator::Multiply, Operator::Divide, Operator::Modulo],
    &[Operator::Union],
];

fn tree() -> impl Strategy<Value = Expr<'static>> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        let operation = prop::sample::select(&LEVELS).prop_flat_map({
            let inner = inner.clone();
            move |level| {
                let term =
                    (prop::sample::select(level), inner.clone()).prop_map(|(operator, operand)| {
                        Term { operator, operand, loose: false, operator_span: Span::default() }
                    });
                (inner.clone(), prop::collection::vec(term, 1..3))
            }
        });
        let call_name =
            prop::sample::select(vec!["if", "count", "indexed-repeat", "and", "unknown-thing"]);
        prop_oneof![
            operation
                .prop_map(|(first, rest)| { Kind::Operation(Box::new(Operation { first, rest })) }),
            inner.clone().prop_map(|operand| Kind::Negate(Box::new(operand))),
            (call_name, prop::collection::vec(inner.clone(), 0..3)).prop_map(
                |(name, arguments)| Kind::Call(Box::new(Call {
                    name: Name::plain(name),
                    name_span: Span::default(),
                    arguments
                }))
            ),
            steps(inner.clone())
                .prop_map(|steps| Kind::Path(Path { start: Start::Context, steps })),
            steps(inner.clone()).prop_map(|steps| Kind::Path(Path { start: Start::Root, steps })),
            (inner.clone(), steps(inner.clone())).prop_map(|(start, steps)| {
                Kind::Path(Path { start: Start::Expr(Box::new(start)), steps })
            }),
            (inner.clone(), prop::collection::vec(inner, 1..3)).prop_map(|(base, predicates)| {
                Kind::Filter(Box::new(Filter { base, predicates }))
            }),
        ]
        .prop_map(expr)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_reads_as_it_was(expr in tree()) {
        let written = expr.to_string();
        match parse(&written, References::Allowed) {
            Ok(again) => prop_assert_eq!(&again, &expr, "{}", written),
            Err(error) => prop_assert!(false, "{}: {} at {:?}", written, error, error.span),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_that_exists(source in ".{0,60}") {
        no_harm(&source)?;
    }

    #[test]
    fn any_mixture_of_tokens_is_read_or_refused(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "a", "1", ".", "..", "/", "//", "(", ")", "[", "]", "'", "\"", "-", "+", "*", "=", "!",
            "<", ">", "|", ",", "@", "$", "${", "}", "::", ":", "and", "OR", "div", "self::", " ",
            "node()", "f(", "é", "（", "\u{a0}", "${a}", "${last-saved#b}",
        ]), 0..30)
    ) {
        no_harm(&tokens.concat())?;
    }
}

fn no_harm(source: &str) -> Result<(), TestCaseError> {
    let begun = Instant::now();
    match parse(source, References::Allowed) {
        Ok(expr) => {
            let written = expr.to_string();
            let again = parse(&written, References::Allowed);
            prop_assert_eq!(again.as_ref(), Ok(&expr), "{} as {}", source, written);
            for error in check(&expr) {
                prop_assert!(
                    source.get(error.span.start as usize..error.span.end as usize).is_some()
                );
            }
            for mention in references(&expr) {
                prop_assert_eq!(mention.span.of(source).chars().next(), Some('$'));
            }
        }
        Err(error) => {
            let span = error.span.start as usize..error.span.end as usize;
            prop_assert!(source.get(span).is_some(), "{}: {:?}", source, error);
            prop_assert!(!error.en().is_empty() && !error.zh().is_empty());
        }
    }
    prop_assert!(begun.elapsed() < Duration::from_secs(1));
    Ok(())
}
