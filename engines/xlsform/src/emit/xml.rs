//! Elements and how they are written: two blanks a level, and text as it is.

use std::borrow::Cow;

/// An element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element<'a> {
    tag: Cow<'a, str>,
    attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    children: Vec<Child<'a>>,
}

/// What is in an element.
#[derive(Debug, Clone)]
pub(crate) enum Child<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
    /// Elements that are written already, with their indentation; never beside a text.
    Written(String),
}

impl<'a> Element<'a> {
    pub(crate) fn new(tag: impl Into<Cow<'a, str>>) -> Self {
        Self { tag: tag.into(), ..Self::default() }
    }

    /// Sets an attribute; one that is there already gets the new value.
    pub(crate) fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let name = name.into();
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value.into(),
            None => self.attributes.push((name, value.into())),
        }
    }

    /// With an attribute.
    pub(crate) fn attribute(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.set(name, value);
        self
    }

    /// With a text.
    pub(crate) fn text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.children.push(Child::Text(text.into()));
        self
    }

    /// With a child.
    pub(crate) fn with(mut self, child: Self) -> Self {
        self.add(child);
        self
    }

    /// With all of what stands in a text.
    pub(crate) fn content(mut self, content: Vec<Child<'a>>) -> Self {
        if self.children.is_empty() {
            self.children = content;
        } else {
            self.children.extend(content);
        }
        self
    }

    pub(crate) fn add(&mut self, child: Self) {
        self.children.push(Child::Element(child));
    }

    pub(crate) fn add_all(&mut self, children: impl IntoIterator<Item = Self>) {
        self.children.extend(children.into_iter().map(Child::Element));
    }

    /// Adds elements that are written already, at the level of its children.
    pub(crate) fn add_written(&mut self, written: String) {
        self.children.push(Child::Written(written));
    }

    /// Puts a child before the last.
    pub(crate) fn add_before_last(&mut self, child: Self) {
        let at = self.children.len().saturating_sub(1);
        self.children.insert(at, Child::Element(child));
    }

    /// Writes it. An element with text in it is written on one line; beside other elements its
    /// text is set off by blanks.
    pub(crate) fn write(&self, out: &mut String, level: usize) {
        indent(out, level);
        self.write_inline(out, level);
        out.push('\n');
    }

    fn write_inline(&self, out: &mut String, level: usize) {
        out.push('<');
        out.push_str(&self.tag);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, true, out);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        let text = self.children.iter().any(|child| matches!(child, Child::Text(_)));
        // Blanks between two answers in a text would be read.
        let answer = |child: &Child<'_>| matches!(child, Child::Element(it) if it.tag == "output");
        if text || self.children.iter().any(answer) {
            let several = text && self.children.len() > 1;
            if several && matches!(self.children[0], Child::Text(_)) {
                out.push(' ');
            }
            for child in &self.children {
                match child {
                    Child::Text(text) => escape(text, false, out),
                    Child::Element(element) => element.write_inline(out, level),
                    Child::Written(written) => out.push_str(written),
                }
            }
            if several {
                out.push(' ');
            }
        } else {
            out.push('\n');
            for child in &self.children {
                match child {
                    Child::Element(element) => element.write(out, level + 1),
                    Child::Written(written) => out.push_str(written),
                    Child::Text(_) => {}
                }
            }
            indent(out, level);
        }
        out.push_str("</");
        out.push_str(&self.tag);
        out.push('>');
    }
}

/// Writes the blanks in front of an element.
pub(crate) fn indent(out: &mut String, level: usize) {
    const BLANKS: &str = "                                ";
    let mut left = 2 * level;
    while left > 0 {
        let some = left.min(BLANKS.len());
        out.push_str(&BLANKS[..some]);
        left -= some;
    }
}

/// Writes an element that holds a text alone, on its own line.
pub(crate) fn line(out: &mut String, level: usize, tag: &str, text: &str) {
    indent(out, level);
    out.push('<');
    out.push_str(tag);
    out.push('>');
    escape(text, false, out);
    out.push_str("</");
    out.push_str(tag);
    out.push_str(">\n");
}

/// Writes a text so that it is one; quotes only where an attribute would end.
pub(crate) fn escape(text: &str, attribute: bool, out: &mut String) {
    let special = |byte| matches!(byte, b'&' | b'<' | b'>' | b'"');
    // Without a way out of the loop, many bytes are looked at together.
    if !text.bytes().fold(false, |found, byte| found | special(byte)) {
        out.push_str(text);
        return;
    }
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let written = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' if attribute => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(written);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// Content with a text put in front of it.
pub(crate) fn prefixed<'a>(prefix: &str, mut content: Vec<Child<'a>>) -> Vec<Child<'a>> {
    match content.first_mut() {
        Some(Child::Text(text)) => text.to_mut().insert_str(0, prefix),
        _ => content.insert(0, Child::Text(prefix.to_owned().into())),
    }
    content
}

/// A character that no XML document may hold.
pub(crate) fn forbidden(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_beside_elements_is_set_off_and_alone_is_not() {
        let alone = Element::new("label").text("a < b");
        let mixed = Element::new("label").text("a").with(Element::new("output"));
        let mut out = String::new();
        Element::new("root").with(alone).with(mixed).write(&mut out, 0);
        let expected =
            "<root>\n  <label>a &lt; b</label>\n  <label> a<output/> </label>\n</root>\n";
        assert_eq!(out, expected);
    }
}
