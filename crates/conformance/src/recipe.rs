//! Recipes: forms written down short, each standing for as many cases as its words have choices.
//!
//! ```text
//! -- yn
//! choices | list_name | name | label
//!         | yn        | yes  | Yes
//! == select/<kind>
//! for kind: select_one ~ select one from
//! with yn
//! survey | type      | name | label
//!        | <kind> yn | q    | Q
//! ```
//!
//! A line begins with the sheet's name or with a bar. `as csv` fixes how the workbook is written
//! and `named x` the name that the form is given. The row `end *` ends whatever is open. In cells `␠` is a blank at the edge, `¶` the end
//! of a line, `⇥` a tabulator, `⍽` a blank that does not break and `¦` a bar.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use crate::book::{Book, Sheet, Writing};

/// A form to be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name, `topic/what/choice`.
    pub id: String,
    /// The workbook.
    pub book: Book,
    /// How it has to be written, when it matters.
    pub way: Option<Writing>,
    /// The name that the form is given, if any.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Recipe {
    name: String,
    choices: Vec<(String, Vec<String>)>,
    with: Vec<String>,
    lines: Vec<String>,
    way: Option<Writing>,
    named: Option<String>,
}

/// The cases of these texts, each with the name of its topic.
///
/// # Errors
/// When a text is no recipe.
pub fn read(texts: &[(&str, &str)]) -> Result<Vec<Case>> {
    let mut parts = BTreeMap::new();
    let mut recipes = Vec::new();
    for (topic, text) in texts {
        take_apart(topic, text, &mut recipes, &mut parts)
            .with_context(|| format!("reading the recipes of {topic}"))?;
    }
    let mut cases = Vec::new();
    for recipe in &recipes {
        let made = recipe.cases(&parts).with_context(|| format!("making {}", recipe.name))?;
        cases.extend(made);
    }
    let mut seen = BTreeSet::new();
    for case in &mut cases {
        let id = case.id.clone();
        let mut times = 1;
        while !seen.insert(case.id.clone()) {
            times += 1;
            case.id = format!("{id}-{times}");
        }
    }
    Ok(cases)
}

fn take_apart(
    topic: &str,
    text: &str,
    recipes: &mut Vec<Recipe>,
    parts: &mut BTreeMap<String, Vec<String>>,
) -> Result<()> {
    let mut into_part: Option<String> = None;
    let mut recipe: Option<Recipe> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with("# ") {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix("== ") {
            recipes.extend(recipe.take());
            into_part = None;
            recipe = Some(Recipe { name: format!("{topic}/{name}"), ..Recipe::default() });
        } else if let Some(name) = trimmed.strip_prefix("-- ") {
            recipes.extend(recipe.take());
            into_part = Some(name.to_owned());
        } else if let Some(part) = &into_part {
            parts.entry(part.clone()).or_default().push(line.to_owned());
        } else {
            let recipe = recipe.as_mut().with_context(|| format!("`{line}` before any recipe"))?;
            recipe.take(trimmed)?;
        }
    }
    recipes.extend(recipe);
    Ok(())
}

impl Recipe {
    fn take(&mut self, line: &str) -> Result<()> {
        if line.contains('|') && !line.starts_with("for ") {
            self.lines.push(line.to_owned());
        } else if let Some(choice) = line.strip_prefix("for ") {
            let (name, values) =
                choice.split_once(':').with_context(|| format!("`{line}` has no colon"))?;
            let values: Vec<String> = values.split('~').map(|v| v.trim().to_owned()).collect();
            match self.choices.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.extend(values),
                None => self.choices.push((name.to_owned(), values)),
            }
        } else if let Some(parts) = line.strip_prefix("with ") {
            self.with.extend(parts.split_whitespace().map(str::to_owned));
        } else if let Some(way) = line.strip_prefix("as ") {
            self.way = Some(Writing::named(way).with_context(|| format!("`{way}` is no way"))?);
        } else if let Some(name) = line.strip_prefix("named ") {
            self.named = Some(name.to_owned());
        } else {
            bail!("`{line}` is not understood");
        }
        Ok(())
    }

    fn cases(&self, parts: &BTreeMap<String, Vec<String>>) -> Result<Vec<Case>> {
        let mut lines = self.lines.clone();
        for part in &self.with {
            lines.extend(parts.get(part).with_context(|| format!("no part {part}"))?.clone());
        }
        let mut chosen = vec![Vec::new()];
        for (name, values) in &self.choices {
            let each = |before: &Vec<(String, String)>| {
                let before = before.clone();
                values.iter().map(move |value| {
                    let mut choice = before.clone();
                    choice.push((name.clone(), value.clone()));
                    choice
                })
            };
            chosen = chosen.iter().flat_map(each).collect();
        }
        chosen.iter().map(|choice| self.case(&lines, choice)).collect()
    }

    fn case(&self, lines: &[String], choice: &[(String, String)]) -> Result<Case> {
        let fill = |text: &str| {
            choice.iter().fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("<{name}>"), value)
            })
        };
        let mut id = choice.iter().fold(self.name.clone(), |id, (name, value)| {
            let mark = format!("<{name}>");
            match id.contains(&mark) {
                true => id.replace(&mark, &slug(value)),
                false => format!("{id}/{}", slug(value)),
            }
        });
        id.truncate(90);
        let mut book = Book::default();
        for line in lines {
            line_into(&fill(line), &mut book)?;
        }
        Ok(Case { id, book, way: self.way, name: self.named.as_deref().map(fill) })
    }
}

