//! Everything but cells that names rows: rules, links, notes, tables, drawings, charts.

use std::ops::Range;

use super::markup::{Broken, Kind, Mark, Marks, attributes, plain, push_escaped, with};
use super::shift::{Growth, Moves, Place, Shift};

/// What an attribute or a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Cells of the sheet, with how they grow.
    Cells(Growth),
    /// A formula.
    Formula,
    /// A row, counted from 0.
    Anchor,
    /// The row above a page break.
    Break,
}

/// Where a part belongs.
#[derive(Clone, Copy)]
pub(super) struct Home<'m> {
    pub(super) moves: &'m Moves,
    /// The sheet that it is on.
    pub(super) sheet: Option<&'m str>,
    pub(super) place: Place,
}

impl<'m> Home<'m> {
    fn shift(&self) -> Option<&'m Shift> {
        self.moves.of(self.sheet?)
    }

    fn moved(&self, says: Says, text: &str) -> Option<String> {
        match says {
            Says::Cells(growth) => self.shift()?.ranges(text, growth),
            Says::Formula => self.moves.formula(text, self.sheet, self.place),
            Says::Anchor => {
                let row: u32 = text.trim().parse().ok().filter(|row| *row < super::ROWS)?;
                let moved = self.shift()?.row(row + 1) - 1;
                (moved != row).then(|| moved.min(super::ROWS - 1).to_string())
            }
            Says::Break => {
                let row: u32 = text.trim().parse().ok().filter(|row| *row < super::ROWS)?;
                // A break stands below its row: it moves with what comes after.
                let moved = self.shift()?.row(row + 1) - 1;
                (moved != row).then(|| moved.min(super::ROWS).to_string())
            }
        }
    }
}

/// What the attributes of an element say.
fn attribute_says(element: &str, attribute: &str) -> Option<Says> {
    use Growth::{Always, Many, Never};
    Some(match (element, attribute) {
        ("selection", "activeCell" | "sqref")
        | ("sheetView" | "pane", "topLeftCell")
        | ("cellWatch" | "inputCells", "r")
        | ("comment" | "threadedComment", "ref") => Says::Cells(Never),
        ("dimension" | "hyperlink" | "mergeCell" | "location", "ref") => Says::Cells(Many),
        ("autoFilter" | "sortState" | "sortCondition" | "table", "ref") => Says::Cells(Many),
        (
            "protectedRange" | "dataValidation" | "conditionalFormatting" | "ignoredError",
            "sqref",
        ) => Says::Cells(Always),
        ("hyperlink", "location")
        | ("controlPr", "linkedCell" | "listFillRange")
        | ("formControlPr", "fmlaLink" | "fmlaRange" | "fmlaTxbx")
        | ("sp" | "pic" | "cxnSp", "textlink") => Says::Formula,
        _ => return None,
    })
}

/// What the text of an element says.
fn text_says(element: &str) -> Option<Says> {
    Some(match element {
        "f"
        | "formula"
        | "formula1"
        | "formula2"
        | "calculatedColumnFormula"
        | "totalsRowFormula" => Says::Formula,
        "sqref" => Says::Cells(Growth::Always),
        "row" => Says::Anchor,
        _ => return None,
    })
}

/// A piece of a part while it is rewritten.
struct Rewriting<'a, 'm> {
    text: &'a str,
    home: Home<'m>,
    out: String,
    done: usize,
    changed: bool,
    /// Within the breaks between rows.
    breaks: bool,
    /// How far the upper end of an anchor moved, if its lower end moves as far.
    keeps_size: bool,
    upper: Option<i64>,
    lower: bool,
}

/// A piece of a part after the insertion, and whether it reads otherwise; `merges` are added to
/// the merged cells.
pub(super) fn rewritten(
    text: &str,
    piece: Range<usize>,
    home: Home<'_>,
    merges: &[String],
) -> Result<(String, bool), Broken> {
    let mut marks = Marks::within(text, piece.clone());
    let mut part = Rewriting {
        text,
        home,
        out: String::with_capacity(piece.len()),
        done: piece.start,
        changed: false,
        breaks: false,
        keeps_size: false,
        upper: None,
        lower: false,
    };
    let mut before: Option<Mark<'_>> = None;
    while let Some(mark) = marks.next()? {
        match mark.kind {
            Kind::Close => part.close(before.as_ref(), &mark, merges),
            _ => part.open(&mark, merges.len()),
        }
        before = Some(mark);
    }
    part.out.push_str(&text[part.done..piece.end]);
    Ok((part.out, part.changed))
}

