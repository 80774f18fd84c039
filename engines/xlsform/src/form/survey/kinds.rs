//! Questions by type: most stand as they are, some have parameters.

use std::borrow::Cow;

use super::{Reader, select};
use crate::form::draft::{Action, Draft, FIRST_LOAD};
use crate::form::parameters::{self, Parameters, misfit};
use crate::form::{spelling, types};
use crate::sheet::Value;
use crate::text::number;

impl<'a> Reader<'_, 'a> {
    pub(super) fn question(&mut self, mut draft: Draft<'a>, parameters: Parameters) {
        self.questions.insert(draft.name.clone());
        if matches!(&*draft.kind, "csv-external" | "xml-external") {
            self.instances.insert(crate::text::stem(&draft.name).to_owned());
        }
        let kind = draft.kind.clone();
        if let Some(asked) = select::asked(&kind) {
            self.select(draft, &asked, parameters);
            return;
        }
        if let Some(list) = osm(&kind) {
            self.osm(&mut draft, list);
            self.add(draft);
            return;
        }
        match &*kind {
            "range" => self.range(draft, parameters),
            "text" => self.text(draft, &parameters),
            "photo" => self.photo(draft, &parameters),
            "audio" => self.audio(draft, &parameters),
            "background-audio" => self.background_audio(draft, &parameters),
            "geopoint" | "geoshape" | "geotrace" => self.geo(draft, &parameters),
            "start-geopoint" => {
                draft.actions.push(Action::new("odk:setgeopoint", FIRST_LOAD));
                self.add(draft);
            }
            _ => {
                self.known(&draft);
                self.add(draft);
            }
        }
    }

    /// Says when a type is none, and when one that runs in the background lacks its trigger.
    fn known(&mut self, draft: &Draft<'a>) {
        let row = draft.row;
        if draft.kind == "background-geopoint" {
            if draft.trigger.is_empty() {
                self.error(row, &["trigger"], "trigger_missing",
                    "A background-geopoint needs a trigger: the question whose change asks for the place.",
                    "background-geopoint 必须填写 trigger，即由哪道题的变化来触发定位。");
            }
            if draft.fields.inner("bind", "calculate").is_some() {
                self.error(
                    row,
                    &["bind", "calculate"],
                    "calculation_not_wanted",
                    "A background-geopoint has no calculation: empty this cell.",
                    "background-geopoint 不能有 calculation，请清空此单元格。",
                );
            }
            return;
        }
        // Without its list a question that chooses asks nothing.
        let bare_select = types::find(&draft.kind).is_some_and(|found| {
            use types::Control::{Rank, Select, SelectOne};
            matches!(found.control, Select | SelectOne | Rank)
        });
        let itself = matches!(&*draft.kind, "group" | "repeat" | "loop");
        if !bare_select && (itself || types::find(&draft.kind).is_some()) {
            return;
        }
        let kind = &draft.kind;
        if bare_select {
            let (en, zh) = (
                format!(
                    "'{kind}' needs the name of its list behind it, such as 'select_one colours'."
                ),
                format!("“{kind}”后面要写列表名，例如 select_one colours。"),
            );
            self.error(row, &["type"], "list_missing", en, zh);
            return;
        }
        let first = kind.split_whitespace().next().unwrap_or(kind);
        let near = spelling::nearest(kind, types::NAMES.iter().copied())
            .or_else(|| spelling::nearest(first, types::NAMES.iter().copied()));
        let (en, zh) = match near {
            Some(near) => (
                format!("There is no type '{kind}'. Do you mean '{near}'?"),
                format!("没有题型“{kind}”。是否应为“{near}”？"),
            ),
            None => (
                format!(
                    "There is no type '{kind}'. See the types at https://xlsform.org/en/#question-types."
                ),
                format!("没有题型“{kind}”。题型见 https://xlsform.org/en/#question-types。"),
            ),
        };
        self.error(row, &["type"], "type_unknown", en, zh);
    }

    fn osm(&mut self, draft: &mut Draft<'a>, list: &str) {
        draft.kind = "osm".into();
        if self.given.tags.is_empty() {
            return;
        }
        let Some((_, tags)) = self.given.tags.iter().find(|(name, _)| name == list) else {
            let (en, zh) = (
                format!("There is no list '{list}' in the sheet 'osm'. Add its tags there."),
                format!("osm 工作表中没有列表“{list}”，请在其中添加标签。"),
            );
            self.error(draft.row, &["type"], "osm_list_unknown", en, zh);
            return;
        };
        if tags.iter().any(|tag| !tag.has("name")) {
            let (en, zh) = (
                format!("Each tag of the list '{list}' in the sheet 'osm' needs a name."),
                format!("osm 工作表中列表“{list}”的每个标签都必须有名称。"),
            );
            self.error(draft.row, &["type"], "osm_tag_without_name", en, zh);
            return;
        }
        draft.tags.clone_from(tags);
    }

    fn text(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        self.accept(&draft, parameters, &["rows"]);
        if let Some(rows) = parameters::get(parameters, "rows") {
            if number::whole(rows).is_none() {
                self.misfit(&draft, "rows", "must be a whole number", "必须是整数");
            }
            draft.fields.put_inner("control", "rows", rows.to_owned());
        }
        self.add(draft);
    }

    pub(super) fn accept(
        &mut self,
        draft: &Draft<'a>,
        parameters: &Parameters,
        accepted: &[&str],
    ) -> bool {
        parameters::accept(parameters, accepted, self.given.table, draft.row, self.sink)
    }

    pub(super) fn misfit(&mut self, draft: &Draft<'a>, key: &str, en: &str, zh: &str) {
        self.sink.error(misfit(self.given.table, draft.row, key, en, zh));
    }

    /// How a question looks, when it says so.
    pub(super) fn appearance(draft: &Draft<'a>) -> Option<Cow<'a, str>> {
        draft.fields.inner("control", "appearance").map(Value::written).filter(|it| !it.is_empty())
    }
}

/// The list of a question about OpenStreetMap.
fn osm(kind: &str) -> Option<&str> {
    let mut rest = kind;
    while let Some(at) = rest.find("osm ") {
        let list = &rest[at + 4..];
        let end = list.find(char::is_whitespace).unwrap_or(list.len());
        if end > 0 {
            return Some(&list[..end]);
        }
        rest = list;
    }
    None
}
