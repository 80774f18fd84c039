//! Which answers become properties of which entity, collected row by row.

use super::{Declaration, Path};
use crate::problem::Problem;
use crate::sheet::{Map, Table, Value};
use crate::sink::Sink;
use crate::text::name::is_name;

/// A place of the survey sheet that an entity has to do with.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: Path,
    pub(crate) row: u32,
    /// The property that the answer becomes; none where the entity only refers to the question.
    pub(crate) property: Option<String>,
    pub(crate) question: Option<String>,
}

/// What was collected for each declaration, in the order in which they were met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collected(pub(crate) Vec<(usize, Vec<Source>)>);

/// A row as far as entities need it.
pub(crate) struct Row<'a> {
    pub(crate) number: u32,
    pub(crate) path: &'a Path,
    pub(crate) question: Option<&'a str>,
    /// Whether the row begins or ends a group or repeat.
    pub(crate) is_container: bool,
}

impl Collected {
    fn of(&mut self, index: usize) -> &mut Vec<Source> {
        let at = self.0.iter().position(|(known, _)| *known == index).unwrap_or_else(|| {
            self.0.push((index, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// Takes up what a row has to do with entities; the prefix of `list#property` goes.
    pub(crate) fn take_up(
        &mut self,
        row: &Row<'_>,
        fields: &mut Map<'_>,
        declarations: &[Declaration<'_>],
        table: &Table<'_>,
        sink: &mut Sink,
    ) {
        let saved = fields.inner("bind", "entities:saveto").map(Value::written);
        if let Some(saved) = saved.filter(|saved| !saved.is_empty()) {
            match property(&saved, declarations) {
                Ok((index, property)) => {
                    fields.put_inner("bind", "entities:saveto", property.clone());
                    self.save(row, index, property, table, sink);
                }
                Err((code, en, zh)) => sink.error(at(table, row.number, code, en, zh)),
            }
        }
        let Some(question) = row.question else { return };
        for (index, declaration) in declarations.iter().enumerate() {
            if declaration.refers_to.iter().any(|name| name == question) {
                let source = Source {
                    path: row.path.clone(),
                    row: row.number,
                    property: None,
                    question: Some(question.to_owned()),
                };
                self.of(index).push(source);
            }
        }
    }

    fn save(
        &mut self,
        row: &Row<'_>,
        index: usize,
        property: String,
        table: &Table<'_>,
        sink: &mut Sink,
    ) {
        let sources = self.of(index);
        let twice = sources.iter().find(|other| other.property.as_deref() == Some(&property));
        let wrong = if property.is_empty() {
            Some(("A property needs a name.".to_owned(), "属性必须有名称。".to_owned()))
        } else if row.is_container {
            Some((
                "A group or repeat cannot be saved as a property. Move save_to to a question."
                    .to_owned(),
                "分组或重复不能存为实体属性，请把 save_to 移到题目上。".to_owned(),
            ))
        } else if matches!(property.to_lowercase().as_str(), "name" | "label") {
            Some((
                "A property cannot be called 'name' or 'label'. Choose another name.".to_owned(),
                "属性不能叫“name”或“label”，请换一个名称。".to_owned(),
            ))
        } else if property.starts_with("__") {
            Some((
                "The name of a property must not begin with two underscores.".to_owned(),
                "属性名称不能以两个下划线开头。".to_owned(),
            ))
        } else if !is_name(&property) {
            Some((
                format!(
                    "'{property}' cannot be the name of a property: begin with a letter or underscore, then letters, digits, '_', '-' or '.'."
                ),
                format!(
                    "“{property}”不能作为属性名称：请以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点。"
                ),
            ))
        } else {
            twice.map(|twice| {
                (
                    format!(
                        "The property '{property}' is saved from row {} already. Keep one of them.",
                        twice.row
                    ),
                    format!("属性“{property}”已由第{}行保存，请只保留一个。", twice.row),
                )
            })
        };
        if let Some((en, zh)) = wrong {
            sink.error(at(table, row.number, "save_to_invalid", en, zh));
        }
        sources.push(Source {
            path: row.path.clone(),
            row: row.number,
            property: Some(property),
            question: None,
        });
    }
}

fn at(table: &Table<'_>, row: u32, code: &'static str, en: String, zh: String) -> Problem {
    Problem::new(code, table.at(row, &["bind", "entities:saveto"]), en, zh)
}

/// Which declaration a `save_to` means, and the property.
fn property(
    saved: &str,
    declarations: &[Declaration<'_>],
) -> Result<(usize, String), (&'static str, String, String)> {
    if declarations.is_empty() {
        return Err((
            "save_to_without_entities",
            "There is no sheet 'entities' that declares a list. Add one, or empty this cell."
                .to_owned(),
            "没有声明实体列表的“entities”工作表。请添加，或清空此单元格。".to_owned(),
        ));
    }
    let parts: Vec<&str> = saved.split('#').collect();
    let (list, property) = match parts[..] {
        [property] if declarations.len() == 1 => (&*declarations[0].list, property),
        [property] => {
            let first = &declarations[0].list;
            return Err((
                "save_to_without_list",
                format!(
                    "The form has several entity lists: say which, such as '{first}#{property}'."
                ),
                format!("表单有多个实体列表，请写明是哪一个，例如“{first}#{property}”。"),
            ));
        }
        [list, property] => (list, property),
        _ => {
            return Err((
                "save_to_malformed",
                "Only one '#' may stand here, between the list and the property.".to_owned(),
                "此处只能有一个“#”，位于列表与属性之间。".to_owned(),
            ));
        }
    };
    let found = declarations.iter().position(|declaration| declaration.list == list);
    found.map(|index| (index, property.to_owned())).ok_or_else(|| {
        let names: Vec<&str> = declarations.iter().map(|one| &*one.list).collect();
        let names = names.join(", ");
        (
            "save_to_unknown_list",
            format!("There is no entity list '{list}'. There are: {names}."),
            format!("没有实体列表“{list}”。已有：{names}。"),
        )
    })
}
