//! Questions that choose from a list.

use super::Reader;
use crate::form::choices;
use crate::form::draft::Draft;
use crate::form::parameters::{self, Parameters};
use crate::problem::{At, Problem};
use crate::sheet::aliases;
use crate::text::{extension, name, number, reference, stem};

/// Files from which choices may come.
pub(crate) const FILES: [&str; 3] = [".xml", ".csv", ".geojson"];

/// Whether a list is a file that comes with the form.
pub(crate) fn is_file(list: &str) -> bool {
    FILES.contains(&extension(list))
}

/// A type that asks for a list.
pub(super) struct Asked<'a> {
    command: &'static str,
    kind: &'static str,
    list: &'a str,
    other: bool,
}

/// Whether a type asks for a list.
pub(super) fn asked(written: &str) -> Option<Asked<'_>> {
    aliases::SELECTS.iter().find_map(|(command, kind)| {
        let rest = written.strip_prefix(command)?.strip_prefix(' ')?;
        let rest = rest.strip_suffix('\n').unwrap_or(rest);
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (list, after) = rest.split_at(end);
        let other = matches!(after, " or specify other" | " or_other" | " or other");
        let fits = !list.is_empty() && (after.is_empty() || other);
        fits.then_some(Asked { command, kind, list, other })
    })
}

