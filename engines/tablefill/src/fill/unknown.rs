//! The sheet that lists what nobody knows, and what an earlier one says.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Unknown;
use super::limits::LINKS;
use super::markup::{Broken, Kind, Marks, attributes, plain, push_escaped};
use super::reference::{cell_name, cell_place};
use super::styles::ListStyles;
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

/// The part of the sheet.
pub(super) fn list(all: &[Listed<'_>], styles: ListStyles, namespace: &str) -> String {
    let mut out = String::with_capacity(4096 + all.len() * 512);
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <worksheet xmlns=\"{namespace}\"><dimension ref=\"A1:{LOOK_COLUMN}{}\"/>\
         <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
         activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
         <sheetFormatPr defaultRowHeight=\"15\"/><cols>",
        all.len() + 1,
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
        let _ = write!(out, "<row r=\"{row}\">");
        let name = cell_name(listed.column, listed.row);
        push_cell(&mut out, 0, row, styles.text, &listed.sheet);
        push_cell(&mut out, 1, row, styles.link, &name);
        let unknown = listed.unknown;
        let texts = [&unknown.heading, &unknown.whose, &unknown.question];
        for (column, text) in (2..).zip(texts) {
            push_cell(&mut out, column, row, styles.text, text);
        }
        let _ = write!(out, "<c r=\"{LOOK_COLUMN}{row}\" s=\"{}\"/></row>", listed.style);
    }
    out.push_str("</sheetData>");
    push_links(&mut out, all);
    out.push_str("</worksheet>");
    out
}

fn push_cell(out: &mut String, column: u32, row: u32, style: u32, text: &str) {
    let _ = write!(out, "<c r=\"{}\" s=\"{style}\"", cell_name(column, row));
    push_text(out, "", text);
}

/// Every cell of the list leads to the cell that it names.
fn push_links(out: &mut String, all: &[Listed<'_>]) {
    if all.is_empty() {
        return;
    }
    out.push_str("<hyperlinks>");
    for (row, listed) in (2..).zip(all.iter().take(LINKS)) {
        let name = cell_name(listed.column, listed.row);
        let _ = write!(out, "<hyperlink ref=\"B{row}\" location=\"");
        push_escaped(out, &format!("'{}'!{name}", listed.sheet.replace('\'', "''")));
        let _ = write!(out, "\" display=\"{name}\"/>");
    }
    out.push_str("</hyperlinks>");
}

/// How cells looked before an earlier filling coloured them: by sheet, column and row. The links
/// of the list say which cells, for programs carry them along when rows are inserted.
pub(super) fn looks_before(text: &str) -> Result<HashMap<String, Styled>, Broken> {
    let mut styles: HashMap<u32, u32> = HashMap::new();
    let mut found: HashMap<String, Styled> = HashMap::new();
    let mut marks = Marks::new(text);
    while let Some(mark) = marks.next()? {
        if mark.kind == Kind::Close {
            continue;
        }
        match mark.local() {
            "c" => {
                let name = mark.raw_attribute("r").unwrap_or_default();
                if let Some((5, row)) = cell_place(name) {
                    styles.insert(row, mark.number("s").unwrap_or(0));
                }
            }
            "hyperlink" => {
                let said = |name: &str| {
                    let one = attributes(mark.raw).find(|one| one.name == name)?;
                    Some(plain(&mark.raw[one.value]).into_owned())
                };
                let from = said("ref").and_then(|name| cell_place(&name));
                let to = said("location");
                let (Some((1, row)), Some(to)) = (from, to) else { continue };
                let Some((sheet, cell)) = to.rsplit_once('!') else { continue };
                let quoted = sheet.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
                let sheet = quoted.map_or_else(|| sheet.to_owned(), |name| name.replace("''", "'"));
                if let (Some(place), Some(style)) = (cell_place(cell), styles.get(&row)) {
                    found.entry(sheet).or_default().insert(place, *style);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}
