//! Values, whether a cell can hold them, and how they are written into one.

use std::fmt::Write as _;

use super::limits::LETTERS;
use super::markup::push_escaped;
use super::problem::Problem;
use super::{Day, Value};

/// Whether a cell can hold a value.
pub(super) fn check(value: &Value) -> Result<(), Problem> {
    match value {
        Value::Text(text) => check_text(text),
        Value::Date { day, text } | Value::Moment { day, text, .. } => {
            if day.number().is_none() {
                return Err(Problem::new(
                    "no_such_day",
                    format!("{}-{}-{} is no day of the calendar.", day.year, day.month, day.day),
                    format!("{}-{}-{} 不是有效日期。", day.year, day.month, day.day),
                ));
            }
            if let Value::Moment { second, .. } = value
                && *second >= 86_400
            {
                return Err(Problem::new(
                    "no_such_time",
                    "A day has 86,400 seconds.",
                    "一天只有 86400 秒。",
                ));
            }
            check_text(text)
        }
        Value::Number(number) if !number.is_finite() => Err(Problem::new(
            "no_number",
            "A cell cannot hold a number without end.",
            "单元格不能保存无穷大或非数值。",
        )),
        Value::Unknown(unknown) => [&unknown.heading, &unknown.whose, &unknown.question]
            .into_iter()
            .try_for_each(|text| check_text(text)),
        Value::Number(_) | Value::Truth(_) | Value::Clear => Ok(()),
    }
}

/// Whether a cell can hold a text.
fn check_text(text: &str) -> Result<(), Problem> {
    if text.len() > LETTERS && text.encode_utf16().count() > LETTERS {
        return Err(Problem::new(
            "text_too_long",
            format!("The text is too long: a cell holds {LETTERS} letters."),
            format!("文字过长：一个单元格最多 {LETTERS} 个字符。"),
        ));
    }
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let allowed = match letter {
            '\t' | '\n' => true,
            '\r' => letters.peek() == Some(&'\n'),
            letter => letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'),
        };
        if !allowed {
            return Err(Problem::new(
                "control_character",
                format!(
                    "The text has a control character (U+{:04X}), which no cell can hold. Take \
                     it away and try again.",
                    letter as u32
                ),
                format!(
                    "文字中有单元格无法保存的控制字符（U+{:04X}）。请删除后重试。",
                    letter as u32
                ),
            ));
        }
    }
    Ok(())
}

/// Appends what stands in a cell with a text, behind the attributes of its mark.
pub(super) fn push_text(out: &mut String, prefix: &str, text: &str) {
    let _ = write!(out, " t=\"inlineStr\"><{prefix}is><{prefix}t");
    let edge = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
    let keeps = edge(text.chars().next()) || edge(text.chars().next_back());
    if keeps || text.contains(['\n', '\t']) || text.contains("  ") {
        out.push_str(" xml:space=\"preserve\"");
    }
    out.push('>');
    let mut rest = text;
    // What looks like the reference of a letter would be read as that letter.
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        push_line(out, before);
        let code = from.as_bytes().get(2..7);
        let is_code =
            code.is_some_and(|code| code[4] == b'_' && code[..4].iter().all(u8::is_ascii_hexdigit));
        out.push_str(if is_code { "_x005F_x" } else { "_x" });
        rest = &from[2..];
    }
    push_line(out, rest);
    let _ = write!(out, "</{prefix}t></{prefix}is></{prefix}c>");
}

/// Appends text; lines end as spreadsheet programs end them.
fn push_line(out: &mut String, text: &str) {
    match text.contains("\r\n") {
        true => push_escaped(out, &text.replace("\r\n", "\n")),
        false => push_escaped(out, text),
    }
}

/// Appends what stands in a cell with a number, behind the attributes of its mark.
pub(super) fn push_number(out: &mut String, prefix: &str, number: f64) {
    let _ = write!(out, "><{prefix}v>");
    let size = number.abs();
    let whole = number.fract() == 0.0 && size < 1e15;
    let _ = match () {
        () if whole => write!(out, "{}", number as i64),
        () if !(1e-5..1e15).contains(&size) => write!(out, "{number:E}"),
        () => write!(out, "{number}"),
    };
    let _ = write!(out, "</{prefix}v></{prefix}c>");
}

impl Day {
    /// Days since 1970; `None` if the calendar has no such day.
    fn number(self) -> Option<i64> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let length = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        if self.day == 0 || self.day > length || !(1..=9999).contains(&self.year) {
            return None;
        }
        // A year that begins in March has its odd day at its end.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        Some(year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468)
    }

    /// The number that a spreadsheet has for the day; `None` if it has none, as for days before
    /// it begins to count.
    pub(crate) fn serial(self, from_1904: bool) -> Option<f64> {
        let since_1970 = self.number()?;
        let serial = if from_1904 { since_1970 + 24_107 } else { since_1970 + 25_569 };
        // Spreadsheets have a 29 February 1900.
        let serial = if !from_1904 && serial <= 60 { serial - 1 } else { serial };
        let least = i64::from(!from_1904);
        (serial >= least).then_some(serial as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(year: i32, month: u8, day: u8, from_1904: bool) -> Option<f64> {
        Day { year, month, day }.serial(from_1904)
    }

    #[test]
    fn days_have_the_numbers_that_spreadsheets_give_them() {
        assert_eq!(serial(1900, 1, 1, false), Some(1.0));
        assert_eq!(serial(1900, 2, 28, false), Some(59.0));
        assert_eq!(serial(1900, 3, 1, false), Some(61.0));
        assert_eq!(serial(1970, 1, 1, false), Some(25_569.0));
        assert_eq!(serial(2024, 2, 29, false), Some(45_351.0));
        assert_eq!(serial(1904, 1, 1, true), Some(0.0));
        assert_eq!(serial(2024, 2, 29, true), Some(43_889.0));
        assert_eq!(serial(1899, 12, 31, false), None);
        assert_eq!(serial(2023, 2, 29, false), None);
    }

    fn text(value: &str) -> String {
        let mut out = String::new();
        push_text(&mut out, "", value);
        out
    }

    #[test]
    fn texts_are_written_so_that_they_are_read_as_they_were() {
        assert_eq!(text("a<b"), " t=\"inlineStr\"><is><t>a&lt;b</t></is></c>");
        assert!(text(" a").contains("<t xml:space=\"preserve\"> a</t>"));
        assert!(text("a_x0041_b_x").contains("<t>a_x005F_x0041_b_x</t>"));
        assert!(text("a\r\nb").contains("a&#10;b"));
    }

    #[test]
    fn what_no_cell_can_hold_is_refused() {
        let code = |value: Value| check(&value).err().map(|problem| problem.code);
        assert_eq!(code(Value::Text("\u{1}".into())), Some("control_character"));
        assert_eq!(code(Value::Text("\r".into())), Some("control_character"));
        assert_eq!(code(Value::Text("字".repeat(32_767))), None);
        assert_eq!(code(Value::Text("字".repeat(32_768))), Some("text_too_long"));
        assert_eq!(code(Value::Number(f64::NAN)), Some("no_number"));
        let day = Day { year: 2023, month: 13, day: 1 };
        assert_eq!(code(Value::Date { day, text: String::new() }), Some("no_such_day"));
    }
}
