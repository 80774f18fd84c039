//! Secondary instances: lists of choices, files that come with the form, the last saved record.

use std::borrow::Cow;

use super::Emitter;
use super::binds::borrowed;
use super::record::is_element;
use super::resolve::LAST_SAVED;
use super::xml::{Child, Element, escape, indent, line};
use crate::form::choices::List;
use crate::form::survey::is_file;
use crate::form::tree::{Id, Kind, Node, Tree};
use crate::form::types::Control;
use crate::problem::{At, Problem};
use crate::sheet::Value;
use crate::text::{extension, reference, stem};

/// The formulas in which files and the last record are looked for.
const FORMULAS: [&str; 5] = ["calculate", "constraint", "readonly", "required", "relevant"];

/// An instance on its way into the model.
struct Instance<'a> {
    name: Cow<'a, str>,
    source: Option<String>,
    element: Child<'a>,
    by: Id,
    /// Whether a row of the survey sheet asks for it by itself.
    own: bool,
}

fn file<'a>(name: impl Into<Cow<'a, str>>, source: String, by: Id, own: bool) -> Instance<'a> {
    let name = name.into();
    let element =
        Element::new("instance").attribute("id", name.clone()).attribute("src", source.clone());
    Instance { name, source: Some(source), element: Child::Element(element), by, own }
}

