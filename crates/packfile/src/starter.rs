//! A first pack to begin with: small, complete, and sound.

use crate::problem::{Code, Problem};
use crate::read::Files;
use crate::reader::is_id;

/// Files that a new pack begins with.
const FILES: &[(&str, &str)] = &[
    ("pack.yaml", include_str!("starter/pack.yaml")),
    ("dictionary.yaml", include_str!("starter/dictionary.yaml")),
    ("kinds/request.yaml", include_str!("starter/kinds/request.yaml")),
    ("indicators.yaml", include_str!("starter/indicators.yaml")),
    ("examples/a_request_is_done.yaml", include_str!("starter/examples/a_request_is_done.yaml")),
];

/// The files of a new pack with this id.
///
/// # Errors
/// When the id is none: a small letter first, then small letters, digits and lines.
pub fn new(id: &str) -> Result<Files, Problem> {
    if !is_id(id) {
        return Err(Problem {
            file: "pack.yaml".to_owned(),
            line: 0,
            column: 0,
            code: Code::BadId,
            words: Code::BadId.words(&[id]),
            suggestion: None,
        });
    }
    let files = FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.replace("PACK_ID", id).into_bytes()));
    Ok(files.collect())
}
