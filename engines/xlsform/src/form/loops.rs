//! Loops: the same questions once for each choice of a list, with the choice's name and label put
//! in where `%(name)s` and `%(label)s` stand.

use std::borrow::Cow;

use super::choices::Choice;
use super::draft::Draft;
use crate::sheet::{Map, Value};

/// Puts the values of a choice into a text, as Python's `%` does; nothing where the text has a `%`
/// that asks for something else.
fn filled<'a>(text: &str, value_of: &dyn Fn(&str) -> Option<Cow<'a, str>>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix('s') {
            out.push_str(&value_of("")?);
            rest = after;
            continue;
        }
        let inner = rest.strip_prefix('(')?;
        let (key, after) = inner.split_once(')')?;
        rest = after.strip_prefix('s')?;
        out.push_str(&value_of(key)?);
    }
    out.push_str(rest);
    Some(out)
}

/// A choice with everything that it has, as `%s` shows it.
fn whole<'a>(option: &Choice<'a>) -> Value<'a> {
    let mut all = Map::default();
    all.put("name", Value::Text(option.name.clone()));
    for (key, value) in [("label", &option.label), ("media", &option.media)] {
        if let Some(value) = value {
            all.put(key, value.clone());
        }
    }
    for (key, value) in &option.extra {
        all.put(key.clone(), value.clone());
    }
    Value::Map(all)
}

fn column<'a>(option: &Choice<'a>, key: &str) -> Option<Cow<'a, str>> {
    match key {
        "" => Some(whole(option).written()),
        "name" => Some(option.name.clone()),
        "label" => option.label.as_ref().map(Value::written),
        "media" => option.media.as_ref().map(Value::written),
        "sms_option" => option.sms.clone(),
        _ => option.extra.iter().find(|(name, _)| name == key).map(|(_, value)| value.written()),
    }
}

/// A question of a loop for one choice; nothing where a text cannot be filled.
pub(crate) fn for_choice<'a>(draft: &Draft<'a>, option: &Choice<'a>) -> Option<Draft<'a>> {
    let labels = option.label.as_ref().and_then(Value::map);
    let plain = |key: &str| column(option, key);
    let mut made = draft.clone();
    made.fields = Map(Vec::with_capacity(draft.fields.0.len()));
    for (key, value) in &draft.fields.0 {
        let value = match value {
            Value::Text(text) => Value::Text(filled(text, &plain)?.into()),
            Value::Map(map) => Value::Map(parts(map, option, labels)?),
        };
        made.fields.put(key.clone(), value);
    }
    for (_, value) in &mut made.parameters {
        *value = filled(value, &plain)?;
    }
    Some(made)
}

/// A field with several parts; those in a language get the choice's label in that language.
fn parts<'a>(map: &Map<'a>, option: &Choice<'a>, labels: Option<&Map<'a>>) -> Option<Map<'a>> {
    let mut made = Map(Vec::with_capacity(map.0.len()));
    for (part, value) in &map.0 {
        let own = labels.and_then(|labels| labels.get(part));
        let in_language = |key: &str| match (key, own) {
            ("name", Some(_)) => Some(option.name.clone()),
            ("label", Some(label)) => Some(label.written()),
            (_, Some(_)) => None,
            (_, None) => column(option, key),
        };
        made.put(part.clone(), Value::Text(filled(value.text()?, &in_language)?.into()));
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_as_pythons_percent_does() {
        let value = |key: &str| (key == "name").then(|| "car".into());
        assert_eq!(filled("a %(name)s, 100%%", &value).as_deref(), Some("a car, 100%"));
        assert_eq!(filled("100 %", &value), None);
        assert_eq!(filled("%(other)s", &value), None);
    }
}