impl Rewriting<'_, '_> {
    fn replace(&mut self, span: Range<usize>, with: &str) {
        self.out.push_str(&self.text[self.done..span.start]);
        self.out.push_str(with);
        self.done = span.end;
        self.changed = true;
    }

    fn open(&mut self, mark: &Mark<'_>, merges: usize) {
        let element = mark.local();
        match element {
            "rowBreaks" => self.breaks = mark.kind == Kind::Open,
            "twoCellAnchor" => {
                let edit = mark.raw_attribute("editAs");
                self.keeps_size = matches!(edit, Some("oneCell" | "absolute"));
            }
            "anchor" => self.keeps_size = !mark.says("sizeWithCells"),
            "from" => self.lower = false,
            "to" => self.lower = true,
            _ => {}
        }
        let mut raw: Option<String> = None;
        for one in attributes(mark.raw) {
            let says = match (element, one.name) {
                ("brk", "id") if self.breaks => Some(Says::Break),
                ("cfvo", "val") if mark.raw_attribute("type") == Some("formula") => {
                    Some(Says::Formula)
                }
                _ => attribute_says(element, one.name),
            };
            let value = plain(&mark.raw[one.value]);
            let moved = match (element, one.name) {
                ("dataRef" | "worksheetSource", "ref") => self.elsewhere(mark, &value),
                ("mergeCells", "count") if merges > 0 => {
                    let count = value.parse::<usize>().unwrap_or(0) + merges;
                    Some(count.to_string())
                }
                _ => says.and_then(|says| self.home.moved(says, &value)),
            };
            if let Some(moved) = moved {
                raw = Some(with(raw.as_deref().unwrap_or(mark.raw), one.name, &moved));
            }
        }
        if let Some(raw) = raw {
            self.replace(mark.start..mark.end, &raw);
        }
    }

    /// Cells of a sheet that another attribute names.
    fn elsewhere(&self, mark: &Mark<'_>, cells: &str) -> Option<String> {
        let sheet = mark.attribute("sheet")?;
        self.home.moves.of(&sheet)?.ranges(cells, Growth::Many)
    }

    fn close(&mut self, before: Option<&Mark<'_>>, mark: &Mark<'_>, merges: &[String]) {
        match mark.local() {
            "rowBreaks" => self.breaks = false,
            "mergeCells" if !merges.is_empty() => {
                let prefix = mark.name().strip_suffix("mergeCells").unwrap_or_default();
                let added: Vec<String> = merges
                    .iter()
                    .map(|cells| format!("<{prefix}mergeCell ref=\"{cells}\"/>"))
                    .collect();
                self.replace(mark.start..mark.start, &added.concat());
            }
            "twoCellAnchor" | "anchor" => self.upper = None,
            _ => {}
        }
        // The text of an element without elements.
        let Some(open) = before.filter(|open| open.kind == Kind::Open) else { return };
        let Some(says) = text_says(mark.local()) else { return };
        let text = plain(&self.text[open.end..mark.start]);
        let moved = match says {
            Says::Anchor => self.anchor(&text),
            says => self.home.moved(says, &text),
        };
        if let Some(moved) = moved {
            let mut escaped = String::with_capacity(moved.len());
            push_escaped(&mut escaped, &moved);
            self.replace(open.end..mark.start, &escaped);
        }
    }

    /// An end of an anchor.
    fn anchor(&mut self, text: &str) -> Option<String> {
        let row: i64 = text.trim().parse().ok()?;
        if self.lower
            && self.keeps_size
            && let Some(by) = self.upper
        {
            return (by != 0).then(|| row.saturating_add(by).to_string());
        }
        let moved = self.home.moved(Says::Anchor, text);
        if !self.lower {
            let by = |moved: &String| moved.parse::<i64>().map_or(0, |moved| moved - row);
            self.upper = Some(moved.as_ref().map_or(0, by));
        }
        moved
    }
}

/// The older drawings of notes and controls, which are not always XML; `None` if nothing moves.
pub(super) fn older_drawing(text: &str, home: Home<'_>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &text.as_bytes()[at..]) {
        let start = at + found;
        at = start + 1;
        let Some((name, inner)) = element_at(text, start) else { continue };
        let said = plain(&text[inner.clone()]);
        let moved = match name {
            "Row" => home.moved(Says::Anchor, &said),
            "Anchor" => older_anchor(&said, home),
            _ => home.moved(Says::Formula, &said),
        };
        if let Some(moved) = moved {
            out.push_str(&text[done..inner.start]);
            push_escaped(&mut out, &moved);
            done = inner.end;
        }
        at = inner.end;
    }
    if done == 0 {
        return None;
    }
    out.push_str(&text[done..]);
    Some(out)
}

