//! The sheet that lists what nobody knows, and what an earlier one says.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Unknown;
use super::limits::LINKS;
use super::markup::{Broken, Kind, Marks, push_escaped};
use super::page::row_of;
use super::reference::{cell_name, cell_place};
use super::styles::ListStyles;
use super::survey::Survey;
use super::value::push_text;

/// The column that keeps, by its style, how a cell looked before it was coloured.
const LOOK_COLUMN: &str = "F";
/// What stands above the columns.
const HEADINGS: [&str; 6] = [
    "工作表 sheet",
    "单元格 cell",
    "表头 heading",
    "对象 whose",
    "要问什么 what to ask",
    "原样式 look before",
];

/// The styles of cells by column and row.
pub(super) type Styled = HashMap<(u32, u32), u32>;

/// A cell that nobody knows the value of.
pub(super) struct Listed<'f> {
    pub(super) sheet: String,
    pub(super) column: u32,
    pub(super) row: u32,
    /// Its style before it was coloured.
    pub(super) style: u32,
    pub(super) unknown: &'f Unknown,
}

/// A line of an earlier list.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub(super) sheet: String,
    pub(super) column: u32,
    pub(super) row: u32,
    /// How the cell looked before it was coloured.
    pub(super) style: u32,
    /// The texts of the line, as they are written: their columns, marks and what is in them.
    texts: Vec<(u32, String, String)>,
}

/// The part of the sheet. Lines of an earlier list have the prefix of that list's elements.
pub(super) fn list(
    all: &[Listed<'_>],
    (earlier, prefix): (&[Earlier], &str),
    styles: ListStyles,
    namespace: &str,
) -> String {
    let mut out = String::with_capacity(4096 + (all.len() + earlier.len()) * 512);
    let also = match prefix.strip_suffix(':') {
        Some(prefix) => format!(" xmlns:{prefix}=\"{namespace}\""),
        None => String::new(),
    };
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <worksheet xmlns=\"{namespace}\"{also}><dimension ref=\"A1:{LOOK_COLUMN}{}\"/>\
         <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
         activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
         <sheetFormatPr defaultRowHeight=\"15\"/><cols>",
        all.len() + earlier.len() + 1,
    );
    for (column, width) in (1..).zip([18, 10, 28, 18, 48]) {
        let _ = write!(
            out,
            "<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>"
        );
    }
    out.push_str("<col min=\"6\" max=\"6\" width=\"10\" hidden=\"1\" customWidth=\"1\"/></cols>");
    out.push_str("<sheetData><row r=\"1\">");
    for (column, heading) in (0..).zip(HEADINGS) {
        push_cell(&mut out, column, 1, styles.heading, heading);
    }
    out.push_str("</row>");
    for (row, listed) in (2..).zip(all) {
        push_line(&mut out, row, listed, styles);
    }
    for (row, line) in (all.len() as u32 + 2..).zip(earlier) {
        push_earlier(&mut out, row, line, styles, prefix);
    }
    out.push_str("</sheetData>");
    let new = all.iter().map(|one| (&*one.sheet, one.column, one.row));
    let kept = earlier.iter().map(|one| (&*one.sheet, one.column, one.row));
    push_links(&mut out, new.chain(kept));
    out.push_str("</worksheet>");
    out
}

fn push_line(out: &mut String, row: u32, listed: &Listed<'_>, styles: ListStyles) {
    let _ = write!(out, "<row r=\"{row}\">");
    push_cell(out, 0, row, styles.text, &listed.sheet);
    push_cell(out, 1, row, styles.link, &cell_name(listed.column, listed.row));
    let unknown = listed.unknown;
    let texts = [&unknown.heading, &unknown.whose, &unknown.question];
    for (column, text) in (2..).zip(texts) {
        push_cell(out, column, row, styles.text, text);
    }
    let _ = write!(out, "<c r=\"{LOOK_COLUMN}{row}\" s=\"{}\"/></row>", listed.style);
}

/// A line of an earlier list in its new row.
fn push_earlier(out: &mut String, row: u32, line: &Earlier, styles: ListStyles, prefix: &str) {
    let _ = write!(out, "<row r=\"{row}\">");
    let name = cell_name(line.column, line.row);
    let mut link = Some(name);
    for (column, mark, inner) in &line.texts {
        if *column > 1
            && let Some(name) = link.take()
        {
            push_cell(out, 1, row, styles.link, &name);
        }
        if *column != 1 {
            let mark = super::markup::with(mark, "r", &cell_name(*column, row));
            let _ = write!(out, "{mark}{inner}");
            if !mark.ends_with("/>") {
                let _ = write!(out, "</{prefix}c>");
            }
        }
    }
    if let Some(name) = link {
        push_cell(out, 1, row, styles.link, &name);
    }
    out.push_str("</row>");
}

fn push_cell(out: &mut String, column: u32, row: u32, style: u32, text: &str) {
    let _ = write!(out, "<c r=\"{}\" s=\"{style}\"", cell_name(column, row));
    push_text(out, "", text);
}

/// Every cell of the list leads to the cell that it names.
fn push_links<'l>(out: &mut String, all: impl Iterator<Item = (&'l str, u32, u32)>) {
    let mut all = (2..).zip(all.take(LINKS)).peekable();
    if all.peek().is_none() {
        return;
    }
    out.push_str("<hyperlinks>");
    for (at, (sheet, column, row)) in all {
        let name = cell_name(column, row);
        let _ = write!(out, "<hyperlink ref=\"B{at}\" location=\"");
        push_escaped(out, &format!("'{}'!{name}", sheet.replace('\'', "''")));
        let _ = write!(out, "\" display=\"{name}\"/>");
    }
    out.push_str("</hyperlinks>");
}

/// The lines of an earlier list, and the prefix of its elements. Its links say which cells it
/// means, for programs carry them along when rows are inserted.
pub(super) fn earlier(text: &str) -> Result<(Vec<Earlier>, String), Broken> {
    let survey = Survey::of(text)?;
    let mut lines = Vec::new();
    let mut marks = Marks::within(text, survey.data.end..text.len());
    while let Some(mark) = marks.next()? {
        if mark.kind == Kind::Close || mark.local() != "hyperlink" {
            continue;
        }
        let from = mark.attribute("ref").and_then(|name| cell_place(&name));
        let to = mark.attribute("location");
        let (Some((1, at)), Some(to)) = (from, to) else { continue };
        let Some((sheet, cell)) = to.rsplit_once('!') else { continue };
        let quoted = sheet.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
        let sheet = quoted.map_or_else(|| sheet.to_owned(), |name| name.replace("''", "'"));
        let Some((column, row)) = cell_place(cell) else { continue };
        let Some(line) = row_of(text, &survey, at)? else { continue };
        let Some(look) = line.cell(5) else { continue };
        let texts = line
            .cells
            .iter()
            .map(|cell| (cell.column, cell.mark.raw.to_owned(), cell.inner.to_owned()));
        let style = look.style.unwrap_or(0);
        lines.push(Earlier { sheet, column, row, style, texts: texts.collect() });
    }
    Ok((lines, survey.prefix.to_owned()))
}
