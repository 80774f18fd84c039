//! The body: controls, groups and repeats.

use super::binds::borrowed;
use super::itext::has_media;
use super::xml::Element;
use super::{Emitter, languages};
use crate::form::draft::VALUE_CHANGED;
use crate::form::tree::{Id, Kind, Tree};
use crate::form::types::Control;
use crate::sheet::{Map, Value};

impl<'a> Emitter<'a> {
    /// The control of a node; nothing where a person sees nothing.
    pub(super) fn control(&mut self, id: Id) -> Option<Element<'a>> {
        let node = self.tree.node(id);
        match node.kind {
            Kind::Group => self.group(id),
            Kind::Repeat => Some(self.repeat(id)),
            Kind::Question => self.question_control(id),
            Kind::Form | Kind::External | Kind::Entity | Kind::Attribute | Kind::EntityLabel => {
                None
            }
        }
    }

    fn group(&mut self, id: Id) -> Option<Element<'a>> {
        let tree = self.tree;
        let node = tree.node(id);
        if node.attributes.has("bodyless") {
            return None;
        }
        if node.attributes.has("tag") {
            self.tag_reserved(id);
        }
        let mut element = Element::new("group");
        self.set_all(&mut element, id, "body", &node.attributes, &["toParseString"]);
        if let Some(appearance) = node.attributes.get("appearance") {
            element.set("appearance", borrowed(appearance));
        }
        if !node.flat {
            element.set("ref", &*node.xpath);
        }
        if node.label.is_some() {
            let label = self.label(id);
            element.add(label);
        }
        for child in &node.children {
            element.add_all(self.control(*child));
        }
        Some(element)
    }

    fn tag_reserved(&mut self, id: Id) {
        self.error(
            id,
            "body::tag",
            "attribute_reserved",
            "An attribute of a group or repeat cannot be called 'tag'. Choose another name.",
            "分组或重复的属性不能叫“tag”，请换一个名称。",
        );
    }

    fn repeat(&mut self, id: Id) -> Element<'a> {
        let tree = self.tree;
        let node = tree.node(id);
        for reserved in ["tag", "nodeset"] {
            if node.attributes.has(reserved) {
                self.tag_reserved(id);
            }
        }
        let mut repeat = Element::new("repeat").attribute("nodeset", &*node.xpath);
        self.set_all(&mut repeat, id, "body", &node.attributes, &["toParseString"]);
        for child in &node.children {
            repeat.add_all(self.control(*child));
        }
        for inner in id + 1..tree.nodes.len() {
            let asks = matches!(tree.node(inner).kind, Kind::Question | Kind::Attribute);
            if asks && tree.repeat_above(inner) == Some(id) {
                for action in self.actions(inner, true) {
                    repeat.add(action);
                }
            }
        }
        let label = self.label(id);
        Element::new("group").attribute("ref", &*node.xpath).with(label).with(repeat)
    }

    fn question_control(&mut self, id: Id) -> Option<Element<'a>> {
        let tree = self.tree;
        let node = tree.node(id);
        let worked_out = node.bind.as_ref().is_some_and(|bind| bind.has("calculate"));
        let hidden = node.label.is_none() && node.hint.is_none();
        if node.question_type == "calculate" || ((worked_out || !node.trigger.is_empty()) && hidden)
        {
            self.unseen_trigger(id);
            return None;
        }
        let mut element = match node.control {
            Control::None | Control::Action => return None,
            Control::Select | Control::SelectOne | Control::Rank => self.select(id),
            Control::Range => {
                let mut element = self.plain(id);
                element.add_all(self.labels(id));
                element
            }
            Control::Upload(_) => {
                let mut element = self.plain(id);
                for tag in &node.tags {
                    let tag = self.osm_tag(tag);
                    element.add(tag);
                }
                element
            }
            Control::Input if is_geo(&node.question_type) => {
                let mut element = self.plain(id);
                element.add_all(self.itemset(id, true));
                element
            }
            Control::Input => {
                let mut element = self.plain(id);
                if let Some(query) = self.query(id) {
                    element.set("query", query);
                }
                element
            }
            Control::Trigger => self.plain(id),
        };
        self.triggered(id, &mut element);
        Some(element)
    }

    fn unseen_trigger(&mut self, id: Id) {
        let tree = self.tree;
        let name = &tree.node(id).name;
        for triggered in tree.triggered.get(&**name).into_iter().flatten().filter(|it| !it.place) {
            let other = &triggered.name;
            let by = tree.named(other).unwrap_or(id);
            self.error(by, "trigger", "trigger_unseen",
                format!("'{other}' is to be worked out when '{name}' changes, but nobody sees '{name}': give it a label, or choose another trigger."),
                format!("“{other}”由“{name}”的变化触发，但填写的人看不到“{name}”：请给它加标签，或换一个触发题。"));
        }
    }

    /// What is worked out, or asked for, when the answer changes.
    fn triggered(&mut self, id: Id, element: &mut Element<'a>) {
        let tree = self.tree;
        let all = tree.triggered.get(&*tree.node(id).name).map_or(&[][..], Vec::as_slice);
        for place in [false, true] {
            for one in all.iter().filter(|one| one.place == place) {
                let Ok(target) = tree.named(&one.name) else {
                    let name = &one.name;
                    self.error(id, "trigger", "reference_ambiguous",
                        format!("Several questions are called '{name}': one that is triggered needs a name of its own."),
                        format!("有多道题都叫“{name}”；被触发的题目必须有独有的名称。"));
                    continue;
                };
                let tag = if place { "odk:setgeopoint" } else { "setvalue" };
                let mut action = Element::new(tag).attribute("ref", &*tree.node(target).xpath);
                action.set("event", VALUE_CHANGED);
                let value = self.with_paths(&one.value, Some(id), false, false);
                if !place && !value.is_empty() {
                    action.set("value", value);
                }
                element.add(action);
            }
        }
    }

    fn select(&mut self, id: Id) -> Element<'a> {
        let tree = self.tree;
        let node = tree.node(id);
        let kind = node.bind.as_ref().and_then(|bind| bind.get("type")).map(Value::written);
        if !matches!(kind.as_deref(), Some("string" | "odk:rank")) {
            self.error(
                id,
                "bind::type",
                "select_type",
                "The type of a question that chooses is always string: remove this cell.",
                "选择题的类型固定为 string，请清空此单元格。",
            );
        }
        let mut element = self.plain(id);
        if self.searching.contains(&id) {
            self.searched(id, &mut element);
        } else {
            element.add_all(self.itemset(id, false));
        }
        element
    }

    /// Choices that stand in the body, for `search()` to look through.
    fn searched(&mut self, id: Id, element: &mut Element<'a>) {
        let tree = self.tree;
        let node = tree.node(id);
        let list = node.itemset.as_deref().and_then(|itemset| self.lists.get(itemset));
        let Some(list) = list else { return };
        for (index, option) in list.options.iter().enumerate() {
            let label = if list.itext {
                let path = format!("jr:itext('{}-{index}')", list.name);
                Element::new("label").attribute("ref", path)
            } else if node.label.is_some() {
                match option.label.as_ref().and_then(Value::text) {
                    Some(text) => {
                        let content = self.shown(text, None);
                        Element::new("label").content(content)
                    }
                    None => {
                        self.error(
                            id,
                            "type",
                            "choice_without_label",
                            format!(
                                "With search() every choice needs a label; '{}' has none.",
                                option.name
                            ),
                            format!("使用 search() 时每个选项都须有标签；“{}”没有。", option.name),
                        );
                        continue;
                    }
                }
            } else {
                Element::new("label")
            };
            let value = Element::new("value").text(&*option.name);
            element.add(Element::new("item").with(label).with(value));
        }
    }

    fn osm_tag(&mut self, tag: &'a Map<'a>) -> Element<'a> {
        let name = tag.get("name").map(Value::written).unwrap_or_default();
        let label = match tag.get("label") {
            Some(Value::Map(_)) => {
                Element::new("label").attribute("ref", format!("jr:itext('/{name}:label')"))
            }
            Some(Value::Text(text)) if !text.is_empty() => {
                let content = self.shown(text, None);
                Element::new("label").content(content)
            }
            _ => Element::new("label"),
        };
        Element::new("tag").attribute("key", name).with(label)
    }

    /// A control with its label, hint and attributes.
    fn plain(&mut self, id: Id) -> Element<'a> {
        let tree = self.tree;
        let node = tree.node(id);
        let tag = node.attributes.text("tag");
        let mut element = match tag.filter(|tag| super::record::is_element(tag)) {
            Some(tag) => Element::new(tag),
            None => Element::new(node.control.tag().unwrap_or("input")),
        };
        element.set("ref", &*node.xpath);
        let shows = node.label.is_some() || node.media.is_some();
        let hints = node.hint.is_some() || node.guidance.is_some();
        if !shows && node.hint.is_none() {
            let name = &node.name;
            self.error(id, "label", "label_missing",
                format!("The question '{name}' has neither label nor hint; people would not know what to answer."),
                format!("题目“{name}”既没有标签也没有提示，填写的人不知道要回答什么。"));
        }
        if shows || hints {
            let label = self.label(id);
            element.add(label);
        }
        if hints {
            let hint = self.hint(id);
            element.add(hint);
        }
        if let Some(Value::Map(media)) = &node.media
            && media.has("big-image")
            && !media.has("image")
        {
            self.error(
                id,
                "big-image",
                "big_image_alone",
                "A big-image needs an image beside it, which is shown first.",
                "使用 big-image 时还必须有 image，先显示的是它。",
            );
        }
        self.set_all(&mut element, id, "body", &node.attributes, &["tag"]);
        element
    }

    fn label(&mut self, id: Id) -> Element<'a> {
        let tree = self.tree;
        let node = tree.node(id);
        let element = Element::new("label");
        let translated = node.label.as_ref().is_some_and(|label| languages(label).is_some());
        if translated || has_media(node) {
            return element.attribute("ref", format!("jr:itext('{}:label')", node.xpath));
        }
        match node.label.as_ref().and_then(Value::text) {
            Some(text) => {
                let content = self.shown(text, Some(id));
                element.content(content)
            }
            None => element,
        }
    }

    fn hint(&mut self, id: Id) -> Element<'a> {
        let tree = self.tree;
        let node = tree.node(id);
        let element = Element::new("hint");
        let translated = node.hint.as_ref().is_some_and(|hint| languages(hint).is_some());
        if translated || node.guidance.is_some() {
            return element.attribute("ref", format!("jr:itext('{}:hint')", node.xpath));
        }
        match node.hint.as_ref().and_then(Value::text) {
            Some(text) => {
                let content = self.shown(text, Some(id));
                element.content(content)
            }
            None => element,
        }
    }
}

fn is_geo(kind: &str) -> bool {
    matches!(kind, "geopoint" | "geoshape" | "geotrace")
}

/// Whether a person sees a node.
pub(crate) fn is_visible(tree: &Tree<'_>, id: Id) -> bool {
    let node = tree.node(id);
    match node.kind {
        Kind::Group => !node.attributes.has("bodyless"),
        Kind::Repeat => true,
        Kind::Question => {
            let worked_out = node.bind.as_ref().is_some_and(|bind| bind.has("calculate"));
            let hidden = node.label.is_none() && node.hint.is_none();
            let kept = node.question_type == "calculate"
                || ((worked_out || !node.trigger.is_empty()) && hidden);
            !kept && !matches!(node.control, Control::None | Control::Action)
        }
        _ => false,
    }
}
