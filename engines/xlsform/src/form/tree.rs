//! The form as a tree whose nodes know their place.

use crate::hash::{HashMap, HashSet};
use std::borrow::Cow;

use super::choices::Lists;
use super::draft::{Action, Draft};
use super::loops;
use super::settings::Settings;
use super::types::{self, Control, QuestionType};
use crate::problem::{At, Problem};
use crate::sheet::{Map, Value};
use crate::sink::Sink;
use crate::text::name::is_name;

/// A node's number.
pub(crate) type Id = usize;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Form,
    Group,
    Repeat,
    Question,
    /// A file that comes with the form; no part of the record.
    External,
    Entity,
    /// An attribute of an entity.
    Attribute,
    /// The label of an entity.
    EntityLabel,
}

impl Kind {
    /// Whether it holds other nodes.
    pub(crate) fn is_section(self) -> bool {
        matches!(self, Self::Form | Self::Group | Self::Repeat | Self::Entity)
    }
}

/// A node of the form.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    pub(crate) kind: Kind,
    /// The type, aliases resolved; `loop` for what goes over a list.
    pub(crate) question_type: Cow<'a, str>,
    pub(crate) control: Control,
    pub(crate) name: Cow<'a, str>,
    pub(crate) row: u32,
    pub(crate) parent: Option<Id>,
    pub(crate) children: Vec<Id>,
    pub(crate) label: Option<Value<'a>>,
    pub(crate) hint: Option<Value<'a>>,
    pub(crate) guidance: Option<Value<'a>>,
    pub(crate) media: Option<Value<'a>>,
    pub(crate) bind: Option<Map<'a>>,
    /// Attributes of the control.
    pub(crate) attributes: Map<'a>,
    /// Attributes in the record.
    pub(crate) instance: Map<'a>,
    pub(crate) default: Option<Value<'a>>,
    pub(crate) dynamic_default: bool,
    pub(crate) actions: Vec<Action>,
    pub(crate) trigger: Vec<String>,
    pub(crate) choice_filter: Option<Cow<'a, str>>,
    pub(crate) query: Option<Cow<'a, str>>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) itemset: Option<Cow<'a, str>>,
    pub(crate) list: Option<String>,
    pub(crate) tags: Vec<Map<'a>>,
    pub(crate) flat: bool,
    /// The value of an attribute.
    pub(crate) value: Cow<'a, str>,
    pub(crate) xpath: String,
    /// Columns that the format does not know.
    pub(crate) unknown: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A question that is worked out, or a place that is asked for, when another changes.
#[derive(Debug, Clone)]
pub(crate) struct Triggered<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
    pub(crate) place: bool,
}

/// A form.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    /// Groups and questions by name; none where a name stands for several.
    by_name: HashMap<Cow<'a, str>, Option<Id>>,
    /// By the name of the question that changes.
    pub(crate) triggered: HashMap<String, Vec<Triggered<'a>>>,
}

/// Why a name leads to no node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    Unknown,
    Ambiguous,
}

impl<'a> Tree<'a> {
    pub(crate) const FORM: Id = 0;

    pub(crate) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id]
    }

    /// The group or question of a name.
    pub(crate) fn named(&self, name: &str) -> Result<Id, Lost> {
        match self.by_name.get(name) {
            Some(Some(id)) => Ok(*id),
            Some(None) => Err(Lost::Ambiguous),
            None => Err(Lost::Unknown),
        }
    }

    /// The nodes above, from the nearest.
    pub(crate) fn above(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.nodes[id].parent, |above| self.nodes[*above].parent)
    }

    /// The nearest repeat above.
    pub(crate) fn repeat_above(&self, id: Id) -> Option<Id> {
        self.above(id).find(|above| self.nodes[*above].kind == Kind::Repeat)
    }

    /// The lowest node above both that fits, with the steps up to it from the first.
    pub(crate) fn common(
        &self,
        one: Id,
        other: Id,
        fits: impl Fn(&Node<'a>) -> bool,
    ) -> Option<(usize, Id)> {
        let others: HashSet<Id> = self.above(other).collect();
        let mut above = self.above(one).enumerate();
        above
            .find(|(_, id)| others.contains(id) && fits(&self.nodes[*id]))
            .map(|(up, id)| (up + 1, id))
    }

    /// The path of a node below another, with a slash in front.
    pub(crate) fn path_below(&self, id: Id, above: Option<Id>) -> String {
        let mut names: Vec<&str> = self
            .above(id)
            .take_while(|step| Some(*step) != above)
            .filter(|step| !self.nodes[*step].flat || *step == Self::FORM)
            .map(|step| &*self.nodes[step].name)
            .collect();
        names.reverse();
        let node = &self.nodes[id];
        let mut path = String::new();
        for name in names {
            path.push('/');
            path.push_str(name);
        }
        if !node.flat || id == Self::FORM {
            path.push('/');
            if node.kind == Kind::Attribute {
                path.push('@');
            }
            path.push_str(&node.name);
        }
        if path.is_empty() {
            path.push('/');
        }
        path
    }
}

