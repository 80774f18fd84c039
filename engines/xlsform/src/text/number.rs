//! Numbers as parameters write them, judged as Python's `int`, `float` and `Decimal` judge them.

/// Takes the underscores out of a number where Python allows them: between two digits.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        if *c == '_' {
            let before = at.checked_sub(1).is_some_and(|at| chars[at].is_ascii_digit());
            let after = chars.get(at + 1).is_some_and(char::is_ascii_digit);
            if !(before && after) {
                return None;
            }
        } else {
            out.push(*c);
        }
    }
    Some(out)
}

/// A whole number.
pub(crate) fn whole(text: &str) -> Option<i128> {
    let text = plain(text)?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond what fits only its sign matters to anybody here.
    let far = if text.starts_with('-') { i128::MIN } else { i128::MAX };
    Some(text.parse().unwrap_or(far))
}

/// Whether the text is a number, also one that is none (`nan`) or endless (`inf`).
pub(crate) fn is_float(text: &str) -> bool {
    plain(text).is_some_and(|text| text.parse::<f64>().is_ok())
}

/// A number of decimal digits: `digits` times ten to the power of `-scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    digits: i128,
    scale: u32,
}

/// More digits behind the point, or more power of ten, than any form needs.
const SCALE_MAX: i64 = 18;

impl Decimal {
    /// Reads a finite decimal number.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = plain(text)?;
        let (mantissa, power) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], whole(&text[at + 1..])?),
            None => (text.as_str(), 0),
        };
        let (sign, body) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (before, behind) = body.split_once('.').unwrap_or((body, ""));
        let digits = format!("{before}{behind}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut digits: i128 = digits.parse().ok().filter(|digits: &i128| *digits < 1 << 63)?;
        let mut scale = i64::try_from(behind.len()).ok()? - i64::try_from(power).ok()?;
        if scale < 0 {
            if scale < -SCALE_MAX {
                return None;
            }
            digits = digits.checked_mul(10_i128.pow(u32::try_from(-scale).ok()?))?;
            scale = 0;
        }
        if scale > SCALE_MAX {
            return None;
        }
        Some(Self { digits: sign * digits, scale: u32::try_from(scale).ok()? })
    }

    fn aligned(self, other: Self) -> (i128, i128) {
        let scale = self.scale.max(other.scale);
        let at = |number: Self| number.digits.saturating_mul(10_i128.pow(scale - number.scale));
        (at(self), at(other))
    }

    /// What is left of the one after the other is taken away.
    pub(crate) fn minus(self, other: Self) -> Self {
        let (one, two) = self.aligned(other);
        Self { digits: one.saturating_sub(two), scale: self.scale.max(other.scale) }
    }

    /// Without its sign.
    pub(crate) fn abs(self) -> Self {
        Self { digits: self.digits.saturating_abs(), ..self }
    }

    /// Whether it is nothing.
    pub(crate) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// Whether the other divides it.
    pub(crate) fn is_multiple_of(self, other: Self) -> bool {
        let (one, two) = self.aligned(other);
        two != 0 && one % two == 0
    }

    /// Whether it has nothing behind the point.
    pub(crate) fn is_whole(self) -> bool {
        self.digits % 10_i128.pow(self.scale) == 0
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = self.aligned(*other);
        one == two
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let (one, two) = self.aligned(*other);
        one.partial_cmp(&two)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_compare_and_divide_exactly() {
        let read = |text| Decimal::read(text).expect("a number");
        assert!(read("0.3").minus(read("0.1")).is_multiple_of(read("0.1")));
        assert!(read("1e2") == read("100.0") && read("1e2").is_whole());
        assert!(read("-1.5") < read("0") && !read("-1.5").is_whole());
        assert!(Decimal::read("nan").is_none() && Decimal::read("1__0").is_none());
    }

    #[test]
    fn whole_numbers_are_read_as_python_reads_them() {
        assert_eq!(whole(" 1_000 "), Some(1000));
        assert_eq!(whole("1.0"), None);
        assert!(is_float("1e5") && is_float("nan") && !is_float("5m"));
    }
}
