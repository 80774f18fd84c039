//! The tree to an XForm: model with translations, record, secondary instances and binds; body with
//! controls.

mod binds;
mod body;
mod instances;
mod itemset;
mod itext;
mod output;
mod record;
mod resolve;
mod schema;
mod xml;

pub(crate) use xml::forbidden;

use crate::hash::HashSet;
use std::borrow::Cow;

use crate::form::choices::Lists;
use crate::form::settings::Settings;
use crate::form::tree::{Id, Node, Tree};
use crate::problem::{At, Problem};
use crate::schema::Schema;
use crate::sheet::{Map, Value};
use crate::sink::Sink;
use crate::text::name;
use itext::Translations;
use xml::{Child, Element};

/// The namespaces of every form.
const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns", "http://www.w3.org/2002/xforms"),
    ("xmlns:h", "http://www.w3.org/1999/xhtml"),
    ("xmlns:ev", "http://www.w3.org/2001/xml-events"),
    ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
    ("xmlns:jr", "http://openrosa.org/javarosa"),
    ("xmlns:orx", "http://openrosa.org/xforms"),
    ("xmlns:odk", "http://www.opendatakit.org/xforms"),
];
/// The version of ODK XForms that is spoken.
const XFORMS_VERSION: &str = "1.0.0";

/// What the XForm is made of.
pub(crate) struct Emitter<'a> {
    tree: &'a Tree<'a>,
    settings: &'a Settings<'a>,
    lists: &'a Lists<'a>,
    /// The version of the entities specification, where there are entities.
    entities: Option<&'static str>,
    survey_sheet: &'a str,
    sink: &'a mut Sink,
    translations: Translations<'a>,
    /// By node, the formulas of its bind that came to be something else than what is written.
    resolved: Vec<(Id, &'a str, String)>,
    /// Questions whose choices stand in the body, because `search()` looks for them.
    searching: HashSet<Id>,
    /// Positions of the lists that `search()` looks through; they are no instances.
    searched: HashSet<usize>,
    /// Names of files that bring lists.
    sources: Vec<String>,
}

/// An XForm, and what it asks.
pub(crate) struct Emitted {
    pub(crate) xform: String,
    pub(crate) schema: Schema,
}

/// Writes the XForm; problems go to the sink.
pub(crate) fn emit<'a>(
    tree: &'a Tree<'a>,
    settings: &'a Settings<'a>,
    lists: &'a Lists<'a>,
    entities: Option<&'static str>,
    survey_sheet: &'a str,
    sink: &'a mut Sink,
) -> Emitted {
    let mut emitter = Emitter {
        tree,
        settings,
        lists,
        entities,
        survey_sheet,
        sink,
        translations: Translations::default(),
        resolved: Vec::new(),
        searching: HashSet::default(),
        searched: HashSet::default(),
        sources: Vec::new(),
    };
    let form = emitter.form();
    let mut out = String::with_capacity(16 * 1024);
    out.push_str("<?xml version=\"1.0\"?>\n");
    form.write(&mut out, 0);
    Emitted { xform: out, schema: emitter.schema() }
}

