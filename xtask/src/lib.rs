//! Every script of the house: what tests it, what keeps it tidy, what runs it while it is built.

pub mod ask;
pub mod dev;
pub mod run;
pub mod steps;
pub mod tidy;

use std::path::{Path, PathBuf};

/// The root of the repository.
///
/// # Panics
/// Never: this crate lies in the root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root").to_owned()
}
