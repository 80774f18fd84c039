//! `pack.yaml`: who answers for a pack, since when, for which purposes.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{ModeId, PurposeId};
use domain::rules::Purpose;
use domain::words::Words;
use jiff::civil::Date;

use crate::dictionary::purpose_id;
use crate::names::{MODE, Names, among};
use crate::problem::Code;
use crate::reader::Fields;

/// The keys of `pack.yaml` besides the parts that may stand in files of their own.
pub(crate) const KEYS: &[&str] = &[
    "id",
    "version",
    "name",
    "about",
    "authority",
    "source",
    "reviewer",
    "valid_from",
    "valid_until",
    "roles",
    "purposes",
];

/// What a pack says of itself.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) version: String,
    pub(crate) name: Words,
    pub(crate) about: Words,
    pub(crate) authority: Words,
    pub(crate) source: String,
    pub(crate) reviewer: String,
    pub(crate) valid_from: Date,
    pub(crate) valid_until: Option<Date>,
}

/// Reads the head.
pub(crate) fn read(fields: &Fields<'_>) -> Head {
    let sources: Vec<String> =
        fields.many("source").iter().filter_map(|item| item.text()).map(str::to_owned).collect();
    if sources.is_empty() {
        fields.need("source");
    }
    let valid_from = fields.need("valid_from").and_then(|item| item.day());
    let until = fields.get("valid_until");
    let valid_until = until.and_then(|item| item.day());
    if let (Some(from), Some(day), Some(item)) = (valid_from, valid_until, until)
        && day < from
    {
        item.wrong(Code::DatesSwapped, &[]);
    }
    Head {
        version: fields.text("version"),
        name: fields.words("name"),
        about: fields.words("about"),
        authority: fields.words("authority"),
        source: sources.join("\n"),
        reviewer: fields.text("reviewer"),
        valid_from: valid_from.unwrap_or(Date::ZERO),
        valid_until,
    }
}

/// The roles that the pack adds.
pub(crate) fn roles(fields: &Fields<'_>) -> BTreeMap<String, Words> {
    let named = fields.get("roles").map(|item| item.by_id()).unwrap_or_default();
    let fixed = Names::fixed_roles();
    let mut roles = BTreeMap::new();
    for role in named {
        if fixed.contains(role.key)
            || ["assignee", "reporter", "subject", "handlers"].contains(&role.key)
        {
            role.item.page.wrong(role.spot, Code::NameTwice, &[role.key, role.key]);
        }
        roles.insert(role.key.to_owned(), role.item.words());
    }
    roles
}

/// The ids of the purposes.
pub(crate) fn purpose_ids(fields: &Fields<'_>) -> BTreeSet<String> {
    let named = fields.get("purposes").map(|item| item.by_id()).unwrap_or_default();
    if named.is_empty() {
        fields.item.wrong(Code::NeedsPurpose, &[]);
    }
    named.iter().map(|named| named.key.to_owned()).collect()
}

/// The purposes with their retention.
pub(crate) fn purposes(fields: &Fields<'_>, names: &Names) -> BTreeMap<PurposeId, Purpose> {
    let named = fields.get("purposes").map(|item| item.by_id()).unwrap_or_default();
    let mut purposes = BTreeMap::new();
    for entry in named {
        let fields = entry.item.fields(&["name", "legal_basis", "mode", "retention"]);
        let mode = fields.get("mode").and_then(|item| among(&item, MODE, &names.modes));
        let minutes = fields.need("retention").and_then(|item| item.minutes(1440, 1440 * 3660));
        let purpose = Purpose {
            name: fields.words("name"),
            legal_basis: fields.words("legal_basis"),
            mode: mode.and_then(|id| ModeId::new(names.qualified(&id)).ok()),
            retention_days: u16::try_from(minutes.unwrap_or(1440) / 1440).unwrap_or(u16::MAX),
        };
        if let Some(id) = purpose_id(names, entry.key) {
            purposes.insert(id, purpose);
        }
    }
    purposes
}
