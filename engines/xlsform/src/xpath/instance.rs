//! Documents that expressions are evaluated over: a small tree in one vector.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// How many nodes a document may have.
pub const NODES_MAX: usize = 1_000_000;

/// How deeply its elements may be nested.
pub const ELEMENT_DEPTH_MAX: usize = 200;

/// A node of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// The document itself, above its outermost element.
    Document,
    /// An element.
    Element,
    /// An attribute.
    Attribute,
    /// A text.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    Instruction,
}

#[derive(Debug, Clone)]
struct Node {
    kind: NodeKind,
    parent: u32,
    prefix: Option<Box<str>>,
    local: Box<str>,
    value: Box<str>,
    attributes: Vec<u32>,
    children: Vec<u32>,
    /// How much work it is to read its text.
    weight: u32,
}

/// A document: the primary instance of a record, or a list that a form brings with it.
///
/// Names keep their prefix as written; two names are one if prefix and name are.
///
/// ```
/// use xlsform::xpath::Instance;
///
/// let mut data = Instance::new();
/// let root = data.element(data.document(), "data").unwrap();
/// let age = data.leaf(root, "age", "42").unwrap();
/// assert_eq!(data.text(age), "42");
///
/// let read = Instance::from_xml("<data><age>42</age></data>").unwrap();
/// assert_eq!(read.text(read.document()), "42");
/// ```
#[derive(Debug)]
pub struct Instance {
    nodes: Vec<Node>,
    /// Whether the nodes stand in the vector as they do in the document.
    in_order: bool,
    order: OnceLock<Vec<u32>>,
}

/// Why a document cannot be built or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceError {
    /// It has more nodes than it may.
    TooMany,
    /// Its elements are nested more deeply than they may be.
    TooDeep,
    /// It is not well formed, or declares a document type.
    Malformed(String),
    /// The node cannot have children.
    NoParent,
}

impl fmt::Display for InstanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "the document has more than {NODES_MAX} nodes"),
            Self::TooDeep => write!(f, "elements are nested more than {ELEMENT_DEPTH_MAX} deep"),
            Self::Malformed(why) => write!(f, "the document cannot be read: {why}"),
            Self::NoParent => f.write_str("only the document and elements have children"),
        }
    }
}

impl std::error::Error for InstanceError {}

impl Default for Instance {
    fn default() -> Self {
        Self::new()
    }
}

