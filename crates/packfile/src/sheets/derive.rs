//! The workbook of a form that a pack describes by its fields alone, as Markdown tables.

use domain::ids::ElementId;
use domain::rules::{Element, Form, SubjectKind, Type};
use domain::words::Words;

/// The column in which a question names its element of the dictionary.
pub(super) const ELEMENT: &str = "element";
/// The question about whom a form is filled.
pub const SUBJECT: &str = "subject";
/// Texts of both languages, as headings of a workbook.
const ZH: &str = "中文 (zh)";
const EN: &str = "English (en)";
/// The lists of entities that a form may be about: file, and what is asked.
const LISTS_OF_ENTITIES: [(SubjectKind, &str, &str, &str); 2] = [
    (SubjectKind::Person, "people.csv", "关于谁", "About whom"),
    (SubjectKind::Household, "households.csv", "哪一户", "Which household"),
];

/// How a list of everybody is shown: one line in which a name is looked for.
const SEARCHED: &str = "minimal autocomplete";

/// Rows of a sheet, each with its cells in the order of the headings.
struct Rows {
    text: String,
}

impl Rows {
    fn new(sheet: &str, headings: &[&str]) -> Self {
        let mut rows = Self { text: format!("| {sheet} |\n") };
        rows.add(headings);
        rows
    }

    fn add(&mut self, cells: &[&str]) {
        self.text.push('|');
        for cell in cells {
            self.text.push_str(" | ");
            self.text.push_str(&plain(cell));
        }
        self.text.push_str(" |\n");
    }
}

/// A text that means nothing but itself in a cell: no bar, no end of line, no reference.
fn plain(cell: &str) -> String {
    let cell = cell.replace('|', "／").replace("${", "$ {");
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The workbook of a form, in a version.
pub(super) fn workbook(
    form: &Form,
    version: &str,
    known: &dyn Fn(&ElementId) -> Option<Element>,
) -> String {
    let label = [format!("label::{ZH}"), format!("label::{EN}")];
    let hint = [format!("hint::{ZH}"), format!("hint::{EN}")];
    let mut survey = Rows::new(
        "survey",
        &[
            "type",
            "name",
            &label[0],
            &label[1],
            &hint[0],
            &hint[1],
            "required",
            "constraint",
            ELEMENT,
            "appearance",
        ],
    );
    let mut choices = Rows::new("choices", &["list_name", "name", &label[0], &label[1]]);
    survey.add(&["start", "start", "", "", "", "", "", "", "", ""]);
    survey.add(&["end", "end", "", "", "", "", "", "", "", ""]);
    for (kind, file, zh, en) in LISTS_OF_ENTITIES {
        if form.subject == kind {
            let file = format!("select_one_from_file {file}");
            survey.add(&[&file, SUBJECT, zh, en, "", "", "yes", "", "", SEARCHED]);
        }
    }
    let mut yes_no = false;
    for field in &form.fields {
        let Some(element) = known(&field.element) else { continue };
        yes_no |= element.r#type == Type::YesNo;
        let Words { zh, en } = asked(&element);
        let hint = field.hint.clone().unwrap_or_default();
        let required = if field.required { "yes" } else { "" };
        let id = element.id.as_str();
        let constraint = constraint(&element);
        let shown = if element.r#type == Type::Person { SEARCHED } else { "" };
        let asks = question(&element);
        let hints = [hint.zh.as_str(), &hint.en];
        let cells = [&asks, id, &zh, &en, hints[0], hints[1], required, &constraint, id, shown];
        survey.add(&cells);
        for choice in &element.choices {
            choices.add(&[id, &choice.id, &choice.name.zh, &choice.name.en]);
        }
    }
    if yes_no {
        choices.add(&["yes_no", "yes", "是", "Yes"]);
        choices.add(&["yes_no", "no", "否", "No"]);
    }
    let headings = ["form_title", "form_id", "version", "default_language", "instance_name"];
    let mut settings = Rows::new("settings", &headings);
    let name = form.name.zh.replace(['\'', '"'], " ");
    let instance = format!("concat('{name} ', format-date(today(), '%Y-%m-%d'))");
    let title = format!("{} {}", form.name.zh, form.name.en);
    settings.add(&[&title, form.id.as_str(), version, ZH, &instance]);
    format!("{}{}{}", survey.text, choices.text, settings.text)
}

/// What is asked, with the unit.
fn asked(element: &Element) -> Words {
    match &element.unit {
        None => element.name.clone(),
        Some(unit) => Words::new(
            format!("{}（{unit}）", element.name.zh),
            match unit.chars().any(is_han) {
                // A unit is written once: what only counts people or homes goes without saying.
                true => element.name.en.clone(),
                false => format!("{} ({unit})", element.name.en),
            },
        ),
    }
}

/// Whether a character is Chinese.
fn is_han(character: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&character)
}

fn question(element: &Element) -> String {
    match element.r#type {
        Type::Text | Type::Account | Type::Place | Type::Pool => "text".to_owned(),
        Type::Whole => "integer".to_owned(),
        Type::Number => "decimal".to_owned(),
        Type::YesNo => "select_one yes_no".to_owned(),
        Type::Choice => format!("select_one {}", element.id),
        Type::Choices => format!("select_multiple {}", element.id),
        Type::Date => "date".to_owned(),
        Type::Time => "dateTime".to_owned(),
        Type::Person => "select_one_from_file people.csv".to_owned(),
    }
}

fn constraint(element: &Element) -> String {
    let (value, scale) = match element.r#type {
        Type::Whole | Type::Number => (".", true),
        Type::Text => ("string-length(.)", false),
        _ => return String::new(),
    };
    let bounds = [(">=", element.least), ("<=", element.greatest)];
    let parts = bounds.into_iter().filter_map(|(than, bound)| {
        let bound = bound?;
        let shown = if scale { thousandths(bound) } else { bound.to_string() };
        Some(format!("{value} {than} {shown}"))
    });
    parts.collect::<Vec<_>>().join(" and ")
}

/// A number of thousandths as a decimal: `37300` is `37.3`.
fn thousandths(bound: i64) -> String {
    let sign = if bound < 0 { "-" } else { "" };
    let (whole, part) = (bound.unsigned_abs() / 1000, bound.unsigned_abs() % 1000);
    let text = format!("{sign}{whole}.{part:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousandths_are_written_as_people_write_them() {
        let all = [(37_300, "37.3"), (0, "0"), (-1500, "-1.5"), (100_000, "100"), (5, "0.005")];
        for (bound, text) in all {
            assert_eq!(thousandths(bound), text);
        }
    }

    #[test]
    fn a_cell_holds_no_bar_no_line_and_no_reference() {
        assert_eq!(plain("a | b\nc ${d}"), "a ／ b c $ {d}");
    }
}
