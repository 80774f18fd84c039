//! The parts of a zip file, each measured before anybody reads it.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::words;
use crate::problem::Problem;

/// Parts that a file may have.
const PARTS: usize = 10_000;
/// Bytes of all parts once inflated, however many they say they have.
const INFLATED: u64 = 96 << 20;
/// Bytes of the part that holds styles: each of its lines becomes far larger in memory.
const STYLES: u64 = 8 << 20;

/// A zip file whose parts are within limits.
pub(super) struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Parts<'a> {
    /// Opens it and inflates every part once, to nowhere: what a part says of its size is only
    /// believed when it is so.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let broken = |why: &dyn std::fmt::Display| words::broken("zip", why);
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|it| broken(&it))?;
        if archive.len() > PARTS {
            return Err(words::too_large("10000 parts", " 10000 个部件"));
        }
        let mut left = INFLATED;
        for index in 0..archive.len() {
            let part = archive.by_index(index).map_err(|it| broken(&it))?;
            let name = part.name().map_err(|it| broken(&it))?.to_ascii_lowercase();
            let claimed = part.size();
            let most = if name.ends_with("styles.xml") { left.min(STYLES) } else { left };
            let mut part = part.take(most + 1);
            let size = std::io::copy(&mut part, &mut std::io::sink()).map_err(|it| broken(&it))?;
            if size > most && name.ends_with("styles.xml") && most < left {
                return Err(words::too_large("8 MB of styles", " 8 MB 样式"));
            }
            if size > most {
                return Err(words::too_large("96 MB uncompressed", "解压后 96 MB"));
            }
            if size != claimed {
                return Err(words::broken("zip", format_args!("{name}: {size} ≠ {claimed} bytes")));
            }
            left -= size;
        }
        Ok(Self { archive })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The text of a part; none where there is none or it is no text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let name = name.trim_start_matches('/');
        let names = self.archive.file_names().flatten();
        let found = { names }.find(|it| it.eq_ignore_ascii_case(name))?.into_owned();
        let mut bytes = Vec::new();
        self.archive.by_name(&found).ok()?.read_to_end(&mut bytes).ok()?;
        let (text, _, _) = encoding_rs::UTF_8.decode(&bytes);
        Some(text.into_owned())
    }

    /// Names of parts that end so.
    pub(super) fn ending_in(&self, end: &str) -> Vec<String> {
        let names = self.archive.file_names().flatten().map(std::borrow::Cow::into_owned);
        names.filter(|it| it.to_ascii_lowercase().ends_with(end)).collect()
    }
}
