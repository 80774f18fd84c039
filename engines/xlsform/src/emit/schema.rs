//! What the form asks, for programs that read its answers.

use std::collections::BTreeSet;

use super::{Emitter, languages};
use crate::form::tree::{Id, Kind, Tree};
use crate::schema::{Choice, Entity, Node, NodeKind, Schema, Texts};
use crate::sheet::{Map, Value, aliases};

impl<'a> Emitter<'a> {
    /// The schema of the form.
    pub(super) fn schema(&mut self) -> Schema {
        let tree = self.tree;
        let settings = self.settings;
        let mut nodes = Vec::with_capacity(tree.nodes.len());
        for id in 1..tree.nodes.len() {
            nodes.extend(self.schema_node(id));
        }
        let lists = self.lists.all.iter().map(|list| {
            let choices = list.options.iter().map(|option| Choice {
                name: option.name.to_string(),
                label: self.words(option.label.as_ref()),
                columns: option
                    .extra
                    .iter()
                    .map(|(key, value)| (key.to_string(), value.written().into_owned()))
                    .collect(),
            });
            (list.name.to_string(), choices.collect())
        });
        Schema {
            form_id: settings.id.clone(),
            version: settings.text("version").map(str::to_owned),
            title: settings.title.clone(),
            root: settings.root.clone(),
            default_language: settings.default_language.clone(),
            languages: super::itext::of(tree, self.lists),
            lists: lists.collect(),
            nodes,
            entities: self.schema_entities(),
            files: self.files(),
            settings: settings.unknown.clone(),
        }
    }

    fn words(&self, text: Option<&Value<'_>>) -> Texts {
        match text {
            Some(Value::Map(map)) => {
                map.iter().map(|(language, text)| (language.to_owned(), words(text))).collect()
            }
            Some(text) => vec![(self.settings.default_language.clone(), words(text))],
            None => Vec::new(),
        }
    }

    fn schema_node(&mut self, id: Id) -> Option<Node> {
        let tree = self.tree;
        let node = tree.node(id);
        let kind = match node.kind {
            Kind::Question => NodeKind::Question,
            Kind::Group => NodeKind::Group,
            Kind::Repeat => NodeKind::Repeat,
            _ => return None,
        };
        let own_facts =
            tree.above(id).chain([id]).any(|above| tree.node(above).attributes.has("bodyless"));
        if own_facts {
            return None;
        }
        const NONE: &Map<'_> = &Map(Vec::new());
        let bind = node.bind.as_ref().unwrap_or(NONE);
        let formula = |emitter: &mut Self, key: &str| {
            let value = bind.get(key)?;
            let from = emitter.resolved.partition_point(|(known, ..)| *known < id);
            let mut own = emitter.resolved[from..].iter().take_while(|(known, ..)| *known == id);
            if let Some((.., text)) = own.find(|(_, known, _)| *known == key) {
                return Some(text.trim().to_owned());
            }
            let text = emitter.bind_value(id, key, value);
            Some(emitter.paths_in(text, id).trim().to_owned())
        };
        Some(Node {
            path: node.xpath.clone(),
            name: node.name.to_string(),
            kind,
            question_type: node.question_type.to_string(),
            data_type: bind.text("type").unwrap_or_default().to_owned(),
            row: (node.row > 0).then_some(node.row),
            label: self.words(node.label.as_ref()),
            hint: self.words(node.hint.as_ref()),
            required: formula(self, "required"),
            relevant: formula(self, "relevant"),
            constraint: formula(self, "constraint"),
            constraint_message: self.words(bind.get("jr:constraintMsg")),
            calculate: formula(self, "calculate"),
            readonly: formula(self, "readonly"),
            default: node.default.as_ref().map(words),
            list: node.itemset.as_deref().map(str::to_owned),
            choice_filter: node.choice_filter.as_deref().map(str::to_owned),
            save_to: bind.text("entities:saveto").map(str::to_owned),
            visible: super::body::is_visible(tree, id),
            columns: node
                .unknown
                .iter()
                .filter(|(key, _)| !aliases::SURVEY_COLUMNS.contains(&&**key))
                .map(|(key, value)| (key.to_string(), value.to_string()))
                .collect(),
        })
    }

    fn schema_entities(&self) -> Vec<Entity> {
        let tree = self.tree;
        let entities = (0..tree.nodes.len()).filter(|id| tree.node(*id).kind == Kind::Entity);
        let entities = entities.map(|id| {
            let attribute = |name: &str| {
                let mut children = tree.node(id).children.iter().map(|child| tree.node(*child));
                children.find(|child| child.kind == Kind::Attribute && child.name == name)
            };
            // The entity stands in the record's own facts, which stand in what holds it.
            let holder = tree.above(id).nth(1).unwrap_or(Tree::FORM);
            Entity {
                list: attribute("dataset").map(|it| it.value.to_string()).unwrap_or_default(),
                path: tree.node(holder).xpath.clone(),
                creates: attribute("create").is_some(),
                updates: attribute("update").is_some(),
            }
        });
        entities.collect()
    }

    /// Files that must come with the form.
    fn files(&self) -> Vec<String> {
        let mut files: BTreeSet<String> = self.sources.iter().cloned().collect();
        let media = self.tree.nodes.iter().filter_map(|node| node.media.as_ref());
        let of_lists =
            self.lists.all.iter().flat_map(|list| &list.options).filter_map(|it| it.media.as_ref());
        for media in media.chain(of_lists).filter_map(languages) {
            media_files(media, &mut files);
        }
        files.into_iter().collect()
    }
}

fn words(text: &Value<'_>) -> String {
    text.written().into_owned()
}

fn media_files(media: &Map<'_>, files: &mut BTreeSet<String>) {
    for (_, file) in media.iter() {
        match file {
            Value::Text(file) => {
                files.insert(file.to_string());
            }
            Value::Map(inner) => media_files(inner, files),
        }
    }
}
