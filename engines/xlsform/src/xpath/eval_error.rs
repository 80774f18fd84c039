//! Why an expression has no value.

use std::fmt;

use super::ast::Span;

/// Why an expression has no value, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalError {
    /// Why.
    pub kind: EvalErrorKind,
    /// The part that has none, in bytes of the source.
    pub span: Span,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvalErrorKind {
    /// It takes more steps than it may.
    TooLong,
    /// A function that is not known, or not known here.
    UnknownFunction(String),
    /// A function with the wrong number of arguments.
    Arity(String),
    /// Something that would have to be nodes is not.
    NotNodes(String),
    /// A text that is no date.
    NoDate(String),
    /// A text that is no place on Earth.
    NoPlace(String),
    /// A pattern that cannot be followed; with the pattern.
    BadPattern(String),
    /// A thing that is named and not there: what sort, and its name.
    Missing(&'static str, String),
    /// Something that ODK defines and that is not done here.
    Unsupported(String),
}

impl EvalError {
    /// Why, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match &self.kind {
            EvalErrorKind::TooLong => "the expression takes too long".to_owned(),
            EvalErrorKind::UnknownFunction(name) => format!("no function {name}() is known"),
            EvalErrorKind::Arity(name) => {
                format!("{name}() is given the wrong number of arguments")
            }
            EvalErrorKind::NotNodes(what) => format!("{what} needs a path to nodes"),
            EvalErrorKind::NoDate(text) => format!("\"{text}\" is no date"),
            EvalErrorKind::NoPlace(text) => format!("\"{text}\" is no place on Earth"),
            EvalErrorKind::BadPattern(pattern) => {
                format!("the pattern \"{pattern}\" cannot be followed")
            }
            EvalErrorKind::Missing(what, name) => format!("there is no {what} \"{name}\""),
            EvalErrorKind::Unsupported(what) => format!("{what} is not supported"),
        }
    }

    /// Why, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match &self.kind {
            EvalErrorKind::TooLong => "表达式的计算量过大".to_owned(),
            EvalErrorKind::UnknownFunction(name) => format!("没有名为 {name}() 的函数"),
            EvalErrorKind::Arity(name) => format!("{name}() 的参数个数不对"),
            EvalErrorKind::NotNodes(what) => format!("{what} 需要一个指向节点的路径"),
            EvalErrorKind::NoDate(text) => format!("“{text}”不是日期"),
            EvalErrorKind::NoPlace(text) => format!("“{text}”不是地理位置"),
            EvalErrorKind::BadPattern(pattern) => format!("无法使用格式或模式“{pattern}”"),
            EvalErrorKind::Missing(what, name) => {
                let what = match *what {
                    "instance" => "数据实例",
                    "question" => "题目",
                    "variable" => "变量",
                    _ => "内容",
                };
                format!("没有名为“{name}”的{what}")
            }
            EvalErrorKind::Unsupported(what) => format!("不支持 {what}"),
        }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for EvalError {}
