//! Where a question's choices come from.

use std::borrow::Cow;

use super::Emitter;
use super::xml::Element;
use crate::form::parameters;
use crate::form::survey::is_file;
use crate::form::tree::{Id, Kind};
use crate::text::{extension, reference, stem};

/// An itemset on its way into the body.
struct Itemset<'a> {
    nodeset: String,
    value: Cow<'a, str>,
    label: Cow<'a, str>,
    filter: Option<String>,
}

impl<'a> Emitter<'a> {
    /// The itemset of a question that chooses, or that looks at a geometry.
    pub(super) fn itemset(&mut self, id: Id, geometry: bool) -> Option<Element<'a>> {
        let tree = self.tree;
        let node = tree.node(id);
        let asked = node.itemset.as_deref()?;
        let refers = reference::has(asked);
        let mut itemset = if is_file(asked) {
            self.of_file(id, asked)
        } else if refers {
            self.of_answers(id, asked, geometry)
        } else {
            self.of_list(asked)
        };
        if let Some(filter) = &node.choice_filter {
            let mut filter = self.with_paths(filter, Some(id), true, refers).into_owned();
            if refers {
                filter = filter
                    .replace(&format!("current()/{}", itemset.nodeset), ".")
                    .replace(&itemset.nodeset, ".");
            }
            itemset.filter = Some(filter);
        }
        if let Some(filter) = &itemset.filter {
            itemset.nodeset = format!("{}[{filter}]", itemset.nodeset);
        }
        if parameters::get(&node.parameters, "randomize") == Some("true") {
            itemset.nodeset = match parameters::get(&node.parameters, "seed") {
                Some(seed) => {
                    let seed = self.with_paths(seed, Some(id), false, false);
                    format!("randomize({}, {})", itemset.nodeset, seed.trim())
                }
                None => format!("randomize({})", itemset.nodeset),
            };
        }
        Some(element(itemset))
    }

    /// The labels of a scale.
    pub(super) fn labels(&self, id: Id) -> Option<Element<'a>> {
        let asked = self.tree.node(id).itemset.as_deref()?;
        Some(element(self.of_list(asked)))
    }

    fn of_list(&self, list: &str) -> Itemset<'a> {
        let itext = self.lists.get(list).is_some_and(|list| list.itext);
        Itemset {
            nodeset: format!("instance('{list}')/root/item"),
            value: "name".into(),
            label: if itext { "jr:itext(itextId)" } else { "label" }.into(),
            filter: None,
        }
    }

    fn of_file(&self, id: Id, asked: &str) -> Itemset<'a> {
        let (value, label) =
            if extension(asked) == ".geojson" { ("id", "title") } else { ("name", "label") };
        let parameters = &self.tree.node(id).parameters;
        Itemset {
            nodeset: format!("instance('{}')/root/item", stem(asked)),
            value: parameters::get(parameters, "value").unwrap_or(value).into(),
            label: parameters::get(parameters, "label").unwrap_or(label).into(),
            filter: None,
        }
    }

    /// Choices that are answers of a repeat.
    fn of_answers(&mut self, id: Id, asked: &str, geometry: bool) -> Itemset<'a> {
        let path = self.with_paths(asked, Some(id), false, true);
        let path = path.trim();
        if geometry {
            return Itemset {
                nodeset: path.to_owned(),
                value: "geometry".into(),
                label: "geometry".into(),
                filter: Some("./geometry != ''".to_owned()),
            };
        }
        let (nodeset, last) = path.rsplit_once('/').unwrap_or(("", path));
        Itemset {
            nodeset: nodeset.to_owned(),
            value: last.to_owned().into(),
            label: last.to_owned().into(),
            filter: Some(format!("./{last} != ''")),
        }
    }

    /// Where the choices of the sheet `external_choices` are asked for.
    pub(super) fn query(&mut self, id: Id) -> Option<String> {
        let node = self.tree.node(id);
        if node.kind != Kind::Question {
            return None;
        }
        let query = node.query.as_deref()?;
        let items = format!("instance('{query}')/root/item");
        Some(match &node.choice_filter {
            Some(filter) => format!("{items}[{}]", self.with_paths(filter, Some(id), true, false)),
            None => items,
        })
    }
}

fn element<'a>(itemset: Itemset<'a>) -> Element<'a> {
    Element::new("itemset")
        .attribute("nodeset", itemset.nodeset)
        .with(Element::new("value").attribute("ref", itemset.value))
        .with(Element::new("label").attribute("ref", itemset.label))
}
