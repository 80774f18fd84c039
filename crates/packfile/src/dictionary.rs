//! `dictionary.yaml`: every data element once.

use std::collections::BTreeMap;

use domain::ids::{ElementId, PurposeId};
use domain::rules::{Choice, Element, REGISTER_ELEMENTS, Sensitivity, Type};

use crate::names::Names;
use crate::problem::{Code, nearest};
use crate::reader::{Fields, Item, Named};

const KEYS: &[&str] = &[
    "name",
    "definition",
    "synonyms",
    "type",
    "unit",
    "least",
    "greatest",
    "choices",
    "sensitivity",
    "owner",
    "purposes",
    "source",
    "update_cycle",
];

const TYPES: &[(&str, Type)] = &[
    ("text", Type::Text),
    ("whole", Type::Whole),
    ("number", Type::Number),
    ("yes_no", Type::YesNo),
    ("choice", Type::Choice),
    ("choices", Type::Choices),
    ("date", Type::Date),
    ("time", Type::Time),
    ("person", Type::Person),
    ("account", Type::Account),
    ("place", Type::Place),
    ("pool", Type::Pool),
];

const SENSITIVITIES: &[(&str, Sensitivity)] = &[
    ("open", Sensitivity::Open),
    ("coarse", Sensitivity::Coarse),
    ("personal", Sensitivity::Personal),
    ("sensitive", Sensitivity::Sensitive),
];

/// The longest update cycle, in days.
const CYCLE_DAYS_MAX: u32 = 3660;

/// Reads the dictionary into the names of the pack.
pub(crate) fn read(entries: &[Named<'_>], names: &mut Names) {
    let mut known_as: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries {
        let Some(element) = element(entry, names) else { continue };
        let also = element.synonyms.iter().map(String::as_str);
        for name in [element.name.zh.as_str(), element.name.en.as_str()].into_iter().chain(also) {
            let folded = name.trim().to_lowercase();
            if folded.is_empty() {
                continue;
            }
            if let Some(other) = known_as.insert(folded, entry.key.to_owned())
                && other != entry.key
            {
                entry.item.page.wrong(entry.spot, Code::NameTwice, &[name, &other]);
            }
        }
        names.elements.insert(entry.key.to_owned(), element);
    }
}

fn element(entry: &Named<'_>, names: &Names) -> Option<Element> {
    let fields = entry.item.fields(KEYS);
    let r#type = fields.need("type").and_then(|item| one_of(&item, TYPES)).unwrap_or(Type::Text);
    let sensitivity = fields
        .need("sensitivity")
        .and_then(|item| one_of(&item, SENSITIVITIES))
        .unwrap_or(Sensitivity::Sensitive);
    let (least, greatest) = bounds(&fields, r#type);
    Some(Element {
        id: ElementId::new(entry.key).ok()?,
        name: fields.words("name"),
        definition: fields.words("definition"),
        synonyms: synonyms(&fields),
        r#type,
        unit: unit(&fields, r#type),
        choices: choices(&fields, r#type),
        sensitivity,
        owner: fields.words("owner"),
        purposes: purposes(&fields, names, sensitivity),
        least,
        greatest,
        in_register: in_register(entry, &fields),
        update_cycle_days: update_cycle_days(&fields),
    })
}

/// Whether the register is said to be the source; only of what it says of people and households.
fn in_register(entry: &Named<'_>, fields: &Fields<'_>) -> bool {
    let Some(item) = fields.get("source") else { return false };
    if one_of(&item, &[("register", ())]).is_none() {
        return false;
    }
    let known = REGISTER_ELEMENTS.contains(&entry.key);
    if !known {
        item.wrong(Code::NotInRegister, &[entry.key, &REGISTER_ELEMENTS.join(", ")]);
    }
    known
}

fn update_cycle_days(fields: &Fields<'_>) -> Option<u16> {
    let item = fields.get("update_cycle")?;
    let minutes = item.minutes(1440, 1440 * CYCLE_DAYS_MAX)?;
    u16::try_from(minutes / 1440).ok()
}

/// One of the words that are known here.
pub(crate) fn one_of<T: Copy>(item: &Item<'_>, known: &[(&'static str, T)]) -> Option<T> {
    let text = item.text()?;
    let found = known.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let all: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let listed = all.join(", ");
        let meant = nearest(text, all.iter().copied());
        let zh = format!("以下之一：{listed}");
        let en = format!("one of {listed}");
        item.page.wrong_near(item.spot(), Code::NotA, &[&zh, &en], meant);
    }
    found.map(|(_, value)| *value)
}

fn synonyms(fields: &Fields<'_>) -> Vec<String> {
    fields.many("synonyms").iter().filter_map(|item| item.text()).map(str::to_owned).collect()
}

fn unit(fields: &Fields<'_>, r#type: Type) -> Option<String> {
    let item = fields.get("unit")?;
    if !matches!(r#type, Type::Whole | Type::Number) {
        item.wrong(Code::NotForType, &["unit", type_name(r#type)]);
    }
    item.text().map(str::to_owned)
}

fn bounds(fields: &Fields<'_>, r#type: Type) -> (Option<i64>, Option<i64>) {
    let bound = |key: &str| {
        let item = fields.get(key)?;
        match r#type {
            Type::Whole | Type::Number => item.thousandths(),
            Type::Text => item.whole(0, 2000),
            _ => {
                item.wrong(Code::NotForType, &[key, type_name(r#type)]);
                None
            }
        }
    };
    let (least, greatest) = (bound("least"), bound("greatest"));
    if let (Some(least), Some(greatest), Some(item)) = (least, greatest, fields.get("greatest"))
        && greatest < least
    {
        item.wrong(Code::OutOfRange, &["least", "…"]);
    }
    (least, greatest)
}

fn choices(fields: &Fields<'_>, r#type: Type) -> Vec<Choice> {
    let wanted = matches!(r#type, Type::Choice | Type::Choices);
    let Some(item) = fields.get("choices") else {
        if wanted {
            fields.item.wrong(Code::NoChoices, &[]);
        }
        return Vec::new();
    };
    if !wanted {
        item.wrong(Code::NotForType, &["choices", type_name(r#type)]);
    }
    let named = item.by_id();
    named.iter().map(|n| Choice { id: n.key.to_owned(), name: n.item.words() }).collect()
}

fn purposes(fields: &Fields<'_>, names: &Names, sensitivity: Sensitivity) -> Vec<PurposeId> {
    let whole = fields.item;
    let listed = match fields.get("purposes") {
        Some(item) => {
            item.many().into_iter().map(|item| names.purpose(Some(item), &whole)).collect()
        }
        None if sensitivity == Sensitivity::Open => Vec::new(),
        None => vec![names.purpose(None, &whole)],
    };
    listed.iter().filter_map(|id| purpose_id(names, id)).collect()
}

/// A purpose's id with the pack's in front.
pub(crate) fn purpose_id(names: &Names, id: &str) -> Option<PurposeId> {
    if id.is_empty() { None } else { PurposeId::new(names.qualified(id)).ok() }
}

fn type_name(r#type: Type) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == r#type).map_or("", |(name, _)| name)
}
