//! XML as a row of marks with their places, so that what is not changed is copied as it stands.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements within elements: workbooks need twenty.
const DEPTH_MAX: u32 = 128;

/// Why markup cannot be read: it is no XML, goes too deep, or has a document type.
#[derive(Debug)]
pub(super) struct Broken;

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An element begins.
    Open,
    /// An element without content.
    Alone,
    /// An element ends.
    Close,
}

/// A mark: everything between two marks is text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) kind: Kind,
    /// From its `<` to its `>`.
    pub(super) raw: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Mark<'a> {
    /// The element's name, with its prefix.
    pub(super) fn name(&self) -> &'a str {
        let raw = self.raw.trim_start_matches(['<', '/']);
        let end = raw.bytes().position(|b| b.is_ascii_whitespace() || b == b'>' || b == b'/');
        &raw[..end.unwrap_or(raw.len())]
    }

    /// The element's name without its prefix.
    pub(super) fn local(&self) -> &'a str {
        local(self.name())
    }

    /// An attribute as it is written.
    pub(super) fn raw_attribute(&self, name: &str) -> Option<&'a str> {
        attributes(self.raw).find(|one| one.name == name).map(|one| &self.raw[one.value])
    }

    /// What an attribute says.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw_attribute(name).map(plain)
    }

    /// A number that an attribute says.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.raw_attribute(name)?.trim().parse().ok()
    }

    /// Whether an attribute says yes.
    pub(super) fn says(&self, name: &str) -> bool {
        matches!(self.raw_attribute(name), Some("1" | "true" | "on"))
    }
}

/// Marks one after the other.
pub(super) struct Marks<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    base: usize,
    depth: u32,
}

impl<'a> Marks<'a> {
    /// All marks of a part.
    pub(super) fn new(text: &'a str) -> Self {
        Self::within(text, 0..text.len())
    }

    /// The marks of a piece of a part; elements may end in it that do not begin there.
    pub(super) fn within(text: &'a str, piece: Range<usize>) -> Self {
        let mut reader = Reader::from_str(&text[piece.clone()]);
        reader.config_mut().allow_unmatched_ends = true;
        Self { reader, text, base: piece.start, depth: 0 }
    }

    /// The text between two places.
    pub(super) fn between(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The next mark; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Mark<'a>>, Broken> {
        loop {
            let start = self.base + self.reader.buffer_position() as usize;
            let event = self.reader.read_event().map_err(|_| Broken)?;
            let kind = match event {
                Event::Start(_) => {
                    self.depth += 1;
                    Kind::Open
                }
                Event::Empty(_) => Kind::Alone,
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Kind::Close
                }
                Event::Eof => return Ok(None),
                Event::DocType(_) => return Err(Broken),
                _ => continue,
            };
            if self.depth > DEPTH_MAX {
                return Err(Broken);
            }
            let end = self.base + self.reader.buffer_position() as usize;
            let raw = self.text.get(start..end).filter(|raw| raw.starts_with('<'));
            return Ok(Some(Mark { kind, raw: raw.ok_or(Broken)?, start, end }));
        }
    }
}

/// An attribute's name, and where it and its value stand in the mark.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// From the first letter of the name to behind the closing quote.
    pub(super) whole: Range<usize>,
    pub(super) value: Range<usize>,
}

/// The attributes of a mark.
pub(super) fn attributes(raw: &str) -> impl Iterator<Item = Attribute<'_>> {
    let bytes = raw.as_bytes();
    let mut at = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(|b| !b.is_ascii_whitespace())?;
        let equals = start + memchr::memchr(b'=', &bytes[start..])?;
        let quote = equals + bytes[equals..].iter().position(|b| b"\"'".contains(b))?;
        let end = quote + 1 + memchr::memchr(bytes[quote], &bytes[quote + 1..])?;
        at = end + 1;
        let name = raw.get(start..equals)?.trim_end();
        Some(Attribute { name, whole: start..end + 1, value: quote + 1..end })
    })
}

