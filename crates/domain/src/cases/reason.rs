//! Reasons in writing: never empty, never endless.

use crate::forms::answers::TEXT_CHARS_MAX;
use crate::refusal::{Code, Refusal};

/// A text without white space around it.
///
/// # Errors
/// [`Code::Missing`] when it is empty, [`Code::BadValue`] when it is too long.
pub(crate) fn checked(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::new(Code::Missing).with("field", field));
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        let refusal = Refusal::new(Code::BadValue).with("field", field);
        return Err(refusal.with("why", format!("1–{TEXT_CHARS_MAX}")));
    }
    Ok(text.to_owned())
}
