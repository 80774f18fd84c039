//! Good forms harmed by chance, in the ways in which people harm them.

use crate::book::{Book, Sheet};
use crate::chance::Chance;
use crate::recipe::Case;

type Way = fn(&mut Book, &mut Chance) -> Option<()>;

/// The ways, each with its name.
const WAYS: &[(&str, Way)] = &[
    ("column-gone", column_gone),
    ("row-gone", row_gone),
    ("row-twice", row_twice),
    ("rows-swapped", rows_swapped),
    ("reference-misspelt", reference_misspelt),
    ("cell-emptied", cell_emptied),
    ("cell-moved", cell_moved),
    ("name-taken", name_taken),
    ("name-bad", name_bad),
    ("type-misspelt", type_misspelt),
    ("begin-end", begin_end),
    ("list-gone", list_gone),
    ("sheet-gone", sheet_gone),
    ("sheet-misspelt", sheet_misspelt),
    ("heading-misspelt", heading_misspelt),
    ("heading-twice", heading_twice),
    ("heading-other", heading_other),
    ("brace-lost", brace_lost),
    ("case-changed", case_changed),
    ("blanks-added", blanks_added),
];

/// So many harmed forms, each from one of these.
#[must_use]
pub fn harmed(good: &[Case], seed: u64, number: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut index = 0;
    while cases.len() < number && index < number * 4 && !good.is_empty() {
        let mut chance = Chance::new(seed, &format!("harm {index}"));
        let mut case = chance.one(good).clone();
        let (name, way) = WAYS[index % WAYS.len()];
        index += 1;
        if way(&mut case.book, &mut chance).is_some() {
            case.id = format!("harmed/{name}/{seed}-{index}");
            cases.push(case);
        }
    }
    cases
}

fn survey(book: &mut Book) -> Option<&mut Sheet> {
    book.sheets.iter_mut().find(|sheet| sheet.name == "survey" && sheet.rows.len() > 1)
}

fn any<'a>(book: &'a mut Book, chance: &mut Chance) -> Option<&'a mut Sheet> {
    let at = chance.below(book.sheets.len());
    book.sheets.get_mut(at).filter(|sheet| sheet.rows.len() > 1)
}

/// A row below the headings.
fn row(sheet: &Sheet, chance: &mut Chance) -> usize {
    1 + chance.below(sheet.rows.len() - 1)
}

/// A cell below the headings for which this holds.
fn cell(
    sheet: &Sheet,
    chance: &mut Chance,
    holds: impl Fn(&str, &str) -> bool,
) -> Option<(usize, usize)> {
    let mut found = Vec::new();
    for (at, cells) in sheet.rows.iter().enumerate().skip(1) {
        for (column, text) in cells.iter().enumerate() {
            let heading = sheet.rows[0].get(column).map_or("", String::as_str);
            if holds(heading, text) {
                found.push((at, column));
            }
        }
    }
    (!found.is_empty()).then(|| *chance.one(&found))
}

fn column_gone(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let column = chance.below(sheet.rows[0].len());
    for row in sheet.rows.iter_mut().filter(|row| row.len() > column) {
        row.remove(column);
    }
    Some(())
}

fn row_gone(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let at = row(sheet, chance);
    sheet.rows.remove(at);
    Some(())
}

fn row_twice(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let at = row(sheet, chance);
    let again = sheet.rows[at].clone();
    let to = row(sheet, chance);
    sheet.rows.insert(to, again);
    Some(())
}

fn rows_swapped(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = survey(book)?;
    let (a, b) = (row(sheet, chance), row(sheet, chance));
    sheet.rows.swap(a, b);
    (a != b).then_some(())
}

fn reference_misspelt(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| text.contains("${"))?;
    let text = &mut sheet.rows[at][column];
    let inside = text.find("${")? + 2;
    text.insert(inside, *chance.one(&['x', ' ', '1', '-', '_', '$']));
    Some(())
}

fn cell_emptied(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| !text.is_empty())?;
    sheet.rows[at][column].clear();
    Some(())
}

fn cell_moved(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| !text.is_empty())?;
    let text = std::mem::take(&mut sheet.rows[at][column]);
    let to = chance.below(sheet.rows[0].len());
    sheet.put(at, to, text);
    Some(())
}

fn name_taken(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let name = |heading: &str, text: &str| heading == "name" && !text.is_empty();
    let (from, column) = cell(sheet, chance, name)?;
    let (to, _) = cell(sheet, chance, name)?;
    let mut taken = sheet.rows[from][column].clone();
    if chance.percent(30) {
        taken = taken.to_uppercase();
    }
    sheet.rows[to][column] = taken;
    (from != to).then_some(())
}