fn from_file(command: &str) -> bool {
    command.ends_with("from_file") || command.ends_with("from file")
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn select(
        &mut self,
        mut draft: Draft<'a>,
        asked: &Asked<'_>,
        parameters: Parameters,
    ) {
        let list = asked.list;
        let external = asked.kind == "select one external";
        let filter = draft.fields.text("choice_filter").unwrap_or_default().to_owned();
        let name = draft.name.clone();
        draft.kind = asked.kind.into();
        if !self.find_list(&draft, asked, &filter) {
            return;
        }
        if !external {
            self.instances.insert(stem(list).to_owned());
        }
        if asked.kind == "select all that apply" && !is_file(list) {
            self.no_blanks(&draft, list);
        }
        let other = asked.other.then(|| self.or_other(&draft, list, &filter)).flatten();
        self.select_parameters(&draft, asked, &parameters);
        draft.itemset = Some(list.to_owned());
        let randomized = parameters::get(&parameters, "randomize") == Some("true");
        if filter.is_empty() {
            if !randomized && !is_file(list) && !reference::has(list) {
                draft.list = Some(list.to_owned());
            }
        } else if external {
            draft.query = Some(list.to_owned());
        } else if self.lists.has(list) {
            draft.list = Some(list.to_owned());
        }
        draft.parameters = parameters;
        self.in_table_list(&mut draft, list);
        self.add(draft);
        if let Some(label) = other {
            let specify = Draft::new("text", format!("{name}_other"), 0).text("label", label).with(
                "bind",
                "relevant",
                format!("selected(../{name}, 'other')"),
            );
            self.add(specify);
        }
    }

    /// Whether the list is there; says where it is not.
    fn find_list(&mut self, draft: &Draft<'a>, asked: &Asked<'_>, filter: &str) -> bool {
        let (row, list) = (draft.row, asked.list);
        if asked.kind == "select one external" {
            if !draft.fields.has("choice_filter") {
                self.warn(row, &["choice_filter"], "external_without_filter",
                    "select_one_external is meant for filtered lists: say which choices in choice_filter.",
                    "select_one_external 用于筛选的列表，请在 choice_filter 中写明筛选条件。");
            }
            return self.external_list(row, list, filter);
        }
        if from_file(asked.command) && !is_only_extension(list) {
            let command = asked.command;
            self.error(row, &["type"], "file_extension",
                format!("The file of '{command}' must end with .csv, .xml or .geojson, such as '{command} cities.csv'."),
                format!("“{command}”后的文件名须以 .csv、.xml 或 .geojson 结尾，例如 {command} cities.csv。"));
            return false;
        }
        if self.lists.has(list) || is_file(list) || reference::has(list) {
            return true;
        }
        if self.lists.is_empty() {
            self.no_sheet(row, "choices", "list_name, name, label");
        } else {
            self.unknown_list(row, list);
        }
        false
    }

    fn external_list(&mut self, row: u32, list: &str, filter: &str) -> bool {
        let Some(known) = self.given.external.filter(|known| !known.is_empty()) else {
            self.no_sheet(row, "external_choices", "list_name, name");
            return false;
        };
        // Without a filter its choices are asked for as if they stood in the choices sheet.
        let there = known.iter().any(|name| name == list);
        if there && (!filter.is_empty() || self.lists.has(list)) {
            return true;
        }
        let (en, zh) = if there {
            (
                format!(
                    "'{list}' is a list of the sheet external_choices, so this question needs a choice_filter."
                ),
                format!("“{list}”是 external_choices 工作表中的列表，此题必须填写 choice_filter。"),
            )
        } else {
            (
                format!(
                    "There is no list '{list}' in the sheet external_choices. Add its choices there."
                ),
                format!("external_choices 工作表中没有列表“{list}”，请在其中添加选项。"),
            )
        };
        self.error(row, &["type"], "external_list_unknown", en, zh);
        false
    }

    fn no_sheet(&mut self, row: u32, sheet: &str, columns: &str) {
        let near = crate::form::settings::alike(self.given.book, sheet);
        let (en, zh) = match near.first() {
            Some(near) => (
                format!("There is no sheet '{sheet}'. Is it the one called '{near}'? Rename it."),
                format!("没有“{sheet}”工作表。是否是“{near}”？请改名。"),
            ),
            None => (
                format!(
                    "There is no sheet '{sheet}' with choices. Add it, with the columns {columns}."
                ),
                format!("没有含选项的“{sheet}”工作表。请添加，列为 {columns}。"),
            ),
        };
        self.error(row, &["type"], "sheet_missing", en, zh);
    }

    fn no_blanks(&mut self, draft: &Draft<'a>, list: &str) {
        let Some(found) = self.lists.get(list) else {
            // What is chosen from answers has no choices whose names could be looked at.
            self.error(
                draft.row,
                &["type"],
                "multiple_from_answers",
                "Only a select_one can choose from answers of the form.",
                "只有 select_one 才能从表单的答案中选择。",
            );
            return;
        };
        if let Some(choice) = choices::with_blank(found) {
            let (name, at) =
                (choice.name.clone(), At::sheet("choices").row(choice.row).column("name"));
            self.sink.error(Problem::new(
                "choice_name_with_blank",
                at,
                format!("'{name}' is asked for with several answers, which are kept with blanks between them: its name must have none. Write '{}'.", name.replace(' ', "_")),
                format!("“{name}”用于多选题，多个答案以空格分隔保存，因此名称中不能有空格。请写成“{}”。", name.replace(' ', "_")),
            ));
        }
    }

    /// The question for an answer of one's own; its label.
    fn or_other(&mut self, draft: &Draft<'a>, list: &str, filter: &str) -> Option<&'static str> {
        self.read.or_other = true;
        if !filter.is_empty() {
            self.error(
                draft.row,
                &["choice_filter"],
                "filter_with_other",
                "A list with or_other cannot be filtered: remove one of them.",
                "带 or_other 的列表不能筛选，请去掉其中之一。",
            );
            return None;
        }
        let Some(found) = self.lists.get_mut(list).filter(|list| !list.options.is_empty()) else {
            self.error(
                draft.row,
                &["type"],
                "other_without_choices",
                "A question with or_other needs choices in the choices sheet.",
                "带 or_other 的题目必须在 choices 工作表中有选项。",
            );
            return None;
        };
        let translated = found
            .options
            .iter()
            .any(|option| option.label.as_ref().is_some_and(|label| label.map().is_some()));
        let unlabelled =
            found.options.iter().find(|option| option.label.is_none()).map(|option| option.row);
        if let Some(other) = choices::other(found) {
            if let Some(row) = unlabelled.filter(|_| translated) {
                self.sink.error(Problem::new(
                    "choice_without_label",
                    At::sheet("choices").row(row).column("label"),
                    "With or_other and several languages every choice needs a label.",
                    "使用 or_other 且有多种语言时，每个选项都必须有标签。",
                ));
                return None;
            }
            found.options.push(other);
        }
        Some("Specify other.")
    }

    fn select_parameters(&mut self, draft: &Draft<'a>, asked: &Asked<'_>, parameters: &Parameters) {
        // pyxform 4.5 looks for these two commands with underscores only.
        if matches!(asked.command, "select_one_from_file" | "select_multiple_from_file") {
            self.accept(draft, parameters, &["label", "randomize", "seed", "value"]);
            for key in ["value", "label"] {
                if parameters::get(parameters, key).is_some_and(|value| !name::is_name(value)) {
                    self.misfit(
                        draft,
                        key,
                        "must be the name of a column or property of the file",
                        "必须是文件中的列名或属性名",
                    );
                }
            }
        } else {
            self.accept(draft, parameters, &["randomize", "seed"]);
        }
        let seed = parameters::get(parameters, "seed");
        match parameters::get(parameters, "randomize") {
            Some(randomize) => {
                if !matches!(randomize, "true" | "false") {
                    self.misfit(
                        draft,
                        "randomize",
                        "must be true or false",
                        "必须是 true 或 false",
                    );
                }
                let fits = |seed: &str| reference::whole(seed).is_some() || number::is_float(seed);
                if seed.is_some_and(|seed| !fits(seed)) {
                    self.misfit(
                        draft,
                        "seed",
                        "must be a number or a reference such as ${name}",
                        "必须是数字或引用，例如 ${name}",
                    );
                }
            }
            None if seed.is_some() => {
                self.misfit(
                    draft,
                    "seed",
                    "needs randomize=true beside it",
                    "须与 randomize=true 同用",
                );
            }
            None => {}
        }
    }

    /// The first question of a table brings its heading; every one must ask for the same list.
    fn in_table_list(&mut self, draft: &mut Draft<'a>, list: &str) {
        let Some(open) = self.table_list.clone() else { return };
        match open {
            None => {
                if draft.fields.has("choice_filter") {
                    self.error(
                        draft.row,
                        &["choice_filter"],
                        "filter_in_table_list",
                        "Questions of a table-list cannot be filtered.",
                        "table-list 中的题目不能筛选。",
                    );
                }
                if !self.lists.has(list) {
                    self.unknown_list(draft.row, list);
                }
                let name = format!("reserved_name_for_field_list_labels_{}", draft.row);
                let mut header =
                    Draft::new(draft.kind.clone(), name, 0).with("control", "appearance", "label");
                header.itemset = Some(list.to_owned());
                self.add(header);
                self.table_list = Some(Some(list.to_owned()));
            }
            Some(first) if first != list => {
                self.error(draft.row, &["type"], "table_list_differs",
                    format!("All questions of a table-list choose from one list, here '{first}'; this one asks for '{list}'."),
                    format!("table-list 中的题目必须使用同一列表；此处应为“{first}”，而本题使用“{list}”。"));
            }
            Some(_) => {}
        }
        draft.fields.put_inner("control", "appearance", "list-nolabel");
    }
}

/// Whether a file's name has one ending, of a file that may bring choices.
fn is_only_extension(list: &str) -> bool {
    let file = list.trim_end_matches('/').rsplit('/').next().unwrap_or(list);
    let dots = file.trim_start_matches('.').matches('.').count();
    dots == 1 && !file.ends_with('.') && is_file(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_ask_for_a_list_are_read_however_they_are_written() {
        let list = |written| asked(written).map(|asked| (asked.kind, asked.list, asked.other));
        assert_eq!(list("select_one yes_no"), Some(("select one", "yes_no", false)));
        assert_eq!(list("select one from file a.csv"), Some(("select one", "a.csv", false)));
        assert_eq!(list("select_multiple a or_other"), Some(("select all that apply", "a", true)));
        assert_eq!(list("rank a"), Some(("rank", "a", false)));
        assert_eq!(list("select_one ${q}"), Some(("select one", "${q}", false)));
        assert!(list("select_one").is_none() && list("select_one a b").is_none());
    }

    #[test]
    fn files_have_one_ending() {
        assert!(is_only_extension("a.csv") && is_only_extension("dir/a.geojson"));
        assert!(!is_only_extension("a.b.csv") && !is_only_extension("a.txt"));
    }
}
