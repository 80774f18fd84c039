//! The zip archive that an .xlsx is: parts that do not change are copied as they are packed.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read, Write};
use std::rc::Rc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::limits;
use super::problem::{Problem, damaged, not_a_workbook, password, too_large};

/// Deflate packs at most so many bytes into one.
const RATIO_MAX: u64 = 1032;
/// Parts from this size on are packed fast rather than small.
const LARGE: usize = 1 << 20;

/// A workbook's parts, and what becomes of them.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// By the name in lower case.
    index: HashMap<String, usize>,
    names: Vec<String>,
    inflated: HashMap<usize, Rc<str>>,
    /// Bytes that may still be inflated.
    left: u64,
    changed: BTreeMap<usize, Option<String>>,
    added: Vec<(String, String)>,
}

impl<'a> Package<'a> {
    /// Reads the directory.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let no_zip = || not_a_workbook("This is no workbook.", "这不是工作簿。");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_zip())?;
        if archive.len() > limits::PARTS {
            return Err(too_large(&limits::OF_PARTS));
        }
        let mut index = HashMap::new();
        let mut names = Vec::new();
        let mut packed = 0u64;
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(|_| damaged("zip"))?;
            let name = entry.name().map_err(|_| damaged("zip"))?.into_owned();
            if entry.encrypted() {
                return Err(password());
            }
            packed = packed.saturating_add(entry.compressed_size());
            // Two parts of one name, or parts that share their bytes: no program writes that.
            if packed > bytes.len() as u64 || index.insert(key(&name), at).is_some() {
                return Err(damaged(&name));
            }
            names.push(name);
        }
        Ok(Self {
            archive,
            index,
            names,
            inflated: HashMap::new(),
            left: limits::INFLATED,
            changed: BTreeMap::new(),
            added: Vec::new(),
        })
    }

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index.contains_key(&key(name)) || self.added.iter().any(|(part, _)| part == name)
    }

    /// The names of all parts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// A part as it came; `None` if there is none of that name.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Rc<str>>, Problem> {
        let Some(&at) = self.index.get(&key(name)) else { return Ok(None) };
        if let Some(text) = self.inflated.get(&at) {
            return Ok(Some(Rc::clone(text)));
        }
        let entry = self.archive.by_index(at).map_err(|_| damaged(name))?;
        let size = entry.size();
        self.left = self.left.checked_sub(size).ok_or_else(|| too_large(&limits::OF_INFLATED))?;
        if size > entry.compressed_size().saturating_mul(RATIO_MAX) {
            return Err(damaged(name));
        }
        let mut bytes = Vec::with_capacity(size as usize);
        // One byte more than there should be tells of a part that goes on.
        entry.take(size + 1).read_to_end(&mut bytes).map_err(|_| damaged(name))?;
        if bytes.len() as u64 != size {
            return Err(damaged(name));
        }
        let text = String::from_utf8(bytes).map_err(|_| damaged(name))?;
        let text: Rc<str> = Rc::from(text.strip_prefix('\u{feff}').unwrap_or(&text));
        self.inflated.insert(at, Rc::clone(&text));
        Ok(Some(text))
    }

    /// A part that every workbook has.
    pub(super) fn needed(&mut self, name: &str) -> Result<Rc<str>, Problem> {
        self.read(name)?.ok_or_else(|| damaged(name))
    }

    /// Gives a part another text, or adds it.
    pub(super) fn write(&mut self, name: &str, text: String) {
        match self.index.get(&key(name)) {
            Some(&at) => {
                self.changed.insert(at, Some(text));
            }
            None => self.added.push((name.to_owned(), text)),
        }
    }

    /// Leaves a part out; whether there was one.
    pub(super) fn drop(&mut self, name: &str) -> bool {
        let Some(&at) = self.index.get(&key(name)) else { return false };
        self.changed.insert(at, None);
        true
    }

    /// The archive of the copy.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Problem> {
        let failed = |_| damaged("zip");
        let size = self.archive.offset() as usize + (1 << 16);
        let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
        for at in 0..self.archive.len() {
            match self.changed.get(&at) {
                Some(None) => {}
                Some(Some(text)) => pack(&mut writer, &self.names[at], text)?,
                None => {
                    let entry = self.archive.by_index_raw(at).map_err(failed)?;
                    writer.raw_copy_file(entry).map_err(failed)?;
                }
            }
        }
        for (name, text) in &self.added {
            pack(&mut writer, name, text)?;
        }
        Ok(writer.finish().map_err(failed)?.into_inner())
    }
}

/// Packs a part.
fn pack(writer: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, text: &str) -> Result<(), Problem> {
    let level = if text.len() >= LARGE { 2 } else { 6 };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level));
    writer.start_file(name, options).map_err(|_| damaged(name))?;
    writer.write_all(text.as_bytes()).map_err(|_| damaged(name))
}

/// The name of a part as it is looked up: programs do not agree on capitals and slashes.
fn key(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}
