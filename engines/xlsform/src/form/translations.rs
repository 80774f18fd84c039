//! Which texts lack a language that others have, and whether languages say which they are.

use crate::problem::{At, Problem};
use crate::sheet::Table;
use crate::sink::Sink;

/// Texts of a sheet by language.
struct Seen<'a> {
    columns: Vec<&'a str>,
    languages: Vec<(&'a str, Vec<&'a str>)>,
}

impl Seen<'_> {
    fn only_default(&self) -> bool {
        matches!(self.languages.as_slice(), [] | [("default", _)])
    }
}

fn name(token: &str, survey: bool) -> Option<&str> {
    Some(match token {
        "label" | "image" | "big-image" | "audio" | "video" => token,
        "hint" | "guidance_hint" if survey => token,
        "jr:constraintMsg" if survey => "constraint_message",
        "jr:requiredMsg" if survey => "required_message",
        _ => return None,
    })
}

fn seen<'a>(table: &'a Table<'_>, survey: bool) -> Seen<'a> {
    let mut found = Seen { columns: Vec::new(), languages: Vec::new() };
    for (tokens, _) in &table.headings {
        let grouped = tokens.len() > 1 && matches!(&*tokens[0], "media" | "bind");
        let tokens = if grouped { &tokens[1..] } else { tokens };
        let Some(column) = name(&tokens[0], survey) else { continue };
        if !found.columns.contains(&column) {
            found.columns.push(column);
        }
        let language = match tokens {
            [_] => "default",
            [_, language] => language,
            _ => continue,
        };
        match found.languages.iter_mut().find(|(known, _)| *known == language) {
            Some((_, columns)) => columns.push(column),
            None => found.languages.push((language, vec![column])),
        }
    }
    found
}

/// Tells of texts without a language that others have.
pub(crate) fn check(
    survey: &Table<'_>,
    choices: Option<&Table<'_>>,
    or_other: bool,
    sink: &mut Sink,
) {
    let mut several = false;
    for (table, is_survey) in [(Some(survey), true), (choices, false)] {
        let Some(table) = table else { continue };
        let seen = seen(table, is_survey);
        if seen.only_default() {
            continue;
        }
        several = true;
        for (language, columns) in &seen.languages {
            for column in seen.columns.iter().filter(|column| !columns.contains(column)) {
                sink.warn(Problem::new(
                    "translation_missing",
                    At::sheet(table.sheet).row(1).column(*column),
                    format!("There is no column '{column}' in '{language}'; people who read that language see '-'."),
                    format!("缺少“{language}”的“{column}”列，使用该语言的人只会看到“-”。"),
                ));
            }
        }
    }
    if or_other && several {
        sink.warn(Problem::new(
            "other_untranslated",
            At::sheet(survey.sheet),
            "or_other adds 'Other' and 'Specify other.' in English only. With several languages, write the choice and the question yourself.",
            "or_other 只会加入英文的“Other”和“Specify other.”。使用多种语言时，请自行写出该选项和题目。",
        ));
    }
}

/// Whether a language's name ends with its code, such as `(en)` or `(zh-Hans)`.
pub(crate) fn has_code(language: &str) -> bool {
    if language == "default" || language.chars().count() < 3 {
        return true;
    }
    let Some(inner) = language.strip_suffix(')') else { return false };
    let Some(at) = inner.rfind('(') else { return false };
    let mut parts = inner[at + 1..].split('-');
    let first = parts.next().unwrap_or_default();
    matches!(first.len(), 2..=8)
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_end_with_their_code() {
        for good in ["default", "English (en)", "中文 (zh-Hans)", "fr"] {
            assert!(has_code(good), "{good}");
        }
        for bad in ["English", "English (EN)", "English (e)"] {
            assert!(!has_code(bad), "{bad}");
        }
    }
}
