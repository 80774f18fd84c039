//! The zip archive that an .xlsx is: its directory, and one part of it at a time.

use std::cell::RefCell;
use std::collections::HashMap;

use flate2::{Decompress, FlushDecompress};

use super::limits::{self, Budget};
use super::words;
use crate::problem::{At, Problem};

/// More parts than any workbook has.
const PARTS_MAX: usize = 10_000;
/// Deflate packs at most so many bytes into one.
const RATIO_MAX: u64 = 1032;

/// An archive whose directory is read and whose parts are not.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: HashMap<String, Entry>,
    /// Kept from part to part, for it is costly to make.
    inflater: RefCell<Decompress>,
}

/// Where a part is and how it is packed.
struct Entry {
    encrypted: bool,
    method: u16,
    checksum: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory. Of two parts of one name the second counts.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let (mut at, end, shift) = directory(bytes).ok_or_else(cut)?;
        let mut entries = HashMap::new();
        while at < end {
            if entries.len() == PARTS_MAX {
                return Err(words::too_large(&limits::OF_PARTS));
            }
            let (name, mut entry, next) = entry(&bytes[..end], at).ok_or_else(cut)?;
            entry.offset += shift;
            entries.insert(name, entry);
            at = next;
        }
        Ok(Self { bytes, entries, inflater: RefCell::new(Decompress::new(false)) })
    }

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Inflates a part; `None` if there is none of that name.
    pub(super) fn part(&self, name: &str, budget: &mut Budget) -> Result<Option<String>, Problem> {
        let Some(entry) = self.entries.get(name) else { return Ok(None) };
        if entry.encrypted {
            return Err(words::password());
        }
        // The size is believed only as far as the budget and the packed bytes allow.
        budget.inflate(entry.size)?;
        if entry.size > entry.packed.saturating_mul(RATIO_MAX) {
            return Err(spoilt(name));
        }
        let packed = self.packed(entry).ok_or_else(|| spoilt(name))?;
        let inflated = match entry.method {
            0 if packed.len() as u64 == entry.size => packed.to_vec(),
            8 => self.inflate(packed, entry.size as usize).ok_or_else(|| spoilt(name))?,
            _ => return Err(spoilt(name)),
        };
        let mut checksum = flate2::Crc::new();
        checksum.update(&inflated);
        if checksum.sum() != entry.checksum {
            return Err(spoilt(name));
        }
        text(inflated).map(Some).ok_or_else(|| spoilt(name))
    }

    /// Inflates bytes at once; `None` if they do not come to their size.
    fn inflate(&self, packed: &[u8], size: usize) -> Option<Vec<u8>> {
        let mut inflater = self.inflater.borrow_mut();
        inflater.reset(false);
        // One byte more than there should be tells of a part that goes on.
        let mut inflated = Vec::with_capacity(size + 1);
        inflater.decompress_vec(packed, &mut inflated, FlushDecompress::Finish).ok()?;
        (inflated.len() == size).then_some(inflated)
    }

    /// The packed bytes of a part, behind its own header.
    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let start = usize::try_from(entry.offset).ok()?;
        let header = self.bytes.get(start..)?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let lengths = usize::from(short(header, 26)?) + usize::from(short(header, 28)?);
        let packed = header.get(30 + lengths..)?;
        packed.get(..usize::try_from(entry.packed).ok()?)
    }
}

/// An archive without a directory.
fn cut() -> Problem {
    words::damaged(At::default(), "the file is cut short", "文件不完整")
}

/// A part that does not inflate to what it was.
fn spoilt(name: &str) -> Problem {
    let en = format!("its part {name} cannot be read");
    words::damaged(At::default(), &en, &format!("部件 {name} 无法读取"))
}

/// XML as text, in the encoding that its mark or its first line names.
fn text(bytes: Vec<u8>) -> Option<String> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => return Some(text[3..].to_owned()),
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    let head = &bytes[..bytes.len().min(200)];
    let first = head.split(|byte| *byte == b'>').next().unwrap_or_default();
    let mut words = std::str::from_utf8(first).unwrap_or_default().split(['"', '\'']);
    let label = words.find(|word| word.ends_with("encoding=")).and_then(|_| words.next());
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let (text, _, failed) = encoding.unwrap_or(encoding_rs::UTF_8).decode(&bytes);
    (!failed).then(|| text.into_owned())
}

/// Where the directory begins and ends, and how far all offsets are shifted by bytes before the
/// archive.
fn directory(bytes: &[u8]) -> Option<(usize, usize, u64)> {
    let tail = bytes.len().saturating_sub(22 + usize::from(u16::MAX));
    let record = tail + bytes[tail..].windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let mut end = record;
    let mut size = u64::from(word(bytes, record + 12)?);
    let mut offset = u64::from(word(bytes, record + 16)?);
    // Large archives say it again in wider numbers, in a record of 56 bytes and its locator.
    let wide = record.checked_sub(20 + 56);
    if let Some(wide) = wide
        && bytes[record - 20..].starts_with(b"PK\x06\x07")
        && bytes[wide..].starts_with(b"PK\x06\x06")
    {
        end = wide;
        size = long(bytes, wide + 40)?;
        offset = long(bytes, wide + 48)?;
    }
    let start = end.checked_sub(usize::try_from(size).ok()?)?;
    let shift = (start as u64).checked_sub(offset)?;
    Some((start, end, shift))
}

/// An entry of the directory: its name, itself, and where the next one begins.
fn entry(bytes: &[u8], at: usize) -> Option<(String, Entry, usize)> {
    let head = bytes.get(at..)?;
    if !head.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name_end = 46 + usize::from(short(head, 28)?);
    let extra_end = name_end + usize::from(short(head, 30)?);
    let next = at + extra_end + usize::from(short(head, 32)?);
    let name = String::from_utf8_lossy(head.get(46..name_end)?).into_owned();
    let mut wide = wide_numbers(head.get(name_end..extra_end)?);
    let mut widened = |at: usize| match word(head, at)? {
        u32::MAX => wide.next(),
        value => Some(u64::from(value)),
    };
    let size = widened(24)?;
    let packed = widened(20)?;
    let offset = widened(42)?;
    let entry = Entry {
        encrypted: short(head, 8)? & 1 == 1,
        method: short(head, 10)?,
        checksum: word(head, 16)?,
        packed,
        size,
        // No offset beyond the file is of use; smaller ones can be shifted without overflow.
        offset: offset.min(u64::from(u32::MAX)),
    };
    Some((name, entry, next))
}

/// The wider numbers of an entry, in order.
fn wide_numbers(extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = extra;
    let mut found: &[u8] = &[];
    while let (Some(id), Some(size)) = (short(rest, 0), short(rest, 2)) {
        let Some(field) = rest.get(4..4 + usize::from(size)) else { break };
        if id == 1 {
            found = field;
        }
        rest = &rest[4 + field.len()..];
    }
    found.chunks_exact(8).filter_map(|eight| long(eight, 0))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
