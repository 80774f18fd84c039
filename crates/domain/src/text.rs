//! Texts that people type: without white space around them, never empty, never endless.

use crate::refusal::{Code, Refusal};

/// The longest free text, in characters.
pub const TEXT_CHARS_MAX: usize = 2000;
/// The longest text of one line, in characters.
pub const LINE_CHARS_MAX: usize = 200;

/// A text of one line without white space around it.
///
/// # Errors
/// [`Code::Missing`] when it is empty, [`Code::TextTooLong`], or [`Code::BadValue`] when it holds
/// characters that nobody types.
pub(crate) fn line(field: &str, text: &str) -> Result<String, Refusal> {
    bounded(field, text, LINE_CHARS_MAX)
}

/// A free text without white space around it.
///
/// # Errors
/// [`Code::Missing`] when it is empty, [`Code::TextTooLong`], or [`Code::BadValue`] when it holds
/// characters that nobody types.
pub(crate) fn free(field: &str, text: &str) -> Result<String, Refusal> {
    bounded(field, text, TEXT_CHARS_MAX)
}

/// A text of at most so many characters without white space around it.
///
/// # Errors
/// [`Code::Missing`] when it is empty, [`Code::TextTooLong`], or [`Code::BadValue`] when it holds
/// characters that nobody types.
pub(crate) fn bounded(field: &str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::new(Code::Missing).with("field", field));
    }
    if text.chars().count() > chars_max {
        let refusal = Refusal::new(Code::TextTooLong).with("field", field);
        return Err(refusal.with("most", chars_max.to_string()));
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let refusal = Refusal::new(Code::BadValue).with("field", field);
        return Err(refusal.with("why", format!("U+{:04X}", u32::from(c))));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed() {
        assert_eq!(line("name", "  Elm Court ").unwrap(), "Elm Court");
    }

    #[test]
    fn an_empty_or_endless_text_is_refused() {
        assert_eq!(line("name", "  ").unwrap_err().code, Code::Missing);
        assert_eq!(free("reason", &"x".repeat(2001)).unwrap_err().code, Code::TextTooLong);
        assert_eq!(line("name", "a\u{0}b").unwrap_err().code, Code::BadValue);
    }
}
