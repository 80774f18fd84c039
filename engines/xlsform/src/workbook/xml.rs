//! The parts of an .xlsx as events, no deeper than any workbook goes.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::limits;

/// Elements within elements: workbooks need ten.
const DEPTH_MAX: u32 = 64;

/// A part while it is read.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: u32,
    /// The element that may end though it did not begin here.
    outer: Option<&'static str>,
}

impl<'a> Xml<'a> {
    /// Begins to read.
    pub(super) fn new(text: &'a str) -> Self {
        Self { reader: Reader::from_str(text), depth: 0, outer: None }
    }

    /// Goes on to read within an element that began in a piece before.
    pub(super) fn within(outer: &'static str, text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_unmatched_ends = true;
        Self { reader, depth: 0, outer: Some(outer) }
    }

    /// The next event; `None` if the part is no XML or goes too deep.
    pub(super) fn next(&mut self) -> Option<Event<'a>> {
        let event = self.reader.read_event().ok()?;
        match &event {
            Event::Start(_) if self.depth == DEPTH_MAX => return None,
            Event::Start(_) => self.depth += 1,
            Event::End(end) => match self.depth.checked_sub(1) {
                Some(depth) => self.depth = depth,
                None if self.outer == Some(end.local_name().as_ref()) => {}
                None => return None,
            },
            _ => {}
        }
        Some(event)
    }

    /// How many elements that began here have not ended.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// Goes past a cell as spreadsheet programs write most of them, if that is what comes next:
    /// attributes in their order, and a value without references or none. Sheets are made of
    /// little else.
    pub(super) fn plain_cell(&mut self) -> Option<PlainCell<'a>> {
        let rest: &'a [u8] = self.reader.get_ref();
        let rest = rest.strip_prefix(b"<c r=\"")?;
        let (place, mut rest) = word(rest)?;
        let mut cell = PlainCell { place, style: "0", kind: "n", value: "" };
        if let Some(style) = rest.strip_prefix(b"\" s=\"") {
            (cell.style, rest) = word(style)?;
        }
        if let Some(kind) = rest.strip_prefix(b"\" t=\"") {
            (cell.kind, rest) = word(kind)?;
        }
        if let Some(rest) = rest.strip_prefix(b"\"/>") {
            *self.reader.get_mut() = rest;
            return Some(cell);
        }
        let rest = rest.strip_prefix(b"\"><v>")?;
        let end = memchr::memchr3(b'<', b'&', b'\r', rest)?;
        let (value, rest) = rest.split_at(end);
        let rest = rest.strip_prefix(b"</v></c>")?;
        *self.reader.get_mut() = rest;
        cell.value = std::str::from_utf8(value).ok()?;
        Some(cell)
    }

    /// Goes past a shared text as spreadsheet programs write those without formats and
    /// references, if that is what comes next, and gives it.
    pub(super) fn plain_string(&mut self) -> Option<&'a str> {
        let rest: &'a [u8] = self.reader.get_ref();
        let rest = rest.strip_prefix(b"<si><t")?;
        let rest = rest.strip_prefix(b" xml:space=\"preserve\"").unwrap_or(rest);
        let rest = rest.strip_prefix(b">")?;
        let end = memchr::memchr3(b'<', b'&', b'\r', rest)?;
        let (text, rest) = rest.split_at(end);
        let rest = rest.strip_prefix(b"</t></si>")?;
        *self.reader.get_mut() = rest;
        std::str::from_utf8(text).ok()
    }

    /// Goes past the element that has just begun; `None` if it breaks off.
    pub(super) fn skip(&mut self) -> Option<()> {
        let outer = self.depth.checked_sub(1)?;
        while self.depth > outer {
            if matches!(self.next()?, Event::Eof) {
                return None;
            }
        }
        Some(())
    }

    /// Appends the text of the element that has just begun; `None` if it breaks off, or goes
    /// beyond what a cell may hold. What stands after an element within is not counted to the text.
    pub(super) fn text(&mut self, text: &mut String) -> Option<()> {
        let mut own = true;
        loop {
            if text.len() > limits::CELL {
                return None;
            }
            match self.next()? {
                Event::Text(part) if own => text.push_str(&part.xml10_content()),
                Event::CData(part) if own => text.push_str(&part.xml10_content()),
                Event::GeneralRef(part) if own => text.push(reference(&part)?),
                Event::Start(_) => {
                    self.skip()?;
                    own = false;
                }
                Event::Empty(_) => own = false,
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }

    /// Appends a text with or without formats, of the element that has just begun: its plain
    /// text, then its runs. How it is pronounced is not part of it.
    pub(super) fn rich_text(&mut self, text: &mut String) -> Option<()> {
        let start = text.len();
        let mut runs = String::new();
        loop {
            match self.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "t" => {
                        // Of two plain texts the second counts.
                        text.truncate(start);
                        self.text(text)?;
                    }
                    "r" => self.run(&mut runs)?,
                    _ => self.skip()?,
                },
                Event::End(_) => break,
                Event::Eof => return None,
                _ => {}
            }
        }
        text.push_str(&runs);
        Some(())
    }

    /// Appends the text of a run.
    fn run(&mut self, text: &mut String) -> Option<()> {
        let start = text.len();
        loop {
            match self.next()? {
                Event::Start(element) if element.local_name().as_ref() == "t" => {
                    text.truncate(start);
                    self.text(text)?;
                }
                Event::Start(_) => self.skip()?,
                Event::End(_) => return Some(()),
                Event::Eof => return None,
                _ => {}
            }
        }
    }
}

/// A cell as it is written.
pub(super) struct PlainCell<'a> {
    /// Where it is.
    pub(super) place: &'a str,
    /// The number of its style.
    pub(super) style: &'a str,
    /// The letter of its type.
    pub(super) kind: &'a str,
    /// What stands in it.
    pub(super) value: &'a str,
}

/// Letters and digits, of which there are no more than a few.
fn word(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let length = bytes.iter().take(12).position(|byte| !byte.is_ascii_alphanumeric())?;
    let (word, rest) = bytes.split_at(length);
    Some((std::str::from_utf8(word).ok()?, rest))
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    // Looking for doubles would take time that grows with the square of their number.
    attributes.with_checks(false);
    let found = attributes.flatten().find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// The attributes of an element as they are written, by their names with prefixes.
pub(super) fn raw_attributes<'a>(
    element: &'a BytesStart<'_>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = element.attributes_raw();
    std::iter::from_fn(move || {
        let (name, after) = split_at_sign(rest, b'=')?;
        let after = after.trim_start();
        let quote = *after.as_bytes().first().filter(|quote| b"\"'".contains(quote))?;
        let (value, after) = split_at_sign(&after[1..], quote)?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// Splits a short text around a sign of ASCII.
fn split_at_sign(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == sign)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The character that a reference stands for.
fn reference(part: &BytesRef<'_>) -> Option<char> {
    match &**part {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => part.resolve_char_ref().ok()?,
    }
}
