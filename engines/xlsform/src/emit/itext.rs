//! Translations: every text of the form by language and place.

use crate::hash::{HashMap, HashSet};
use std::borrow::Cow;
use std::fmt::Write as _;

use super::binds::{MESSAGES, borrowed};
use super::output::is_plain;
use super::xml::{Element, escape, indent};
use super::{Emitter, languages};
use crate::form::choices::{List, Lists};
use crate::form::survey::is_file;
use crate::form::tree::{Id, Kind, Node, Tree};
use crate::form::types::Control;
use crate::sheet::{Map, Value};
use crate::text::reference;

/// A text of one form (`long`, `guidance`, `image`…) and the node to which its references belong.
#[derive(Debug, Clone)]
struct Form<'a> {
    form: &'a str,
    text: Cow<'a, str>,
    context: Option<Id>,
}

/// What stands at one place in one language; most often in one form alone.
#[derive(Debug)]
struct Text<'a> {
    place: usize,
    first: Form<'a>,
    rest: Vec<Form<'a>>,
}

impl<'a> Text<'a> {
    fn forms(&self) -> impl Iterator<Item = &Form<'a>> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    fn has(&self, form: &str) -> bool {
        self.forms().any(|known| known.form == form)
    }

    fn put(&mut self, new: Form<'a>) {
        if self.first.form == new.form {
            self.first = new;
            return;
        }
        match self.rest.iter_mut().find(|known| known.form == new.form) {
            Some(old) => *old = new,
            None => self.rest.push(new),
        }
    }
}

/// The texts of one language.
#[derive(Debug, Default)]
struct Language<'a> {
    name: &'a str,
    texts: Vec<Text<'a>>,
    /// By place, the position of its text and one more; 0 where there is none.
    at: Vec<usize>,
}

/// Where a text stands.
#[derive(Debug)]
enum Place<'a> {
    /// In a node, by its path and what it is of it.
    Node(String),
    /// In a list, by its name and the number of the choice.
    Choice(&'a str, usize),
}

/// Texts by language, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Translations<'a> {
    languages: Vec<Language<'a>>,
    places: Vec<Place<'a>>,
    /// The places in nodes, of which two may have one path where groups are flat.
    index: HashMap<String, usize>,
}

impl<'a> Translations<'a> {
    fn node(&mut self, path: String) -> usize {
        if let Some(at) = self.index.get(&path) {
            return *at;
        }
        self.places.push(Place::Node(path.clone()));
        self.index.insert(path, self.places.len() - 1);
        self.places.len() - 1
    }

    fn choice(&mut self, list: &'a str, index: usize) -> usize {
        self.places.push(Place::Choice(list, index));
        self.places.len() - 1
    }

    fn put(&mut self, language: &'a str, place: usize, new: Form<'a>) {
        let known = self.languages.iter().position(|known| known.name == language);
        let at = known.unwrap_or_else(|| {
            self.languages.push(Language { name: language, ..Language::default() });
            self.languages.len() - 1
        });
        self.languages[at].put(place, new);
    }

    /// Gives every language every text; `-` where it lacks one.
    fn fill(&mut self) {
        if self.languages.len() < 2 {
            return;
        }
        let mut order: Vec<(usize, Vec<&'a str>)> = Vec::with_capacity(self.places.len());
        let mut at = vec![0; self.places.len()];
        for language in &self.languages {
            for text in &language.texts {
                if at[text.place] == 0 {
                    order.push((text.place, Vec::new()));
                    at[text.place] = order.len();
                }
                let forms = &mut order[at[text.place] - 1].1;
                for form in text.forms() {
                    if !forms.contains(&form.form) {
                        forms.push(form.form);
                    }
                }
            }
        }
        for language in &mut self.languages {
            for (place, forms) in &order {
                for form in forms {
                    if !language.text(*place).is_some_and(|text| text.has(form)) {
                        let text = Cow::Borrowed("-");
                        language.put(*place, Form { form, text, context: None });
                    }
                }
            }
        }
    }

    /// The languages of the form.
    pub(super) fn languages(&self) -> impl Iterator<Item = &'a str> {
        self.languages.iter().map(|language| language.name)
    }
}

