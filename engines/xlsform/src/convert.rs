//! A workbook to an XForm, from the first sheet to the last element.

use crate::emit::{self, Emitted};
use crate::expressions;
use crate::form::draft::Draft;
use crate::form::settings::{self, Settings};
use crate::form::survey::{self, Given};
use crate::form::tree::Builder;
use crate::form::{choices, entities, references, translations};
use crate::problem::{At, Problem, Problems};
use crate::sheet::{Table, Value, headings, table};
use crate::sink::Sink;
use crate::workbook::{self, Sheet, Workbook};
use crate::{Converted, Options};

/// Converts a workbook.
///
/// # Errors
/// Every problem of the workbook.
///
/// # Examples
/// ```
/// let form = b"| survey |\n| | type | name | label |\n| | text | q | What? |";
/// let converted = xlsform::convert(form, &xlsform::Options::default()).expect("a form");
/// assert!(converted.xform.contains("<label>What?</label>"));
/// ```
pub fn convert(bytes: &[u8], options: &Options) -> Result<Converted, Problems> {
    let book = workbook::read(bytes, options.format)?;
    convert_workbook(&book, options)
}

/// Converts a workbook that was read already.
///
/// # Errors
/// Every problem of the workbook.
pub fn convert_workbook(book: &Workbook, options: &Options) -> Result<Converted, Problems> {
    let mut sink = Sink::default();
    let Some(sheet) = survey_sheet(book) else { return Err(no_survey(book).into()) };
    let done = form(book, sheet, options, &mut sink);
    if options.strict || !sink.errors.is_empty() {
        sink.errors.append(&mut sink.findings);
    }
    sink.sorted();
    sink.so_far()?;
    let itemsets = if done.external { choices::itemsets(book) } else { None };
    Ok(Converted {
        xform: done.emitted.xform,
        itemsets,
        findings: sink.findings,
        warnings: sink.warnings,
        schema: done.emitted.schema,
    })
}

/// What a form comes to.
struct Done {
    emitted: Emitted,
    /// Whether a question asks for the sheet of external choices.
    external: bool,
}

fn survey_sheet(book: &Workbook) -> Option<&Sheet> {
    book.sheet("survey").filter(|sheet| !sheet.rows.is_empty() || !sheet.columns.is_empty())
}

fn no_survey(book: &Workbook) -> Problem {
    let near = settings::alike(book, "survey");
    let (en, zh) = match near.first() {
        Some(near) => (
            format!("There is no sheet 'survey'. Is it the one called '{near}'? Rename it."),
            format!("没有“survey”工作表。是否是“{near}”？请改名。"),
        ),
        None => (
            "There is no sheet 'survey'. A form needs one, with the columns type, name and label."
                .to_owned(),
            "没有“survey”工作表。表单必须有它，列为 type、name 和 label。".to_owned(),
        ),
    };
    Problem::new("survey_missing", At::default(), en, zh)
}

fn form(book: &Workbook, sheet: &Sheet, options: &Options, sink: &mut Sink) -> Done {
    let mut settings =
        settings::read(book, options.name.as_deref(), options.file_stem.as_deref(), sink);
    let external = choices::external(book, &settings, sink);
    let (mut lists, choices_table) = choices::read(book, &settings, sink);
    let entities_sheet = book.sheet("entities").filter(|sheet| !sheet.rows.is_empty());
    let declarations = match entities_sheet {
        Some(sheet) => {
            let table = table(sheet, &headings::entities(), sink);
            entities::declare(&table, sink)
        }
        None => {
            settings::misspelt(book, "entities", sink);
            Vec::new()
        }
    };
    let language = settings.default_language.clone();
    let mut survey_table = table(sheet, &headings::survey(&language, settings.clean), sink);
    let tags = choices::tags(book, sink);
    let rows = std::mem::take(&mut survey_table.rows);
    let given = Given {
        book,
        table: &survey_table,
        settings: &settings,
        external: external.as_deref(),
        tags: &tags,
        declarations: &declarations,
    };
    let mut read = survey::read(&given, rows, &mut lists, sink);
    translations::check(&survey_table, choices_table.as_ref(), read.or_other, sink);
    for (key, value) in std::mem::take(&mut read.settings) {
        settings.all.put(key, Value::Text(value.clone().into()));
        match key {
            "title" => settings.title = value,
            "id_string" => settings.id = value,
            _ => {}
        }
    }
    lists.settle();
    let external_used = uses_external(&read.children);
    let mut children = std::mem::take(&mut read.children);
    if settings.all.get("flat").is_some_and(|flat| !flat.is_empty()) {
        flatten(&mut children, "");
    }
    let mut meta = std::mem::take(&mut read.meta);
    own_facts(&settings, &mut read, &mut meta, sink);
    let version = (!declarations.is_empty()).then(|| {
        let sheet = entities_sheet.map_or("entities", |sheet| sheet.name.as_str());
        entities::place(&declarations, &read.collected, &mut children, sink, sheet)
    });
    put_meta(&mut children, meta);
    references::check(book, &survey_table, choices_table.as_ref(), &read.names, sink);
    let emitted = tree_and_text(&settings, &lists, &survey_table, children, version, sink);
    unwritable(book, sink);
    Done { emitted, external: external_used }
}

