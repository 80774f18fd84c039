//! `modes.yaml`, `stock.yaml` and `duties.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{CaseKindId, FormId, ModeId, PurposeId};
use domain::rules::{Duty, LevelRule, ModeRule, StockSort};

use crate::dictionary::purpose_id;
use crate::names::{FORM, KIND, Names, PURPOSE, STATE, among, unknown};
use crate::problem::Code;
use crate::reader::{Fields, Item, Named, is_id};

/// Reads the modes.
pub(crate) fn modes(entries: &[Named<'_>], names: &Names) -> BTreeMap<ModeId, ModeRule> {
    let mut modes = BTreeMap::new();
    for entry in entries {
        let keys = ["name", "trigger", "longest", "declared_by", "purposes", "levels"];
        let fields = entry.item.fields(&keys);
        let Ok(id) = ModeId::new(names.qualified(entry.key)) else { continue };
        let minutes = fields.need("longest").and_then(|item| item.minutes(1440, 366 * 1440));
        let declared_by = fields.need("declared_by").map(|item| item.many()).unwrap_or_default();
        let mode = ModeRule {
            id: id.clone(),
            name: fields.words("name"),
            trigger: fields.words("trigger"),
            levels: levels(&fields, names),
            longest_days: u16::try_from(minutes.unwrap_or(1440) / 1440).unwrap_or(366),
            declared_by: declared_by.iter().filter_map(|item| names.role(item, &[])).collect(),
            purposes: purposes(&fields, names),
        };
        modes.insert(id, mode);
    }
    modes
}

fn purposes(fields: &Fields<'_>, names: &Names) -> Vec<PurposeId> {
    let listed = fields.many("purposes");
    let found = listed.iter().filter_map(|item| among(item, PURPOSE, &names.purposes));
    found.filter_map(|id| purpose_id(names, &id)).collect()
}

fn levels(fields: &Fields<'_>, names: &Names) -> BTreeMap<String, LevelRule> {
    let mut levels: BTreeMap<String, LevelRule> = BTreeMap::new();
    for entry in fields.need("levels").map(|item| item.by_id()).unwrap_or_default() {
        let keys = ["rank", "name", "about", "kinds", "forms", "roles", "deadlines"];
        let fields = entry.item.fields(&keys);
        let rank_item = fields.need("rank");
        let rank = rank_item.and_then(|item| item.whole(1, 9)).unwrap_or(1);
        let rank = u8::try_from(rank).unwrap_or(1);
        if let Some(item) = rank_item.filter(|_| levels.values().any(|other| other.rank == rank)) {
            item.wrong(Code::RankTwice, &[&rank.to_string()]);
        }
        let roles = fields.many("roles");
        let level = LevelRule {
            id: entry.key.to_owned(),
            rank,
            name: fields.words("name"),
            about: fields.words("about"),
            kinds: kinds(&fields.many("kinds"), names),
            forms: forms(&fields.many("forms"), names),
            roles: roles.iter().filter_map(|item| names.role(item, &[])).collect(),
            deadlines: deadlines(&fields, names),
        };
        levels.insert(entry.key.to_owned(), level);
    }
    levels
}

fn kinds(items: &[Item<'_>], names: &Names) -> Vec<CaseKindId> {
    let known: BTreeSet<String> = names.kinds.keys().cloned().collect();
    let found = items.iter().filter_map(|item| among(item, KIND, &known));
    found.filter_map(|id| CaseKindId::new(names.qualified(&id)).ok()).collect()
}

fn forms(items: &[Item<'_>], names: &Names) -> Vec<FormId> {
    let known: BTreeSet<String> = names.forms.keys().cloned().collect();
    let found = items.iter().filter_map(|item| among(item, FORM, &known));
    found.filter_map(|id| FormId::new(names.qualified(&id)).ok()).collect()
}

/// Deadlines by `kind.state`.
fn deadlines(fields: &Fields<'_>, names: &Names) -> Vec<(CaseKindId, String, u32)> {
    let mut deadlines = Vec::new();
    for entry in fields.get("deadlines").map(|item| item.named()).unwrap_or_default() {
        let minutes = entry.item.minutes(1, 2 * 366 * 1440);
        let (kind, state) = entry.key.split_once('.').unwrap_or((entry.key, ""));
        let Some(outline) = names.kinds.get(kind) else {
            unknown(&entry.item, KIND, kind, names.kinds.keys().map(String::as_str));
            continue;
        };
        if !outline.states.contains(state) {
            unknown(&entry.item, STATE, state, outline.states.iter().map(String::as_str));
            continue;
        }
        if let (Ok(id), Some(minutes)) = (CaseKindId::new(names.qualified(kind)), minutes) {
            deadlines.push((id, state.to_owned(), minutes));
        }
    }
    deadlines
}

/// Reads the sorts of stock.
pub(crate) fn stock(entries: &[Named<'_>]) -> BTreeMap<String, StockSort> {
    let mut sorts = BTreeMap::new();
    for entry in entries {
        let fields = entry.item.fields(&["name", "unit", "longest_hold", "houses_people"]);
        let minutes = fields.need("longest_hold").and_then(|item| item.minutes(1, 31 * 1440));
        let sort = StockSort {
            id: entry.key.to_owned(),
            name: fields.words("name"),
            unit: fields.words("unit"),
            hold_minutes_max: minutes.unwrap_or(1),
            houses_people: fields.yes("houses_people"),
        };
        sorts.insert(entry.key.to_owned(), sort);
    }
    sorts
}

/// Reads the duties.
pub(crate) fn duties(entries: &[Named<'_>], names: &Names) -> Vec<Duty> {
    let mut duties = Vec::new();
    for entry in entries {
        let keys = ["name", "level", "answers", "assists", "power", "resource"];
        let fields = entry.item.fields(&keys);
        let level = fields.need("level");
        if let Some(item) = level.filter(|item| item.plain().is_some_and(|text| !is_id(text))) {
            item.not_a("层级，例如 community", "a level such as community");
        }
        let answers = fields.need("answers").and_then(|item| names.role(&item, &[]));
        let assists = fields.many("assists");
        duties.push(Duty {
            id: entry.key.to_owned(),
            name: fields.words("name"),
            level: level.and_then(|item| item.text()).unwrap_or_default().to_owned(),
            answers: answers.unwrap_or_default(),
            assists: assists.iter().filter_map(|item| names.role(item, &[])).collect(),
            power: fields.words("power"),
            resource: fields.words("resource"),
        });
    }
    duties
}
