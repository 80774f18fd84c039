//! The styles of a workbook: which are dates, and those that are added for unknown cells.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;

use super::markup::{Broken, Kind, Mark, Marks, with};

/// The soft colour of a cell that nobody knows; unlike any of the colours that programs offer, so
/// that it is known again.
const COLOUR: &str = "FFFFF1C9";
/// What a workbook without styles gets.
const MINIMAL: &str = r#"<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>"#;

/// The styles, and those that are added.
pub(super) struct Styles {
    text: Rc<str>,
    prefix: String,
    formats: Vec<Format>,
    fills: List,
    fonts: List,
    cells: List,
    /// The fill of unknown cells, where the workbook has it already.
    known_fill: Option<u32>,
    /// Of each style the one that is the same but for the colour.
    coloured: BTreeMap<u32, u32>,
    /// Styles and fonts that are appended.
    appended: Vec<String>,
    appended_fonts: Vec<String>,
    /// The fonts that the workbook has.
    font_spans: Vec<Range<usize>>,
}

/// The format of a cell.
struct Format {
    raw: Range<usize>,
    date: bool,
    fill: u32,
}

/// A list with its count.
#[derive(Default, Clone)]
struct List {
    /// Its opening mark.
    open: Range<usize>,
    /// Where it ends.
    end: usize,
    count: u32,
}

/// The styles of the sheet that lists what is unknown.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListStyles {
    pub(super) heading: u32,
    pub(super) link: u32,
    pub(super) text: u32,
}

impl Styles {
    /// Reads the styles; of a workbook that has none, those that every workbook has.
    pub(super) fn read(text: Option<Rc<str>>, namespace: &str) -> Result<Self, Broken> {
        let minimal = || Rc::from(format!("<styleSheet xmlns=\"{namespace}\">{MINIMAL}"));
        let text: Rc<str> = text.unwrap_or_else(minimal);
        let mut styles = Self {
            text: Rc::clone(&text),
            prefix: String::new(),
            formats: Vec::new(),
            fills: List::default(),
            fonts: List::default(),
            cells: List::default(),
            known_fill: None,
            coloured: BTreeMap::new(),
            appended: Vec::new(),
            appended_fonts: Vec::new(),
            font_spans: Vec::new(),
        };
        styles.scan(&text)?;
        if styles.cells.end == 0 || styles.fills.end == 0 || styles.fonts.end == 0 {
            return Err(Broken);
        }
        Ok(styles)
    }

    fn scan(&mut self, text: &str) -> Result<(), Broken> {
        let mut marks = Marks::new(text);
        let mut path: Vec<&str> = Vec::new();
        let mut dates: HashMap<u32, bool> = HashMap::new();
        while let Some(mark) = marks.next()? {
            if mark.kind == Kind::Close {
                path.pop();
                self.closed(&path, &mark);
                continue;
            }
            match (path.as_slice(), mark.local()) {
                ([], _) => {
                    let prefix = mark.name().strip_suffix(mark.local()).ok_or(Broken)?;
                    prefix.clone_into(&mut self.prefix);
                }
                ([_], "fills") => self.fills.open = mark.start..mark.end,
                ([_], "fonts") => self.fonts.open = mark.start..mark.end,
                ([_], "cellXfs") => self.cells.open = mark.start..mark.end,
                ([_, "numFmts"], "numFmt") => {
                    let code = mark.attribute("formatCode").unwrap_or_default();
                    dates.extend(mark.number("numFmtId").map(|id| (id, is_date(&code))));
                }
                ([_, "fonts"], "font") => {
                    self.fonts.count += 1;
                    self.font_spans.push(mark.start..mark.end);
                }
                ([_, "fills"], "fill") => self.fills.count += 1,
                ([_, "fills", "fill", "patternFill"], "fgColor")
                    if mark.raw_attribute("rgb") == Some(COLOUR) =>
                {
                    self.known_fill = self.fills.count.checked_sub(1);
                }
                ([_, "cellXfs"], "xf") => self.format(&mark, &dates),
                _ => {}
            }
            if mark.kind == Kind::Open {
                path.push(mark.local());
            }
        }
        Ok(())
    }

