//! From text to tree, in one pass over the bytes.

use super::ast::{
    Call, Expr, Filter, Kind, Name, Operation, Operator, Reference, Span, Start, Term,
};
use super::error::{Error, ErrorKind, Severity};
use super::misread;
use super::scan::{is_blank, is_qname, ncname};

/// How many bytes an expression may have: what a cell of a workbook holds.
pub const LENGTH_MAX: usize = 32 * 1024;

/// How deeply brackets, functions and signs may be nested.
pub const DEPTH_MAX: usize = 200;

/// Whether `${name}` may stand in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum References {
    /// As in the cells of a workbook.
    Allowed,
    /// As in an XForm, where only XPath may stand.
    Refused,
}

/// Reads an expression.
///
/// # Errors
///
/// When the text is no expression: what is wrong and where.
///
/// ```
/// use xlsform::xpath::{References, parse};
///
/// let expr = parse("${age}>=18 and selected(../sex, 'f')", References::Allowed).unwrap();
/// assert_eq!(expr.to_string(), "${age} >= 18 and selected(../sex, 'f')");
///
/// let error = parse("${age} == 18", References::Allowed).unwrap_err();
/// assert_eq!(error.en(), "write = instead of ==");
/// assert_eq!(error.span.of("${age} == 18"), "==");
/// ```
pub fn parse(source: &str, references: References) -> Result<Expr<'_>, Error> {
    if source.len() > LENGTH_MAX {
        let kind = ErrorKind::TooLong { limit: LENGTH_MAX };
        return Err(Error::new(kind, Severity::Error, Span::new(LENGTH_MAX, source.len())));
    }
    let mut parser = Parser { source, at: 0, depth: 0, height: 0, references };
    parser.skip();
    if parser.at == source.len() {
        return Err(parser.error(ErrorKind::Empty, 0, source.len()));
    }
    let expr = parser.operation(0)?;
    parser.skip();
    if parser.at < source.len() {
        return Err(misread::after_operand(source, parser.at));
    }
    Ok(expr)
}

pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    pub(super) at: usize,
    /// How many calls of the parser are inside one another.
    depth: usize,
    /// How many levels the tree has below the expression read last.
    pub(super) height: usize,
    references: References,
}

/// An operator in the source.
#[derive(Clone, Copy)]
struct Found {
    operator: Operator,
    span: Span,
    loose: bool,
}

