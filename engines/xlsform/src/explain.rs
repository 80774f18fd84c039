//! A form as an outline: what is asked, in which order, under which conditions.

use std::fmt;

use crate::schema::{Node, NodeKind, Schema, Texts};

/// One line of an outline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// How deep in groups and repeats, from 0.
    pub depth: usize,
    /// `group`, `repeat`, or the type of the question.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its path in the record.
    pub path: String,
    /// What is asked, by language.
    pub label: Texts,
    /// Its row in the survey sheet.
    pub row: Option<u32>,
    /// Whether an answer is needed: `true()` for always, else the condition.
    pub required: Option<String>,
    /// When it is asked.
    pub relevant: Option<String>,
    /// What an answer must fulfil.
    pub constraint: Option<String>,
    /// How it is worked out.
    pub calculate: Option<String>,
    /// The list that it chooses from.
    pub list: Option<String>,
    /// The entity property that its answer becomes.
    pub save_to: Option<String>,
    /// Whether a person sees it.
    pub visible: bool,
}

/// A form as an outline; `Display` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The form's title.
    pub title: String,
    /// Its id.
    pub form_id: String,
    /// Its version.
    pub version: Option<String>,
    /// Its languages.
    pub languages: Vec<String>,
    /// What it asks.
    pub lines: Vec<Line>,
    /// Its lists, with how many choices each has.
    pub lists: Vec<(String, usize)>,
    /// Files that must come with it.
    pub files: Vec<String>,
    /// The entity lists that it makes or changes.
    pub entities: Vec<String>,
}

/// Makes the outline of a form.
///
/// # Examples
/// ```
/// let form = b"| survey |\n| | type | name | label | relevant |\n| | text | a | What? | |\n| | text | b | Why? | ${a} != '' |";
/// let form = xlsform::convert(form, &xlsform::Options::default()).expect("a form");
/// let outline = xlsform::explain(&form.schema);
/// assert_eq!(outline.lines[1].relevant.as_deref(), Some("/data/a  != ''"));
/// assert!(outline.to_string().contains("What?"));
/// ```
#[must_use]
pub fn explain(schema: &Schema) -> Outline {
    let mut sections: Vec<&str> = Vec::new();
    let mut lines = Vec::with_capacity(schema.nodes.len());
    for node in &schema.nodes {
        let inside = |section: &&str| {
            node.path.strip_prefix(section).is_some_and(|rest| rest.starts_with('/'))
        };
        while sections.last().is_some_and(|section| !inside(section)) {
            sections.pop();
        }
        lines.push(line(node, sections.len()));
        if node.kind != NodeKind::Question {
            sections.push(&node.path);
        }
    }
    Outline {
        title: schema.title.clone(),
        form_id: schema.form_id.clone(),
        version: schema.version.clone(),
        languages: schema.languages.clone(),
        lines,
        lists: schema.lists.iter().map(|(name, choices)| (name.clone(), choices.len())).collect(),
        files: schema.files.clone(),
        entities: schema.entities.iter().map(|entity| entity.list.clone()).collect(),
    }
}

fn line(node: &Node, depth: usize) -> Line {
    let kind = match node.kind {
        NodeKind::Group => "group".to_owned(),
        NodeKind::Repeat => "repeat".to_owned(),
        NodeKind::Question => node.question_type.clone(),
    };
    let says = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Line {
        depth,
        kind,
        name: node.name.clone(),
        path: node.path.clone(),
        label: node.label.clone(),
        row: node.row,
        required: says(&node.required).filter(|required| required != "false()"),
        relevant: says(&node.relevant),
        constraint: says(&node.constraint),
        calculate: says(&node.calculate),
        list: node.list.clone(),
        save_to: node.save_to.clone(),
        visible: node.visible,
    }
}

impl fmt::Display for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.title, self.form_id)?;
        if let Some(version) = &self.version {
            write!(f, ", {version}")?;
        }
        writeln!(f, ")")?;
        if !self.languages.is_empty() {
            writeln!(f, "{}", self.languages.join(", "))?;
        }
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        for (name, choices) in &self.lists {
            writeln!(f, "[{name}] {choices}")?;
        }
        for file in &self.files {
            writeln!(f, "+ {file}")?;
        }
        for entity in &self.entities {
            writeln!(f, "→ {entity}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.kind.as_str() {
            "group" => "▸",
            "repeat" => "↻",
            _ if self.visible => "•",
            _ => "◦",
        };
        write!(f, "{:indent$}{mark} {}", "", self.name, indent = self.depth * 2)?;
        if mark != "▸" && mark != "↻" {
            write!(f, " [{}", self.kind)?;
            if let Some(list) = &self.list {
                write!(f, " {list}")?;
            }
            f.write_str("]")?;
        }
        let labels: Vec<&str> = self.label.iter().map(|(_, label)| label.trim()).collect();
        if labels.iter().any(|label| !label.is_empty()) {
            write!(f, " {}", labels.join(" | "))?;
        }
        if let Some(required) = &self.required {
            f.write_str(" *")?;
            if required != "true()" {
                write!(f, "({required})")?;
            }
        }
        for (sign, says) in [
            (" ? ", &self.relevant),
            (" ✓ ", &self.constraint),
            (" = ", &self.calculate),
            (" → ", &self.save_to),
        ] {
            if let Some(says) = says {
                write!(f, "{sign}{}", says.split_whitespace().collect::<Vec<_>>().join(" "))?;
            }
        }
        Ok(())
    }
}
