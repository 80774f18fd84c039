//! What is wrong with an expression: where, how badly, and in words for its author.

use std::fmt;

use super::ast::Span;

/// One thing that is wrong with an expression, or that its author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What it is.
    pub kind: ErrorKind,
    /// Whether the form cannot work, or only some applications cannot run it.
    pub severity: Severity,
    /// Where it is, in bytes of the source.
    pub span: Span,
}

/// How badly something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Some application will not run it, or not as meant.
    Warning,
    /// No application can run it.
    Error,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The source has more bytes than may be read.
    TooLong {
        /// How many may be.
        limit: usize,
    },
    /// Brackets and functions are nested more deeply than may be.
    TooDeep {
        /// How deeply they may be.
        limit: usize,
    },
    /// There is nothing.
    Empty,
    /// The expression stops where an operand must follow.
    EndsEarly,
    /// A bracket is never closed; the span is the bracket.
    Unclosed {
        /// The bracket.
        open: char,
    },
    /// A bracket closes what was never opened.
    Unopened {
        /// The bracket.
        close: char,
    },
    /// A text has no closing quote.
    UnclosedQuote {
        /// The quote that opens it.
        quote: char,
    },
    /// `${` without `}`.
    UnclosedReference,
    /// `${…}` around what is no name.
    BadReference {
        /// What stands between the braces.
        written: String,
    },
    /// `${…}` where only XPath may stand.
    ReferenceRefused,
    /// Something that cannot stand here.
    Unexpected {
        /// It, or its beginning.
        found: String,
    },
    /// Two operands without an operator between them; the span is the second.
    MissingOperator,
    /// A way of writing that other languages have and XPath has not.
    Habit(Habit),
    /// A step in a direction that XPath does not know.
    UnknownAxis {
        /// The word before `::`.
        name: String,
    },
    /// A predicate directly after `.` or `..`.
    PredicateAfterDots,
    /// A function that no known application has.
    UnknownFunction {
        /// Its name.
        name: String,
        /// The known function that is written most alike.
        suggestion: Option<&'static str>,
    },
    /// Too few or too many arguments.
    Arity {
        /// The function.
        name: String,
        /// How many it takes.
        takes: Takes,
        /// How many it is given.
        given: usize,
    },
    /// ODK Collect and ODK Validate do not have the function.
    NotInCollect {
        /// The function.
        name: String,
        /// What to write instead, if anything.
        instead: Option<&'static str>,
    },
    /// ODK Collect and ODK Validate do not go in this direction.
    AxisNotInCollect {
        /// As it is written.
        axis: &'static str,
    },
    /// ODK Collect reads only names of letters that have capital and small forms.
    NameNotInCollect {
        /// The name.
        name: String,
    },
    /// An operator that only ODK Collect reads as one.
    LooseOperator {
        /// As it should be written.
        operator: &'static str,
    },
}

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Takes {
    /// At least.
    pub min: u8,
    /// At most; nothing where there is no end.
    pub max: Option<u8>,
    /// Which numbers in between.
    pub parity: Parity,
}

/// Which numbers of arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// Any.
    Any,
    /// Only odd ones.
    Odd,
    /// Only even ones.
    Even,
}

impl Takes {
    /// Whether so many are right.
    #[must_use]
    pub fn allows(self, given: usize) -> bool {
        given >= usize::from(self.min)
            && self.max.is_none_or(|max| given <= usize::from(max))
            && match self.parity {
                Parity::Any => true,
                Parity::Odd => given % 2 == 1,
                Parity::Even => given.is_multiple_of(2),
            }
    }

    fn en(self) -> String {
        let many = |count: u8| if count == 1 { "argument" } else { "arguments" };
        let mut words = match (self.min, self.max) {
            (0, Some(0)) => "no arguments".to_owned(),
            (min, Some(max)) if min == max => format!("{min} {}", many(min)),
            (min, Some(max)) if min + 1 == max => format!("{min} or {max} arguments"),
            (min, Some(max)) => format!("{min} to {max} arguments"),
            (0, None) => "any number of arguments".to_owned(),
            (min, None) => format!("at least {min} {}", many(min)),
        };
        match self.parity {
            Parity::Any => {}
            Parity::Odd => words.push_str(", an odd number of them"),
            Parity::Even => words.push_str(", an even number of them"),
        }
        words
    }

    fn zh(self) -> String {
        let mut words = match (self.min, self.max) {
            (0, Some(0)) => "不带参数".to_owned(),
            (min, Some(max)) if min == max => format!("需要 {min} 个参数"),
            (min, Some(max)) => format!("需要 {min} 到 {max} 个参数"),
            (0, None) => "可带任意个参数".to_owned(),
            (min, None) => format!("至少需要 {min} 个参数"),
        };
        match self.parity {
            Parity::Any => {}
            Parity::Odd => words.push_str("，且总数为奇数"),
            Parity::Even => words.push_str("，且总数为偶数"),
        }
        words
    }
}