/// Makes the tree of what the rows say.
pub(crate) struct Builder<'b, 'a> {
    settings: &'b Settings<'a>,
    lists: &'b Lists<'a>,
    survey_sheet: &'b str,
    sink: &'b mut Sink,
    nodes: Vec<Node<'a>>,
    triggered: HashMap<String, Vec<Triggered<'a>>>,
    /// Lists that have got the choice `none` already.
    with_none: HashSet<String>,
}

impl<'b, 'a> Builder<'b, 'a> {
    pub(crate) fn new(
        settings: &'b Settings<'a>,
        lists: &'b Lists<'a>,
        survey_sheet: &'b str,
        sink: &'b mut Sink,
    ) -> Self {
        let nodes = Vec::with_capacity(64);
        let (triggered, with_none) = (HashMap::default(), HashSet::default());
        Self { settings, lists, survey_sheet, sink, nodes, triggered, with_none }
    }

    /// The tree, its names checked.
    pub(crate) fn build(mut self, children: Vec<Draft<'a>>) -> Tree<'a> {
        let mut form = Draft::new("survey", self.settings.root.clone(), 0);
        for key in ["label", "hint", "media", "instance", "bind"] {
            if let Some(value) = self.settings.all.get(key) {
                form.fields.put(key, value.clone());
            }
        }
        let root = self.add(None, Kind::Form, form);
        for child in children {
            self.child(root, child);
        }
        self.check_names();
        let mut tree =
            Tree { nodes: self.nodes, by_name: HashMap::default(), triggered: self.triggered };
        for id in 0..tree.nodes.len() {
            tree.nodes[id].xpath = tree.path_below(id, None);
            let node = &tree.nodes[id];
            if node.kind == Kind::Question || node.kind.is_section() {
                let known = tree.by_name.get(&node.name).map(|_| None);
                tree.by_name.insert(node.name.clone(), known.unwrap_or(Some(id)));
            }
        }
        tree
    }

    fn child(&mut self, parent: Id, mut draft: Draft<'a>) {
        let kind = match &*draft.kind {
            "group" | "loop" => Kind::Group,
            "repeat" => Kind::Repeat,
            "csv-external" | "xml-external" => Kind::External,
            "entity" => Kind::Entity,
            "attribute" => Kind::Attribute,
            "label" => Kind::EntityLabel,
            _ => Kind::Question,
        };
        if kind == Kind::Question {
            self.prepare(&mut draft);
        }
        let children = std::mem::take(&mut draft.children);
        let columns = draft.columns.take();
        let (row, is_loop) = (draft.row, draft.kind == "loop");
        let id = self.add(Some(parent), kind, draft);
        if is_loop {
            self.columns(id, columns.as_deref().unwrap_or_default(), &children, row);
            return;
        }
        for child in children {
            self.child(id, child);
        }
    }

    /// A loop's questions, once for each choice of its list.
    fn columns(&mut self, parent: Id, list: &str, children: &[Draft<'a>], row: u32) {
        let Some(list) = self.lists.get(list) else { return };
        for option in list.options.iter().filter(|option| option.name != "none") {
            if !is_name(&option.name) || option.label.is_none() {
                self.sink.error(Problem::new(
                    "loop_choice_unusable",
                    At::sheet("choices").row(option.row).column("name"),
                    format!("A loop goes over this list: each choice needs a label, and a name that a group may have. '{}' does not.", option.name),
                    format!("循环使用此列表，每个选项都须有标签，且名称可用作分组名；“{}”不符合。", option.name),
                ));
                continue;
            }
            let mut group = Draft::new("group", option.name.clone(), row);
            for (key, value) in [("label", &option.label), ("media", &option.media)] {
                if let Some(value) = value {
                    group.fields.put(key, value.clone());
                }
            }
            let id = self.add(Some(parent), Kind::Group, group);
            for child in children {
                match loops::for_choice(child, option) {
                    Some(child) => self.child(id, child),
                    None => self.sink.error(Problem::new(
                        "loop_text_unusable",
                        At::sheet(self.survey_sheet).row(child.row),
                        "In a loop '%' may only stand in %(name)s and %(label)s; write %% for the sign itself.",
                        "循环中“%”只能用于 %(name)s 和 %(label)s；要写百分号请用 %%。",
                    )),
                }
            }
        }
    }

    /// What a question sets in motion elsewhere, and what a setting adds to it.
    fn prepare(&mut self, draft: &mut Draft<'a>) {
        for target in &draft.trigger {
            let value = draft.fields.inner("bind", "calculate").map(Value::written);
            let triggered = Triggered {
                name: draft.name.clone(),
                value: value.unwrap_or_default(),
                place: draft.kind == "background-geopoint",
            };
            self.triggered.entry(target.clone()).or_default().push(triggered);
        }
        if self.settings.yes("add_none_option") && draft.kind.starts_with("select all that apply") {
            self.none_option(draft);
        }
    }

    fn none_option(&mut self, draft: &mut Draft<'a>) {
        let Some(list) = draft.list.clone() else {
            self.sink.error(Problem::new(
                "none_without_choices",
                At::sheet(self.survey_sheet).row(draft.row).column("type"),
                "The setting add_none_option needs the choices of this question to stand in the choices sheet.",
                "使用设置 add_none_option 时，此题的选项必须在 choices 工作表中。",
            ));
            return;
        };
        let there = self.lists.get(&list).is_some_and(|list| {
            list.options.iter().any(|option| {
                option.name == "none"
                    && option.label == Some(Value::Text("None".into()))
                    && option.extra.is_empty()
                    && option.media.is_none()
            })
        });
        if there || !self.with_none.insert(list) {
            return;
        }
        const RULE: &str = "(.='none' or not(selected(., 'none')))";
        let constraint = match draft.fields.inner("bind", "constraint").map(Value::written) {
            Some(own) => format!("{own} and {RULE}").into(),
            None => Cow::Borrowed(RULE),
        };
        draft.fields.put_inner("bind", "constraint", constraint);
    }

    fn add(&mut self, parent: Option<Id>, kind: Kind, draft: Draft<'a>) -> Id {
        let id = self.nodes.len();
        self.nodes.push(node(parent, kind, draft));
        if let Some(parent) = parent {
            self.nodes[parent].children.push(id);
        }
        id
    }

    /// No two children of one node may have one name; what the converter adds counts.
    fn check_names(&mut self) {
        for section in &self.nodes {
            let mut seen = HashSet::default();
            for child in section.children.iter().map(|child| &self.nodes[*child]) {
                let added = child.row == 0
                    || section.question_type == "loop"
                    || section.attributes.has("bodyless");
                if !seen.insert(&*child.name)
                    && (added || twice_by_adding(section, child, &self.nodes))
                {
                    self.sink.error(Problem::new(
                        "name_taken",
                        At::sheet(self.survey_sheet).row(child.row.max(section.row)).column("name"),
                        format!("The name '{}' is needed for a node that the form adds by itself. Choose another name for yours.", child.name),
                        format!("名称“{}”由表单自动添加的节点使用，请为您的题目换一个名称。", child.name),
                    ));
                }
            }
        }
        self.check_repeats();
        if self.settings.id.is_empty() || self.settings.id == "None" {
            self.sink.error(Problem::new(
                "form_id_missing",
                At::sheet("settings").column("form_id"),
                "The form needs a form_id.",
                "表单必须有 form_id。",
            ));
        }
    }

    /// Within loops a repeat would come once for each choice.
    fn check_repeats(&mut self) {
        let mut seen: HashMap<&str, u32> = HashMap::default();
        for repeat in self.nodes.iter().filter(|node| node.kind == Kind::Repeat) {
            let before = seen.insert(&repeat.name, repeat.row);
            if before == Some(repeat.row) {
                self.sink.error(Problem::new(
                    "repeat_in_loop",
                    At::sheet(self.survey_sheet).row(repeat.row),
                    "A repeat cannot stand in a loop: it would come once for each choice, always with the same name.",
                    "重复不能放在循环中：它会按每个选项出现一次，名称却相同。",
                ));
            }
        }
    }
}

/// Whether a name stands twice because the converter added the first.
fn twice_by_adding(section: &Node<'_>, child: &Node<'_>, nodes: &[Node<'_>]) -> bool {
    let same = section.children.iter().map(|id| &nodes[*id]);
    same.filter(|other| other.name == child.name).any(|other| other.row == 0)
}

/// What binds a node: what its type says, then what its row says.
fn bind<'a>(fields: &mut Map<'a>, found: Option<QuestionType>) -> Option<Map<'a>> {
    let own = match fields.take("bind") {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    };
    let Some(found) = found.filter(|found| !found.bind.is_empty()) else { return own };
    let mut bind = Map::default();
    for (key, value) in found.bind {
        bind.0.push(((*key).into(), Value::Text((*value).into())));
    }
    for (key, value) in own.into_iter().flat_map(|map| map.0) {
        bind.put(key, value);
    }
    Some(bind)
}

fn node<'a>(parent: Option<Id>, kind: Kind, draft: Draft<'a>) -> Node<'a> {
    let Draft { kind: question_type, name, row, mut fields, .. } = draft;
    let question = kind == Kind::Question;
    let found = if question { types::find(&question_type) } else { None };
    let bind = bind(&mut fields, found);
    let mut attributes = match fields.take("control") {
        Some(Value::Map(map)) => map,
        _ => Map::default(),
    };
    if let Some(Control::Upload(media)) = found.map(|found| found.control)
        && !attributes.has("mediatype")
    {
        attributes.0.insert(0, ("mediatype".into(), Value::Text(media.into())));
    }
    let mut label = fields.take("label").filter(|label| !label.is_empty());
    if label.is_none() && attributes.text("appearance") == Some("label") {
        label = Some(Value::Text(" ".into()));
    }
    let hint = fields
        .take("hint")
        .or_else(|| found.and_then(|found| found.hint).map(|hint| Value::Text(hint.into())));
    let guidance = fields.take("guidance_hint").filter(|_| question);
    let instance = match fields.take("instance") {
        Some(Value::Map(map)) => map,
        _ => Map::default(),
    };
    Node {
        kind,
        control: found.map_or(Control::None, |found| found.control),
        question_type,
        name,
        row,
        parent,
        children: Vec::new(),
        label,
        hint: hint.filter(|hint| !hint.is_empty()),
        guidance: guidance.filter(|guidance| !guidance.is_empty()),
        media: fields.take("media").filter(|media| !media.is_empty()),
        bind,
        attributes,
        instance,
        default: fields.take("default").filter(|default| question && !default.is_empty()),
        dynamic_default: draft.dynamic_default,
        actions: draft.actions,
        trigger: draft.trigger,
        choice_filter: fields
            .take("choice_filter")
            .map(Value::into_written)
            .filter(|filter| !filter.is_empty()),
        query: draft
            .query
            .map(Cow::Owned)
            .or_else(|| fields.take("query").map(Value::into_written)),
        parameters: draft.parameters,
        itemset: draft
            .itemset
            .map(Cow::Owned)
            .or_else(|| fields.take("itemset").map(Value::into_written)),
        list: draft.list,
        tags: draft.tags,
        flat: draft.flat,
        value: draft.value.unwrap_or_default(),
        xpath: String::new(),
        unknown: unknown(fields),
    }
}

/// What no column of the format is.
fn unknown<'a>(fields: Map<'a>) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    const KNOWN: &[&str] = &["type", "name", "parameters", "sms_field", "save_to", "intent"];
    let own = fields.0.into_iter().filter(|(key, _)| !KNOWN.contains(&&**key));
    own.map(|(key, value)| (key, value.into_written())).collect()
}
