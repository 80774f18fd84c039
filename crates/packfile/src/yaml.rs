//! From the bytes of one file to a tree whose every node knows where it stands.

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span};

use crate::problem::{Code, Spot};

/// The largest file.
pub(crate) const FILE_BYTES_MAX: usize = 512 * 1024;
/// The most nodes of a file.
const NODES_MAX: usize = 50_000;
/// The deepest nesting.
const DEPTH_MAX: usize = 24;

/// A node of a YAML file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A single text.
    Scalar {
        text: String,
        /// Written without quotes.
        plain: bool,
        /// As it stands in the file.
        raw: String,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with what stands below it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) spot: Spot,
    pub(crate) node: Node,
}

/// What is wrong with a file as YAML.
pub(crate) struct Fault {
    pub(crate) spot: Spot,
    pub(crate) code: Code,
    pub(crate) details: Vec<String>,
}

impl Fault {
    fn new(spot: Spot, code: Code, details: &[&str]) -> Self {
        Self { spot, code, details: details.iter().map(|d| (*d).to_owned()).collect() }
    }
}

/// Reads the bytes of a file.
pub(crate) fn parse(bytes: &[u8]) -> (Option<Node>, Vec<Fault>) {
    let nowhere = Spot::default();
    if bytes.len() > FILE_BYTES_MAX {
        let most = format!("{} kB", FILE_BYTES_MAX / 1024);
        return (None, vec![Fault::new(nowhere, Code::TooLarge, &["bytes", &most])]);
    }
    // A mark of the byte order at the beginning is what some editors write; it says nothing.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            return (None, vec![Fault::new(Spot { line, column: 1 }, Code::NotUtf8, &[])]);
        }
    };
    if let Some(fault) = odd_character(text) {
        return (None, vec![fault]);
    }
    let mut tree = Tree { text, parser: parser(text), nodes: 0, faults: Vec::new() };
    match tree.document() {
        Ok(node) => (node, tree.faults),
        Err(fault) => {
            tree.faults.push(fault);
            (None, tree.faults)
        }
    }
}

type StrParser<'a> = Parser<'a, serde_saphyr::granit_parser::StrInput<'a>>;

fn parser(text: &str) -> StrParser<'_> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    Parser::new_from_str_with_options(text, options)
}

/// Characters that nobody sees and that turn text around.
fn odd_character(text: &str) -> Option<Fault> {
    let odd = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let (at, c) = text.char_indices().find(|(_, c)| odd(*c))?;
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let number = format!("{:04X}", u32::from(c));
    Some(Fault::new(Spot { line, column }, Code::OddCharacter, &[&number]))
}

struct Tree<'a> {
    text: &'a str,
    parser: StrParser<'a>,
    nodes: usize,
    faults: Vec<Fault>,
}

fn spot(span: &Span) -> Spot {
    Spot { line: span.start.line(), column: span.start.col() + 1 }
}

impl<'a> Tree<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Fault> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(pair)) => Ok(Some(pair)),
            Some(Err(error)) => {
                let marker = error.marker();
                let spot = Spot { line: marker.line(), column: marker.col() + 1 };
                Err(Fault::new(spot, Code::BadYaml, &[&error.info()]))
            }
        }
    }

    fn document(&mut self) -> Result<Option<Node>, Fault> {
        let mut found = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if found.is_some() => {
                    return Err(Fault::new(spot(&span), Code::OneDocument, &[]));
                }
                event => found = Some(self.node(event, &span, 0)?),
            }
        }
        Ok(found)
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Fault> {
        let spot = spot(span);
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            let most = NODES_MAX.to_string();
            return Err(Fault::new(spot, Code::TooLarge, &["nodes", &most]));
        }
        if depth > DEPTH_MAX {
            return Err(Fault::new(spot, Code::TooDeep, &[&DEPTH_MAX.to_string()]));
        }
        if event.anchor_id().is_some_and(|id| id != 0) || event.is_alias() || event.tag().is_some()
        {
            return Err(Fault::new(spot, Code::NoAnchors, &[]));
        }
        let kind = match event {
            Event::Scalar(text, style, ..) => Kind::Scalar {
                text: text.into_owned(),
                plain: matches!(style, ScalarStyle::Plain),
                raw: span.slice(self.text).unwrap_or_default().to_owned(),
            },
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => return Err(Fault::new(spot, Code::NoAnchors, &[])),
        };
        Ok(Node { spot, kind })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::SequenceEnd {
                break;
            }
            items.push(self.node(event, &span, depth + 1)?);
        }
        Ok(Kind::List(items))
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Fault> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, &span, depth + 1)?;
            let Some((event, span)) = self.next()? else { break };
            let node = self.node(event, &span, depth + 1)?;
            let Kind::Scalar { text, .. } = key.kind else {
                let details = ["一个词", "a single word"];
                self.faults.push(Fault::new(key.spot, Code::NotA, &details));
                continue;
            };
            if let Some(line) = seen.insert(text.clone(), key.spot.line) {
                let details = [text.as_str(), &line.to_string()];
                self.faults.push(Fault::new(key.spot, Code::DuplicateKey, &details));
                continue;
            }
            entries.push(Entry { key: text, spot: key.spot, node });
        }
        Ok(Kind::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(usize, Code)> {
        parse(text.as_bytes()).1.iter().map(|f| (f.spot.line, f.code)).collect()
    }

    #[test]
    fn a_key_that_stands_twice_is_found() {
        assert_eq!(faults("a: 1\nb: 2\na: 3\n"), [(3, Code::DuplicateKey)]);
    }

    #[test]
    fn anchors_aliases_and_tags_are_refused() {
        for text in ["a: &x 1", "a: &x [1]\nb: *x", "a: !!str 1", "b: *x"] {
            let found = faults(text);
            assert!(
                found.iter().any(|(_, c)| matches!(c, Code::NoAnchors | Code::BadYaml)),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = "[".repeat(5000);
        assert!(!faults(&deep).is_empty());
        let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
        assert_eq!(faults(&deep), [(1, Code::TooDeep)]);
    }

    #[test]
    fn bytes_that_are_not_text_are_refused_with_their_line() {
        let (node, faults) = parse(b"a: 1\nb: \xff\n");
        assert!(node.is_none());
        assert_eq!((faults[0].spot.line, faults[0].code), (2, Code::NotUtf8));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let (node, faults) = parse(b"\xef\xbb\xbfa: 1\n");
        assert!(node.is_some() && faults.is_empty());
    }

    #[test]
    fn a_node_knows_its_line_and_column() {
        let (node, _) = parse("a:\n  b: [x, where?]\n".as_bytes());
        let Kind::Map(entries) = node.unwrap().kind else { panic!() };
        let Kind::Map(inner) = &entries[0].node.kind else { panic!() };
        let Kind::List(items) = &inner[0].node.kind else { panic!() };
        assert_eq!((items[1].spot.line, items[1].spot.column), (2, 10));
        assert!(matches!(&items[1].kind, Kind::Scalar { text, .. } if text == "where?"));
    }

    #[test]
    fn a_second_document_is_refused() {
        assert_eq!(faults("a: 1\n---\nb: 2\n"), [(3, Code::OneDocument)]);
    }
}
