//! Forms as sheets: a workbook becomes an XForm, and records are read by it.

mod derive;
mod own;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Moment;
use domain::ids::ElementId;
use domain::rules::{Bound, Element, Filled, Form, SharedSheet, Sheet};
use domain::words::Words;
use xlsform::schema::{Node, NodeKind};
use xlsform::xpath::Instance;
use xlsform::{Converted, Options, Problems};

pub use derive::SUBJECT;
pub(crate) use own::{own, placed};

/// A form that was converted from its workbook.
#[derive(Debug)]
pub struct XForm {
    converted: Converted,
    bound: Vec<Bound>,
    /// The lists of choices, as expressions see them.
    lists: Vec<(String, Instance)>,
    /// The paths of repeats.
    repeats: BTreeSet<String>,
    /// When a node is asked, by its path.
    relevant: BTreeMap<String, String>,
}

/// Reads a form from the bytes of its workbook. The name of its file, without the ending, is its id
/// where the workbook gives none.
///
/// # Errors
/// All that is wrong with the workbook, each with its sheet, row and column.
pub fn sheet(name: &str, bytes: &[u8]) -> Result<XForm, Problems> {
    let options = Options { file_stem: Some(name.to_owned()), strict: true, ..Options::default() };
    xlsform::convert(bytes, &options).map(XForm::new)
}

/// The same for whoever keeps forms on a shelf: what is wrong is one text.
///
/// # Errors
/// All that is wrong with the workbook, a line each.
pub fn shelved(name: &str, bytes: &[u8]) -> Result<SharedSheet, String> {
    let form = sheet(name, bytes).map_err(|problems| problems.to_string())?;
    Ok(Arc::new(form))
}

/// The form of a pack that is described by its fields alone.
pub(crate) fn derived(
    form: &Form,
    version: &str,
    known: &dyn Fn(&ElementId) -> Option<Element>,
) -> Result<XForm, Problems> {
    let workbook = derive::workbook(form, version, known);
    let format = Some(xlsform::workbook::Format::Markdown);
    let options = Options { format, strict: true, ..Options::default() };
    xlsform::convert(workbook.as_bytes(), &options).map(XForm::new)
}

impl XForm {
    /// A form over what a conversion gave.
    #[must_use]
    pub fn new(converted: Converted) -> Self {
        let nodes = &converted.schema.nodes;
        let questions = nodes.iter().filter(|node| node.kind == NodeKind::Question);
        let bound = questions
            .filter_map(|node| {
                Some(Bound { path: node.path.clone(), element: record::element(node)? })
            })
            .collect();
        let repeats = nodes.iter().filter(|node| node.kind == NodeKind::Repeat);
        let repeats = repeats.map(|node| node.path.clone()).collect();
        let relevant = nodes
            .iter()
            .filter_map(|node| node.relevant.clone().map(|relevant| (node.path.clone(), relevant)));
        let relevant = relevant.collect();
        let lists = converted.schema.lists.iter();
        let lists = lists.filter_map(|(name, choices)| Some((name.clone(), list(choices)?)));
        let lists = lists.collect();
        Self { converted, bound, lists, repeats, relevant }
    }

    /// What a record says, question by question, for people: path, question, and answer.
    #[must_use]
    pub fn answers(&self, record: &str) -> Vec<(String, &Node, String)> {
        record::answers(self, record.trim_start_matches('\u{feff}'))
    }

    /// Whether its records make or change entities of a list.
    #[must_use]
    pub fn changes(&self, list: &str) -> bool {
        self.converted.schema.entities.iter().any(|entity| entity.list == list)
    }

    /// The properties of a list's entities that its records make or change, its label aside.
    #[must_use]
    pub fn saved(&self, list: &str) -> BTreeSet<String> {
        let nodes = self.converted.schema.nodes.iter();
        let saved = nodes.filter_map(|node| {
            let holder = record::holder(&self.converted.schema, &node.path)?;
            record::property(node).filter(|_| holder.list == list).map(str::to_owned)
        });
        saved.collect()
    }

    /// Whether a file is the list out of which it asks about whom it is filled, and nothing else.
    #[must_use]
    pub fn asks_whom_by(&self, file: &str) -> bool {
        let schema = &self.converted.schema;
        let whom = format!("/{}/{SUBJECT}", schema.root);
        let asks = |node: &&Node| node.list.as_deref() == Some(file);
        let mut asked = schema.nodes.iter().filter(asks).peekable();
        asked.peek().is_some() && asked.all(|node| node.path == whom)
    }

    /// The elements that its questions are bound to, each once, with whether an answer is always
    /// needed.
    pub(crate) fn elements(&self) -> BTreeMap<ElementId, bool> {
        let mut elements = BTreeMap::new();
        for node in &self.converted.schema.nodes {
            let Some(element) = record::element(node) else { continue };
            let always = node.required.as_deref() == Some("true()");
            let parts = node.path.match_indices('/').skip(1).map(|(at, _)| &node.path[..at]);
            let under = parts.chain([node.path.as_str()]);
            let always = always
                && under
                    .into_iter()
                    .all(|path| self.relevant(path).is_none() && !self.repeats.contains(path));
            elements.entry(element).or_insert(always);
        }
        elements
    }

    /// What the conversion gave.
    #[must_use]
    pub fn converted(&self) -> &Converted {
        &self.converted
    }

    fn relevant(&self, path: &str) -> Option<&str> {
        self.relevant.get(path).map(String::as_str)
    }
}

/// A list of choices as a document: `root/item`, each with its name and further columns.
fn list(choices: &[xlsform::schema::Choice]) -> Option<Instance> {
    let mut list = Instance::new();
    let root = list.element(list.document(), "root").ok()?;
    for choice in choices {
        let item = list.element(root, "item").ok()?;
        list.leaf(item, "name", &choice.name).ok()?;
        for (heading, text) in &choice.columns {
            list.leaf(item, heading, text).ok()?;
        }
    }
    Some(list)
}

impl Sheet for XForm {
    fn form_id(&self) -> &str {
        &self.converted.schema.form_id
    }

    fn version(&self) -> &str {
        self.converted.schema.version.as_deref().unwrap_or_default()
    }

    fn title(&self) -> Words {
        let title = self.converted.schema.title.as_str();
        Words::new(title, title)
    }

    fn xform(&self) -> &str {
        &self.converted.xform
    }

    fn itemsets(&self) -> Option<&str> {
        self.converted.itemsets.as_deref()
    }

    fn files(&self) -> &[String] {
        &self.converted.schema.files
    }

    fn bound(&self) -> &[Bound] {
        &self.bound
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn read(&self, record: &str, moment: &Moment) -> Filled {
        record::read(self, record.trim_start_matches('\u{feff}'), moment)
    }
}
