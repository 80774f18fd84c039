//! Where checked packs are found by their hash.

use super::SharedPack;

/// Every pack that was ever adopted stays to be found: a case lives under the version of the
/// pack that it was opened with.
pub trait Library: Send + Sync {
    /// The pack with this hash.
    fn pack(&self, hash: &str) -> Option<SharedPack>;
}