/// A mark with another value of an attribute.
pub(super) fn with(raw: &str, name: &str, value: &str) -> String {
    let mut text = String::with_capacity(raw.len() + name.len() + value.len() + 4);
    match attributes(raw).find(|one| one.name == name) {
        Some(one) => {
            text.push_str(&raw[..one.whole.start]);
            push_attribute(&mut text, name, value);
            text.push_str(&raw[one.whole.end..]);
        }
        None => {
            let end = if raw.ends_with("/>") { raw.len() - 2 } else { raw.len() - 1 };
            text.push_str(raw[..end].trim_end());
            text.push(' ');
            push_attribute(&mut text, name, value);
            text.push_str(&raw[end..]);
        }
    }
    text
}

/// A mark without an attribute.
pub(super) fn without<'a>(raw: &'a str, name: &str) -> Cow<'a, str> {
    match attributes(raw).find(|one| one.name == name) {
        Some(one) => {
            let before = raw[..one.whole.start].trim_end();
            Cow::Owned(format!("{before}{}", &raw[one.whole.end..]))
        }
        None => Cow::Borrowed(raw),
    }
}

fn push_attribute(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    text.push_str("=\"");
    push_escaped(text, value);
    text.push('"');
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Text without references, comments and sections of raw text.
pub(super) fn plain(raw: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'&', b'<', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '<']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (said, length) = special(rest);
        text.push_str(&said);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// What a reference or a section says, and how long it is.
fn special(rest: &str) -> (String, usize) {
    if let Some(inner) = rest.strip_prefix("<![CDATA[") {
        let end = inner.find("]]>").unwrap_or(inner.len());
        return (inner[..end].to_owned(), (9 + end + 3).min(rest.len()));
    }
    if rest.starts_with('<') {
        return (String::new(), rest.find('>').map_or(rest.len(), |end| end + 1));
    }
    let end = rest.bytes().take(12).position(|byte| byte == b';');
    let Some(end) = end else { return ("&".to_owned(), 1) };
    let said = match &rest[1..end] {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => name.strip_prefix('#').and_then(|number| {
            let wide = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
            char::from_u32(wide.unwrap_or_else(|| number.parse()).ok()?)
        }),
    };
    said.map_or_else(|| ("&".to_owned(), 1), |said| (said.to_string(), end + 1))
}

/// Appends text so that it can stand between marks and in an attribute.
pub(super) fn push_escaped(text: &mut String, value: &str) {
    let mut rest = value;
    let special = |byte: u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\n' | b'\t' | b'\r');
    while let Some(at) = rest.bytes().position(special) {
        text.push_str(&rest[..at]);
        text.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\n' => "&#10;",
            b'\t' => "&#9;",
            _ => "&#13;",
        });
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_given_with_their_places() {
        let text = "<?xml version='1.0'?><a x=\"1\"><!-- <b> --><b y='>'/>t</a>";
        let mut marks = Marks::new(text);
        let mut names = Vec::new();
        while let Some(mark) = marks.next().unwrap() {
            assert_eq!(&text[mark.start..mark.end], mark.raw);
            names.push((mark.kind, mark.name()));
        }
        assert_eq!(names, [(Kind::Open, "a"), (Kind::Alone, "b"), (Kind::Close, "a")]);
    }

    #[test]
    fn an_attribute_is_replaced_added_and_taken_away() {
        assert_eq!(with("<c r = 'A1' s=\"2\"/>", "r", "A2"), "<c r=\"A2\" s=\"2\"/>");
        assert_eq!(
            with("<c r=\"A1\" />", "s", "a&b"),
            "<c r=\"A1\" s=\"a&amp;b\" />".replace("\" />", "\"/>")
        );
        assert_eq!(without("<c r=\"A1\" t=\"s\" s=\"1\">", "t"), "<c r=\"A1\" s=\"1\">");
    }

    #[test]
    fn references_and_raw_text_are_understood() {
        assert_eq!(plain("a&lt;b&#65;&#x42;<![CDATA[<&]]>&no;"), "a<bAB<&&no;");
        let mut text = String::new();
        push_escaped(&mut text, "a<b>\n\"&");
        assert_eq!(plain(&text), "a<b>\n\"&");
    }
}
