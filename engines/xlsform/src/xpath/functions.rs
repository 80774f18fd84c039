//! The functions that ODK forms call: what each takes, what it gives, and who has it.
//!
//! Gathered from the ODK XForms specification, "XPath Functions"; from what JavaRosa evaluates;
//! from Enketo's evaluator; and from XPath 1.0, "Core Function Library".

use super::ast::Name;
use super::error::{Parity, Takes};

/// What a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, with its prefix.
    pub name: &'static str,
    /// How many arguments it takes.
    pub takes: Takes,
    /// What its arguments are converted to; the last stands for all that follow.
    pub arguments: &'static [Type],
    /// What it gives.
    pub gives: Type,
    /// Who evaluates it.
    pub support: Support,
    /// Whether a wrong number of arguments is known to stop every application. Where an
    /// application hands the arguments on unread, it is not.
    pub strict: bool,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything.
    Any,
    /// Nodes.
    Nodes,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A date, or a date with a time.
    Date,
}

/// Which applications evaluate a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// ODK Collect and the web forms.
    Everywhere,
    /// ODK Collect, and perhaps not the web forms.
    Collect,
    /// The web forms and not ODK Collect; with what to write instead there.
    Web(Option<&'static str>),
}

/// A function by its name with its prefix.
///
/// ```
/// use xlsform::xpath::function;
///
/// assert!(function("indexed-repeat").unwrap().takes.allows(5));
/// assert!(function("no-such-thing").is_none());
/// ```
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
    FUNCTIONS.get(found)
}

/// All functions, by name.
#[must_use]
pub fn functions() -> &'static [Function] {
    FUNCTIONS
}

