//! Why a place in an expression cannot be read, as helpfully as its bytes allow.

use super::ast::Span;
use super::error::{Error, ErrorKind, Habit, Severity};
use super::scan::{is_blank, ncname};

/// At `at` stands what cannot begin an operand.
pub(super) fn operand(source: &str, at: usize) -> Error {
    let rest = source.get(at..).unwrap_or_default();
    // `==` and `<>` are noticed at their second byte, when an operand should begin.
    let before = source.as_bytes().get(..at).and_then(<[u8]>::last).copied();
    let habit = match (before, rest.as_bytes().first()) {
        (Some(b'='), Some(b'=')) => Some(Habit::DoubleEquals),
        (Some(b'<'), Some(b'>')) => Some(Habit::Diamond),
        (Some(b'='), Some(b'<')) => Some(Habit::EqualsLess),
        (Some(b'='), Some(b'>')) => Some(Habit::EqualsGreater),
        (Some(b'|'), Some(b'|')) => Some(Habit::DoubleBar),
        _ => None,
    };
    if let Some(habit) = habit {
        return error(ErrorKind::Habit(habit), at - 1, at + 1);
    }
    if rest.is_empty() {
        return error(ErrorKind::EndsEarly, source.trim_end().len(), source.len());
    }
    if rest.starts_with('!') {
        return error(ErrorKind::Habit(Habit::Bang), at, at + 1);
    }
    anything(source, at)
}

/// At `at` stands what can neither go on with an operand nor follow it.
pub(super) fn after_operand(source: &str, at: usize) -> Error {
    let rest = source.get(at..).unwrap_or_default();
    // The second `*` of a power is a step that nobody meant.
    let before = source.get(..at).unwrap_or_default().trim_end();
    if before.ends_with("**") {
        return error(ErrorKind::Habit(Habit::Power), before.len() - 2, before.len());
    }
    let first = rest.as_bytes().first();
    let begins = matches!(first, Some(b'\'' | b'"' | b'(' | b'$' | b'@' | b'.' | b'0'..=b'9'));
    if begins || ncname(rest) > 0 {
        return error(ErrorKind::MissingOperator, at, at + token(rest));
    }
    anything(source, at)
}

/// At `at` stands no step, although a stroke stands before it.
pub(super) fn step(source: &str, at: usize) -> Error {
    if divides(source, at) {
        let stroke = source.get(..at).unwrap_or_default().rfind('/').unwrap_or(at);
        return error(ErrorKind::Habit(Habit::Slash), stroke, stroke + 1);
    }
    operand(source, at)
}

/// A function where a step should be: division, as other languages write it.
pub(super) fn call_as_step(start: usize, end: usize) -> Error {
    error(ErrorKind::Habit(Habit::Slash), start, end)
}

/// Whether what stands after a stroke is an operand that no step can be.
pub(super) fn divides(source: &str, at: usize) -> bool {
    matches!(source.as_bytes().get(at), Some(b'0'..=b'9' | b'$' | b'(' | b'\'' | b'"'))
}

/// The beginning of what an author wrote, short enough to be shown.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

fn anything(source: &str, at: usize) -> Error {
    let rest = source.get(at..).unwrap_or_default();
    let Some(first) = rest.chars().next() else {
        return error(ErrorKind::EndsEarly, at, at);
    };
    let doubled = |letter: u8| rest.as_bytes().get(1) == Some(&letter);
    let (kind, length) = match first {
        ')' | ']' | '}' => (ErrorKind::Unopened { close: first }, 1),
        '&' if doubled(b'&') => (ErrorKind::Habit(Habit::DoubleAmpersand), 2),
        '&' => (ErrorKind::Habit(Habit::Ampersand), 1),
        '%' => (ErrorKind::Habit(Habit::Percent), 1),
        '^' => (ErrorKind::Habit(Habit::Power), 1),
        ';' => (ErrorKind::Habit(Habit::Semicolon), 1),
        _ => match look_alike(first) {
            Some(habit) => (ErrorKind::Habit(habit), first.len_utf8()),
            None => {
                let length = token(rest);
                let found = excerpt(rest.get(..length).unwrap_or_default());
                (ErrorKind::Unexpected { found }, length)
            }
        },
    };
    error(kind, at, at + length)
}

/// Characters that a keyboard or a word processor puts in place of those that XPath knows.
fn look_alike(letter: char) -> Option<Habit> {
    match letter {
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{60}' | '\u{b4}' => {
            Some(Habit::CurlyQuote)
        }
        '\u{ff01}'..='\u{ff5e}'
        | '\u{3001}'
        | '\u{3002}'
        | '\u{300c}'..='\u{300f}'
        | '\u{3010}'
        | '\u{3011}'
        | '\u{2212}'
        | '\u{d7}'
        | '\u{f7}'
        | '\u{2264}'
        | '\u{2265}'
        | '\u{2260}' => Some(Habit::FullWidth),
        '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{3000}' | '\u{feff}' => {
            Some(Habit::OddSpace)
        }
        _ => None,
    }
}

/// The length of the token that `text` begins with, as a reader would see it.
fn token(text: &str) -> usize {
    let name = ncname(text);
    if name > 0 {
        return name;
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    if !text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return first;
    }
    text.bytes()
        .position(|byte| is_blank(byte) || !byte.is_ascii_alphanumeric())
        .unwrap_or(text.len())
}

fn error(kind: ErrorKind, start: usize, end: usize) -> Error {
    Error::new(kind, Severity::Error, Span::new(start, end))
}