fn name_bad(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |heading, text| heading == "name" && !text.is_empty())?;
    let text = &mut sheet.rows[at][column];
    match chance.below(6) {
        0 => text.insert(0, '1'),
        1 => text.push_str(" x"),
        2 => text.push('&'),
        3 => text.insert(0, '-'),
        4 => *text = "meta".into(),
        _ => text.push_str(":y"),
    }
    Some(())
}

fn type_misspelt(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = survey(book)?;
    let (at, column) = cell(sheet, chance, |heading, text| heading == "type" && text.len() > 2)?;
    let text = &mut sheet.rows[at][column];
    let mut letters: Vec<char> = text.chars().collect();
    let place = chance.below(letters.len());
    match chance.below(3) {
        0 => drop(letters.remove(place)),
        1 => letters.insert(place, 'e'),
        _ => letters[place] = letters[place].to_ascii_uppercase(),
    }
    *text = letters.into_iter().collect();
    Some(())
}

fn begin_end(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = survey(book)?;
    let container = |heading: &str, text: &str| {
        heading == "type" && (text.starts_with("begin") || text.starts_with("end"))
    };
    let (at, column) = cell(sheet, chance, container)?;
    let text = &sheet.rows[at][column];
    let changed = match chance.below(4) {
        0 => text.replace("begin", "end"),
        1 => text.replace("end", "begin"),
        2 => text.replace("group", "repeat"),
        _ => text.replace("repeat", "group"),
    };
    let other = changed != *text;
    sheet.rows[at][column] = changed;
    other.then_some(())
}

fn list_gone(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = book.sheet_mut("choices")?;
    let list = sheet.rows.get(row(sheet, chance))?.first()?.clone();
    sheet.rows.retain(|row| row.first() != Some(&list));
    Some(())
}

fn sheet_gone(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let at = chance.below(book.sheets.len());
    (book.sheets.len() > 1).then(|| drop(book.sheets.remove(at)))
}

fn sheet_misspelt(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    match chance.below(4) {
        0 => drop(sheet.name.pop()),
        1 => sheet.name.insert(0, '_'),
        2 => sheet.name = sheet.name.to_uppercase(),
        _ => sheet.name.push('s'),
    }
    Some(())
}

fn heading(
    book: &mut Book,
    chance: &mut Chance,
    change: impl Fn(&mut String, usize),
) -> Option<()> {
    let sheet = any(book, chance)?;
    let column = chance.below(sheet.rows[0].len());
    let draw = chance.below(1000);
    change(&mut sheet.rows[0][column], draw);
    Some(())
}

fn heading_misspelt(book: &mut Book, chance: &mut Chance) -> Option<()> {
    heading(book, chance, |text, draw| match draw % 3 {
        0 => drop(text.pop()),
        1 => text.push('x'),
        _ => text.insert(0, ' '),
    })
}

fn heading_twice(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let width = sheet.rows[0].len();
    let (from, to) = (chance.below(width), chance.below(width));
    sheet.rows[0][to] = sheet.rows[0][from].clone();
    (from != to).then_some(())
}

fn heading_other(book: &mut Book, chance: &mut Chance) -> Option<()> {
    heading(book, chance, |text, draw| {
        *text = match draw % 5 {
            0 => text.to_uppercase(),
            1 => text.replace('_', " "),
            2 => text.replace("::", ":"),
            3 => format!("{text}::fr"),
            _ => format!("bind::{text}"),
        }
    })
}

fn brace_lost(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| text.contains("${"))?;
    let text = &mut sheet.rows[at][column];
    *text = match chance.below(3) {
        0 => text.replacen('}', "", 1),
        1 => text.replacen('{', "", 1),
        _ => text.replacen('$', "", 1),
    };
    Some(())
}

fn case_changed(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| text.chars().any(char::is_lowercase))?;
    sheet.rows[at][column] = sheet.rows[at][column].to_uppercase();
    Some(())
}

fn blanks_added(book: &mut Book, chance: &mut Chance) -> Option<()> {
    let sheet = any(book, chance)?;
    let (at, column) = cell(sheet, chance, |_, text| !text.is_empty())?;
    let text = &mut sheet.rows[at][column];
    match chance.below(3) {
        0 => *text = text.replace(' ', "  "),
        1 => text.push(' '),
        _ => text.insert(0, ' '),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::grown;

    #[test]
    fn every_way_of_harm_happens_and_changes_the_form() {
        let good = grown(1, 60);
        let harmed = harmed(&good, 1, 400);
        assert_eq!(harmed.len(), 400);
        for (name, _) in WAYS {
            let way = format!("harmed/{name}/");
            assert!(harmed.iter().any(|case| case.id.starts_with(&way)), "{name}");
        }
    }
}
