//! What a cell becomes: a text, or texts by what stands behind `::` in the heading.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text, or further values by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Map(Map<'a>),
}

/// Values by name, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Map<'a>(pub(crate) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Value<'a> {
    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Map(_) => None,
        }
    }

    /// What is inside, where there is more than a text.
    pub(crate) fn map(&self) -> Option<&Map<'a>> {
        match self {
            Self::Text(_) => None,
            Self::Map(map) => Some(map),
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Map(map) => map.0.is_empty(),
        }
    }

    /// As text; several values as Python writes a dictionary, which is what pyxform puts into an
    /// attribute whose heading has one `::` too many.
    pub(crate) fn written(&self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Map(_) => {
                let mut out = String::new();
                self.write_as_python(&mut out);
                out.into()
            }
        }
    }

    /// The same of a value that nobody needs afterwards.
    pub(crate) fn into_written(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Map(_) => self.written(),
        }
    }

    /// The value with texts of its own.
    fn owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Map(map) => Value::Map(map.owned()),
        }
    }

    fn write_as_python(&self, out: &mut String) {
        match self {
            Self::Text(text) => quote_as_python(text, out),
            Self::Map(map) => {
                out.push('{');
                for (index, (key, value)) in map.0.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    quote_as_python(key, out);
                    out.push_str(": ");
                    value.write_as_python(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote_as_python(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

impl<'a> Map<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Value<'a>> {
        self.0.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The text under a name.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::text)
    }

    /// The values under a name.
    pub(crate) fn map(&self, key: &str) -> Option<&Map<'a>> {
        self.get(key).and_then(Value::map)
    }

    /// The text two names deep (`bind`, `relevant`).
    pub(crate) fn inner(&self, key: &str, inner: &str) -> Option<&Value<'a>> {
        self.map(key).and_then(|map| map.get(inner))
    }

    /// Puts a value where the name stood, or at the end.
    pub(crate) fn put(&mut self, key: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let key = key.into();
        match self.get_mut(&key) {
            Some(old) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Puts a text two names deep; what was no group of values becomes one.
    pub(crate) fn put_inner(
        &mut self,
        key: &'static str,
        inner: impl Into<Cow<'a, str>>,
        text: impl Into<Cow<'a, str>>,
    ) {
        if self.map(key).is_none() {
            self.put(key, Value::Map(Map::default()));
        }
        if let Some(Value::Map(map)) = self.get_mut(key) {
            map.put(inner, Value::Text(text.into()));
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Value<'a>> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// The values with texts of their own.
    pub(crate) fn owned(self) -> Map<'static> {
        let own = self.0.into_iter().map(|(key, value)| (key.into_owned().into(), value.owned()));
        Map(own.collect())
    }

    /// Puts one more cell in: a text replaces, values behind `::` join those that are there. A text
    /// without a language that meets one with a language belongs to the default language.
    pub(crate) fn merge(&mut self, tokens: &[Cow<'a, str>], text: Cow<'a, str>, language: &str) {
        let [first, rest @ ..] = tokens else { return };
        if rest.is_empty() {
            self.put(first.clone(), Value::Text(text));
            return;
        }
        if let ([key], Some(Value::Map(map))) = (rest, self.get_mut(first))
            && !map.has(key)
        {
            map.0.push((key.clone(), Value::Text(text)));
            return;
        }
        let nested = rest
            .iter()
            .rev()
            .fold(Value::Text(text), |inner, key| Value::Map(Map(vec![(key.clone(), inner)])));
        match self.get_mut(first) {
            None => self.0.push((first.clone(), nested)),
            Some(old) => {
                let before = std::mem::replace(old, Value::Text(Cow::Borrowed("")));
                *old = joined(before, nested, language);
            }
        }
    }
}

/// Two values under one name made one.
fn joined<'a>(one: Value<'a>, two: Value<'a>, language: &str) -> Value<'a> {
    if one.is_empty() {
        return two;
    }
    if two.is_empty() {
        return one;
    }
    let under = |text: Value<'a>| Map(vec![(language.to_owned().into(), text)]);
    let (mut one, two) = match (one, two) {
        (Value::Text(_), Value::Map(two)) if two.has(language) => return Value::Map(two),
        (Value::Map(one), Value::Text(_)) if one.has(language) => return Value::Map(one),
        (Value::Map(one), Value::Map(two)) => (one, two),
        (text, Value::Map(two)) => (under(text), two),
        (Value::Map(one), text) => (one, under(text)),
        (text, _) => return Value::Map(under(text)),
    };
    for (key, value) in two.0 {
        match one.get_mut(&key) {
            Some(old) => {
                let before = std::mem::replace(old, Value::Text(Cow::Borrowed("")));
                *old = joined(before, value, language);
            }
            None => one.0.push((key, value)),
        }
    }
    Value::Map(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(cells: &[(&[&'a str], &'a str)]) -> Map<'a> {
        let mut row = Map::default();
        for (tokens, text) in cells {
            let tokens: Vec<Cow<'_, str>> = tokens.iter().map(|token| (*token).into()).collect();
            row.merge(&tokens, (*text).into(), "default");
        }
        row
    }

    #[test]
    fn a_text_without_a_language_joins_those_with_one() {
        let row = row(&[(&["label"], "a"), (&["label", "en"], "b")]);
        let label = row.map("label").expect("several");
        assert_eq!(label.text("default"), Some("a"));
        assert_eq!(label.text("en"), Some("b"));
    }

    #[test]
    fn a_text_without_a_language_that_comes_later_replaces() {
        let row = row(&[(&["label", "en"], "b"), (&["label"], "a")]);
        assert_eq!(row.text("label"), Some("a"));
    }

    #[test]
    fn several_values_are_written_as_python_writes_them() {
        let row = row(&[(&["bind", "x"], "it's"), (&["bind", "y"], "b")]);
        assert_eq!(
            row.get("bind").map(Value::written).as_deref(),
            Some("{'x': \"it's\", 'y': 'b'}")
        );
    }
}
