//! Values, and how numbers and texts become one another.

use super::instance::NodeId;
use super::moment::{Moment, looks_like_date};

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nodes; in the order of their documents unless shuffled.
    Nodes(Vec<Place>),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A day, or an instant on it.
    Date(Moment),
    /// An instant.
    DateTime(Moment),
}

/// A node of one of the documents of a [`Scene`](super::Scene).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Zero for the primary instance, then the secondary ones as the scene lists them.
    pub instance: u32,
    /// The node.
    pub node: NodeId,
}

/// Smaller differences are none: JavaRosa compares so.
pub(super) const NEAR: f64 = 1.0e-12;

/// A number as a text, as JavaRosa writes it: whole numbers of 32 bits without a point, and all
/// others as Java writes a `double`, so that `10000000000` becomes `1.0E10`.
pub(super) fn number_text(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "Java's cast saturates as Rust's does")]
    let whole = number as i32;
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.abs() < NEAR {
        "0".to_owned()
    } else if number.is_infinite() {
        if number < 0.0 { "-Infinity" } else { "Infinity" }.to_owned()
    } else if (number - f64::from(whole)).abs() < NEAR {
        whole.to_string()
    } else if (1.0e-3..1.0e7).contains(&number.abs()) {
        number.to_string()
    } else {
        let written = format!("{number:e}");
        let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        format!("{digits}{point}E{power}")
    }
}

/// A text as a number: digits, a point or a comma, a minus; and, as the ODK specification adds, a
/// date as its days since 1970-01-01. Everything else is NaN.
pub(super) fn text_number(text: &str, offset_minutes: i32) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    if plain {
        let number = match text.contains(',') {
            true => text.replace(',', ".").parse(),
            false => text.parse(),
        };
        return number.unwrap_or(f64::NAN);
    }
    if looks_like_date(text)
        && let Some((moment, _)) = Moment::parse(text, offset_minutes)
    {
        return whole_days(moment);
    }
    f64::NAN
}

#[expect(clippy::cast_precision_loss, reason = "days of any year fit")]
pub(super) fn whole_days(moment: Moment) -> f64 {
    moment.days() as f64
}

#[cfg(test)]
mod tests {
    use super::{number_text, text_number};

    #[test]
    fn numbers_are_written_as_java_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-42.0, "-42"),
            (0.5, "0.5"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (0.000_123, "1.23E-4"),
            (1_234_567.25, "1234567.25"),
            (12_345_678.5, "1.23456785E7"),
            (2_147_483_647.0, "2147483647"),
            (2_147_483_648.0, "2.147483648E9"),
            (1.0e10, "1.0E10"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
            (0.1 + 0.2, "0.30000000000000004"),
        ];
        for (number, text) in cases {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn texts_are_read_as_numbers_without_exponents() {
        assert_eq!(text_number(" 12.50 ", 0), 12.5);
        assert_eq!(text_number("1,5", 0), 1.5);
        assert_eq!(text_number("-.5", 0), -0.5);
        assert_eq!(text_number("2024-01-02", 480), 19_724.0);
        for text in ["", " ", "1e3", "+1", "1.2.3", "Infinity", "NaN", "abc", "--1", "-", "."] {
            assert!(text_number(text, 0).is_nan(), "{text}");
        }
    }
}