impl<'a> Language<'a> {
    fn text(&mut self, place: usize) -> Option<&mut Text<'a>> {
        let at = self.at.get(place).copied().unwrap_or(0).checked_sub(1)?;
        Some(&mut self.texts[at])
    }

    fn put(&mut self, place: usize, new: Form<'a>) {
        if let Some(text) = self.text(place) {
            text.put(new);
            return;
        }
        self.texts.push(Text { place, first: new, rest: Vec::new() });
        if self.at.len() <= place {
            self.at.resize(place + 1, 0);
        }
        self.at[place] = self.texts.len();
    }
}

impl<'a> Emitter<'a> {
    /// Gathers every text that has a language, and finds out which lists `search()` looks for.
    pub(super) fn translate(&mut self) {
        let language: &'a str = &self.settings.default_language;
        for list in &self.lists.all {
            if list.itext {
                choices(&mut self.translations, list, language);
            }
        }
        let mut searching: Vec<Id> = Vec::new();
        let mut others: Vec<Id> = Vec::new();
        for id in 0..self.tree.nodes.len() {
            let node = self.tree.node(id);
            if matches!(node.control, Control::Select | Control::SelectOne | Control::Rank) {
                if self.search(id) { searching.push(id) } else { others.push(id) }
            }
            if node.kind == Kind::Question || node.kind.is_section() {
                self.texts(id, language);
            }
        }
        self.media(language);
        self.translations.fill();
        for id in searching {
            let node = self.tree.node(id);
            let shared: Vec<String> = others
                .iter()
                .map(|other| self.tree.node(*other))
                .filter(|other| other.list == node.list)
                .map(|other| other.name.to_string())
                .collect();
            if !shared.is_empty() {
                let names = shared.join(", ");
                self.error(id, "appearance", "search_shares_list",
                    format!("The list of this question with search() is also used without it, by: {names}. Use search() there too, or another list."),
                    format!("此题用 search() 的列表也被未用 search() 的题目使用：{names}。请在那里也用 search()，或换一个列表。"));
            }
        }
        for language in self.translations.languages() {
            if !crate::form::translations::has_code(language) {
                self.sink.warn(crate::problem::Problem::new(
                    "language_without_code",
                    crate::problem::At::default(),
                    format!("The language '{language}' should end with its code, such as 'English (en)' or '中文 (zh)'."),
                    format!("语言“{language}”应以语言代码结尾，例如“English (en)”或“中文 (zh)”。"),
                ));
            }
        }
    }

    /// Whether a question's choices are looked for by `search()`.
    fn search(&mut self, id: Id) -> bool {
        let node = self.tree.node(id);
        let appearance = node.attributes.text("appearance").unwrap_or_default();
        let searches = appearance.chars().count() > 7 && calls_search(appearance);
        if !searches {
            return false;
        }
        let itemset = node.itemset.as_deref().unwrap_or_default();
        if is_file(itemset) {
            self.error(
                id,
                "appearance",
                "search_of_file",
                "A question that chooses from a file cannot use search(). Remove one of them.",
                "从文件中选择的题目不能使用 search()，请去掉其中之一。",
            );
            return true;
        }
        let Some(list) = self.lists.position(itemset) else {
            self.error(
                id,
                "appearance",
                "search_without_list",
                "A question with search() needs a list of the choices sheet.",
                "使用 search() 的题目必须有 choices 工作表中的列表。",
            );
            return true;
        };
        self.searched.insert(list);
        self.searching.insert(id);
        true
    }

    fn texts(&mut self, id: Id, language: &'a str) {
        let tree = self.tree;
        let node = tree.node(id);
        if let Some(bind) = &node.bind {
            for message in MESSAGES {
                match bind.get(message) {
                    Some(Value::Map(map)) => self.languages_of(id, message, map),
                    Some(Value::Text(text)) if message != MESSAGES[2] && reference::has(text) => {
                        self.text(id, message, language, text);
                    }
                    _ => {}
                }
            }
        }
        match &node.label {
            Some(Value::Map(map)) => self.languages_of(id, "label", map),
            Some(Value::Text(text)) if has_media(node) => self.text(id, "label", language, text),
            _ => {}
        }
        match &node.hint {
            Some(Value::Map(map)) => self.languages_of(id, "hint", map),
            Some(Value::Text(text)) if node.guidance.is_some() => {
                self.text(id, "hint", language, text);
            }
            _ => {}
        }
        match &node.guidance {
            Some(Value::Map(map)) => self.languages_of(id, "guidance_hint", map),
            Some(Value::Text(text)) => self.text(id, "guidance_hint", language, text),
            None => {}
        }
    }

