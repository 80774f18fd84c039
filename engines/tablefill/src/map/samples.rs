//! Whether values that stand in a column are of an element's type.

use super::dictionary::{Element, Kind};
use super::words::folded;

/// So many values are looked at.
const LOOKED_AT: usize = 40;

/// The share of values that fit an element, from 0 to 1; nothing where there are none, or where
/// any text would fit.
pub(crate) fn fit(samples: &[String], element: &Element) -> Option<f64> {
    if element.kind == Kind::Text || element.kind == Kind::Place {
        return None;
    }
    let values: Vec<&str> =
        samples.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let values = &values[..values.len().min(LOOKED_AT)];
    if values.is_empty() {
        return None;
    }
    let fitting = values.iter().filter(|value| fits(value, element)).count();
    Some(fitting as f64 / values.len() as f64)
}

fn fits(value: &str, element: &Element) -> bool {
    match element.kind {
        Kind::Text | Kind::Place => true,
        Kind::Number => is_number(value),
        Kind::Date | Kind::Moment => is_date(value),
        Kind::YesNo => is_yes_or_no(value),
        Kind::Choice | Kind::Choices => {
            let value = folded(value);
            let same = |text: &String| folded(text) == value;
            element.codes.iter().any(|code| same(&code.code) || code.names.iter().any(same))
        }
        Kind::Identity => is_identity(value),
        Kind::Telephone => is_telephone(value),
    }
}

/// A number, perhaps with a unit behind it.
pub(crate) fn is_number(value: &str) -> bool {
    let digits = value.replace([',', '，', ' '], "");
    let number = digits.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    !number.is_empty() && digits.len() - number.len() <= 6 && number.parse::<f64>().is_ok()
}

/// A day, as offices write it.
pub(crate) fn is_date(value: &str) -> bool {
    let parts: Vec<&str> = value
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    match parts.as_slice() {
        [one] if one.len() == 8 || one.len() == 6 => year(&one[..4]),
        [first, .., last] if parts.len() <= 7 => year(first) || (parts.len() == 3 && year(last)),
        _ => false,
    }
}

fn is_yes_or_no(value: &str) -> bool {
    let words =
        ["是", "否", "有", "无", "yes", "no", "y", "n", "√", "×", "true", "false", "0", "1"];
    let value = value.to_lowercase();
    words.contains(&value.as_str())
}

/// The number of a resident identity card of China: 17 digits and a check character, or 15 digits;
/// elsewhere at least eight digits.
pub(crate) fn is_identity(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let plain = value.chars().all(|letter| letter.is_ascii_alphanumeric());
    plain && (8..=18).contains(&value.len()) && digits + 1 >= value.len() && !is_mobile(value)
}

fn is_mobile(value: &str) -> bool {
    value.len() == 11 && value.starts_with('1') && value.chars().all(|it| it.is_ascii_digit())
}

pub(crate) fn is_telephone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let marks = value.chars().all(|letter| letter.is_ascii_digit() || "+-() 、/,".contains(letter));
    marks && (7..=25).contains(&digits) && !(digits == 18 || digits == 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_known_by_their_shape() {
        for date in ["2020-02-03", "2020年2月3日", "2020.2.3", "20200203", "2020/2", "3/2/2020"]
        {
            assert!(is_date(date), "{date}");
        }
        assert!(!is_date("37.2") && !is_date("13900001111") && !is_date("3 号楼"));
        assert!(is_identity("11010519491231002X") && !is_identity("13900001111"));
        assert!(is_telephone("027-85551234") && is_telephone("13900001111"));
        assert!(!is_telephone("110105194912310021"));
        assert!(is_number("37.2℃") && is_number("1,200") && !is_number("三"));
    }
}
