//! Checking an expression where it stands: its names, its sorts, and what it should give.

use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{Expr as Ast, LiteralValue};
use domain::rules::{Expr, Expression};

use crate::expression::{
    self, EXPRESSION_CHARS_MAX, EXPRESSION_DEPTH_MAX, FUNCTIONS, NotAnExpression, operands, path,
};
use crate::known::{Known, Sort};
use crate::problem::{Code, Spot, nearest};
use crate::reader::Item;
use crate::yaml::Kind;

/// What an expression should give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    YesNo,
    Number,
    Instant,
    Anything,
}

/// Reads and checks an expression.
pub(crate) fn expression(item: &Item<'_>, known: &Known, gives: Gives) -> Option<Expr> {
    let source = item.text()?;
    let compiled = match expression::compile(source) {
        Ok(compiled) => compiled,
        Err(error) => {
            refuse(item, &error);
            return None;
        }
    };
    let judge = Judge { item, known };
    if !judge.names(compiled.reads()) {
        return None;
    }
    let sort = judge.sort(compiled.tree());
    let (fits, zh, en) = match gives {
        Gives::YesNo => (matches!(sort, Sort::Yes | Sort::Any), "是或否", "yes or no"),
        Gives::Number => (matches!(sort, Sort::Number | Sort::Yes | Sort::Any), "数字", "a number"),
        Gives::Instant => (matches!(sort, Sort::Time | Sort::Any), "时间点", "an instant"),
        Gives::Anything => (true, "", ""),
    };
    if !fits {
        item.wrong(Code::ExpressionType, &[zh, en]);
    }
    Some(Arc::new(compiled))
}

fn refuse(item: &Item<'_>, error: &NotAnExpression) {
    match error {
        NotAnExpression::TooLong => {
            item.wrong(Code::ExpressionLong, &[&EXPRESSION_CHARS_MAX.to_string()]);
        }
        NotAnExpression::TooDeep => {
            item.wrong(Code::ExpressionDeep, &[&EXPRESSION_DEPTH_MAX.to_string()]);
        }
        NotAnExpression::Loop => item.wrong(Code::ExpressionLoop, &["all exists map filter"]),
        NotAnExpression::Unreadable(why) => item.wrong(Code::BadExpression, &[why]),
        NotAnExpression::Function(name) => {
            let meant = nearest(name, FUNCTIONS.iter().copied());
            let spot = within(item, name);
            item.page.wrong_near(spot, Code::ExpressionFunction, &[name], meant);
        }
    }
}