fn tree_and_text<'a>(
    settings: &Settings<'a>,
    lists: &choices::Lists<'a>,
    survey: &Table<'a>,
    children: Vec<Draft<'a>>,
    version: Option<&'static str>,
    sink: &mut Sink,
) -> Emitted {
    let tree = Builder::new(settings, lists, survey.sheet, sink).build(children);
    expressions::check(&tree, survey, sink);
    emit::emit(&tree, settings, lists, version, survey.sheet, sink)
}

/// What every record knows of itself: its id, and its name where the form gives one.
fn own_facts<'a>(
    settings: &Settings<'a>,
    read: &mut survey::Read<'a>,
    meta: &mut Vec<Draft<'a>>,
    sink: &mut Sink,
) {
    if settings.yes("omit_instanceID") {
        if settings.text("public_key").is_some() {
            sink.error(Problem::new(
                "instance_id_needed",
                At::sheet("settings").row(2).column("omit_instanceID"),
                "A form with a public_key needs the instance id: remove omit_instanceID.",
                "使用 public_key 加密的表单必须有实例编号，请删去 omit_instanceID。",
            ));
        }
    } else {
        let id = Draft::new("calculate", "instanceID", 0).with("bind", "readonly", "true()").with(
            "bind",
            "jr:preload",
            settings.all.text("instance_id").unwrap_or("uid").to_owned(),
        );
        meta.push(id);
        *read.names.entry("instanceID".into()).or_insert(0) += 1;
    }
    if let Some(name) = settings.all.get("instance_name").map(Value::written) {
        let at = || At::sheet("settings").row(2).column("instance_name");
        expressions::expression(&name, &at, true, sink);
        meta.push(Draft::new("calculate", "instanceName", 0).with("bind", "calculate", name));
    }
}

fn put_meta<'a>(children: &mut Vec<Draft<'a>>, meta: Vec<Draft<'a>>) {
    if meta.is_empty() {
        return;
    }
    let there = children.iter_mut().find(|child| child.name == "meta" && child.kind == "group");
    match there {
        Some(group) => group.children.extend(meta),
        None => children.push(Draft::meta(meta)),
    }
}

fn uses_external(children: &[Draft<'_>]) -> bool {
    children.iter().any(|child| {
        child.kind.starts_with("select one external") || uses_external(&child.children)
    })
}

/// Takes the groups out of the record: their conditions go to what is in them.
fn flatten(children: &mut [Draft<'_>], above: &str) {
    for child in children {
        let own = child.fields.inner("bind", "relevant").map(Value::written).unwrap_or_default();
        let both = match (above, &*own) {
            ("", own) => own.to_owned(),
            (above, "") => above.to_owned(),
            (above, own) => format!("{above} and ({own})"),
        };
        if child.children.is_empty() {
            if !both.is_empty() {
                child.fields.put_inner("bind", "relevant", both);
            }
        } else {
            child.flat = true;
            flatten(&mut child.children, &both);
        }
    }
}

/// Characters that no XML document may hold.
fn unwritable(book: &Workbook, sink: &mut Sink) {
    for sheet in &book.sheets {
        for row in &sheet.rows {
            for (column, text) in &row.cells {
                let unusual = |byte: u8| (byte < 32) | (byte == 0xef);
                // Without a way out of the loop, many bytes are looked at together.
                if text.bytes().fold(false, |found, byte| found | unusual(byte))
                    && text.chars().any(emit::forbidden)
                {
                    let heading = &sheet.columns[*column as usize].heading;
                    sink.error(Problem::new(
                        "character_unusable",
                        At::sheet(&sheet.name).row(row.number).column(heading),
                        "The cell holds a control character that cannot be kept. Type its text anew.",
                        "单元格中含有无法保存的控制字符，请重新输入文字。",
                    ));
                }
            }
        }
    }
}
