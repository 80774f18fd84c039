//! Identity numbers by GB 11643: the check digit, the day of birth in them, and how they are shown.

use jiff::civil::Date;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// An identity number whose check digit fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    text: String,
    born_on: Date,
}

impl IdentityNumber {
    /// Takes a text as an identity number: 17 digits, a check digit that fits, a day that exists.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let bytes = text.as_bytes();
        if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
            return None;
        }
        let sum: u32 = bytes[..17].iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
        if CHECKS[(sum % 11) as usize] != bytes[17] {
            return None;
        }
        let year = text[6..10].parse().ok()?;
        let month = text[10..12].parse().ok()?;
        let day = text[12..14].parse().ok()?;
        let born_on = Date::new(year, month, day).ok()?;
        Some(Self { text, born_on })
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The day of birth in it.
    #[must_use]
    pub fn born_on(&self) -> Date {
        self.born_on
    }
}

/// A number with all but its ends hidden.
#[must_use]
pub fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let shown = |at: usize| at < 3 || at + 2 >= chars.len();
    chars.iter().enumerate().map(|(at, c)| if shown(at) { *c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_fits_and_a_changed_digit_does_not() {
        let number = IdentityNumber::read("11010519491231002x").unwrap();
        assert_eq!(number.as_str(), "11010519491231002X");
        assert_eq!(number.born_on().to_string(), "1949-12-31");
        assert!(IdentityNumber::read("110105194912310021").is_none());
        assert!(IdentityNumber::read("11010519491331002X").is_none());
        assert!(IdentityNumber::read("一一010519491231002X").is_none());
    }

    #[test]
    fn only_the_ends_are_shown() {
        assert_eq!(masked("11010519491231002X"), "110*************2X");
    }
}