    fn format(&mut self, mark: &Mark<'_>, dates: &HashMap<u32, bool>) {
        let id = mark.number("numFmtId").unwrap_or(0);
        self.cells.count += 1;
        self.formats.push(Format {
            raw: mark.start..mark.end,
            date: dates.get(&id).copied().unwrap_or_else(|| is_date_by_number(id)),
            fill: mark.number("fillId").unwrap_or(0),
        });
    }

    fn closed(&mut self, path: &[&str], mark: &Mark<'_>) {
        match (path, mark.local()) {
            ([_], "fills") => self.fills.end = mark.start,
            ([_], "fonts") => self.fonts.end = mark.start,
            ([_], "cellXfs") => self.cells.end = mark.start,
            ([_, "fonts"], "font") => {
                if let Some(span) = self.font_spans.last_mut() {
                    span.end = mark.end;
                }
            }
            ([_, "cellXfs"], "xf") => {
                if let Some(format) = self.formats.last_mut() {
                    format.raw.end = mark.end;
                }
            }
            _ => {}
        }
    }

    /// Whether a style shows numbers as dates or times.
    pub(super) fn is_date(&self, style: u32) -> bool {
        self.formats.get(style as usize).is_some_and(|format| format.date)
    }

    /// Whether a style has the colour of unknown cells.
    pub(super) fn is_coloured(&self, style: u32) -> bool {
        let format = self.formats.get(style as usize);
        format.is_some_and(|format| Some(format.fill) == self.known_fill)
    }

    /// The style that is the same but for the colour of unknown cells.
    pub(super) fn coloured(&mut self, style: u32) -> u32 {
        if self.is_coloured(style) {
            return style;
        }
        if let Some(derived) = self.coloured.get(&style) {
            return *derived;
        }
        let fill = self.fill().to_string();
        let derived = self.derived(style, &[("fillId", &fill), ("applyFill", "1")]);
        self.coloured.insert(style, derived);
        derived
    }

    /// The styles of the sheet that lists what is unknown.
    pub(super) fn of_list(&mut self) -> ListStyles {
        let prefix = self.prefix.clone();
        let font = |inner: String| format!("<{prefix}font>{inner}</{prefix}font>");
        let size = format!("<{prefix}sz val=\"11\"/>");
        let colour = format!("<{prefix}color rgb=\"FF0563C1\"/>");
        let bold = self.font(font(format!("<{prefix}b/>{size}")));
        let link = self.font(font(format!("<{prefix}u/>{size}{colour}")));
        let fill = self.fill().to_string();
        let (bold, link) = (bold.to_string(), link.to_string());
        let font = "applyFont";
        let heading = [("fontId", &*bold), (font, "1"), ("fillId", &*fill), ("applyFill", "1")];
        ListStyles {
            heading: self.plain(&heading),
            link: self.plain(&[("fontId", &link), (font, "1")]),
            text: self.plain(&[]),
        }
    }

    /// The number of a font, which is appended where the workbook does not have it.
    fn font(&mut self, raw: String) -> u32 {
        let found = self.font_spans.iter().position(|span| self.text[span.clone()] == raw);
        if let Some(found) = found {
            return found as u32;
        }
        self.appended_fonts.push(raw);
        self.fonts.count + self.appended_fonts.len() as u32 - 1
    }

    /// The number of the fill of unknown cells.
    fn fill(&self) -> u32 {
        self.known_fill.unwrap_or(self.fills.count)
    }

    /// Appends a style that is like another but for some attributes.
    fn derived(&mut self, style: u32, changes: &[(&str, &str)]) -> u32 {
        let format = self.formats.get(style as usize);
        let Some(format) = format else { return self.plain(changes) };
        let raw = &self.text[format.raw.clone()];
        let end = raw.find('>').map_or(raw.len(), |end| end + 1);
        let mut mark = raw[..end].to_owned();
        for (name, value) in changes {
            mark = with(&mark, name, value);
        }
        self.append(mark + &raw[end..])
    }