pub(super) fn called(name: Name<'_>) -> Option<&'static Function> {
    match name.prefix {
        None => function(name.local),
        Some("jr") => JR.iter().find(|jr| jr.name.get(3..) == Some(name.local)),
        Some(_) => None,
    }
}

const fn takes(min: u8, max: u8) -> Takes {
    Takes { min, max: Some(max), parity: Parity::Any }
}

const fn at_least(min: u8) -> Takes {
    Takes { min, max: None, parity: Parity::Any }
}

const fn of(name: &'static str, takes: Takes, arguments: &'static [Type], gives: Type) -> Function {
    Function { name, takes, arguments, gives, support: Support::Everywhere, strict: true }
}

const fn collect(function: Function) -> Function {
    Function { support: Support::Collect, ..function }
}

const fn web(function: Function, instead: Option<&'static str>) -> Function {
    Function { support: Support::Web(instead), ..function }
}

/// A function that JavaRosa leaves to the application, which may take what it is given.
const fn handed_on(function: Function) -> Function {
    Function { strict: false, ..function }
}

use Type::{Any, Boolean, Date, Nodes, Number, Text};

const JR: &[Function] = &[
    handed_on(of("jr:choice-name", takes(2, 2), &[Text, Text], Text)),
    handed_on(of("jr:itext", takes(1, 1), &[Text], Text)),
];

/// Sorted by name, for it is searched by halving.
#[rustfmt::skip]
const FUNCTIONS: &[Function] = &[
    of("abs", takes(1, 1), &[Number], Number),
    of("acos", takes(1, 1), &[Number], Number),
    of("area", takes(1, 1), &[Nodes], Number),
    of("asin", takes(1, 1), &[Number], Number),
    of("atan", takes(1, 1), &[Number], Number),
    of("atan2", takes(2, 2), &[Number], Number),
    collect(of("base64-decode", takes(1, 1), &[Text], Text)),
    handed_on(collect(of("base64-encode", takes(1, 1), &[Text], Text))),
    of("boolean", takes(1, 1), &[Any], Boolean),
    of("boolean-from-string", takes(1, 1), &[Text], Boolean),
    web(of("ceiling", takes(1, 1), &[Number], Number), Some("-int(-x) or round(x + 0.5)")),
    of("checklist", at_least(2), &[Number, Number, Boolean], Boolean),
    of("coalesce", takes(2, 2), &[Any], Any),
    of("concat", at_least(0), &[Any], Text),
    of("contains", takes(2, 2), &[Text], Boolean),
    of("cos", takes(1, 1), &[Number], Number),
    of("count", takes(1, 1), &[Nodes], Number),
    of("count-non-empty", takes(1, 1), &[Nodes], Number),
    of("count-selected", takes(1, 1), &[Text], Number),
    of("current", takes(0, 0), &[], Nodes),
    of("date", takes(1, 1), &[Any], Date),
    of("date-time", takes(1, 1), &[Any], Date),
    handed_on(web(of("decimal-date", takes(1, 1), &[Date], Number), Some("decimal-date-time()"))),
    of("decimal-date-time", takes(1, 1), &[Any], Number),
    of("decimal-time", takes(1, 1), &[Any], Number),
    collect(of("depend", at_least(1), &[Any], Any)),
    of("digest", takes(2, 3), &[Text], Text),
    of("distance", at_least(1), &[Any], Number),
    collect(of("enclosed-area", takes(1, 1), &[Nodes], Number)),
    of("ends-with", takes(2, 2), &[Text], Boolean),
    of("exp", takes(1, 1), &[Number], Number),
    of("exp10", takes(1, 1), &[Number], Number),
    handed_on(collect(of("extract-signed", takes(2, 2), &[Text], Text))),
    of("false", takes(0, 0), &[], Boolean),
    web(of("floor", takes(1, 1), &[Number], Number), Some("int()")),
    of("format-date", takes(2, 2), &[Date, Text], Text),
    of("format-date-time", takes(2, 2), &[Date, Text], Text),
    handed_on(collect(of("geofence", takes(2, 2), &[Any], Boolean))),
    web(of("id", takes(1, 1), &[Any], Nodes), None),
    of("if", takes(3, 3), &[Boolean, Any], Any),
    of("indexed-repeat", Takes { min: 3, max: Some(11), parity: Parity::Odd }, &[Nodes, Nodes, Number], Any),
    of("instance", takes(1, 1), &[Text], Nodes),
    of("int", takes(1, 1), &[Number], Number),
    handed_on(collect(of("intersects", takes(1, 2), &[Any], Boolean))),
    collect(of("is-selected", takes(2, 2), &[Text], Boolean)),
    of("join", at_least(1), &[Text, Any], Text),
    web(of("lang", takes(1, 1), &[Text], Boolean), None),
    web(of("last", takes(0, 0), &[], Number), Some("count()")),
    web(of("local-name", takes(0, 1), &[Nodes], Text), None),
    of("log", takes(1, 1), &[Number], Number),
    of("log10", takes(1, 1), &[Number], Number),
    of("max", at_least(0), &[Any], Number),
    of("min", at_least(0), &[Any], Number),
    web(of("name", takes(0, 1), &[Nodes], Text), None),
    web(of("namespace-uri", takes(0, 1), &[Nodes], Text), None),
    of("normalize-space", takes(0, 1), &[Text], Text),
    of("not", takes(1, 1), &[Boolean], Boolean),
    of("now", takes(0, 0), &[], Date),
    of("number", takes(0, 1), &[Any], Number),
    of("once", takes(1, 1), &[Any], Any),
    of("pi", takes(0, 0), &[], Number),
    of("position", takes(0, 1), &[Nodes], Number),
    of("pow", takes(2, 2), &[Number], Number),
    collect(of("property", takes(1, 1), &[Text], Text)),
    handed_on(of("pulldata", takes(4, 4), &[Text], Text)),
    of("random", takes(0, 0), &[], Number),
    of("randomize", takes(1, 2), &[Nodes, Number], Nodes),
    of("regex", takes(2, 2), &[Text], Boolean),
    of("round", takes(1, 2), &[Number], Number),
    of("selected", takes(2, 2), &[Text], Boolean),
    of("selected-at", takes(2, 2), &[Text, Number], Text),
    of("sin", takes(1, 1), &[Number], Number),
    of("sqrt", takes(1, 1), &[Number], Number),
    of("starts-with", takes(2, 2), &[Text], Boolean),
    of("string", takes(0, 1), &[Any], Text),
    of("string-length", takes(0, 1), &[Text], Number),
    of("substr", takes(2, 3), &[Text, Number], Text),
    web(of("substring", takes(2, 3), &[Text, Number], Text), Some("substr(), which counts from 0 and stops before its end")),
    of("substring-after", takes(2, 2), &[Text], Text),
    of("substring-before", takes(2, 2), &[Text], Text),
    of("sum", takes(1, 1), &[Nodes], Number),
    of("tan", takes(1, 1), &[Number], Number),
    handed_on(collect(of("thousands-sep", takes(1, 2), &[Number, Text], Text))),
    of("today", takes(0, 0), &[], Date),
    of("translate", takes(3, 3), &[Text], Text),
    of("true", takes(0, 0), &[], Boolean),
    of("uuid", takes(0, 1), &[Number], Text),
    collect(of("version", takes(0, 0), &[], Text)),
    of("weighted-checklist", Takes { min: 2, max: None, parity: Parity::Even }, &[Number, Number, Boolean, Number], Boolean),
];

/// The known function that is written most alike, if any is alike enough to be meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    const SYNONYMS: [(&str, &str); 21] = [
        ("avg", "sum"),
        ("ceil", "round"),
        ("choice-name", "jr:choice-name"),
        ("count-if", "count"),
        ("is-empty", "string-length"),
        ("is-null", "string-length"),
        ("itext", "jr:itext"),
        ("iif", "if"),
        ("left", "substr"),
        ("len", "string-length"),
        ("length", "string-length"),
        ("lookup", "pulldata"),
        ("lower-case", "translate"),
        ("match", "regex"),
        ("matches", "regex"),
        ("power", "pow"),
        ("rand", "random"),
        ("replace", "translate"),
        ("right", "substr"),
        ("trim", "normalize-space"),
        ("upper-case", "translate"),
    ];
    let lower = name.to_ascii_lowercase().replace('_', "-");
    if let Some((_, meant)) = SYNONYMS.iter().find(|(written, _)| *written == lower) {
        return Some(meant);
    }
    // A third of the letters may differ; more would be another word.
    let limit = (lower.len() / 3).clamp(1, 3);
    FUNCTIONS
        .iter()
        .chain(JR)
        .filter(|function| function.name.len().abs_diff(lower.len()) <= limit)
        .map(|function| (distance(&lower, function.name), function.name))
        .filter(|(far, _)| *far <= limit)
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let changed = at(&above, column) + usize::from(letter != other);
            let mut least = changed.min(at(&above, column + 1) + 1).min(at(&line, column) + 1);
            let swapped = row > 0
                && column > 0
                && from.get(row - 1) == Some(other)
                && to.get(column - 1) == Some(letter);
            if swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, called, distance, nearest};
    use crate::xpath::Name;

    #[test]
    fn the_functions_are_sorted_for_the_search() {
        assert!(FUNCTIONS.is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn a_function_is_found_with_and_without_a_prefix() {
        assert_eq!(called(Name::plain("pow")).unwrap().name, "pow");
        let choice = called(Name { prefix: Some("jr"), local: "choice-name" });
        assert_eq!(choice.unwrap().name, "jr:choice-name");
        assert!(called(Name { prefix: Some("cht"), local: "pow" }).is_none());
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("selectd"), Some("selected"));
        assert_eq!(nearest("cuont"), Some("count"));
        assert_eq!(nearest("substring-bfore"), Some("substring-before"));
        assert_eq!(nearest("Format_Date"), Some("format-date"));
        assert_eq!(nearest("length"), Some("string-length"));
        assert_eq!(nearest("quite-another-thing"), None);
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("acb", "abc"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
