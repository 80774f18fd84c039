//! A value that is known in the form that a sheet wants.

use super::Datum;
use crate::fill::{Day, Value};
use crate::map::{Asked, Element};

/// What to write; nothing where the sheet has no word for it.
pub(super) fn value(
    datum: &Datum,
    heading: &Asked,
    codes: &[(String, String)],
    element: Option<&Element>,
) -> Option<Value> {
    Some(match datum {
        Datum::Text(text) => Value::Text(text.clone()),
        Datum::Number(number) => Value::Number(*number),
        Datum::YesNo(yes) => Value::Text(yes_or_no(*yes, heading)),
        Datum::Date(day) => Value::Date { day: *day, text: style(heading).write(*day) },
        Datum::Moment(day, second) => {
            let time = format!(" {:02}:{:02}", second / 3600, second / 60 % 60);
            Value::Moment { day: *day, second: *second, text: style(heading).write(*day) + &time }
        }
        Datum::Code(code) => Value::Text(word_of(code, heading, codes, element)?),
        Datum::Codes(list) => {
            let words = list.iter().map(|code| word_of(code, heading, codes, element));
            Value::Text(words.collect::<Option<Vec<_>>>()?.join("、"))
        }
    })
}

/// The sheet's word for a code: its own where it lists them, else the name in its language.
fn word_of(
    code: &str,
    heading: &Asked,
    codes: &[(String, String)],
    element: Option<&Element>,
) -> Option<String> {
    if let Some((word, _)) = codes.iter().find(|(_, own)| own == code) {
        return Some(word.clone());
    }
    if !heading.codes.is_empty() || !codes.is_empty() {
        return None;
    }
    let entry = element?.codes.iter().find(|entry| entry.code == code)?;
    let chinese = is_chinese(heading);
    let name = entry.names.iter().find(|name| has_chinese(name) == chinese);
    Some(name.or_else(|| entry.names.first()).unwrap_or(&entry.code).clone())
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

fn is_chinese(heading: &Asked) -> bool {
    heading.path.iter().any(|part| has_chinese(part))
}

/// Yes or no in the sheet's own words.
fn yes_or_no(yes: bool, heading: &Asked) -> String {
    const PAIRS: [(&str, &str); 6] =
        [("是", "否"), ("有", "无"), ("Yes", "No"), ("Y", "N"), ("√", "×"), ("1", "0")];
    let leaf = heading.path.last().map(String::as_str).unwrap_or_default();
    let bracket = leaf.find(['(', '（']).map_or("", |at| &leaf[at..]);
    let says = |word: &str| {
        let listed = heading.codes.iter().chain(&heading.samples);
        listed.clone().any(|text| text.trim().eq_ignore_ascii_case(word)) || bracket.contains(word)
    };
    let usual = if is_chinese(heading) { PAIRS[0] } else { PAIRS[2] };
    let pair = PAIRS.into_iter().find(|(yes, no)| says(yes) && says(no)).unwrap_or(usual);
    if yes { pair.0 } else { pair.1 }.to_owned()
}

/// How a sheet writes days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Dashes,
    Chinese,
    Compact,
    Dots,
    Slashes,
    MonthOnly(char),
}

impl Style {
    fn write(self, day: Day) -> String {
        let Day { year, month, day } = day;
        match self {
            Self::Dashes => format!("{year:04}-{month:02}-{day:02}"),
            Self::Chinese => format!("{year}年{month}月{day}日"),
            Self::Compact => format!("{year:04}{month:02}{day:02}"),
            Self::Dots => format!("{year:04}.{month:02}.{day:02}"),
            Self::Slashes => format!("{year}/{month}/{day}"),
            Self::MonthOnly('年') => format!("{year}年{month}月"),
            Self::MonthOnly(mark) => format!("{year:04}{mark}{month:02}"),
        }
    }
}