    fn languages_of(&mut self, id: Id, what: &str, map: &'a Map<'a>) {
        for (language, text) in map.iter() {
            match text {
                Value::Text(text) => self.text(id, what, language, text),
                Value::Map(_) => self.nested(id, what),
            }
        }
    }

    fn text(&mut self, id: Id, what: &str, language: &'a str, text: &'a str) {
        let path = format!("{}:{what}", self.tree.node(id).xpath);
        // A guidance hint is a form of the hint.
        let (path, form) = if path.contains("guidance_hint") {
            (path.replace("guidance_hint", "hint"), "guidance")
        } else {
            (path, "long")
        };
        let place = self.translations.node(path);
        let text = Cow::Borrowed(text);
        self.translations.put(language, place, Form { form, text, context: Some(id) });
    }

    fn media(&mut self, language: &'a str) {
        for id in 0..self.tree.nodes.len() {
            let node = self.tree.node(id);
            let shown = node.kind == Kind::Question || node.kind.is_section();
            let Some(Value::Map(media)) = &node.media else { continue };
            if !shown {
                continue;
            }
            let media = media.map("default").unwrap_or(media);
            let place = if media.is_empty() {
                continue;
            } else {
                self.translations.node(format!("{}:label", node.xpath))
            };
            for (form, file) in media.iter() {
                if !matches!(form, "image" | "big-image" | "audio" | "video") {
                    self.error(id, "media", "media_unknown",
                        format!("'{form}' is no sort of media. There are image, big-image, audio and video."),
                        format!("没有“{form}”这种媒体；可用的有 image、big-image、audio、video。"));
                    continue;
                }
                match file {
                    Value::Text(_) => self.translations.put(language, place, form_of(form, file)),
                    Value::Map(files) => {
                        for (language, file) in files.iter() {
                            if file.map().is_some() {
                                self.nested(id, "media");
                            }
                            self.translations.put(language, place, form_of(form, file));
                        }
                    }
                }
            }
        }
    }

    fn nested(&mut self, id: Id, what: &str) {
        self.error(
            id,
            what,
            "column_nested",
            format!(
                "The heading of '{what}' has more parts than a language: write '{what}::language'."
            ),
            format!("“{what}”的表头多了一段，应写成“{what}::语言”。"),
        );
    }

    /// The element with all translations, written; nothing where no text has a language.
    pub(super) fn itext(&mut self, level: usize) -> Option<String> {
        let translations = std::mem::take(&mut self.translations);
        if translations.languages.is_empty() {
            return None;
        }
        let texts: usize = translations.languages.iter().map(|language| language.texts.len()).sum();
        let mut out = String::with_capacity(128 + 128 * texts);
        indent(&mut out, level);
        out.push_str("<itext>\n");
        for language in &translations.languages {
            indent(&mut out, level + 1);
            out.push_str("<translation lang=\"");
            escape(language.name, true, &mut out);
            out.push('"');
            if language.name == self.settings.default_language {
                out.push_str(" default=\"true()\"");
            }
            out.push_str(">\n");
            for text in &language.texts {
                self.one_text(&translations.places[text.place], text, level + 2, &mut out);
            }
            indent(&mut out, level + 1);
            out.push_str("</translation>\n");
        }
        indent(&mut out, level);
        out.push_str("</itext>\n");
        Some(out)
    }

