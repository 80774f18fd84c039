//! Secondary instances: lists of choices, files that come with the form, the last saved record.

use super::Emitter;
use super::record::is_element;
use super::resolve::LAST_SAVED;
use super::xml::Element;
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
struct Instance {
    name: String,
    source: Option<String>,
    element: Element,
    by: Id,
    /// Whether a row of the survey sheet asks for it by itself.
    own: bool,
}

fn file(name: &str, source: String, by: Id, own: bool) -> Instance {
    let element = Element::new("instance").attribute("id", name).attribute("src", source.clone());
    Instance { name: name.to_owned(), source: Some(source), element, by, own }
}

impl Emitter<'_> {
    pub(super) fn instances(&mut self) -> Vec<Element> {
        let mut all: Vec<Instance> = Vec::new();
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
            if !self.lists.all[at].searched {
                let element = self.list(at);
                let name = self.lists.all[at].name.clone();
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
    fn twice(&mut self, all: &[Instance]) {
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
    fn different(&mut self, all: Vec<Instance>) -> Vec<Element> {
        let mut seen: std::collections::HashMap<String, Option<String>> =
            std::collections::HashMap::new();
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

    fn list(&mut self, at: usize) -> Element {
        let list: &List = &self.lists.all[at];
        let mut unusable: Vec<(u32, String)> = Vec::new();
        let mut root = Element::new("root");
        for (index, option) in list.options.iter().enumerate() {
            let mut item = Element::new("item");
            if list.itext {
                item.add(Element::new("itextId").text(format!("{}-{index}", list.name)));
            }
            item.add(Element::new("name").text(option.name.clone()));
            if let Some(Value::Text(label)) = option.label.as_ref().filter(|_| !list.itext) {
                item.add(Element::new("label").text(label.clone()));
            }
            for (key, value) in &option.extra {
                if is_element(key) {
                    item.add(Element::new(key.clone()).text(value.written()));
                } else if !unusable.iter().any(|(_, known)| known == key) {
                    unusable.push((option.row, key.clone()));
                }
            }
            if let Some(sms) = option.sms.as_ref().filter(|sms| !sms.is_empty()) {
                item.add(Element::new("sms_option").text(sms.clone()));
            }
            root.add(item);
        }
        let element = Element::new("instance").attribute("id", list.name.clone()).with(root);
        for (row, key) in unusable {
            self.sink.error(Problem::new(
                "choice_heading_invalid",
                At::sheet("choices").row(row).column(key.clone()),
                format!("'{key}' cannot be the heading of a further column: begin with a letter or underscore, then letters, digits, '_', '-' or '.'."),
                format!("“{key}”不能作为附加列的表头：请以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点。"),
            ));
        }
        element
    }
}

fn external(node: &Node, id: Id) -> Instance {
    let ending = node.question_type.split('-').next().unwrap_or_default();
    let scheme = if ending == "csv" { "file-csv" } else { "file" };
    file(&node.name, format!("jr://{scheme}/{}.{ending}", node.name), id, true)
}

fn from_file(node: &Node, id: Id) -> Option<Instance> {
    let chooses = matches!(node.control, Control::Select | Control::SelectOne | Control::Rank);
    let itemset = node.itemset.as_ref().filter(|itemset| chooses && is_file(itemset))?;
    let scheme = if extension(itemset) == ".csv" { "file-csv" } else { "file" };
    Some(file(stem(itemset), format!("jr://{scheme}/{itemset}"), id, false))
}

/// Files from which `pulldata()` takes values.
fn pulled(node: &Node, id: Id) -> Vec<Instance> {
    let mut texts: Vec<String> = Vec::new();
    if let Some(bind) = &node.bind {
        texts.extend(FORMULAS.iter().filter_map(|key| bind.get(key)).map(Value::written));
    }
    if node.kind == Kind::Question {
        texts.extend(node.choice_filter.clone());
        texts.extend(node.default.as_ref().map(Value::written));
    }
    let mut found = Vec::new();
    for text in texts.iter().filter(|text| text.contains("pulldata(")) {
        for name in first_arguments(text) {
            found.push(file(&name, format!("jr://file-csv/{name}.csv"), id, false));
        }
    }
    found
}

/// The first argument of each call of `pulldata` that has one more.
fn first_arguments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
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

fn refers_to_last(node: &Node) -> bool {
    let default = node.default.as_ref().and_then(Value::text);
    let formulas =
        node.bind.iter().flat_map(|bind| FORMULAS.iter().filter_map(|key| bind.text(key)));
    default
        .into_iter()
        .chain(node.choice_filter.as_deref())
        .chain(formulas)
        .any(reference::has_last_saved)
}
