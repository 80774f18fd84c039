//! Codes of administrative divisions: 2, 4, 6, 9 or 12 digits, each the beginning of those below.

use std::fmt;

/// How many digits the codes of each level have, and what the level is called.
const LEVELS: [(u8, &str); 5] =
    [(2, "province"), (4, "city"), (6, "county"), (9, "street"), (12, "community")];

/// The code of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Code {
    digits: u8,
    number: u64,
}

impl Code {
    /// Reads a code; none when it is not one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let digits = u8::try_from(text.len()).ok()?;
        let fits = LEVELS.iter().any(|(length, _)| *length == digits);
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        if !fits || !plain {
            return None;
        }
        Some(Self { digits, number: text.parse().ok()? })
    }

    /// How many digits it has.
    pub(super) fn digits(self) -> u8 {
        self.digits
    }

    /// The level of the division.
    pub(super) fn level(self) -> &'static str {
        let found = LEVELS.iter().find(|(length, _)| *length == self.digits);
        found.map_or("", |(_, level)| level)
    }

    /// The code of the division above; none for the uppermost.
    pub(super) fn above(self) -> Option<Self> {
        let at = LEVELS.iter().position(|(length, _)| *length == self.digits)?;
        let (digits, _) = *LEVELS.get(at.checked_sub(1)?)?;
        Some(self.cut(digits))
    }

    fn cut(self, digits: u8) -> Self {
        let number = self.number / 10_u64.pow(u32::from(self.digits - digits));
        Self { digits, number }
    }

    /// Whether one of two codes begins with the other.
    pub(super) fn in_line_with(self, other: Self) -> bool {
        let digits = self.digits.min(other.digits);
        self.cut(digits) == other.cut(digits)
    }

    /// Whether divisions of its level have others below.
    pub(super) fn has_below(self) -> bool {
        self.digits < 12
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code::read(text).unwrap()
    }

    #[test]
    fn a_code_knows_its_level_and_what_is_above_it() {
        let community = code("010203004005");
        assert_eq!(community.level(), "community");
        assert_eq!(community.to_string(), "010203004005");
        let above = |it: Code| it.above().unwrap();
        assert_eq!(above(community), code("010203004"));
        assert_eq!(above(above(above(above(community)))), code("01"));
        assert_eq!(code("01").above(), None);
    }

    #[test]
    fn what_has_other_digits_is_no_code() {
        for text in ["", "1", "123", "12a4", "+123", "１２", "1234567890123"] {
            assert_eq!(Code::read(text), None, "{text}");
        }
    }

    #[test]
    fn codes_are_in_line_when_one_begins_with_the_other() {
        assert!(code("0102").in_line_with(code("010203004")));
        assert!(code("010203004").in_line_with(code("01")));
        assert!(!code("0103").in_line_with(code("010203004")));
    }
}
