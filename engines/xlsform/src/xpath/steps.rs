//! Location paths: the half of the parser that reads steps.

use super::ast::{Axis, Expr, Kind, Name, Path, Span, Start, Step, Test};
use super::error::{Error, ErrorKind};
use super::misread;
use super::parse::{Parser, is_node_type};
use super::scan::{is_blank, ncname};

impl<'s> Parser<'s> {
    /// `/` or `//`; the latter is a step of its own.
    pub(super) fn stroke(&mut self, steps: &mut Vec<Step<'s>>) {
        let start = self.at;
        self.at += 1;
        if self.byte() == Some(b'/') {
            self.at += 1;
            let span = Span::new(start, self.at);
            steps.push(Step::new(Axis::DescendantOrSelf, Test::Node, span));
        }
    }

    pub(super) fn rooted(&mut self, start: usize) -> Result<Expr<'s>, Error> {
        let mut steps = Vec::new();
        self.stroke(&mut steps);
        let end = self.at;
        self.skip();
        let begins = match self.byte() {
            Some(b'.' | b'@' | b'*') => true,
            Some(_) => ncname(self.rest()) > 0,
            None => false,
        };
        if !begins && steps.is_empty() && !misread::divides(self.source, self.at) {
            self.at = end;
            let path = Path { start: Start::Root, steps };
            return Ok(Expr { kind: Kind::Path(path), span: Span::new(start, end) });
        }
        self.steps(start, Start::Root, steps)
    }

    /// One step and all that follow it.
    pub(super) fn steps(
        &mut self,
        start: usize,
        origin: Start<'s>,
        mut steps: Vec<Step<'s>>,
    ) -> Result<Expr<'s>, Error> {
        let mut height = 0;
        loop {
            let step = self.step(!steps.is_empty() || !matches!(origin, Start::Context))?;
            height = height.max(self.height);
            steps.push(step);
            if self.peek() != Some(b'/') {
                break;
            }
            self.stroke(&mut steps);
        }
        self.height = height;
        let path = Path { start: origin, steps };
        Ok(Expr { kind: Kind::Path(path), span: Span::new(start, self.at) })
    }

    fn step(&mut self, after_stroke: bool) -> Result<Step<'s>, Error> {
        let mut step = self.step_head(after_stroke)?;
        if self.peek() == Some(b'[') {
            self.predicates(&mut step.predicates)?;
            self.raise(0, step.span.start as usize)?;
            step.span = Span { end: Span::new(0, self.at).end, ..step.span };
        }
        Ok(step)
    }

    /// A step without its predicates.
    fn step_head(&mut self, after_stroke: bool) -> Result<Step<'s>, Error> {
        self.skip();
        self.height = 0;
        let start = self.at;
        if self.byte() == Some(b'.') {
            return self.dots(start);
        }
        let mut axis = Axis::Child;
        let mut named = (Name::plain(""), 0);
        if self.byte() == Some(b'@') {
            axis = Axis::Attribute;
            self.at += 1;
            self.skip();
            named = self.name_here();
        } else if self.byte() != Some(b'*') {
            named = self.name_here();
            if let Some(after) = self.axis_end(named.1) {
                axis = self.axis(named.0)?;
                self.at = after;
                self.skip();
                named = self.name_here();
            }
        }
        match self.test(named)? {
            Some(test) => Ok(Step::new(axis, test, Span::new(start, self.at))),
            None if after_stroke => Err(misread::step(self.source, self.at)),
            None => Err(self.no_operand()),
        }
    }

    fn dots(&mut self, start: usize) -> Result<Step<'s>, Error> {
        self.at += 1;
        let mut axis = Axis::Itself;
        if self.byte() == Some(b'.') {
            self.at += 1;
            axis = Axis::Parent;
        }
        let span = Span::new(start, self.at);
        if self.peek() == Some(b'[') {
            return Err(self.error(ErrorKind::PredicateAfterDots, self.at, self.at + 1));
        }
        Ok(Step::new(axis, Test::Node, span))
    }

    /// Where the `::` ends that follows a name of some length, if one does.
    fn axis_end(&self, length: usize) -> Option<usize> {
        let mut after = self.at + length;
        while self.source.as_bytes().get(after).copied().is_some_and(is_blank) {
            after += 1;
        }
        let found = length > 0 && self.source.as_bytes().get(after..after + 2) == Some(b"::");
        found.then_some(after + 2)
    }

    fn axis(&self, name: Name<'_>) -> Result<Axis, Error> {
        Axis::named(name.local).filter(|_| name.prefix.is_none()).ok_or_else(|| {
            let name = name.to_string();
            let end = self.at + name.len();
            self.error(ErrorKind::UnknownAxis { name }, self.at, end)
        })
    }

    fn test(&mut self, (name, length): (Name<'s>, usize)) -> Result<Option<Test<'s>>, Error> {
        if self.byte() == Some(b'*') {
            self.at += 1;
            return Ok(Some(Test::Any));
        }
        if length == 0 {
            return Ok(None);
        }
        let start = self.at;
        self.at += length;
        if name.prefix.is_none() && self.rest().starts_with(":*") {
            self.at += 2;
            return Ok(Some(Test::AnyOf(name.local)));
        }
        let end = self.at;
        if self.next_byte() != Some(b'(') {
            self.at = end;
            return Ok(Some(Test::Name(name)));
        }
        if !is_node_type(name) {
            return Err(misread::call_as_step(start, end));
        }
        let opened = self.at;
        self.at += 1;
        let mut test = match name.local {
            "node" => Test::Node,
            "text" => Test::Text,
            "comment" => Test::Comment,
            _ => Test::Instruction(None),
        };
        if let (Test::Instruction(_), Some(quote @ (b'\'' | b'"'))) = (test, self.next_byte()) {
            test = Test::Instruction(Some(self.literal(quote)?));
        }
        self.close(opened, b')')?;
        Ok(Some(test))
    }

    pub(super) fn predicates(&mut self, predicates: &mut Vec<Expr<'s>>) -> Result<(), Error> {
        let mut height = 0;
        while self.peek() == Some(b'[') {
            let opened = self.at;
            predicates.push(self.inside(opened)?);
            height = height.max(self.height);
            self.close(opened, b']')?;
        }
        self.height = height;
        Ok(())
    }
}
