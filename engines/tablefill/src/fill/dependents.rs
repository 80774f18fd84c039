//! Which sheets calculate with cells of which others.

use std::collections::HashSet;

use super::book::Book;
use super::markup::{Broken, Kind, Marks, plain};
use super::reference::{Piece, scan};

/// What the formulas of a sheet mention.
#[derive(Default)]
pub(super) struct Mentions {
    /// Sheets, in lower case.
    sheets: HashSet<String>,
    /// Names, in lower case.
    names: HashSet<String>,
    /// Whether a formula reaches cells in a way that is not followed here.
    anything: bool,
}

impl Mentions {
    /// What a sheet's formulas mention.
    pub(super) fn of(text: &str) -> Result<Self, Broken> {
        let mut mentions = Mentions::default();
        if memchr::memmem::find(text.as_bytes(), b"f>").is_none() {
            return Ok(mentions);
        }
        let mut marks = Marks::new(text);
        let mut open = None;
        while let Some(mark) = marks.next()? {
            match (mark.kind, mark.local()) {
                (Kind::Open, "f") => open = Some(mark.end),
                (Kind::Close, "f") => {
                    let start = open.take().ok_or(Broken)?;
                    mentions.add(&plain(&text[start..mark.start]));
                }
                _ => {}
            }
        }
        Ok(mentions)
    }

    fn add(&mut self, formula: &str) {
        scan(formula, &mut |piece| match piece {
            Piece::Reference(Some(sheet), _) => {
                self.sheets.insert(sheet.to_lowercase());
            }
            Piece::Reference(None, _) => {}
            Piece::Name(name) => {
                self.names.insert(name.to_lowercase());
            }
            Piece::Function(name) => {
                let name = name.to_ascii_uppercase();
                self.anything |= matches!(&*name, "INDIRECT" | "GETPIVOTDATA");
            }
            Piece::Wide(_) => self.anything = true,
        });
    }

    /// Whether the sheet calculates with one of these.
    fn reaches(&self, sheets: &HashSet<String>, names: &HashSet<String>) -> bool {
        self.anything || !self.sheets.is_disjoint(sheets) || !self.names.is_disjoint(names)
    }
}

/// Which sheets calculate with cells of the filled ones, or with what those calculate.
pub(super) fn dependents(book: &Book, filled: &[usize], mentions: &[Mentions]) -> Vec<bool> {
    let of_names: Vec<(String, Mentions)> = book
        .names
        .iter()
        .map(|(name, span)| {
            let mut meaning = Mentions::default();
            meaning.add(&book.meaning(span));
            (name.to_lowercase(), meaning)
        })
        .collect();
    let mut reached = vec![false; book.sheets.len()];
    let mut sheets = HashSet::new();
    let mut names = HashSet::new();
    for at in filled {
        reached[*at] = true;
        sheets.insert(book.sheets[*at].name.to_lowercase());
    }
    loop {
        let before = (sheets.len(), names.len());
        for (name, meaning) in &of_names {
            if !names.contains(name) && meaning.reaches(&sheets, &names) {
                names.insert(name.clone());
            }
        }
        for (at, mentioned) in mentions.iter().enumerate() {
            if !reached[at] && mentioned.reaches(&sheets, &names) {
                reached[at] = true;
                sheets.insert(book.sheets[at].name.to_lowercase());
            }
        }
        if before == (sheets.len(), names.len()) {
            return reached;
        }
    }
}
