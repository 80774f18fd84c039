//! Texts that show answers: references and `instance(…)` expressions become `output` elements.

use std::borrow::Cow;

use super::Emitter;
use super::xml::{Child, Element, escape};
use crate::form::tree::Id;
use crate::text::{lexer, reference};

impl<'a> Emitter<'a> {
    /// What a text becomes inside its element.
    pub(super) fn shown(&mut self, text: &'a str, context: Option<Id>) -> Vec<Child<'a>> {
        self.shown_in(Cow::Borrowed(text), context)
    }

    /// The same of a text that may have been made for the purpose.
    pub(super) fn shown_in(&mut self, text: Cow<'a, str>, context: Option<Id>) -> Vec<Child<'a>> {
        if is_plain(&text) {
            return vec![Child::Text(text)];
        }
        let mut escaped = String::with_capacity(text.len() + 16);
        escape(&text, false, &mut escaped);
        let mut made = self.instance_outputs(&escaped, context);
        if reference::is_candidate(&made) {
            made = self.reference_outputs(&made, context);
        }
        if made == escaped { vec![Child::Text(text)] } else { parsed(&made) }
    }

    fn instance_outputs(&mut self, escaped: &str, context: Option<Id>) -> String {
        let mut out = String::with_capacity(escaped.len());
        let mut from = 0;
        for span in lexer::instance_expressions(escaped) {
            out.push_str(&escaped[from..span.start]);
            let value = self.outputs_path(&escaped[span.clone()], context);
            out.push_str("<output value=\"");
            escape(&value, true, &mut out);
            out.push_str("\"/>");
            from = span.end;
        }
        out.push_str(&escaped[from..]);
        out
    }

    fn outputs_path(&mut self, expression: &str, context: Option<Id>) -> String {
        let mut out = String::with_capacity(expression.len());
        let mut from = 0;
        while let Some(found) = reference::next(expression, from) {
            out.push_str(&expression[from..found.span.start]);
            from = found.span.end;
            out.push_str(&self.path(&found, expression, context, false, false));
        }
        out.push_str(&expression[from..]);
        out
    }

    fn reference_outputs(&mut self, text: &str, context: Option<Id>) -> String {
        let mut out = String::with_capacity(text.len() + 48);
        let mut from = 0;
        while let Some(found) = reference::next(text, from) {
            out.push_str(&text[from..found.span.start]);
            from = found.span.end;
            let path = self.path(&found, text, context, false, false);
            out.push_str("<output value=\"");
            out.push_str(&path);
            out.push_str("\" />");
        }
        out.push_str(&text[from..]);
        out
    }
}

/// Whether a text shows nothing but itself.
pub(super) fn is_plain(text: &str) -> bool {
    text == "-" || (!reference::is_candidate(text) && !text.contains("instance("))
}

fn plain<'a>(text: &str) -> Cow<'a, str> {
    if !text.contains('&') {
        return text.to_owned().into();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&").into()
}

/// A text with `output` elements in it, taken apart.
fn parsed<'a>(text: &str) -> Vec<Child<'a>> {
    const OPEN: &str = "<output value=\"";
    let mut children = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        if at > 0 {
            children.push(Child::Text(plain(&rest[..at])));
        }
        let body = &rest[at + OPEN.len()..];
        let end = body.find('"').unwrap_or(body.len());
        let value = plain(&body[..end]).replace(['\n', '\r', '\t'], " ");
        children.push(Child::Element(Element::new("output").attribute("value", value)));
        let after = body.get(end + 1..).unwrap_or_default().trim_start();
        rest = after.strip_prefix("/>").unwrap_or(after);
    }
    if !rest.is_empty() {
        children.push(Child::Text(plain(rest)));
    }
    children
}
