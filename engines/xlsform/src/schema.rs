//! What a form asks, for programs that read its answers: every node of the record with its path.

/// What a form asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The form's id (`form_id`).
    pub form_id: String,
    /// Its version, when the author gives one.
    pub version: Option<String>,
    /// Its title.
    pub title: String,
    /// The name of the record's root.
    pub root: String,
    /// The language that is shown first; `default` where texts have no language.
    pub default_language: String,
    /// All languages, in the order in which they come; empty where texts have no language.
    pub languages: Vec<String>,
    /// Every node, in the order of the record. Groups and repeats come before what is in them.
    pub nodes: Vec<Node>,
    /// The lists of choices by name.
    pub lists: Vec<(String, Vec<Choice>)>,
    /// Entities that a record makes or changes.
    pub entities: Vec<Entity>,
    /// Files that must come with the form (`cities.csv`, `map.png`), in the order of their names.
    pub files: Vec<String>,
    /// Settings that the format does not know, as the author wrote them: heading and value.
    pub settings: Vec<(String, String)>,
}

/// A text in the languages of the form: language and words. One text without a language has the
/// form's default language.
pub type Texts = Vec<(String, String)>;

/// A node of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its path (`/data/household/name`).
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// The type that its author wrote, once aliases are resolved (`text`, `select one`, `photo`…).
    pub question_type: String,
    /// The type of its value in the record (`string`, `int`, `decimal`, `date`, `time`,
    /// `dateTime`, `geopoint`, `geotrace`, `geoshape`, `binary`, `barcode`, `odk:rank`); empty for
    /// groups and repeats.
    pub data_type: String,
    /// Its row in the survey sheet; none for what the converter adds.
    pub row: Option<u32>,
    /// What is asked.
    pub label: Texts,
    /// A word of help.
    pub hint: Texts,
    /// When an answer is needed, as an XPath expression with references resolved.
    pub required: Option<String>,
    /// When it is asked.
    pub relevant: Option<String>,
    /// What an answer must fulfil.
    pub constraint: Option<String>,
    /// What is said when it does not.
    pub constraint_message: Texts,
    /// How its value is worked out.
    pub calculate: Option<String>,
    /// Whether it cannot be answered.
    pub readonly: Option<String>,
    /// The value that it begins with, as its author wrote it.
    pub default: Option<String>,
    /// Which list it chooses from, a list of the form or a file (`cities.csv`).
    pub list: Option<String>,
    /// Which entries of the list are offered, as its author wrote it.
    pub choice_filter: Option<String>,
    /// The entity property that its answer becomes.
    pub save_to: Option<String>,
    /// Whether a person sees it.
    pub visible: bool,
    /// Columns that the format does not know, as the author wrote them: heading and value.
    pub columns: Vec<(String, String)>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NodeKind {
    /// Something with a value.
    #[default]
    Question,
    /// Nodes that belong together.
    Group,
    /// Nodes that may come several times.
    Repeat,
}

/// An entry of a list of choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Its value in the record.
    pub name: String,
    /// How it reads.
    pub label: Texts,
    /// Further columns.
    pub columns: Vec<(String, String)>,
}

/// An entity that a record makes or changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    /// The list that it belongs to.
    pub list: String,
    /// The path of the node that holds it: the root, a group or a repeat.
    pub path: String,
    /// Whether records may make one.
    pub creates: bool,
    /// Whether records may change one.
    pub updates: bool,
}
