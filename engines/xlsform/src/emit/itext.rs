//! Translations: every text of the form by language and place.

use std::collections::{HashMap, HashSet};

use super::binds::MESSAGES;
use super::xml::Element;
use super::{Emitter, languages};
use crate::form::choices::List;
use crate::form::survey::is_file;
use crate::form::tree::{Id, Kind, Node, Tree};
use crate::form::types::Control;
use crate::sheet::{Map, Value};
use crate::text::reference;

/// A text of one form (`long`, `guidance`, `image`…) and the node to which its references belong.
#[derive(Debug, Clone)]
struct Form {
    form: String,
    text: String,
    context: Option<Id>,
}

/// The texts of one language.
#[derive(Debug, Default)]
struct Language {
    name: String,
    texts: Vec<(String, Vec<Form>)>,
    index: HashMap<String, usize>,
}

/// Texts by language, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Translations(Vec<Language>);

impl Translations {
    fn put(&mut self, language: &str, path: &str, form: &str, text: &str, context: Option<Id>) {
        let at = self.0.iter().position(|known| known.name == language).unwrap_or_else(|| {
            self.0.push(Language { name: language.to_owned(), ..Language::default() });
            self.0.len() - 1
        });
        self.0[at].put(path, form, text, context);
    }

    /// Gives every language every text; `-` where it lacks one.
    fn fill(&mut self) {
        let mut paths: Vec<(String, Vec<String>)> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        for language in &self.0 {
            for (path, forms) in &language.texts {
                let at = *index.entry(path.clone()).or_insert_with(|| {
                    paths.push((path.clone(), Vec::new()));
                    paths.len() - 1
                });
                for form in forms {
                    if !paths[at].1.contains(&form.form) {
                        paths[at].1.push(form.form.clone());
                    }
                }
            }
        }
        for language in &mut self.0 {
            for (path, forms) in &paths {
                for form in forms {
                    if !language.has(path, form) {
                        language.put(path, form, "-", None);
                    }
                }
            }
        }
    }

    /// The languages of the form.
    pub(super) fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|language| language.name.as_str())
    }
}

impl Language {
    fn put(&mut self, path: &str, form: &str, text: &str, context: Option<Id>) {
        let at = *self.index.entry(path.to_owned()).or_insert_with(|| {
            self.texts.push((path.to_owned(), Vec::new()));
            self.texts.len() - 1
        });
        let forms = &mut self.texts[at].1;
        let new = Form { form: form.to_owned(), text: text.to_owned(), context };
        match forms.iter_mut().find(|known| known.form == form) {
            Some(old) => *old = new,
            None => forms.push(new),
        }
    }

    fn has(&self, path: &str, form: &str) -> bool {
        let at = self.index.get(path);
        at.is_some_and(|at| self.texts[*at].1.iter().any(|known| known.form == form))
    }
}