/// Ways of writing that other languages have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Habit {
    /// `==`
    DoubleEquals,
    /// `&&`
    DoubleAmpersand,
    /// `&`
    Ampersand,
    /// `||`
    DoubleBar,
    /// `<>`
    Diamond,
    /// `!x`
    Bang,
    /// `=<`
    EqualsLess,
    /// `=>`
    EqualsGreater,
    /// `a / b` for a division
    Slash,
    /// `%`
    Percent,
    /// `^` or `**`
    Power,
    /// `“`, `’` and the like
    CurlyQuote,
    /// `（`, `，`, `＝` and the like
    FullWidth,
    /// A space that is not a space
    OddSpace,
    /// `;` between arguments
    Semicolon,
}

impl Habit {
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::DoubleEquals => ["write = instead of ==", "请用 = 代替 =="],
            Self::DoubleAmpersand => ["write and instead of &&", "请用 and 代替 &&"],
            Self::Ampersand => [
                "write and between conditions, or concat(a, b) to join texts, instead of &",
                "连接条件请用 and，拼接文字请用 concat(a, b)，不要用 &",
            ],
            Self::DoubleBar => ["write or instead of ||", "请用 or 代替 ||"],
            Self::Diamond => ["write != instead of <>", "请用 != 代替 <>"],
            Self::Bang => ["write not(…) instead of !…", "请用 not(…) 代替 !…"],
            Self::EqualsLess => ["write <= instead of =<", "请用 <= 代替 =<"],
            Self::EqualsGreater => ["write >= instead of =>", "请用 >= 代替 =>"],
            Self::Slash => ["write div to divide: a div b", "除法请用 div：a div b"],
            Self::Percent => [
                "write mod for the remainder, or divide by 100 for a percentage",
                "求余请用 mod，百分数请除以 100",
            ],
            Self::Power => ["write pow(a, b) for a power", "乘方请用 pow(a, b)"],
            Self::CurlyQuote => [
                "write the straight quote ' or \" instead of a curly one",
                "请用直引号 ' 或 \"，不要用弯引号",
            ],
            Self::FullWidth => [
                "write the plain character instead of the full-width one",
                "请用半角字符，不要用全角字符",
            ],
            Self::OddSpace => [
                "write a plain space; this one only looks like it",
                "请用普通空格；此处的空格是特殊字符",
            ],
            Self::Semicolon => ["write a comma between arguments", "参数之间请用英文逗号"],
        }
    }
}

impl Error {
    pub(super) fn new(kind: ErrorKind, severity: Severity, span: Span) -> Self {
        Self { kind, severity, span }
    }

