//! Care before control: what must have an owner before a person may be taken out of a home.

use super::Case;
use crate::draft::Draft;
use crate::people::Person;
use crate::refusal::{Code, Refusal};
use crate::rules::{CaseKind, OrderRule};
use crate::words::Words;

/// The prefix of a need that is a person: `dependant:PERSON`.
pub const DEPENDANT: &str = "dependant:";

/// Everything that must have an owner before an order of a case may begin: each dependant whom
/// nobody else at home can look after, then what the pack names.
#[must_use]
pub fn needs(draft: &Draft<'_>, order: &OrderRule, case: &Case) -> Vec<String> {
    let person = case.person().and_then(|id| draft.get::<Person>(id.as_str()));
    let mut needs = Vec::new();
    if let Some(person) = person.filter(|_| order.leaves_home) {
        for dependant in person.cares_for.keys() {
            let others = draft.get::<Person>(dependant.as_str()).is_some_and(|dependant| {
                dependant.cared_by.keys().any(|carer| {
                    *carer != person.id
                        && draft.get::<Person>(carer.as_str()).is_some_and(Person::can_care)
                })
            });
            if !others {
                needs.push(format!("{DEPENDANT}{dependant}"));
            }
        }
    }
    needs.extend(order.needs.iter().map(|need| need.id.clone()));
    needs
}

/// Everything that any order of a kind would need.
#[must_use]
pub fn needs_of_kind(draft: &Draft<'_>, kind: &CaseKind, case: &Case) -> Vec<String> {
    let orders = kind.actions.values().filter_map(|action| action.order.as_ref());
    let mut all: Vec<String> = orders.flat_map(|order| needs(draft, order, case)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a need is called: a dependant by the care that they need, anything else as the pack says.
#[must_use]
pub fn name(kind: &CaseKind, person: Option<&Person>, need: &str) -> Words {
    if let Some(dependant) = need.strip_prefix(DEPENDANT) {
        let mut links = person.into_iter().flat_map(|person| &person.cares_for);
        let care = links.find(|(id, _)| id.as_str() == dependant).map(|(_, care)| care.as_str());
        return match care {
            Some("child") => Words::new("家里的孩子", "the child at home"),
            Some("elder") => Words::new("家里的老人", "the elderly person at home"),
            _ => Words::new("家里需要照护的人", "the person at home who needs care"),
        };
    }
    let orders = kind.actions.values().filter_map(|action| action.order.as_ref());
    let named = orders.flat_map(|order| &order.needs).find(|named| named.id == need);
    named.map_or_else(|| Words::new(need, need), |named| named.name.clone())
}

/// Refuses an order while something has no owner who agreed; lists all of it by name.
pub(super) fn check(
    draft: &Draft<'_>,
    kind: &CaseKind,
    order: &OrderRule,
    case: &Case,
) -> Result<(), Refusal> {
    let owned = |need: &String| case.care.get(need).is_some_and(|item| item.owner.is_some());
    let open: Vec<String> = needs(draft, order, case).into_iter().filter(|n| !owned(n)).collect();
    if open.is_empty() {
        return Ok(());
    }
    let person = case.person().and_then(|id| draft.get::<Person>(id.as_str()));
    let names: Vec<Words> = open.iter().map(|need| name(kind, person, need)).collect();
    let zh: Vec<&str> = names.iter().map(|name| name.zh.as_str()).collect();
    let en: Vec<&str> = names.iter().map(|name| name.en.as_str()).collect();
    let (zh_template, en_template) = Code::CareMissing.template();
    let words = Words::new(
        zh_template.replace("{needs}", &zh.join("、")),
        en_template.replace("{needs}", &en.join(", ")),
    );
    Err(Refusal::new(Code::CareMissing).with("needs", open.join(", ")).saying(words))
}
