//! Texts that show answers: references and `instance(…)` expressions become `output` elements.

use super::Emitter;
use super::xml::{Child, Element, escape};
use crate::form::tree::Id;
use crate::text::{lexer, reference};

impl Emitter<'_> {
    /// What a text becomes inside its element.
    pub(super) fn shown(&mut self, text: &str, context: Option<Id>) -> Vec<Child> {
        let plain = || vec![Child::Text(text.to_owned())];
        let refers = reference::is_candidate(text);
        if text == "-" || (!refers && !text.contains("instance(")) {
            return plain();
        }
        let mut escaped = String::with_capacity(text.len() + 16);
        escape(text, false, &mut escaped);
        let mut made = self.instance_outputs(&escaped, context);
        if reference::is_candidate(&made) {
            made = self.reference_outputs(&made, context);
        }
        if made == escaped { plain() } else { parsed(&made) }
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

fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

/// A text with `output` elements in it, taken apart.
fn parsed(text: &str) -> Vec<Child> {
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