    /// Appends a style that is like no other but for some attributes.
    fn plain(&mut self, changes: &[(&str, &str)]) -> u32 {
        let prefix = &self.prefix;
        let mut mark = format!(
            "<{prefix}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
        );
        for (name, value) in changes {
            mark = with(&mark, name, value);
        }
        self.append(mark)
    }

    fn append(&mut self, raw: String) -> u32 {
        let there = self.formats.iter().position(|one| self.text[one.raw.clone()] == raw);
        if let Some(there) = there {
            return there as u32;
        }
        let found = self.appended.iter().position(|other| *other == raw);
        let at = found.unwrap_or_else(|| {
            self.appended.push(raw);
            self.appended.len() - 1
        });
        self.cells.count + at as u32
    }

    /// The text with what was added; `None` if nothing was.
    pub(super) fn finish(&self) -> Option<String> {
        if self.appended.is_empty() {
            return None;
        }
        let prefix = &self.prefix;
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut add = |list: &List, count: usize, text: String| {
            let total = (list.count as usize + count).to_string();
            edits.push((list.open.clone(), with(&self.text[list.open.clone()], "count", &total)));
            edits.push((list.end..list.end, text));
        };
        add(&self.cells, self.appended.len(), self.appended.concat());
        add(&self.fonts, self.appended_fonts.len(), self.appended_fonts.concat());
        if self.known_fill.is_none() {
            let fill = format!(
                "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor \
                 rgb=\"{COLOUR}\"/><{prefix}bgColor indexed=\"64\"/></{prefix}patternFill>\
                 </{prefix}fill>"
            );
            add(&self.fills, 1, fill);
        }
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(self.text.len() + 4096);
        let mut done = 0;
        for (span, with) in edits {
            text.push_str(&self.text[done..span.start]);
            text.push_str(&with);
            done = span.end;
        }
        text.push_str(&self.text[done..]);
        Some(text)
    }
}

/// Whether one of the formats that need no code is of dates or times.
fn is_date_by_number(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a format shows dates or times: a letter of theirs stands outside quotes and brackets.
fn is_date(code: &str) -> bool {
    let positive = code.split(';').next().unwrap_or_default();
    let lower = positive.to_ascii_lowercase().replace("general", "");
    let mut letters = lower.chars();
    let mut number = false;
    while let Some(letter) = letters.next() {
        number |= matches!(letter, '0' | '#' | '?');
        match letter {
            '"' => drop(letters.by_ref().find(|letter| *letter == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inner: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let elapsed = inner.trim_matches(['h', 'm', 's']).is_empty();
                if elapsed && !inner.is_empty() {
                    return true;
                }
            }
            'y' | 'm' | 'd' | 'h' | 's' => return true,
            // The year of an era; behind a digit it is the power of ten.
            'e' if !number => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_known_by_their_format() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "[h]:mm",
            "h:mm AM/PM",
            "e\"年\"",
        ] {
            assert!(is_date(code), "{code}");
        }
        for code in ["General", "0.00", "@", "#,##0\"days\"", "[Red]0", "0\\d", "_m0", "0.00E+00"] {
            assert!(!is_date(code), "{code}");
        }
    }

    #[test]
    fn a_colour_is_added_once_and_known_again() {
        let mut styles = Styles::read(None, "n").unwrap();
        assert!(styles.finish().is_none());
        assert_eq!((styles.coloured(0), styles.coloured(0)), (1, 1));
        let text = styles.finish().unwrap();
        let mut again = Styles::read(Some(Rc::from(text)), "n").unwrap();
        assert!(again.is_coloured(1) && !again.is_coloured(0));
        assert_eq!(again.coloured(1), 1);
        assert!(again.finish().is_none());
    }
}
