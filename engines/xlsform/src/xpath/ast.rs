//! The tree of an expression: what the parser builds and everything else walks.

/// Where something stands in the source, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// From byte to byte; positions beyond four gigabytes are cut, and no source is that long.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: cut(start), end: cut(end) }
    }

    /// The piece of the source that the span marks, or nothing if it is not of this source.
    #[must_use]
    pub fn of(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// An expression. Two are equal when they say the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Expr<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Expr<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'s> {
    /// A number as written; never negative, never NaN.
    Number(f64),
    /// A text between quotes.
    Literal(&'s str),
    /// `$name`.
    Variable(Name<'s>),
    /// `${name}` as authors write it in a workbook, before it is replaced by a path.
    Reference(Reference<'s>),
    /// A function with its arguments.
    Call(Box<Call<'s>>),
    /// Unary minus.
    Negate(Box<Expr<'s>>),
    /// Operands joined by operators of one precedence, read from the left.
    Operation(Box<Operation<'s>>),
    /// A location path.
    Path(Path<'s>),
    /// A primary expression with predicates: `instance('x')[1]`, `(//a)[2]`.
    Filter(Box<Filter<'s>>),
}

/// A name with its prefix, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'s> {
    /// What stands before the colon.
    pub prefix: Option<&'s str>,
    /// The name proper.
    pub local: &'s str,
}

impl<'s> Name<'s> {
    /// A name without a prefix.
    #[must_use]
    pub fn plain(local: &'s str) -> Self {
        Self { prefix: None, local }
    }
}

/// `${name}` or `${last-saved#name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference<'s> {
    /// The name of the question or group.
    pub name: &'s str,
    /// Whether the value is that of the record saved last.
    pub last_saved: bool,
}

/// A function call.
#[derive(Debug, Clone)]
pub struct Call<'s> {
    /// The function.
    pub name: Name<'s>,
    /// Where its name stands.
    pub name_span: Span,
    /// Its arguments.
    pub arguments: Vec<Expr<'s>>,
}

impl PartialEq for Call<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

/// Operands joined by operators of one precedence: `a + b - c`. Kept flat, so that a sum of a
/// thousand terms is no deeper than a sum of two.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation<'s> {
    /// The leftmost operand.
    pub first: Expr<'s>,
    /// The others, each with the operator before it; never empty.
    pub rest: Vec<Term<'s>>,
}

/// An operator with the operand to its right.
#[derive(Debug, Clone)]
pub struct Term<'s> {
    /// The operator.
    pub operator: Operator,
    /// Where the operator stands.
    pub operator_span: Span,
    /// Whether it is written as JavaRosa reads it and XPath does not: `AND`, `or2`.
    pub loose: bool,
    /// The operand.
    pub operand: Expr<'s>,
}

impl PartialEq for Term<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.operator == other.operator && self.operand == other.operand
    }
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `div`
    Divide,
    /// `mod`
    Modulo,
    /// `|`
    Union,
}

impl Operator {
    /// How tightly it binds: the higher, the tighter. Unary minus stands between `*` and `|`.
    #[must_use]
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Modulo => 6,
            Self::Union => 8,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "div",
            Self::Modulo => "mod",
            Self::Union => "|",
        }
    }
}

/// A location path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path<'s> {
    /// Where it begins.
    pub start: Start<'s>,
    /// Its steps; empty only for the root alone. `//` is a step of its own, as XPath defines it:
    /// `descendant-or-self::node()`.
    pub steps: Vec<Step<'s>>,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start<'s> {
    /// At the root: `/data/age`.
    Root,
    /// At the context node: `../age`.
    Context,
    /// At what an expression gives: `instance('x')/root`, `${group}/age`, `current()/..`.
    Expr(Box<Expr<'s>>),
}

/// One step of a path.
#[derive(Debug, Clone)]
pub struct Step<'s> {
    /// In which direction.
    pub axis: Axis,
    /// Which nodes.
    pub test: Test<'s>,
    /// What they must fulfil.
    pub predicates: Vec<Expr<'s>>,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Step<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.axis == other.axis && self.test == other.test && self.predicates == other.predicates
    }
}

impl<'s> Step<'s> {
    /// A step without predicates.
    #[must_use]
    pub fn new(axis: Axis, test: Test<'s>, span: Span) -> Self {
        Self { axis, test, predicates: Vec::new(), span }
    }

    /// Whether it is what `//` stands for.
    #[must_use]
    pub fn is_descent(&self) -> bool {
        self.is_bare(Axis::DescendantOrSelf)
    }

    pub(super) fn is_bare(&self, axis: Axis) -> bool {
        self.axis == axis && self.test == Test::Node && self.predicates.is_empty()
    }
}

/// The direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// `ancestor`
    Ancestor,
    /// `ancestor-or-self`
    AncestorOrSelf,
    /// `attribute`, short `@`
    Attribute,
    /// `child`, which needs no word
    Child,
    /// `descendant`
    Descendant,
    /// `descendant-or-self`
    DescendantOrSelf,
    /// `following`
    Following,
    /// `following-sibling`
    FollowingSibling,
    /// `namespace`
    Namespace,
    /// `parent`
    Parent,
    /// `preceding`
    Preceding,
    /// `preceding-sibling`
    PrecedingSibling,
    /// `self`
    Itself,
}

impl Axis {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Ancestor,
        Self::AncestorOrSelf,
        Self::Attribute,
        Self::Child,
        Self::Descendant,
        Self::DescendantOrSelf,
        Self::Following,
        Self::FollowingSibling,
        Self::Namespace,
        Self::Parent,
        Self::Preceding,
        Self::PrecedingSibling,
        Self::Itself,
    ];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ancestor => "ancestor",
            Self::AncestorOrSelf => "ancestor-or-self",
            Self::Attribute => "attribute",
            Self::Child => "child",
            Self::Descendant => "descendant",
            Self::DescendantOrSelf => "descendant-or-self",
            Self::Following => "following",
            Self::FollowingSibling => "following-sibling",
            Self::Namespace => "namespace",
            Self::Parent => "parent",
            Self::Preceding => "preceding",
            Self::PrecedingSibling => "preceding-sibling",
            Self::Itself => "self",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.as_str() == name)
    }

    /// Whether it runs against document order, so that positions count from the nearest node.
    #[must_use]
    pub fn is_reverse(self) -> bool {
        matches!(
            self,
            Self::Ancestor | Self::AncestorOrSelf | Self::Preceding | Self::PrecedingSibling
        )
    }
}

/// Which nodes a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Test<'s> {
    /// Those of a name.
    Name(Name<'s>),
    /// `*`
    Any,
    /// `prefix:*`
    AnyOf(&'s str),
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `comment()`
    Comment,
    /// `processing-instruction()`, perhaps with a target
    Instruction(Option<&'s str>),
}

/// An expression with predicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter<'s> {
    /// What is filtered.
    pub base: Expr<'s>,
    /// By what; never empty.
    pub predicates: Vec<Expr<'s>>,
}
