//! An XForm with everything that has no meaning made the same.
//!
//! Attributes and declarations of namespaces are sorted; binds stand by their node set, before the
//! actions of the model, which keep their order; the values of one text stand by their form, whose
//! order pyxform leaves to chance; white space between elements is gone, but not in a text. All
//! else must be the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name with its prefix.
    pub name: String,
    /// Its attributes by name.
    pub attributes: BTreeMap<String, String>,
    /// What is in it.
    pub nodes: Vec<Node>,
}

/// What may be in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text.
    Text(String),
}

/// Reads an XForm and makes it canonical.
///
/// # Errors
/// When it is no XML.
pub fn read(xml: &str) -> Result<Element> {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event()? {
            Event::Start(start) => open.push(started(&start)?),
            Event::Empty(start) => close(started(&start)?, &mut open)?,
            Event::End(_) => {
                let element = open.pop().context("an end without a beginning")?;
                close(element, &mut open)?;
            }
            Event::Text(text) => say(&text.xml_content(XmlVersion::Implicit1_0), &mut open)?,
            Event::CData(text) => say(&text.xml_content(XmlVersion::Implicit1_0), &mut open)?,
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref()? {
                    Some(letter) => letter.to_string(),
                    None => named(&reference)?.to_owned(),
                };
                say(&text, &mut open)?;
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let [document] = &mut open[..] else { bail!("an element is not closed") };
    let elements = std::mem::take(&mut document.nodes).into_iter();
    let mut elements = elements.filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    });
    match (elements.next(), elements.next()) {
        (Some(root), None) => Ok(root),
        _ => bail!("there is not one root"),
    }
}

fn named(reference: &str) -> Result<&'static str> {
    Ok(match reference {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        other => bail!("&{other}; is not known"),
    })
}

fn started(start: &BytesStart<'_>) -> Result<Element> {
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let name = String::from_utf8_lossy(attribute.key.as_ref().as_ref()).into_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
        if attributes.insert(name.clone(), value).is_some() {
            bail!("{name} stands twice");
        }
    }
    let name = String::from_utf8_lossy(start.name().as_ref().as_ref()).into_owned();
    Ok(Element { name, attributes, nodes: Vec::new() })
}

fn say(text: &str, open: &mut [Element]) -> Result<()> {
    let element = open.last_mut().context("text outside")?;
    match element.nodes.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => element.nodes.push(Node::Text(text.to_owned())),
    }
    Ok(())
}

fn close(mut element: Element, open: &mut [Element]) -> Result<()> {
    element.settle();
    open.last_mut().context("an end without a beginning")?.nodes.push(Node::Element(element));
    Ok(())
}

impl Element {
    /// Makes what has no meaning the same.
    fn settle(&mut self) {
        let elements = self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        });
        let (mut number, mut outputs) = (0, 0);
        for element in elements {
            number += 1;
            outputs += usize::from(element.name == "output");
        }
        // Between two outputs a blank is read; around a single one a line's end is not.
        let between = |text: &str| match outputs {
            0 => text.trim().is_empty(),
            1 => number == 1 && text.starts_with('\n') && text.trim().is_empty(),
            _ => false,
        };
        if number > 0 {
            self.nodes.retain(|node| !matches!(node, Node::Text(text) if between(text)));
        }
        match self.name.as_str() {
            "model" => self.nodes.sort_by_key(Node::place_in_model),
            "text" => self.nodes.sort_by_key(Node::form),
            _ => {}
        }
    }

    /// As lines, one for each element, each indented by its depth.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.lines_into(0, &mut lines);
        lines
    }

    fn lines_into(&self, depth: usize, lines: &mut Vec<String>) {
        let indent = "  ".repeat(depth);
        let mut line = format!("{indent}<{}", self.name);
        for (name, value) in &self.attributes {
            // Writing to a string does not fail.
            let _ = write!(line, " {name}={value:?}");
        }
        line.push('>');
        if let [Node::Text(text)] = &self.nodes[..] {
            let _ = write!(line, " {text:?}");
            lines.push(line);
            return;
        }
        lines.push(line);
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.lines_into(depth + 1, lines),
                Node::Text(text) => lines.push(format!("{indent}  {text:?}")),
            }
        }
    }
}

