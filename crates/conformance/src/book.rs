//! A made workbook, and how it is written as a Markdown table, as CSV and as .xlsx.

use anyhow::{Context, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

/// In what way a workbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Writing {
    /// A table of Markdown.
    Markdown,
    /// One sheet below the other.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Writing {
    /// The ending of a file so written.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What `as …` says in a recipe.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Markdown, Self::Csv, Self::Xlsx].into_iter().find(|way| way.ending() == name)
    }
}

/// A sheet: its name and its rows, the headings first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows of cells.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The column with this heading.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.rows.first()?.iter().position(|cell| cell == heading)
    }

    /// The column with this heading, made when it is not there.
    pub fn column_or_new(&mut self, heading: &str) -> usize {
        if let Some(column) = self.column(heading) {
            return column;
        }
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        self.rows[0].push(heading.to_owned());
        self.rows[0].len() - 1
    }

    /// Writes a cell, widening its row.
    pub fn put(&mut self, row: usize, column: usize, text: impl Into<String>) {
        let row = &mut self.rows[row];
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text.into();
    }
}

/// A workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Its sheets in order.
    pub sheets: Vec<Sheet>,
}

impl Book {
    /// The sheet of this name.
    pub fn sheet_mut(&mut self, name: &str) -> Option<&mut Sheet> {
        self.sheets.iter_mut().find(|sheet| sheet.name == name)
    }

    /// The sheet of this name, made when it is not there.
    ///
    /// # Panics
    /// Never.
    pub fn sheet_or_new(&mut self, name: &str) -> &mut Sheet {
        if !self.sheets.iter().any(|sheet| sheet.name == name) {
            self.sheets.push(Sheet { name: name.to_owned(), rows: Vec::new() });
        }
        self.sheet_mut(name).expect("it was made")
    }

    /// Whether Markdown can hold every cell.
    #[must_use]
    pub fn fits_markdown(&self) -> bool {
        let cells = self.sheets.iter().flat_map(|sheet| sheet.rows.iter().flatten());
        cells.into_iter().all(|cell| {
            !cell.contains(['\n', '\r']) && !cell.ends_with('\\') && !cell.starts_with('!')
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the .xlsx cannot be made.
    pub fn write(&self, way: Writing) -> Result<Vec<u8>> {
        match way {
            Writing::Markdown => Ok(self.markdown().into_bytes()),
            Writing::Csv => Ok(self.csv().into_bytes()),
            Writing::Xlsx => self.xlsx(),
        }
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        for sheet in &self.sheets {
            text += &format!("| {} |\n", sheet.name);
            for row in &sheet.rows {
                text += "| |";
                for cell in row {
                    text += &format!(" {} |", plain(cell).replace('|', "\\|"));
                }
                text += "\n";
            }
        }
        text
    }

    fn csv(&self) -> String {
        let mut text = String::new();
        for sheet in &self.sheets {
            text += &format!("{}\n", quoted(&sheet.name));
            for row in &sheet.rows {
                for cell in row {
                    text += &format!(",{}", quoted(&plain(cell)));
                }
                text += "\n";
            }
        }
        text
    }

    fn xlsx(&self) -> Result<Vec<u8>> {
        let mut book = Workbook::new();
        // The same book is the same bytes, whenever it is written.
        let made_on = ExcelDateTime::from_ymd(2024, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made_on));
        for sheet in &self.sheets {
            let page = book.add_worksheet();
            page.set_name(&sheet.name).with_context(|| format!("a sheet named {}", sheet.name))?;
            for (row, cells) in sheet.rows.iter().enumerate() {
                for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty())
                {
                    let at = (u32::try_from(row)?, u16::try_from(column)?);
                    put(page, at, cell).with_context(|| format!("a cell that says {cell}"))?;
                }
            }
        }
        Ok(book.save_to_buffer()?)
    }
}

/// Writes a cell; `!n 1.5`, `!b true`, `!d 2024-01-31`, `!t 13:30:00` and `!f 1+1` are typed.
fn put(page: &mut rust_xlsxwriter::Worksheet, at: (u32, u16), cell: &str) -> Result<()> {
    let (row, column) = at;
    match typed(cell) {
        Some(('n', number)) => page.write_number(row, column, number.parse::<f64>()?)?,
        Some(('b', truth)) => page.write_boolean(row, column, truth == "true")?,
        Some(('d', day)) => {
            let day = ExcelDateTime::parse_from_str(day)?;
            let format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
            page.write_datetime_with_format(row, column, &day, &format)?
        }
        Some(('t', time)) => {
            let time = ExcelDateTime::parse_from_str(time)?;
            let format = Format::new().set_num_format("hh:mm:ss");
            page.write_datetime_with_format(row, column, &time, &format)?
        }
        Some(('f', formula)) => {
            let (formula, result) = formula.split_once(" => ").unwrap_or((formula, "0"));
            let formula = rust_xlsxwriter::Formula::new(formula).set_result(result);
            page.write_formula(row, column, formula)?
        }
        _ => page.write_string(row, column, cell)?,
    };
    Ok(())
}

fn typed(cell: &str) -> Option<(char, &str)> {
    let rest = cell.strip_prefix('!')?;
    let kind = rest.chars().next()?;
    Some((kind, rest[kind.len_utf8()..].strip_prefix(' ')?))
}

/// A cell without the mark of its type.
fn plain(cell: &str) -> String {
    typed(cell).map_or(cell, |(_, text)| text).to_owned()
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        let rows = vec![vec!["type".into(), "name".into()], vec!["te|xt".into(), "a,b".into()]];
        Book { sheets: vec![Sheet { name: "survey".into(), rows }] }
    }

    #[test]
    fn a_book_is_written_in_every_way() {
        assert_eq!(book().markdown(), "| survey |\n| | type | name |\n| | te\\|xt | a,b |\n");
        assert_eq!(book().csv(), "survey\n,type,name\n,te|xt,\"a,b\"\n");
        assert!(book().xlsx().unwrap().starts_with(b"PK"));
        assert_eq!(book().xlsx().unwrap(), book().xlsx().unwrap());
    }

    #[test]
    fn a_cell_of_two_lines_does_not_fit_markdown() {
        assert!(book().fits_markdown());
        let mut two = book();
        two.sheets[0].put(1, 1, "a\nb");
        assert!(!two.fits_markdown());
    }

    #[test]
    fn a_typed_cell_is_plain_in_text() {
        assert_eq!(plain("!n 1.5"), "1.5");
        assert_eq!(plain("!important"), "!important");
        assert_eq!(typed("!b true"), Some(('b', "true")));
    }
}