impl<'a> Emitter<'a> {
    fn form(&mut self) -> Element<'a> {
        let mut html = Element::new("h:html");
        for (name, uri) in self.namespaces() {
            html.set(name, uri);
        }
        let title = Element::new("h:title").text(&*self.settings.title);
        let model = self.model();
        let mut body = Element::new("h:body");
        if let Some(style) = self.settings.text("style") {
            body.set("class", style);
        }
        for id in &self.tree.node(Tree::FORM).children {
            body.add_all(self.control(*id));
        }
        html.add(Element::new("h:head").with(title).with(model));
        html.add(body);
        html
    }

    /// The namespaces, those of the settings sheet after ours.
    fn namespaces(&self) -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
        let mut all: Vec<(Cow<'static, str>, Cow<'static, str>)> =
            NAMESPACES.iter().map(|(name, uri)| ((*name).into(), (*uri).into())).collect();
        let own = self.settings.text("namespaces").unwrap_or_default();
        let entities = "entities=http://www.opendatakit.org/xforms/entities";
        let added = self.entities.map(|_| entities).into_iter();
        let mut extra: Vec<(String, String)> = Vec::new();
        for one in own.split_whitespace().chain(added) {
            let mut parts = one.split('=');
            let (Some(prefix), Some(uri), None) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let name = format!("xmlns:{prefix}");
            if prefix.is_empty() || NAMESPACES.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let uri = uri.replace(['"', '\''], "");
            match extra.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = uri,
                None => extra.push((name, uri)),
            }
        }
        all.extend(extra.into_iter().map(|(name, uri)| (name.into(), uri.into())));
        all
    }

    fn model(&mut self) -> Element<'a> {
        self.translate();
        let mut model = Element::new("model");
        model.set("odk:xforms-version", XFORMS_VERSION);
        if let Some(version) = self.entities {
            model.set("entities:entities-version", version);
        }
        model.add_all(self.submission());
        if let Some(itext) = self.itext(3) {
            model.add_written(itext);
        }
        let record = self.record();
        model.add(Element::new("instance").with(record));
        for instance in self.instances() {
            match instance {
                Child::Element(element) => model.add(element),
                Child::Written(written) => model.add_written(written),
                Child::Text(_) => {}
            }
        }
        for id in 0..self.tree.nodes.len() {
            model.add_all(self.bind(id));
            for action in self.actions(id, false) {
                model.add(action);
            }
        }
        model
    }

    fn submission(&self) -> Option<Element<'a>> {
        let settings = self.settings;
        let editable = settings.yes("client_editable");
        let texts = ["submission_url", "public_key", "auto_send", "auto_delete"];
        if !editable && texts.iter().all(|key| settings.text(key).is_none()) {
            return None;
        }
        let mut submission = Element::new("submission");
        if let Some(url) = settings.text("submission_url") {
            submission.set("action", url);
            submission.set("method", "post");
        }
        for (key, attribute) in [
            ("public_key", "base64RsaPublicKey"),
            ("auto_send", "orx:auto-send"),
            ("auto_delete", "orx:auto-delete"),
        ] {
            if let Some(value) = settings.text(key) {
                submission.set(attribute, value);
            }
        }
        if editable {
            submission.set("odk:client-editable", "true");
        }
        Some(submission)
    }

    fn at(&self, node: &Node, column: &str) -> At {
        let at = At::sheet(self.survey_sheet);
        if node.row == 0 { at } else { at.row(node.row).column(column) }
    }

    fn error(
        &mut self,
        id: Id,
        column: &str,
        code: &'static str,
        en: impl Into<String>,
        zh: impl Into<String>,
    ) {
        let at = self.at(self.tree.node(id), column);
        self.sink.error(Problem::new(code, at, en, zh));
    }

    /// Sets an attribute whose name an author wrote in a heading.
    fn set_own(
        &mut self,
        element: &mut Element<'a>,
        id: Id,
        column: &str,
        key: &'a str,
        value: Cow<'a, str>,
    ) {
        if name::is_xml_name(key) {
            element.set(key, value);
        } else {
            self.error(id, column, "attribute_name",
                format!("'{key}' cannot be the name of an attribute: in the heading, write letters, digits, '_', '-', '.' and at most one ':' behind '::'."),
                format!("“{key}”不能作为属性名：表头“::”之后只能有字母、数字、下划线、连字符、句点，至多一个冒号。"));
        }
    }

    /// Attributes that an author wrote, with their references resolved.
    fn set_all(
        &mut self,
        element: &mut Element<'a>,
        id: Id,
        column: &str,
        attributes: &'a Map<'a>,
        but: &[&str],
    ) {
        for (key, value) in attributes.iter().filter(|(key, _)| !but.contains(key)) {
            let value = self.paths_in(value.written(), id);
            self.set_own(element, id, column, key, value);
        }
    }
}

/// The language parts of a text; nothing where it has no languages.
fn languages<'t, 'a>(text: &'t Value<'a>) -> Option<&'t Map<'a>> {
    text.map()
}
