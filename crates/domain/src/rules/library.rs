//! Where checked packs and forms are found by their hash.

use super::{SharedPack, SharedSheet};
use crate::ids::FormId;

/// Every pack that was ever adopted stays to be found: a case lives under the version of the
/// pack that it was opened with.
pub trait Library: Send + Sync {
    /// The pack with this hash.
    fn pack(&self, hash: &str) -> Option<SharedPack>;

    /// The pack that has a form in a version: what was filled under an earlier one still comes in.
    fn pack_with(&self, form: &FormId, version: &str) -> Option<SharedPack>;

    /// The form whose workbook has this hash.
    fn sheet(&self, hash: &str) -> Option<SharedSheet>;
}