impl Node {
    /// Binds after everything that is neither bind nor action, actions last.
    fn place_in_model(&self) -> (u8, String) {
        let Self::Element(element) = self else { return (0, String::new()) };
        match element.name.as_str() {
            "bind" => (1, element.attributes.get("nodeset").cloned().unwrap_or_default()),
            "setvalue" | "odk:setgeopoint" | "odk:recordaudio" => (2, String::new()),
            _ => (0, String::new()),
        }
    }

    fn form(&self) -> Option<String> {
        match self {
            Self::Element(element) => element.attributes.get("form").cloned(),
            Self::Text(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        read(a).unwrap() == read(b).unwrap()
    }

    #[test]
    fn the_order_of_attributes_and_namespaces_has_no_meaning() {
        assert!(same(
            "<a xmlns:x='1' b='2'/>",
            "<?xml version='1.0'?>\n<a b=\"2\" xmlns:x=\"1\"></a>"
        ));
        assert!(!same("<a b='1'/>", "<a b='2'/>"));
    }

    #[test]
    fn white_space_between_elements_has_no_meaning() {
        assert!(same("<a>\n  <b/>\n</a>", "<a><b/></a>"));
        assert!(!same("<a>x</a>", "<a> x</a>"));
        assert!(!same("<a> </a>", "<a/>"));
    }

    #[test]
    fn white_space_of_a_text_with_outputs_has_meaning() {
        assert!(!same("<l><output/> <output/></l>", "<l><output/><output/></l>"));
        assert!(!same("<l>x <output/></l>", "<l>x<output/></l>"));
        assert!(!same("<l> <output/></l>", "<l><output/></l>"));
        assert!(same("<l>\n  <output/>\n</l>", "<l><output/></l>"));
        assert!(!same("<l>\n <output/>\n <output/></l>", "<l><output/><output/></l>"));
    }

    #[test]
    fn binds_may_stand_in_any_order_and_actions_may_not() {
        let model = |a, b, c| format!("<model><i/>{a}{b}{c}</model>");
        let (x, y) = ("<bind nodeset='/x'/>", "<bind nodeset='/y'/>");
        let (v, w) = ("<setvalue ref='/x'/>", "<setvalue ref='/y'/>");
        assert!(same(&model(x, v, y), &model(y, x, v)));
        assert!(!same(&model(v, x, w), &model(w, x, v)));
        assert!(!same("<body><b/><c/></body>", "<body><c/><b/></body>"));
    }

    #[test]
    fn values_of_a_text_stand_by_their_form() {
        let (long, image) = ("<value>x</value>", "<value form='image'>y</value>");
        assert!(same(
            &format!("<text>{long}{image}</text>"),
            &format!("<text>{image}{long}</text>")
        ));
    }

    #[test]
    fn escapes_are_read_through() {
        assert!(same("<a b='&lt;&quot;&#10;'>&gt;&#65;</a>", "<a b=\"&lt;&#x22;&#xA;\">>A</a>"));
        assert!(!same("<a b='&#10;'/>", "<a b='\n'/>"));
        assert!(same("<a b=' '/>", "<a b='\n'/>"));
        assert!(same("<a>x<![CDATA[<]]></a>", "<a>x&lt;</a>"));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for text in ["", "<a>", "<a/><b/>", "<a b='1' b='2'/>", "<a>&x;</a>", "</a>"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lines_say_an_element_each() {
        let lines = read("<a x='1'><b>t</b><c/></a>").unwrap().lines();
        assert_eq!(lines, ["<a x=\"1\">", "  <b> \"t\"", "  <c>"]);
    }
}