/// The name and the text of an element that names rows.
fn element_at(text: &str, start: usize) -> Option<(&'static str, Range<usize>)> {
    let rest = text[start..].strip_prefix("<x:")?;
    let names = ["Row", "Anchor", "FmlaLink", "FmlaRange", "FmlaTxbx"];
    let name = names
        .into_iter()
        .find(|name| rest.strip_prefix(*name).is_some_and(|rest| rest.starts_with('>')))?;
    let from = start + 3 + name.len() + 1;
    let length = memchr::memchr(b'<', &text.as_bytes()[from..])?;
    Some((name, from..from + length))
}

/// Column, offset, row, offset of one corner and of the other.
fn older_anchor(said: &str, home: Home<'_>) -> Option<String> {
    let mut numbers: Vec<i64> =
        said.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    let &[_, _, upper, _, _, _, lower, _] = numbers.as_slice() else { return None };
    let moved: i64 = home.moved(Says::Anchor, &upper.to_string())?.parse().ok()?;
    numbers[2] = moved;
    numbers[6] = lower.saturating_add(moved - upper);
    let words: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Some(words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::shift::Insertion;
    use super::*;

    fn after(text: &str) -> String {
        let mut moves = Moves::default();
        moves.add("表", Shift { insertions: vec![Insertion { first: 5, last: 6, count: 10 }] });
        let home = Home { moves: &moves, sheet: Some("表"), place: Place::Anywhere };
        rewritten(text, 0..text.len(), home, &["A7:B7".to_owned()]).unwrap().0
    }

    #[test]
    fn rules_and_merges_move_and_grow() {
        assert_eq!(
            after(
                "<w><mergeCells count=\"2\"><mergeCell ref=\"A6:B6\"/><mergeCell ref='C8:D9'/></mergeCells>"
            ),
            "<w><mergeCells count=\"3\"><mergeCell ref=\"A6:B6\"/><mergeCell ref=\"C18:D19\"/><mergeCell ref=\"A7:B7\"/></mergeCells>",
        );
        assert_eq!(
            after(
                "<x:dataValidation sqref=\"B6 C7\"><x:formula1>$E$6:$E$7</x:formula1></x:dataValidation>"
            ),
            "<x:dataValidation sqref=\"B6:B16 C17\"><x:formula1>$E$6:$E$17</x:formula1></x:dataValidation>",
        );
        assert_eq!(
            after("<rowBreaks><brk id=\"6\"/></rowBreaks><colBreaks><brk id=\"6\"/></colBreaks>"),
            "<rowBreaks><brk id=\"16\"/></rowBreaks><colBreaks><brk id=\"6\"/></colBreaks>"
        );
        assert_eq!(
            after("<x14:formula1><xm:f>表!A9</xm:f></x14:formula1><xm:sqref>A6</xm:sqref>"),
            "<x14:formula1><xm:f>表!A19</xm:f></x14:formula1><xm:sqref>A6:A16</xm:sqref>"
        );
    }

    #[test]
    fn drawings_move_and_keep_their_size_where_they_say_so() {
        let anchor = |edit: &str, from: u32, to: u32| {
            format!(
                "<xdr:twoCellAnchor{edit}><xdr:from><xdr:row>{from}</xdr:row></xdr:from><xdr:to><xdr:row>{to}</xdr:row></xdr:to></xdr:twoCellAnchor>"
            )
        };
        assert_eq!(after(&anchor("", 4, 8)), anchor("", 4, 18));
        assert_eq!(
            after(&anchor(" editAs=\"oneCell\"", 4, 8)),
            anchor(" editAs=\"oneCell\"", 4, 8)
        );
        assert_eq!(
            after(&anchor(" editAs=\"oneCell\"", 6, 8)),
            anchor(" editAs=\"oneCell\"", 16, 18)
        );
    }

    #[test]
    fn notes_move_with_their_cell() {
        let mut moves = Moves::default();
        moves.add("表", Shift { insertions: vec![Insertion { first: 5, last: 6, count: 10 }] });
        let home = Home { moves: &moves, sheet: Some("表"), place: Place::Anywhere };
        let text =
            "<x:Anchor>\n 1, 15, 7, 2, 3, 15, 9, 4</x:Anchor><br><x:Row>7</x:Row><x:Row>3</x:Row>";
        assert_eq!(
            older_drawing(text, home).unwrap(),
            "<x:Anchor>1, 15, 17, 2, 3, 15, 19, 4</x:Anchor><br><x:Row>17</x:Row><x:Row>3</x:Row>"
        );
        assert!(older_drawing("<x:Row>3</x:Row>", home).is_none());
    }
}