impl Instance {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        let document = Node {
            kind: NodeKind::Document,
            parent: 0,
            prefix: None,
            local: "".into(),
            value: "".into(),
            attributes: Vec::new(),
            children: Vec::new(),
            weight: 1,
        };
        Self { nodes: vec![document], in_order: true, order: OnceLock::new() }
    }

    /// The document node.
    #[must_use]
    pub fn document(&self) -> NodeId {
        NodeId(0)
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing below the document node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Puts an element behind the other children of its parent.
    ///
    /// # Errors
    ///
    /// When the document is full or the parent cannot have children.
    pub fn element(&mut self, parent: NodeId, name: &str) -> Result<NodeId, InstanceError> {
        if self.ancestors(parent).count() >= ELEMENT_DEPTH_MAX {
            return Err(InstanceError::TooDeep);
        }
        self.add(NodeKind::Element, parent, name, "")
    }

    /// An element with a text in it; none where the text is empty.
    ///
    /// # Errors
    ///
    /// As for [`Instance::element`].
    pub fn leaf(
        &mut self,
        parent: NodeId,
        name: &str,
        text: &str,
    ) -> Result<NodeId, InstanceError> {
        let element = self.element(parent, name)?;
        if !text.is_empty() {
            self.add(NodeKind::Text, element, "", text)?;
        }
        Ok(element)
    }

    /// Gives an element an attribute.
    ///
    /// # Errors
    ///
    /// As for [`Instance::element`].
    pub fn attribute(
        &mut self,
        element: NodeId,
        name: &str,
        value: &str,
    ) -> Result<NodeId, InstanceError> {
        self.add(NodeKind::Attribute, element, name, value)
    }

    /// Puts a text behind the other children of its parent.
    ///
    /// # Errors
    ///
    /// As for [`Instance::element`].
    pub fn add_text(&mut self, parent: NodeId, text: &str) -> Result<NodeId, InstanceError> {
        self.add(NodeKind::Text, parent, "", text)
    }

    /// Puts a text in place of everything an element holds.
    pub fn set_text(&mut self, element: NodeId, text: &str) {
        self.order = OnceLock::new();
        let gone = self.children(element).map(|child| self.weight(child)).sum::<usize>();
        let gone = u32::try_from(gone).unwrap_or(u32::MAX);
        self.weigh(element, |old| old.saturating_sub(gone));
        if let Some(node) = self.nodes.get_mut(element.0 as usize) {
            node.children.clear();
        }
        if !text.is_empty() {
            // Only a full document refuses, and then the element stays empty.
            let _ = self.add(NodeKind::Text, element, "", text);
        }
    }

    fn add(
        &mut self,
        kind: NodeKind,
        parent: NodeId,
        name: &str,
        value: &str,
    ) -> Result<NodeId, InstanceError> {
        if self.nodes.len() >= NODES_MAX {
            return Err(InstanceError::TooMany);
        }
        let id = u32::try_from(self.nodes.len()).map_err(|_| InstanceError::TooMany)?;
        if !matches!(self.kind(parent), NodeKind::Document | NodeKind::Element) {
            return Err(InstanceError::NoParent);
        }
        let last = NodeId(id.saturating_sub(1));
        // Attributes stand before children, so one that comes after them is out of order too.
        let late = kind == NodeKind::Attribute && !self.children(parent).len().eq(&0);
        if late || !self.ancestors_or_self(last).any(|node| node == parent) {
            self.in_order = false;
        }
        self.order = OnceLock::new();
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (Some(prefix.into()), local),
            None => (None, name),
        };
        self.nodes.push(Node {
            kind,
            parent: parent.0,
            prefix,
            local: local.into(),
            value: value.into(),
            attributes: Vec::new(),
            children: Vec::new(),
            weight: 0,
        });
        let weight = u32::try_from(value.len() / 64 + 1).unwrap_or(u32::MAX);
        self.weigh(NodeId(id), |old| old.saturating_add(weight));
        if let Some(node) = self.nodes.get_mut(parent.0 as usize) {
            let list = match kind {
                NodeKind::Attribute => &mut node.attributes,
                _ => &mut node.children,
            };
            list.push(id);
        }
        Ok(NodeId(id))
    }

    /// Changes the weight of a node and of all that it is part of.
    fn weigh(&mut self, id: NodeId, change: impl Fn(u32) -> u32) {
        let mut next = Some(id);
        while let Some(id) = next {
            if let Some(node) = self.nodes.get_mut(id.0 as usize) {
                node.weight = change(node.weight);
            }
            next = self.parent(id);
        }
    }

    /// About how many nodes and pieces of text are read for the text of a node.
    pub(super) fn weight(&self, id: NodeId) -> usize {
        self.node(id).map_or(1, |node| node.weight as usize)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// What a node is.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> NodeKind {
        self.node(id).map_or(NodeKind::Document, |node| node.kind)
    }

    /// Its prefix, if it has a name with one.
    #[must_use]
    pub fn prefix(&self, id: NodeId) -> Option<&str> {
        self.node(id).and_then(|node| node.prefix.as_deref())
    }

    /// Its name without the prefix; nothing for texts.
    #[must_use]
    pub fn local(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |node| &node.local)
    }

    /// What it hangs from; nothing for the document.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).filter(|_| id.0 != 0).map(|node| NodeId(node.parent))
    }

    /// Its children in order; attributes are none.
    pub fn children(
        &self,
        id: NodeId,
    ) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + '_ {
        self.node(id)
            .map(|node| node.children.as_slice())
            .unwrap_or_default()
            .iter()
            .copied()
            .map(NodeId)
    }

    /// Its attributes.
    pub fn attributes(
        &self,
        id: NodeId,
    ) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + '_ {
        self.node(id)
            .map(|node| node.attributes.as_slice())
            .unwrap_or_default()
            .iter()
            .copied()
            .map(NodeId)
    }

    /// Its parent, the parent of that and so on up to the document.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |above| self.parent(*above))
    }

    pub(super) fn ancestors_or_self(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |above| self.parent(*above))
    }

    /// The first element child of a name.
    #[must_use]
    pub fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.children(parent)
            .find(|id| self.kind(*id) == NodeKind::Element && self.is_named(*id, name))
    }

    /// The node at the end of a plain path such as `data/group/age`, each time the first of its
    /// name.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<NodeId> {
        path.trim_matches('/')
            .split('/')
            .try_fold(self.document(), |node, name| self.child(node, name))
    }

    pub(super) fn is_named(&self, id: NodeId, name: &str) -> bool {
        match self.prefix(id) {
            None => self.local(id) == name,
            Some(prefix) => name
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some_and(|local| local == self.local(id)),
        }
    }

    /// The text of a node, as XPath 1.0 defines its string-value: all texts below it.
    #[must_use]
    pub fn text(&self, id: NodeId) -> Cow<'_, str> {
        let Some(node) = self.node(id) else { return Cow::Borrowed("") };
        if !matches!(node.kind, NodeKind::Document | NodeKind::Element) {
            return Cow::Borrowed(&node.value);
        }
        match node.children.as_slice() {
            [] => Cow::Borrowed(""),
            [only] if self.kind(NodeId(*only)) == NodeKind::Text => self.text(NodeId(*only)),
            _ => {
                let mut text = String::new();
                let mut open: Vec<NodeId> = self.children(id).rev().collect();
                while let Some(next) = open.pop() {
                    match self.node(next) {
                        Some(node) if node.kind == NodeKind::Text => text.push_str(&node.value),
                        Some(node) if node.kind == NodeKind::Element => {
                            open.extend(node.children.iter().rev().copied().map(NodeId));
                        }
                        _ => {}
                    }
                }
                Cow::Owned(text)
            }
        }
    }

    /// A number by which nodes are put in the order of the document.
    pub(super) fn rank(&self, id: NodeId) -> u32 {
        if self.in_order {
            return id.0;
        }
        let order = self.order.get_or_init(|| self.ranks());
        order.get(id.0 as usize).copied().unwrap_or(u32::MAX)
    }

    fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![u32::MAX; self.nodes.len()];
        let mut open = vec![self.document()];
        let mut next = 0;
        while let Some(id) = open.pop() {
            if let Some(rank) = ranks.get_mut(id.0 as usize) {
                *rank = next;
                next += 1;
            }
            open.extend(self.children(id).rev());
            open.extend(self.attributes(id).rev());
        }
        ranks
    }

    /// Reads a document. Blanks between elements are left out, as form clients do.
    ///
    /// # Errors
    ///
    /// When it is not well formed, declares a document type, or is too large.
    pub fn from_xml(xml: &str) -> Result<Self, InstanceError> {
        let mut reader = Reader::from_str(xml);
        let mut building =
            Building { instance: Self::new(), open: Vec::new(), text: String::new() };
        loop {
            match reader.read_event().map_err(malformed)? {
                Event::Start(tag) => building.begin(&tag)?,
                Event::Empty(tag) => {
                    building.begin(&tag)?;
                    building.end()?;
                }
                Event::End(_) => building.end()?,
                Event::Text(text) => building.text.push_str(&text.xml10_content()),
                Event::CData(text) => building.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let letter = match entity.resolve_char_ref().map_err(malformed)? {
                        Some(letter) => letter,
                        None => named_entity(&entity)?,
                    };
                    building.text.push(letter);
                }
                Event::DocType(_) => {
                    return Err(InstanceError::Malformed("it declares a document type".to_owned()));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        building.keep_text(true)?;
        if building.open.is_empty() && !building.instance.is_empty() {
            Ok(building.instance)
        } else {
            Err(InstanceError::Malformed("it ends inside an element".to_owned()))
        }
    }
}

/// A document being read.
struct Building {
    instance: Instance,
    open: Vec<NodeId>,
    text: String,
}

impl Building {
    fn parent(&self) -> NodeId {
        self.open.last().copied().unwrap_or(NodeId(0))
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), InstanceError> {
        self.keep_text(true)?;
        if self.open.is_empty() && !self.instance.is_empty() {
            return Err(InstanceError::Malformed("it has two outermost elements".to_owned()));
        }
        if self.open.len() >= ELEMENT_DEPTH_MAX {
            return Err(InstanceError::TooDeep);
        }
        let element = self.instance.add(NodeKind::Element, self.parent(), tag.name().0, "")?;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(malformed)?;
            let name = attribute.key.0;
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(malformed)?;
            self.instance.add(NodeKind::Attribute, element, name, &value)?;
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), InstanceError> {
        let mixed = self.instance.children(self.parent()).len() > 0;
        self.keep_text(mixed)?;
        self.open.pop();
        Ok(())
    }

    fn keep_text(&mut self, only_if_written: bool) -> Result<(), InstanceError> {
        let text = std::mem::take(&mut self.text);
        let blank = text.trim().is_empty();
        if text.is_empty() || (only_if_written || self.open.is_empty()) && blank {
            return Ok(());
        }
        if self.open.is_empty() {
            return Err(InstanceError::Malformed("it has text outside its element".to_owned()));
        }
        self.instance.add(NodeKind::Text, self.parent(), "", &text).map(|_| ())
    }
}

fn named_entity(name: &str) -> Result<char, InstanceError> {
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(InstanceError::Malformed(format!("it has the unknown entity &{name};"))),
    }
}

fn malformed(error: impl fmt::Display) -> InstanceError {
    InstanceError::Malformed(error.to_string())
}
