//! The record as it is before anybody has answered.

use super::Emitter;
use super::xml::Element;
use crate::form::tree::{Id, Kind, Tree};
use crate::sheet::Value;
use crate::text::{lexer, name};

impl<'a> Emitter<'a> {
    /// The record's root.
    pub(super) fn record(&mut self) -> Element<'a> {
        let settings = self.settings;
        let mut root = self.section(Tree::FORM, false);
        match settings.all.get("attribute") {
            Some(Value::Map(attributes)) => {
                for (key, value) in attributes.iter() {
                    self.set_own(&mut root, Tree::FORM, "attribute", key, value.written());
                }
            }
            Some(Value::Text(_)) => self.error(Tree::FORM, "attribute", "column_without_part",
                "In the settings, 'attribute' needs the name of the attribute behind it: 'attribute::name'.",
                "设置中的“attribute”须写明属性名：attribute::名称。"),
            None => {}
        }
        root.set("id", &*settings.id);
        for (key, attribute) in [
            ("instance_xmlns", "xmlns"),
            ("version", "version"),
            ("prefix", "odk:prefix"),
            ("delimiter", "odk:delimiter"),
        ] {
            if let Some(value) =
                settings.all.get(key).map(Value::written).filter(|it| !it.is_empty())
            {
                root.set(attribute, value);
            }
        }
        root
    }

    fn open(&mut self, id: Id) -> Element<'a> {
        let node = self.tree.node(id);
        let mut element = Element::new(&*node.name);
        if node.kind != Kind::Question && node.instance.has("tag") {
            // pyxform 4.5 cannot take an attribute of this name on a group.
            self.error(id, "instance::tag", "attribute_reserved",
                "An attribute of a group or repeat cannot be called 'tag'. Use the column 'compact_tag', or another name.",
                "分组或重复的属性不能叫“tag”。请改用“compact_tag”列，或换一个名称。");
        }
        self.set_all(&mut element, id, "instance", &node.instance, &["toParseString"]);
        element
    }

    /// A group, repeat or the form, with what is in it. The first of a repeat's records stands
    /// behind its template, unless the template is what is being written.
    fn section(&mut self, id: Id, in_template: bool) -> Element<'a> {
        let mut element = self.open(id);
        let mut in_template = in_template;
        for &child in &self.tree.node(id).children {
            let node = self.tree.node(child);
            if node.flat {
                for inner in self.flattened(child) {
                    element.add(inner);
                }
                continue;
            }
            let mut template = None;
            match node.kind {
                Kind::External => continue,
                Kind::Attribute => {
                    element.set(&*node.name, &*node.value);
                }
                _ => {
                    if node.kind == Kind::Repeat && !in_template {
                        in_template = true;
                        template = Some(self.template(child));
                    }
                    let made = self.part(child, in_template);
                    element.add(made);
                }
            }
            if let Some(template) = template {
                in_template = false;
                element.add_before_last(template);
            }
        }
        element
    }

    fn part(&mut self, id: Id, in_template: bool) -> Element<'a> {
        match self.tree.node(id).kind {
            Kind::Question => self.question(id),
            Kind::EntityLabel => Element::new(&*self.tree.node(id).name),
            _ => self.section(id, in_template),
        }
    }

    fn question(&mut self, id: Id) -> Element<'a> {
        let node = self.tree.node(id);
        let mut element = Element::new(&*node.name);
        self.set_all(&mut element, id, "instance", &node.instance, &[]);
        match &node.default {
            Some(Value::Text(default)) if lexer::is_dynamic(default, &node.question_type) => {
                element
            }
            Some(default) => element.text(default.written()),
            None => element,
        }
    }

    /// What one more of a repeat begins with.
    fn template(&mut self, id: Id) -> Element<'a> {
        let node = self.tree.node(id);
        let mut element = Element::new(&*node.name).attribute("jr:template", "");
        for &child in &node.children {
            let made = match self.tree.node(child).kind {
                Kind::Repeat => self.template(child),
                Kind::External => {
                    self.error(child, "type", "file_in_repeat",
                        "A file that comes with the form cannot stand in a repeat: move the row out of it.",
                        "随表单附带的文件不能放在重复之内，请把此行移到重复之外。");
                    continue;
                }
                _ => self.part(child, false),
            };
            element.add(made);
        }
        element
    }

    /// What is in a group that has no node of its own.
    fn flattened(&mut self, id: Id) -> Vec<Element<'a>> {
        let mut all = Vec::new();
        for &child in &self.tree.node(id).children {
            if self.tree.node(child).flat {
                all.extend(self.flattened(child));
            } else if self.tree.node(child).kind != Kind::External {
                all.push(self.part(child, false));
            }
        }
        all
    }
}

/// Whether a name may stand in the record.
pub(super) fn is_element(text: &str) -> bool {
    name::is_xml_name(text)
}