impl Emitter<'_> {
    /// Gathers every text that has a language, and finds out which lists `search()` looks for.
    pub(super) fn translate(&mut self) {
        let language = self.settings.default_language.clone();
        for list in &self.lists.all {
            if list.itext {
                choices(&mut self.translations, list, &language);
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
                self.texts(id, &language);
            }
        }
        self.media(&language);
        self.translations.fill();
        for id in searching {
            let node = self.tree.node(id);
            let shared: Vec<String> = others
                .iter()
                .map(|other| self.tree.node(*other))
                .filter(|other| other.list == node.list)
                .map(|other| other.name.clone())
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
        let itemset = node.itemset.clone().unwrap_or_default();
        if is_file(&itemset) {
            self.error(
                id,
                "appearance",
                "search_of_file",
                "A question that chooses from a file cannot use search(). Remove one of them.",
                "从文件中选择的题目不能使用 search()，请去掉其中之一。",
            );
            return true;
        }
        let Some(list) = self.lists.get_mut(&itemset) else {
            self.error(
                id,
                "appearance",
                "search_without_list",
                "A question with search() needs a list of the choices sheet.",
                "使用 search() 的题目必须有 choices 工作表中的列表。",
            );
            return true;
        };
        list.searched = true;
        self.searching.insert(id);
        true
    }

    fn texts(&mut self, id: Id, language: &str) {
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

    fn languages_of(&mut self, id: Id, what: &str, map: &Map) {
        for (language, text) in map.iter() {
            match text {
                Value::Text(text) => self.text(id, what, language, text),
                Value::Map(_) => self.nested(id, what),
            }
        }
    }

    fn text(&mut self, id: Id, what: &str, language: &str, text: &str) {
        let path = format!("{}:{what}", self.tree.node(id).xpath);
        // A guidance hint is a form of the hint.
        let (path, form) = if path.contains("guidance_hint") {
            (path.replace("guidance_hint", "hint"), "guidance")
        } else {
            (path, "long")
        };
        self.translations.put(language, &path, form, text, Some(id));
    }

    fn media(&mut self, language: &str) {
        for id in 0..self.tree.nodes.len() {
            let node = self.tree.node(id);
            let shown = node.kind == Kind::Question || node.kind.is_section();
            let Some(Value::Map(media)) = &node.media else { continue };
            if !shown {
                continue;
            }
            let media = media.map("default").unwrap_or(media);
            let path = format!("{}:label", node.xpath);
            for (form, file) in media.iter() {
                if !matches!(form, "image" | "big-image" | "audio" | "video") {
                    self.error(id, "media", "media_unknown",
                        format!("'{form}' is no sort of media. There are image, big-image, audio and video."),
                        format!("没有“{form}”这种媒体；可用的有 image、big-image、audio、video。"));
                    continue;
                }
                match file {
                    Value::Text(file) => self.translations.put(language, &path, form, file, None),
                    Value::Map(files) => {
                        for (language, file) in files.iter() {
                            if file.map().is_some() {
                                self.nested(id, "media");
                            }
                            self.translations.put(language, &path, form, &file.written(), None);
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

    /// The element with all translations; nothing where no text has a language.
    pub(super) fn itext(&mut self) -> Option<Element> {
        if self.translations.0.is_empty() {
            return None;
        }
        let mut itext = Element::new("itext");
        for language in std::mem::take(&mut self.translations.0) {
            let mut translation =
                Element::new("translation").attribute("lang", language.name.clone());
            if language.name == self.settings.default_language {
                translation.set("default", "true()");
            }
            for (path, forms) in &language.texts {
                translation.add(self.one_text(path, forms));
            }
            itext.add(translation);
        }
        Some(itext)
    }

    fn one_text(&mut self, path: &str, forms: &[Form]) -> Element {
        let hint = path.split_once(':').is_some_and(|(_, what)| what == "hint");
        let mut element = Element::new("text").attribute("id", path);
        for Form { form, text, context } in forms {
            let mut value = Element::new("value");
            let media = match form.as_str() {
                "guidance" if hint => {
                    value.set("form", "guidance");
                    None
                }
                _ if hint => None,
                "long" => None,
                "image" | "big-image" => Some("images"),
                other => Some(other),
            };
            let Some(folder) = media else {
                let content = self.shown(text, *context);
                element.add(value.content(content));
                continue;
            };
            if text == "-" {
                continue;
            }
            value.set("form", form.clone());
            let content = self.shown(text, *context);
            let content = super::xml::prefixed(&format!("jr://{folder}/"), content);
            element.add(value.content(content));
        }
        element
    }
}

/// Whether a node shows or plays something.
pub(super) fn has_media(node: &Node) -> bool {
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

fn choices(translations: &mut Translations, list: &List, default: &str) {
    for (index, option) in list.options.iter().enumerate() {
        let path = format!("{}-{index}", list.name);
        match &option.label {
            Some(Value::Map(labels)) => {
                for (language, label) in labels.iter() {
                    match label {
                        Value::Text(text) => translations.put(language, &path, "long", text, None),
                        Value::Map(inner) => {
                            for (own, text) in inner.iter() {
                                translations.put(own, &path, language, &text.written(), None);
                            }
                        }
                    }
                }
            }
            Some(Value::Text(label)) if !label.is_empty() => {
                translations.put(default, &path, "long", label, None);
            }
            _ => {}
        }
        for (form, file) in
            option.media.as_ref().and_then(Value::map).into_iter().flat_map(Map::iter)
        {
            match file {
                Value::Text(file) => translations.put(default, &path, form, file, None),
                Value::Map(files) => {
                    for (language, file) in files.iter() {
                        translations.put(language, &path, form, &file.written(), None);
                    }
                }
            }
        }
    }
}

/// Languages of a form, as its schema tells them.
pub(crate) fn of(tree: &Tree, lists: &crate::form::choices::Lists) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    let labels = tree.nodes.iter().filter_map(|node| node.label.as_ref());
    let of_lists =
        lists.all.iter().flat_map(|list| &list.options).filter_map(|it| it.label.as_ref());
    for label in labels.chain(of_lists).filter_map(languages) {
        for (language, _) in label.iter() {
            if seen.insert(language.to_owned()) {
                found.push(language.to_owned());
            }
        }
    }
    found
}