/// How the days of a column are written: as those that stand there, or as its heading says.
fn style(heading: &Asked) -> Style {
    let leaf = heading.path.last().cloned().unwrap_or_default();
    let found = heading.samples.iter().chain([&leaf]).find_map(|text| style_of(text));
    let month_only = leaf.contains("年月") && !leaf.contains("年月日");
    found.unwrap_or(if month_only { Style::MonthOnly('-') } else { Style::Dashes })
}

/// How a day in a text is written.
fn style_of(text: &str) -> Option<Style> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let text = &text[start..];
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let rest = &text[digits..];
    let groups = text.split(|letter: char| !letter.is_ascii_digit()).filter(|it| !it.is_empty());
    let groups = groups.count();
    match (digits, rest.chars().next(), groups) {
        (8, _, 1) => Some(Style::Compact),
        (4, Some('年'), 3..) => Some(Style::Chinese),
        (4, Some('-'), 3..) => Some(Style::Dashes),
        (4, Some('.'), 3..) => Some(Style::Dots),
        (4, Some('/'), 3..) => Some(Style::Slashes),
        (4, Some(mark @ ('年' | '-' | '.' | '/')), 2) => Some(Style::MonthOnly(mark)),
        _ => None,
    }
}

/// A value in plain words.
pub(super) fn plain(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) | Datum::Code(text) => text.clone(),
        Datum::Number(number) => number.to_string(),
        Datum::YesNo(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Datum::Date(day) | Datum::Moment(day, _) => Style::Dashes.write(*day),
        Datum::Codes(codes) => codes.join("、"),
    }
}

/// What is written, in words; nothing for what is not known.
pub(super) fn words(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Date { text, .. } | Value::Moment { text, .. } => {
            Some(text.clone())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Truth(yes) => Some(yes.to_string()),
        Value::Unknown(_) | Value::Clear => None,
    }
}

/// Whether two texts say the same: days in any style, letters in any case, blanks or none.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

/// What a text says, in the one form in which it is compared.
pub(super) fn bare(text: &str) -> String {
    match day_of(text) {
        Some((year, month, day)) => format!("{year:04}{month:02}{day:02}"),
        None => text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect(),
    }
}

/// The year, month and day in a text.
fn day_of(text: &str) -> Option<(u32, u32, u32)> {
    let parts: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let [year, month, day, ..] = parts.as_slice() else { return None };
    let day: (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_day = year.len() == 4 && (1..=12).contains(&day.1) && (1..=31).contains(&day.2);
    is_day.then_some(day)
}

/// Whether nothing was written into a blank: lines and boxes invite to write.
pub(super) fn is_blank(text: &str) -> bool {
    let invites =
        |letter: char| letter.is_whitespace() || "_＿-—.…/年月日：:（）()□".contains(letter);
    text.chars().all(invites)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_yes_keep_the_form_of_the_sheet() {
        let day = Day { year: 2020, month: 2, day: 3 };
        let written = |heading: &str, samples: &[&str]| {
            let asked = Asked {
                path: vec![heading.to_owned()],
                samples: samples.iter().map(|text| (*text).to_owned()).collect(),
                codes: Vec::new(),
            };
            (style(&asked).write(day), yes_or_no(true, &asked))
        };
        assert_eq!(written("出生年月", &[]).0, "2020-02");
        assert_eq!(written("出生年月", &["1980.5"]).0, "2020.02");
        assert_eq!(written("日期（如20200101）", &[]).0, "20200203");
        assert_eq!(written("日期", &["2020年1月5日"]).0, "2020年2月3日");
        assert_eq!(written("Date of birth", &[]), ("2020-02-03".to_owned(), "Yes".to_owned()));
        assert_eq!(written("电梯（有/无）", &[]).1, "有");
        assert!(is_same("1980-5-3", "19800503") && is_same("11x", "11X") && !is_same("a", "b"));
        assert!(is_blank("＿＿年 月 日") && !is_blank("东街"));
    }
}