    fn one_text(&mut self, place: &Place<'_>, text: &Text<'a>, level: usize, out: &mut String) {
        let mut hint = false;
        indent(out, level);
        out.push_str("<text id=\"");
        match place {
            Place::Node(path) => {
                hint = path.split_once(':').is_some_and(|(_, what)| what == "hint");
                escape(path, true, out);
            }
            Place::Choice(list, index) => {
                escape(list, true, out);
                let _ = write!(out, "-{index}");
            }
        }
        out.push('"');
        let before = out.len();
        for Form { form, text, context } in text.forms() {
            let folder = match *form {
                _ if hint => None,
                "long" => None,
                "image" | "big-image" => Some("images"),
                other => Some(other),
            };
            if folder.is_some() && text == "-" {
                continue;
            }
            if out.len() == before {
                out.push_str(">\n");
            }
            let shown = if hint { (*form == "guidance").then_some("guidance") } else { folder };
            let shown = shown.map(|_| *form);
            self.value(shown, folder, text.clone(), *context, level + 1, out);
        }
        if out.len() == before {
            out.push_str("/>\n");
            return;
        }
        indent(out, level);
        out.push_str("</text>\n");
    }

    /// A text in one form; that of a file begins with the folder for its sort.
    fn value(
        &mut self,
        form: Option<&'a str>,
        folder: Option<&str>,
        text: Cow<'a, str>,
        context: Option<Id>,
        level: usize,
        out: &mut String,
    ) {
        if !is_plain(&text) {
            let mut value = Element::new("value");
            if let Some(form) = form {
                value.set("form", form);
            }
            let mut content = self.shown_in(text, context);
            if let Some(folder) = folder {
                content = super::xml::prefixed(&format!("jr://{folder}/"), content);
            }
            value.content(content).write(out, level);
            return;
        }
        indent(out, level);
        out.push_str("<value");
        if let Some(form) = form {
            out.push_str(" form=\"");
            escape(form, true, out);
            out.push('"');
        }
        out.push('>');
        if let Some(folder) = folder {
            out.push_str("jr://");
            escape(folder, false, out);
            out.push('/');
        }
        escape(&text, false, out);
        out.push_str("</value>\n");
    }
}

/// A value as a text of a form.
fn form_of<'a>(form: &'a str, file: &'a Value<'a>) -> Form<'a> {
    Form { form, text: borrowed(file), context: None }
}

/// Whether a node shows or plays something.
pub(super) fn has_media(node: &Node<'_>) -> bool {
    node.media.as_ref().is_some_and(|media| languages(media).is_some_and(|map| !map.is_empty()))
}

fn calls_search(appearance: &str) -> bool {
    let mut rest = appearance;
    while let Some(at) = rest.find("search(") {
        let inner = &rest[at + "search(".len()..];
        let line = inner.split('\n').next().unwrap_or(inner);
        if line.contains(')') {
            return true;
        }
        rest = inner;
    }
    false
}

fn choices<'a>(translations: &mut Translations<'a>, list: &'a List<'a>, default: &'a str) {
    for (index, option) in list.options.iter().enumerate() {
        let place = translations.choice(&list.name, index);
        match &option.label {
            Some(Value::Map(labels)) => {
                for (language, label) in labels.iter() {
                    match label {
                        Value::Text(_) => {
                            translations.put(language, place, form_of("long", label));
                        }
                        Value::Map(inner) => {
                            for (own, text) in inner.iter() {
                                translations.put(own, place, form_of(language, text));
                            }
                        }
                    }
                }
            }
            Some(label) if !label.is_empty() => {
                translations.put(default, place, form_of("long", label));
            }
            _ => {}
        }
        let media = option.media.as_ref().and_then(Value::map);
        for (form, file) in media.into_iter().flat_map(Map::iter) {
            match file {
                Value::Text(_) => translations.put(default, place, form_of(form, file)),
                Value::Map(files) => {
                    for (language, file) in files.iter() {
                        translations.put(language, place, form_of(form, file));
                    }
                }
            }
        }
    }
}

/// Languages of a form, as its schema tells them.
pub(crate) fn of<'a>(tree: &'a Tree<'_>, lists: &'a Lists<'_>) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::default();
    let labels = tree.nodes.iter().filter_map(|node| node.label.as_ref());
    let of_lists =
        lists.all.iter().flat_map(|list| &list.options).filter_map(|it| it.label.as_ref());
    for label in labels.chain(of_lists).filter_map(languages) {
        for (at, (language, _)) in label.iter().enumerate() {
            // Most labels have the same languages in the same order.
            if found.get(at) != Some(&language) && seen.insert(language) {
                found.push(language);
            }
        }
    }
    found.into_iter().map(str::to_owned).collect()
}