/// A short name of a value that a file may carry.
fn slug(value: &str) -> String {
    let mut slug = String::new();
    for c in value.chars() {
        match c.is_ascii_alphanumeric() {
            true => slug.push(c),
            false if !slug.ends_with('-') => slug.push('-'),
            false => {}
        }
    }
    let slug: String = slug.trim_matches('-').chars().take(28).collect();
    if slug.is_empty() { "none".into() } else { slug.trim_matches('-').to_owned() }
}

/// A line of a recipe into the book.
fn line_into(line: &str, book: &mut Book) -> Result<()> {
    let mut cells = line.split('|').map(str::trim);
    let name = cells.next().unwrap_or_default();
    if !name.is_empty() {
        book.sheets.push(Sheet { name: meant(name), rows: Vec::new() });
    }
    let sheet = book.sheets.last_mut().with_context(|| format!("`{line}` in no sheet"))?;
    let row: Vec<String> = cells.map(meant).collect();
    if row == ["end *"] {
        sheet.rows.extend(open(sheet).into_iter().map(|control| vec![format!("end {control}")]));
        return Ok(());
    }
    if !row.is_empty() && row != [""] {
        sheet.rows.push(row);
    }
    Ok(())
}

/// The groups and repeats of a survey that are open, the innermost first.
fn open(sheet: &Sheet) -> Vec<String> {
    let mut open = Vec::new();
    for kind in sheet.rows.iter().filter_map(|row| row.first()) {
        match kind.split_once(' ') {
            Some(("begin", control)) => {
                let control = control.split(' ').next().unwrap_or_default();
                open.insert(0, control.to_owned());
            }
            Some(("end", _)) if !open.is_empty() => drop(open.remove(0)),
            _ => {}
        }
    }
    open
}

fn meant(cell: &str) -> String {
    cell.replace('␠', " ")
        .replace('¶', "\n")
        .replace('⇥', "\t")
        .replace('¦', "|")
        .replace('⍽', "\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
-- yn
choices | list_name | name
        | yn        | yes
== select/<kind>
for kind: select_one ~ select one from
for more: a
for more: b ~ c
with yn
as csv
survey | type      | label
       | <kind> yn | ␠Q¶<more>
";

    #[test]
    fn a_recipe_makes_a_case_of_every_choice() {
        let cases = read(&[("topic", TEXT)]).unwrap();
        assert_eq!(cases.len(), 6);
        assert_eq!(cases[0].id, "topic/select/select-one/a");
        assert_eq!(cases[5].book.sheets[0].rows[1], ["select one from yn", " Q\nc"]);
        assert_eq!(cases[5].book.sheets[1].name, "choices");
        assert_eq!(cases[5].way, Some(Writing::Csv));
    }

    #[test]
    fn cases_of_one_name_are_told_apart() {
        let cases = read(&[("t", "== a\nfor x: ? ~ !\ns | <x>\n")]).unwrap();
        assert_eq!([cases[0].id.as_str(), cases[1].id.as_str()], ["t/a/none", "t/a/none-2"]);
    }

    #[test]
    fn a_row_may_end_whatever_is_open() {
        let text = "== a\ns | type\n | begin group\n | begin loop over x\n | end *\n | end *";
        let cases = read(&[("t", text)]).unwrap();
        let rows = &cases[0].book.sheets[0].rows;
        assert_eq!(rows[3..], [["end loop"], ["end group"]]);
    }

    #[test]
    fn what_is_no_recipe_is_refused() {
        for text in
            ["a | b", "== a\nfor x", "== a\nwith nothing\ns | a", "== a\nhello", "== a\n| b"]
        {
            assert!(read(&[("t", text)]).is_err(), "{text}");
        }
    }
}