impl<'a> Emitter<'a> {
    pub(super) fn instances(&mut self) -> Vec<Child<'a>> {
        let mut all: Vec<Instance<'a>> = Vec::new();
        let mut last_saved = false;
        for id in 0..self.tree.nodes.len() {
            let node = self.tree.node(id);
            match node.kind {
                Kind::Question => {
                    all.extend(pulled(node, id));
                    all.extend(from_file(node, id));
                    last_saved |= refers_to_last(node);
                }
                Kind::External => all.push(external(node, id)),
                Kind::Attribute | Kind::EntityLabel => {}
                _ => all.extend(pulled(node, id)),
            }
        }
        self.twice(&all);
        if last_saved {
            all.push(file(LAST_SAVED, "jr://instance/last-saved".to_owned(), Tree::FORM, false));
        }
        for at in 0..self.lists.all.len() {
            if !self.searched.contains(&at) {
                let list = &self.lists.all[at];
                let element = Child::Written(self.list(list));
                let name = Cow::Borrowed(&*list.name);
                all.push(Instance { name, source: None, element, by: Tree::FORM, own: false });
            }
        }
        for source in all.iter().filter_map(|one| one.source.as_deref()) {
            let file = source.strip_prefix("jr://file-csv/").or(source.strip_prefix("jr://file/"));
            self.sources.extend(file.map(str::to_owned));
        }
        self.different(all)
    }

    /// Two rows that bring a file of one name.
    fn twice(&mut self, all: &[Instance<'a>]) {
        for (index, one) in all.iter().enumerate().filter(|(_, one)| one.own) {
            if all[..index].iter().any(|other| other.own && other.name == one.name) {
                let name = &one.name;
                self.error(one.by, "name", "instance_twice",
                    format!("Another row brings a file called '{name}' already. Names of files must differ in the whole form."),
                    format!("已有另一行附带名为“{name}”的文件；文件名在整个表单中不能相同。"));
            }
        }
    }

    /// Every instance once; one name for two sources is told.
    fn different(&mut self, all: Vec<Instance<'a>>) -> Vec<Child<'a>> {
        let mut seen: crate::hash::HashMap<Cow<'a, str>, Option<String>> =
            crate::hash::HashMap::default();
        let mut elements = Vec::with_capacity(all.len());
        for one in all {
            match seen.get(&one.name) {
                None => {
                    seen.insert(one.name, one.source);
                    elements.push(one.element);
                }
                Some(source) if *source == one.source => {}
                Some(source) => {
                    let shown = |source: &Option<String>| {
                        source.clone().unwrap_or_else(|| "choices".to_owned())
                    };
                    let (name, first, second) = (&one.name, shown(source), shown(&one.source));
                    let at = if one.by == Tree::FORM {
                        At::sheet("choices").column("list_name")
                    } else {
                        self.at(self.tree.node(one.by), "type")
                    };
                    self.sink.error(Problem::new(
                        "instance_ambiguous",
                        at,
                        format!("'{name}' would be the name of two things: {first} and {second}. Rename one of them."),
                        format!("“{name}”同时是两样东西的名称：{first} 与 {second}。请给其中之一改名。"),
                    ));
                }
            }
        }
        elements
    }

    /// A list as an instance, written at its place in the model.
    fn list(&mut self, list: &List<'_>) -> String {
        const LEVEL: usize = 3;
        let mut unusable: Vec<(u32, &str)> = Vec::new();
        let mut out = String::with_capacity(128 + 128 * list.options.len());
        indent(&mut out, LEVEL);
        out.push_str("<instance id=\"");
        escape(&list.name, true, &mut out);
        out.push_str("\">\n");
        indent(&mut out, LEVEL + 1);
        out.push_str("<root>\n");
        for (index, option) in list.options.iter().enumerate() {
            indent(&mut out, LEVEL + 2);
            out.push_str("<item>\n");
            if list.itext {
                line(&mut out, LEVEL + 3, "itextId", &format!("{}-{index}", list.name));
            }
            line(&mut out, LEVEL + 3, "name", &option.name);
            if let Some(Value::Text(label)) = option.label.as_ref().filter(|_| !list.itext) {
                line(&mut out, LEVEL + 3, "label", label);
            }
            for (key, value) in &option.extra {
                if is_element(key) {
                    line(&mut out, LEVEL + 3, key, &borrowed(value));
                } else if !unusable.iter().any(|(_, known)| known == key) {
                    unusable.push((option.row, key));
                }
            }
            if let Some(sms) = option.sms.as_ref().filter(|sms| !sms.is_empty()) {
                line(&mut out, LEVEL + 3, "sms_option", sms);
            }
            indent(&mut out, LEVEL + 2);
            out.push_str("</item>\n");
        }
        indent(&mut out, LEVEL + 1);
        out.push_str("</root>\n");
        indent(&mut out, LEVEL);
        out.push_str("</instance>\n");
        for (row, key) in unusable {
            self.sink.error(Problem::new(
                "choice_heading_invalid",
                At::sheet("choices").row(row).column(key),
                format!("'{key}' cannot be the heading of a further column: begin with a letter or underscore, then letters, digits, '_', '-' or '.'."),
                format!("“{key}”不能作为附加列的表头：请以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点。"),
            ));
        }
        out
    }
}

fn external<'a>(node: &'a Node<'a>, id: Id) -> Instance<'a> {
    let ending = node.question_type.split('-').next().unwrap_or_default();
    let scheme = if ending == "csv" { "file-csv" } else { "file" };
    file(&*node.name, format!("jr://{scheme}/{}.{ending}", node.name), id, true)
}

fn from_file<'a>(node: &'a Node<'a>, id: Id) -> Option<Instance<'a>> {
    let chooses = matches!(node.control, Control::Select | Control::SelectOne | Control::Rank);
    let itemset = node.itemset.as_ref().filter(|itemset| chooses && is_file(itemset))?;
    let scheme = if extension(itemset) == ".csv" { "file-csv" } else { "file" };
    Some(file(stem(itemset), format!("jr://{scheme}/{itemset}"), id, false))
}

/// Files from which `pulldata()` takes values.
fn pulled<'a>(node: &'a Node<'a>, id: Id) -> Vec<Instance<'a>> {
    let mut found = Vec::new();
    let mut look = |text: &str| {
        for name in first_arguments(text) {
            let source = format!("jr://file-csv/{name}.csv");
            found.push(file(name, source, id, false));
        }
    };
    if let Some(bind) = &node.bind {
        for value in FORMULAS.iter().filter_map(|key| bind.get(key)) {
            look(&borrowed(value));
        }
    }
    if node.kind == Kind::Question {
        look(node.choice_filter.as_deref().unwrap_or_default());
        if let Some(default) = &node.default {
            look(&borrowed(default));
        }
    }
    found
}

/// The first argument of each call of `pulldata` that has one more.
fn first_arguments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = if text.contains("pulldata(") { text } else { "" };
    while let Some(at) = rest.find("pulldata") {
        rest = &rest[at + "pulldata".len()..];
        let Some(inner) = rest.trim_start().strip_prefix('(') else { continue };
        let inner = inner.trim_start();
        let Some(end) = inner.find(',').filter(|end| !inner[..*end].contains('\n')) else {
            continue;
        };
        found.push(inner[..end].replace(['\'', '"'], "").trim().to_owned());
        rest = &inner[end + 1..];
    }
    found
}

fn refers_to_last(node: &Node<'_>) -> bool {
    let default = node.default.as_ref().and_then(Value::text);
    let formulas =
        node.bind.iter().flat_map(|bind| FORMULAS.iter().filter_map(|key| bind.text(key)));
    default
        .into_iter()
        .chain(node.choice_filter.as_deref())
        .chain(formulas)
        .any(reference::has_last_saved)
}
