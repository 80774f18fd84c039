//! Answers: checked against their elements, and sorted into what facts may hold and what only
//! the vault may.

use serde_json::Value as Json;

use crate::draft::Draft;
use crate::fact::Fields;
use crate::ids::{ElementId, PersonId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::rules::{Element, Field, Pack, Type};
use crate::text::TEXT_CHARS_MAX;
use crate::vault::Sealed;

/// Why an answer does not fit, as a short hint that is the same in every language.
pub(crate) fn misfit(element: &Element, answer: &Json) -> Option<String> {
    let fits = match element.r#type {
        Type::Text => answer.as_str().is_some_and(|text| text_fits(element, text)),
        Type::Whole => {
            answer.as_i64().is_some_and(|n| number_fits(element, n.saturating_mul(1000)))
        }
        Type::Number => answer.as_f64().is_some_and(|n| {
            #[expect(clippy::cast_possible_truncation, reason = "saturates, which is meant")]
            let thousandths = (n * 1000.0).round() as i64;
            n.is_finite() && number_fits(element, thousandths)
        }),
        Type::YesNo => answer.is_boolean(),
        Type::Choice => answer.as_str().is_some_and(|id| is_choice(element, id)),
        Type::Choices => answer.as_array().is_some_and(|ids| {
            ids.iter().all(|id| id.as_str().is_some_and(|id| is_choice(element, id)))
        }),
        Type::Date => answer.as_str().is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
        Type::Time => answer.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        Type::Person | Type::Account | Type::Place | Type::Pool => {
            answer.as_str().is_some_and(|id| ElementId::new(id).is_ok())
        }
    };
    (!fits).then(|| hint(element))
}

fn is_choice(element: &Element, id: &str) -> bool {
    element.choices.iter().any(|choice| choice.id == id)
}

fn number_fits(element: &Element, thousandths: i64) -> bool {
    element.least.is_none_or(|least| least <= thousandths)
        && element.greatest.is_none_or(|greatest| thousandths <= greatest)
}

fn text_fits(element: &Element, text: &str) -> bool {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let greatest = element.greatest.unwrap_or(i64::try_from(TEXT_CHARS_MAX).unwrap_or(i64::MAX));
    element.least.unwrap_or(0) <= length && length <= greatest
}

fn hint(element: &Element) -> String {
    #[expect(clippy::cast_precision_loss, reason = "only shown")]
    let shown = |bound: Option<i64>| bound.map(|b| (b as f64 / 1000.0).to_string());
    match element.r#type {
        Type::Text => format!("1–{}", element.greatest.unwrap_or(2000)),
        Type::Whole | Type::Number => format!(
            "{} … {}",
            shown(element.least).unwrap_or_else(|| "−∞".to_owned()),
            shown(element.greatest).unwrap_or_else(|| "∞".to_owned())
        ),
        Type::YesNo => "true / false".to_owned(),
        Type::Choice | Type::Choices => {
            let ids: Vec<&str> = element.choices.iter().map(|choice| choice.id.as_str()).collect();
            ids.join(" / ")
        }
        Type::Date => "YYYY-MM-DD".to_owned(),
        Type::Time => "YYYY-MM-DDTHH:MM:SSZ".to_owned(),
        Type::Person | Type::Account | Type::Place | Type::Pool => "id".to_owned(),
    }
}

/// Checks what was given against what was asked.
///
/// # Errors
/// [`Code::Missing`], [`Code::BadValue`] or [`Code::Unknown`] for the first that does not fit.
pub(crate) fn check(pack: &Pack, asks: &[Field], given: &Fields) -> Result<(), Refusal> {
    for field in asks {
        let answer = given.get(&field.element).filter(|answer| !answer.is_null());
        if answer.is_none() && field.required {
            return Err(Refusal::new(Code::Missing).with("field", field.element.as_str()));
        }
    }
    for (id, answer) in given {
        let asked = asks.iter().any(|field| field.element == *id);
        let Some(element) = pack.elements.get(id).filter(|_| asked) else {
            let refusal = Refusal::new(Code::Unknown).with("what", "element");
            return Err(refusal.with("id", id.as_str()));
        };
        if answer.is_null() {
            continue;
        }
        if let Some(why) = misfit(element, answer) {
            let refusal = Refusal::new(Code::BadValue).with("field", id.as_str());
            return Err(refusal.with("why", why));
        }
    }
    Ok(())
}

/// An answer as it stands in a record, as the dictionary keeps it; as it stands where it does not
/// fit.
pub(crate) fn of_text(element: &Element, text: &str) -> Json {
    let kept = || Json::from(text);
    match element.r#type {
        Type::Whole => text.trim().parse::<i64>().map_or_else(|_| kept(), Json::from),
        Type::Number => text.trim().parse::<f64>().map_or_else(|_| kept(), Json::from),
        Type::YesNo => match text.trim() {
            "yes" | "true" | "1" => Json::from(true),
            "no" | "false" | "0" => Json::from(false),
            _ => kept(),
        },
        Type::Choices => text.split_whitespace().collect(),
        Type::Time => {
            text.parse::<jiff::Timestamp>().map_or_else(|_| kept(), |at| at.to_string().into())
        }
        _ => kept(),
    }
}

/// Where personal answers go.
pub(crate) struct Shelf<'a> {
    /// Whom they are about, or what they belong to.
    pub(crate) person: &'a PersonId,
    /// What they were given with.
    pub(crate) item: &'a str,
    /// For what they are kept.
    pub(crate) purpose: &'a PurposeId,
}

/// Sends personal answers to the vault; gives those that facts may hold and what they say of the
/// others. An element that is not known counts as personal.
pub(crate) fn sort<'e>(
    known: &dyn Fn(&ElementId) -> Option<&'e Element>,
    draft: &mut Draft<'_>,
    shelf: &Shelf<'_>,
    given: &Fields,
) -> (Fields, Vec<Sealed>) {
    let mut open = Fields::new();
    let mut sealed = Vec::new();
    for (id, answer) in given.iter().filter(|(_, answer)| !answer.is_null()) {
        if known(id).is_some_and(|element| !element.sensitivity.is_sealed()) {
            open.insert(id.clone(), answer.clone());
            continue;
        }
        let text = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        sealed.push(draft.seal(shelf.person, id, shelf.item, shelf.purpose, text));
    }
    (open, sealed)
}

/// The vault's name for whom something is about: the person, or the thing itself.
pub(crate) fn owner(person: Option<&PersonId>, what: &str, id: &str) -> PersonId {
    if let Some(person) = person {
        return person.clone();
    }
    PersonId::new(format!("{what}.{id}")).unwrap_or_else(|_| {
        let name = format!("{what}.{id}");
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes());
        PersonId::new(id.to_string()).expect("a UUID is plain")
    })
}