    /// A stable word for the kind, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ErrorKind::TooLong { .. } => "xpath_too_long",
            ErrorKind::TooDeep { .. } => "xpath_too_deep",
            ErrorKind::Empty => "xpath_empty",
            ErrorKind::EndsEarly => "xpath_ends_early",
            ErrorKind::Unclosed { .. } => "xpath_unclosed",
            ErrorKind::Unopened { .. } => "xpath_unopened",
            ErrorKind::UnclosedQuote { .. } => "xpath_unclosed_quote",
            ErrorKind::UnclosedReference => "xpath_unclosed_reference",
            ErrorKind::BadReference { .. } => "xpath_bad_reference",
            ErrorKind::ReferenceRefused => "xpath_reference_refused",
            ErrorKind::Unexpected { .. } => "xpath_unexpected",
            ErrorKind::MissingOperator => "xpath_missing_operator",
            ErrorKind::Habit(_) => "xpath_habit",
            ErrorKind::UnknownAxis { .. } => "xpath_unknown_axis",
            ErrorKind::PredicateAfterDots => "xpath_predicate_after_dots",
            ErrorKind::UnknownFunction { .. } => "xpath_unknown_function",
            ErrorKind::Arity { .. } => "xpath_arity",
            ErrorKind::NotInCollect { .. } => "xpath_not_in_collect",
            ErrorKind::AxisNotInCollect { .. } => "xpath_axis_not_in_collect",
            ErrorKind::NameNotInCollect { .. } => "xpath_name_not_in_collect",
            ErrorKind::LooseOperator { .. } => "xpath_loose_operator",
        }
    }

    /// What is wrong and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match &self.kind {
            ErrorKind::TooLong { limit } => {
                format!("the expression is longer than {limit} bytes")
            }
            ErrorKind::TooDeep { limit } => {
                format!("brackets and functions are nested more than {limit} deep")
            }
            ErrorKind::Empty => "the expression is empty".to_owned(),
            ErrorKind::EndsEarly => "the expression ends where a value must follow".to_owned(),
            ErrorKind::Unclosed { open } => format!("this {open} is never closed"),
            ErrorKind::Unopened { close } => format!("this {close} closes nothing"),
            ErrorKind::UnclosedQuote { quote } => format!("the text after {quote} has no end"),
            ErrorKind::UnclosedReference => "${ needs a closing }".to_owned(),
            ErrorKind::BadReference { written } => {
                format!("between ${{ and }} must stand a name, not \"{written}\"")
            }
            ErrorKind::ReferenceRefused => {
                "${…} can stand only in the cells of a workbook".to_owned()
            }
            ErrorKind::Unexpected { found } => format!("\"{found}\" cannot stand here"),
            ErrorKind::MissingOperator => {
                "an operator or a comma is missing before this".to_owned()
            }
            ErrorKind::Habit(habit) => habit.words()[0].to_owned(),
            ErrorKind::UnknownAxis { name } => format!("XPath has no axis \"{name}\""),
            ErrorKind::PredicateAfterDots => {
                "no [ may follow . or ..; write self::node()[…] or parent::node()[…]".to_owned()
            }
            kind => kind.function_words()[0].clone(),
        }
    }

    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match &self.kind {
            ErrorKind::TooLong { limit } => format!("表达式超过 {limit} 字节"),
            ErrorKind::TooDeep { limit } => format!("括号和函数嵌套超过 {limit} 层"),
            ErrorKind::Empty => "表达式为空".to_owned(),
            ErrorKind::EndsEarly => "表达式不完整，末尾缺少一个值".to_owned(),
            ErrorKind::Unclosed { open } => format!("此处的 {open} 没有闭合"),
            ErrorKind::Unopened { close } => format!("此处的 {close} 没有对应的左括号"),
            ErrorKind::UnclosedQuote { quote } => format!("{quote} 之后的文字没有结束引号"),
            ErrorKind::UnclosedReference => "${ 缺少结尾的 }".to_owned(),
            ErrorKind::BadReference { written } => {
                format!("${{ 与 }} 之间必须是一个名称，而不是“{written}”")
            }
            ErrorKind::ReferenceRefused => "${…} 只能写在工作簿的单元格中".to_owned(),
            ErrorKind::Unexpected { found } => format!("“{found}”不能出现在这里"),
            ErrorKind::MissingOperator => "此处之前缺少运算符或逗号".to_owned(),
            ErrorKind::Habit(habit) => habit.words()[1].to_owned(),
            ErrorKind::UnknownAxis { name } => format!("XPath 没有名为“{name}”的轴"),
            ErrorKind::PredicateAfterDots => {
                ". 或 .. 之后不能直接写 [；请写 self::node()[…] 或 parent::node()[…]".to_owned()
            }
            kind => kind.function_words()[1].clone(),
        }
    }
}

impl ErrorKind {
    fn function_words(&self) -> [String; 2] {
        match self {
            Self::UnknownFunction { name, suggestion: Some(suggestion) } => [
                format!("no function {name}() is known; perhaps {suggestion}()"),
                format!("没有名为 {name}() 的函数；是否想写 {suggestion}()？"),
            ],
            Self::UnknownFunction { name, suggestion: None } => {
                [format!("no function {name}() is known"), format!("没有名为 {name}() 的函数")]
            }
            Self::Arity { name, takes, given } => [
                format!("{name}() takes {}, not {given}", takes.en()),
                format!("{name}() {}，现有 {given} 个", takes.zh()),
            ],
            Self::NotInCollect { name, instead: Some(instead) } => [
                format!("ODK Collect has no {name}(); write {instead} instead"),
                format!("ODK Collect 没有 {name}() 函数，请改用 {instead}"),
            ],
            Self::NotInCollect { name, instead: None } => {
                [format!("ODK Collect has no {name}()"), format!("ODK Collect 没有 {name}() 函数")]
            }
            Self::AxisNotInCollect { axis } => [
                format!("ODK Collect cannot follow {axis}; write the full path"),
                format!("ODK Collect 不支持 {axis}，请写完整路径"),
            ],
            Self::NameNotInCollect { name } => [
                format!("ODK Collect cannot read the name {name}; use letters a to z"),
                format!("ODK Collect 无法读取名称 {name}，请使用字母 a 到 z"),
            ],
            Self::LooseOperator { operator } => [
                format!("write {operator} in small letters and with spaces around it"),
                format!("请用小写的 {operator}，并在两边留空格"),
            ],
            _ => [String::new(), String::new()],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for Error {}