/// The spot of a word within the text of an item, however the text is quoted or folded.
fn within(item: &Item<'_>, word: &str) -> Spot {
    let mut spot = item.spot();
    let Kind::Scalar { raw, .. } = &item.node.kind else { return spot };
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let found = raw.match_indices(word).find(|(at, _)| {
        let before = raw[..*at].chars().next_back();
        let after = raw[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    });
    let Some((at, _)) = found else { return spot };
    let before = &raw[..at];
    match before.rfind('\n') {
        None => spot.column += before.chars().count(),
        Some(line) => {
            spot.line += before.matches('\n').count();
            spot.column = before[line + 1..].chars().count() + 1;
        }
    }
    spot
}

struct Judge<'j, 'a> {
    item: &'j Item<'a>,
    known: &'j Known,
}

impl Judge<'_, '_> {
    /// Notes every name that does not exist here or is sealed.
    fn names(&self, reads: &[String]) -> bool {
        let mut clean = true;
        for name in reads {
            let sort = self.known.paths.get(name);
            if sort.is_some_and(|sort| *sort != Sort::Sealed) {
                continue;
            }
            clean = false;
            let spot = within(self.item, name);
            if sort.is_some() {
                self.item.page.wrong(spot, Code::ExpressionSealed, &[name]);
                continue;
            }
            let open = self.known.paths.iter().filter(|(_, sort)| **sort != Sort::Sealed);
            let meant = nearest(name, open.map(|(name, _)| name.as_str()));
            self.item.page.wrong_near(spot, Code::ExpressionName, &[name], meant);
        }
        clean
    }

    /// The sort of what a node gives; notes what does not fit together on the way.
    fn sort(&self, expr: &IdedExpr) -> Sort {
        if let Some(path) = path(expr) {
            return self.known.paths.get(&path).cloned().unwrap_or(Sort::Any);
        }
        match &expr.expr {
            Ast::Select(select) if select.test => Sort::Yes,
            Ast::Literal(literal) => sort_of_literal(literal),
            Ast::List(_) => {
                for element in operands(expr) {
                    self.sort(element);
                }
                Sort::List
            }
            Ast::Call(call) => {
                let sorts: Vec<Sort> =
                    operands(expr).into_iter().map(|operand| self.sort(operand)).collect();
                self.choices(&call.func_name, &operands(expr), &sorts);
                self.call(&call.func_name, &sorts)
            }
            _ => Sort::Any,
        }
    }

    /// What a call gives, and whether its operands fit together.
    fn call(&self, name: &str, sorts: &[Sort]) -> Sort {
        let shown = shown(name);
        match (name, sorts) {
            ("_&&_" | "_||_" | "!_", sorts) => {
                if !sorts.iter().all(|sort| matches!(sort, Sort::Yes | Sort::Any)) {
                    self.item.wrong(Code::ExpressionMismatch, &[shown]);
                }
                Sort::Yes
            }
            ("_==_" | "_!=_", [a, b]) => {
                if !alike(a, b) && *a != Sort::Null && *b != Sort::Null {
                    self.item.wrong(Code::ExpressionMismatch, &[shown]);
                }
                Sort::Yes
            }
            ("_<_" | "_<=_" | "_>_" | "_>=_", [a, b]) => {
                let ordered = |sort: &Sort| {
                    !matches!(sort, Sort::Null | Sort::List | Sort::Map | Sort::Choices(_))
                };
                if !alike(a, b) || !ordered(a) || !ordered(b) {
                    self.item.wrong(Code::ExpressionMismatch, &[shown]);
                }
                Sort::Yes
            }
            ("_+_" | "_-_", [a, b]) => self.sum(shown, a, b),
            ("_*_" | "_/_" | "_%_" | "-_", sorts) => {
                if !sorts.iter().all(|sort| matches!(sort, Sort::Number | Sort::Any)) {
                    self.item.wrong(Code::ExpressionMismatch, &[shown]);
                }
                Sort::Number
            }
            ("_?_:_", [when, a, b]) => {
                if !matches!(when, Sort::Yes | Sort::Any) {
                    self.item.wrong(Code::ExpressionMismatch, &[shown]);
                }
                if alike(a, b) { a.clone() } else { Sort::Any }
            }
            ("@in" | "contains" | "startsWith" | "endsWith", _) => Sort::Yes,
            ("size" | "int" | "double", _) => Sort::Number,
            ("string", _) => Sort::Text,
            ("timestamp", _) => Sort::Time,
            ("duration" | "minutes" | "hours" | "days", _) => Sort::Span,
            _ => Sort::Any,
        }
    }

    fn sum(&self, shown: &str, a: &Sort, b: &Sort) -> Sort {
        match (a, b) {
            (Sort::Any, _) | (_, Sort::Any) => Sort::Any,
            (Sort::Number, Sort::Number) => Sort::Number,
            (Sort::Time, Sort::Time) if shown == "-" => Sort::Span,
            (Sort::Span, Sort::Time) if shown == "+" => Sort::Time,
            (Sort::Time, Sort::Span) => Sort::Time,
            (Sort::Span, Sort::Span) => Sort::Span,
            (Sort::Text | Sort::Choice(_), Sort::Text | Sort::Choice(_)) if shown == "+" => {
                Sort::Text
            }
            _ => {
                self.item.wrong(Code::ExpressionMismatch, &[shown]);
                Sort::Any
            }
        }
    }

    /// Notes a text that is compared with a choice which does not have it.
    fn choices(&self, name: &str, operands: &[&IdedExpr], sorts: &[Sort]) {
        let ([left, right], [left_sort, right_sort]) = (operands, sorts) else { return };
        let (texts, choices, of) = match (name, left_sort, right_sort) {
            ("_==_" | "_!=_", Sort::Choice(choices), _) => (vec![*right], choices, left),
            ("_==_" | "_!=_", _, Sort::Choice(choices)) => (vec![*left], choices, right),
            ("@in", _, Sort::Choices(choices)) => (vec![*left], choices, right),
            ("@in", Sort::Choice(choices), Sort::List) => {
                (crate::expression::operands(right), choices, left)
            }
            _ => return,
        };
        for text in texts {
            let Ast::Literal(LiteralValue::String(text)) = &text.expr else { continue };
            let text = text.inner();
            if !choices.iter().any(|choice| choice == text) {
                let of = path(of).unwrap_or_default();
                let meant = nearest(text, choices.iter().map(String::as_str));
                let spot = within(self.item, text);
                self.item.page.wrong_near(spot, Code::ExpressionChoice, &[&of, text], meant);
            }
        }
    }
}

fn sort_of_literal(literal: &LiteralValue) -> Sort {
    match literal {
        LiteralValue::Boolean(_) => Sort::Yes,
        LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Sort::Number,
        LiteralValue::String(_) => Sort::Text,
        LiteralValue::Null => Sort::Null,
        LiteralValue::Bytes(_) => Sort::Any,
    }
}

/// Whether two sorts can be compared.
fn alike(a: &Sort, b: &Sort) -> bool {
    let text = |sort: &Sort| matches!(sort, Sort::Text | Sort::Choice(_));
    let list = |sort: &Sort| matches!(sort, Sort::List | Sort::Choices(_));
    *a == Sort::Any || *b == Sort::Any || a == b || (text(a) && text(b)) || (list(a) && list(b))
}

/// An operator as authors write it.
fn shown(name: &str) -> &str {
    match name {
        "_?_:_" => "? :",
        "@in" => "in",
        name => name.trim_matches('_'),
    }
}