impl<'s> Parser<'s> {
    pub(super) fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn byte_after(&self, count: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + count).copied()
    }

    pub(super) fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'s str {
        self.source.get(start..end).unwrap_or_default()
    }

    pub(super) fn skip(&mut self) {
        while self.byte().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip();
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn error(&self, kind: ErrorKind, start: usize, end: usize) -> Error {
        Error::new(kind, Severity::Error, Span::new(start, end))
    }

    fn too_deep(&self, start: usize) -> Error {
        let kind = ErrorKind::TooDeep { limit: DEPTH_MAX };
        self.error(kind, start, (start + 1).min(self.source.len()))
    }

    /// What cannot stand where an operand must.
    pub(super) fn no_operand(&self) -> Error {
        misread::operand(self.source, self.at)
    }

    /// One level more above the expression read last and `beside`.
    pub(super) fn raise(&mut self, beside: usize, start: usize) -> Result<(), Error> {
        self.height = self.height.max(beside) + 1;
        if self.height > DEPTH_MAX { Err(self.too_deep(start)) } else { Ok(()) }
    }

    /// Operands and operators of at least a precedence. Frames of this function lie upon one
    /// another when brackets are nested, so it keeps little and leaves the rest to others.
    fn operation(&mut self, least: u8) -> Result<Expr<'s>, Error> {
        self.begin(least)?;
        let mut left = self.unary()?;
        // The precedence of the operation built here, for brackets close one for good.
        let mut open = 0;
        while let Some(found) = self.operator_of(least) {
            let height = self.height;
            let operand = self.operation(found.operator.precedence() + 1)?;
            self.join(&mut left, open, height, found, operand)?;
            open = found.operator.precedence();
        }
        self.depth -= 1;
        Ok(left)
    }

    fn begin(&mut self, least: u8) -> Result<(), Error> {
        self.skip();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.too_deep(self.at));
        }
        if least > Operator::Union.precedence() && self.byte() == Some(b'-') {
            return Err(self.no_operand());
        }
        Ok(())
    }

    /// An operation is flat while its operators bind alike, and becomes the first operand of one
    /// that binds looser.
    fn join(
        &mut self,
        left: &mut Expr<'s>,
        open: u8,
        height: usize,
        found: Found,
        operand: Expr<'s>,
    ) -> Result<(), Error> {
        let before = left.span;
        left.span.end = operand.span.end;
        let Found { operator, span: operator_span, loose } = found;
        let term = Term { operator, operator_span, loose, operand };
        match &mut left.kind {
            Kind::Operation(operation) if open == operator.precedence() => {
                self.height = (self.height + 1).max(height);
                operation.rest.push(term);
            }
            kind => {
                self.raise(height, left.span.start as usize)?;
                let kind = std::mem::replace(kind, Kind::Number(0.0));
                let first = Expr { kind, span: before };
                left.kind = Kind::Operation(Box::new(Operation { first, rest: vec![term] }));
            }
        }
        Ok(())
    }

    /// The operator that comes next, consumed, if it binds tightly enough.
    fn operator_of(&mut self, least: u8) -> Option<Found> {
        let end = self.at;
        self.skip();
        match self.operator() {
            Some((operator, length, loose)) if operator.precedence() >= least => {
                let span = Span::new(self.at, self.at + length);
                self.at += length;
                Some(Found { operator, span, loose })
            }
            _ => {
                self.at = end;
                None
            }
        }
    }

    /// The operator that stands here, its length and whether only JavaRosa reads it as one.
    fn operator(&self) -> Option<(Operator, usize, bool)> {
        let next = self.byte_after(1);
        let found = match self.byte()? {
            b'=' => (Operator::Equal, 1),
            b'!' if next == Some(b'=') => (Operator::NotEqual, 2),
            b'<' if next == Some(b'=') => (Operator::LessOrEqual, 2),
            b'<' => (Operator::Less, 1),
            b'>' if next == Some(b'=') => (Operator::GreaterOrEqual, 2),
            b'>' => (Operator::Greater, 1),
            b'+' => (Operator::Add, 1),
            b'-' => (Operator::Subtract, 1),
            b'*' => (Operator::Multiply, 1),
            b'|' => (Operator::Union, 1),
            b'a' | b'A' => return self.word_operator(Operator::And),
            b'o' | b'O' => return self.word_operator(Operator::Or),
            b'd' | b'D' => return self.word_operator(Operator::Divide),
            b'm' | b'M' => return self.word_operator(Operator::Modulo),
            _ => return None,
        };
        Some((found.0, found.1, false))
    }

    fn word_operator(&self, operator: Operator) -> Option<(Operator, usize, bool)> {
        let word = operator.as_str();
        let written = self.rest().get(..word.len())?;
        written.eq_ignore_ascii_case(word).then(|| {
            let loose = written != word || ncname(self.rest()) != word.len();
            (operator, word.len(), loose)
        })
    }

    fn unary(&mut self) -> Result<Expr<'s>, Error> {
        self.skip();
        let start = self.at;
        if self.byte() != Some(b'-') {
            return self.path();
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.too_deep(start));
        }
        // Unary minus is looser than a union: `-a | b` is the negative of both.
        let operand = match self.next_byte() {
            Some(b'-') => self.unary()?,
            _ => self.operation(Operator::Union.precedence())?,
        };
        self.depth -= 1;
        self.raise(0, start)?;
        let span = Span { start: Span::new(start, start).start, end: operand.span.end };
        Ok(Expr { kind: Kind::Negate(Box::new(operand)), span })
    }

    pub(super) fn next_byte(&mut self) -> Option<u8> {
        self.skip();
        self.byte()
    }

    /// A path, or a primary expression with what hangs on it.
    fn path(&mut self) -> Result<Expr<'s>, Error> {
        let start = self.at;
        self.height = 0;
        match self.byte() {
            Some(b'/') => self.rooted(start),
            Some(b'.') if self.byte_after(1).is_some_and(|byte| byte.is_ascii_digit()) => {
                self.number(start)
            }
            Some(b'.' | b'@' | b'*') => self.steps(start, Start::Context, Vec::new()),
            Some(b'0'..=b'9') => self.number(start),
            Some(quote @ (b'\'' | b'"')) => {
                let text = self.literal(quote)?;
                self.primary(start, Kind::Literal(text))
            }
            Some(b'(') => self.group(start),
            Some(b'$') => self.dollar(start),
            _ => self.named(start),
        }
    }

    fn group(&mut self, start: usize) -> Result<Expr<'s>, Error> {
        let inner = self.inside(start)?;
        self.close(start, b')')?;
        self.hang(start, inner)
    }

    /// What begins with a name: a call, or a step.
    fn named(&mut self, start: usize) -> Result<Expr<'s>, Error> {
        let (name, length) = self.name_here();
        if length == 0 {
            return Err(self.no_operand());
        }
        let mut after = self.at + length;
        while self.source.as_bytes().get(after).copied().is_some_and(is_blank) {
            after += 1;
        }
        let calls = self.source.as_bytes().get(after) == Some(&b'(');
        if !calls || is_node_type(name) {
            return self.steps(start, Start::Context, Vec::new());
        }
        let arguments = self.arguments(after)?;
        let name_span = Span::new(start, start + length);
        self.primary(start, Kind::Call(Box::new(Call { name, name_span, arguments })))
    }

    fn arguments(&mut self, opened: usize) -> Result<Vec<Expr<'s>>, Error> {
        let mut arguments = Vec::new();
        let mut height = 0;
        self.at = opened + 1;
        if !self.eat(b')') {
            self.at = opened;
            arguments.push(self.inside(opened)?);
            height = height.max(self.height);
            while self.eat(b',') {
                arguments.push(self.operation(0)?);
                height = height.max(self.height);
            }
            self.close(opened, b')')?;
        }
        self.raise(height, opened)?;
        Ok(arguments)
    }

    /// The name that stands here, with its prefix, and its length; nothing is consumed.
    pub(super) fn name_here(&self) -> (Name<'s>, usize) {
        let rest = self.rest();
        let first = ncname(rest);
        let local = rest.get(first..).unwrap_or_default().strip_prefix(':').map_or(0, ncname);
        if first > 0 && local > 0 {
            let end = first + 1 + local;
            let prefix = rest.get(..first);
            (Name { prefix, local: rest.get(first + 1..end).unwrap_or_default() }, end)
        } else {
            (Name::plain(rest.get(..first).unwrap_or_default()), first)
        }
    }

    /// The expression after an opening bracket.
    pub(super) fn inside(&mut self, opened: usize) -> Result<Expr<'s>, Error> {
        self.at = opened + 1;
        self.skip();
        if self.at == self.source.len() {
            return Err(self.unclosed(opened));
        }
        self.operation(0)
    }

    fn unclosed(&self, opened: usize) -> Error {
        let open = self.source.as_bytes().get(opened).copied().map_or('(', char::from);
        self.error(ErrorKind::Unclosed { open }, opened, opened + 1)
    }

    /// A closing bracket, or the reason that there is none.
    pub(super) fn close(&mut self, opened: usize, bracket: u8) -> Result<(), Error> {
        if self.eat(bracket) {
            return Ok(());
        }
        if self.at == self.source.len() {
            return Err(self.unclosed(opened));
        }
        Err(misread::after_operand(self.source, self.at))
    }

    fn number(&mut self, start: usize) -> Result<Expr<'s>, Error> {
        let mut point = false;
        while let Some(byte) = self.byte() {
            match byte {
                b'0'..=b'9' => {}
                b'.' if !point => point = true,
                _ => break,
            }
            self.at += 1;
        }
        let value = self.slice(start, self.at).parse::<f64>().unwrap_or(f64::MAX);
        // A number of four hundred digits is no infinity, which could not be written again.
        self.primary(start, Kind::Number(value.min(f64::MAX)))
    }

    pub(super) fn literal(&mut self, quote: u8) -> Result<&'s str, Error> {
        let start = self.at;
        let found = self.source.as_bytes().iter().skip(start + 1).position(|byte| *byte == quote);
        let Some(length) = found else {
            let kind = ErrorKind::UnclosedQuote { quote: char::from(quote) };
            return Err(self.error(kind, start, start + 1));
        };
        self.at = start + length + 2;
        Ok(self.slice(start + 1, start + 1 + length))
    }

    fn dollar(&mut self, start: usize) -> Result<Expr<'s>, Error> {
        self.at += 1;
        if self.byte() != Some(b'{') {
            let (name, length) = self.name_here();
            if length == 0 {
                self.at = start;
                return Err(self.no_operand());
            }
            self.at += length;
            return self.primary(start, Kind::Variable(name));
        }
        let Some(length) = self.rest().find('}') else {
            return Err(self.error(ErrorKind::UnclosedReference, start, start + 2));
        };
        let inner = self.slice(start + 2, self.at + length).trim();
        self.at += length + 1;
        if self.references == References::Refused {
            return Err(self.error(ErrorKind::ReferenceRefused, start, self.at));
        }
        match reference_named(inner) {
            Some(reference) => self.primary(start, Kind::Reference(reference)),
            None => {
                let kind = ErrorKind::BadReference { written: misread::excerpt(inner) };
                Err(self.error(kind, start, self.at))
            }
        }
    }

    fn primary(&mut self, start: usize, kind: Kind<'s>) -> Result<Expr<'s>, Error> {
        let base = Expr { kind, span: Span::new(start, self.at) };
        self.hang(start, base)
    }

    /// Predicates and steps that hang on a primary expression.
    fn hang(&mut self, start: usize, base: Expr<'s>) -> Result<Expr<'s>, Error> {
        let height = self.height;
        let mut expr = base;
        if self.peek() == Some(b'[') {
            let mut predicates = Vec::new();
            self.predicates(&mut predicates)?;
            self.raise(height, start)?;
            let filter = Filter { base: expr, predicates };
            let span = Span::new(start, self.at);
            expr = Expr { kind: Kind::Filter(Box::new(filter)), span };
        }
        if self.peek() != Some(b'/') {
            return Ok(expr);
        }
        let height = self.height;
        let mut steps = Vec::new();
        self.stroke(&mut steps);
        self.height = 0;
        let path = self.steps(start, Start::Expr(Box::new(expr)), steps)?;
        self.raise(height, start)?;
        Ok(path)
    }

    /// What follows the blanks, which are left alone if it is not of this expression.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let at = self.at;
        let byte = self.next_byte();
        if !matches!(byte, Some(b'[' | b'/')) {
            self.at = at;
        }
        byte
    }
}

pub(super) fn is_node_type(name: Name<'_>) -> bool {
    name.prefix.is_none()
        && matches!(name.local, "node" | "text" | "comment" | "processing-instruction")
}

/// What stands between `${` and `}`, if it is a name.
pub(super) fn reference_named(inner: &str) -> Option<Reference<'_>> {
    let (name, last_saved) = match inner.strip_prefix("last-saved#") {
        Some(name) => (name, true),
        None => (inner, false),
    };
    is_qname(name).then_some(Reference { name, last_saved })
}
