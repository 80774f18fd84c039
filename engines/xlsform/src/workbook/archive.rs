//! The zip archive that an .xlsx is: its directory, and one part of it at a time.

use crate::hash::HashMap;
use std::cell::{RefCell, RefMut};

use flate2::{Decompress, FlushDecompress, Status};

use super::limits::{self, Budget};
use super::words;
use crate::problem::{At, Problem};

/// More parts than any workbook has.
const PARTS_MAX: usize = 10_000;
/// Deflate packs at most so many bytes into one.
const RATIO_MAX: u64 = 1032;
/// So many bytes of a sheet are inflated at first; every further piece is twice as long.
const PIECE: usize = 32 << 10;

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
        let mut entries = HashMap::default();
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
        let Some((entry, packed)) = self.entry(name, budget)? else { return Ok(None) };
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

    /// The pieces of a part, inflated as they are asked for; `None` if there is none of that name.
    pub(super) fn pieces<'b>(
        &'b self,
        name: &'b str,
        budget: &mut Budget,
    ) -> Result<Option<Pieces<'b>>, Problem> {
        let Some((entry, packed)) = self.entry(name, budget)? else { return Ok(None) };
        if entry.method != 8 {
            let whole = self.part(name, &mut Budget::default())?;
            return Ok(whole.map(Pieces::Whole));
        }
        let mut inflater = self.inflater.borrow_mut();
        inflater.reset(false);
        Ok(Some(Pieces::Packed(Box::new(Packed {
            name,
            packed,
            size: entry.size,
            checksum: entry.checksum,
            inflater,
            sum: flate2::Crc::new(),
            held: Vec::new(),
            piece: PIECE,
            begun: false,
            ended: false,
        }))))
    }

    /// What the directory says of a part, and its packed bytes.
    fn entry(
        &self,
        name: &str,
        budget: &mut Budget,
    ) -> Result<Option<(&Entry, &'a [u8])>, Problem> {
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
        Ok(Some((entry, packed)))
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

/// A part piece by piece: whoever has read enough leaves the rest packed, and with it unproved
/// by its checksum, as pyxform does.
pub(super) enum Pieces<'a> {
    /// In one piece.
    Whole(String),
    /// As it is inflated.
    Packed(Box<Packed<'a>>),
    /// Nothing is left.
    Ended,
}

/// A part while it is inflated.
pub(super) struct Packed<'a> {
    name: &'a str,
    packed: &'a [u8],
    /// Bytes that the part has, once inflated, as its directory says.
    size: u64,
    checksum: u32,
    inflater: RefMut<'a, Decompress>,
    sum: flate2::Crc,
    /// Inflated and not given away.
    held: Vec<u8>,
    /// How many bytes are inflated next.
    piece: usize,
    begun: bool,
    ended: bool,
}

impl Pieces<'_> {
    /// The next piece; `None` after the last. Every piece but the last ends with the end of a
    /// row.
    pub(super) fn next(&mut self) -> Result<Option<String>, Problem> {
        match self {
            Self::Ended => Ok(None),
            Self::Whole(text) => {
                let text = std::mem::take(text);
                *self = Self::Ended;
                Ok(Some(text))
            }
            Self::Packed(packed) => {
                let name = packed.name;
                let piece = packed.next().ok_or_else(|| spoilt(name))?;
                if packed.ended {
                    *self = Self::Ended;
                }
                Ok(Some(piece))
            }
        }
    }
}

impl Packed<'_> {
    /// The next piece; `None` if it is spoilt.
    fn next(&mut self) -> Option<String> {
        loop {
            self.inflate_piece()?;
            // In a comment the end of a row is none, and other encodings are for the whole.
            let start = if self.begun { 0 } else { 5 };
            let whole = !self.begun && !says_utf8(&self.held) || is_marked(&self.held, start);
            while whole && !self.ended {
                self.inflate_piece()?;
            }
            let end = match self.ended {
                true => self.held.len(),
                false => match memchr::memmem::rfind(&self.held, b"</row>") {
                    Some(at) => at + 6,
                    None => continue,
                },
            };
            let rest = self.held.split_off(end);
            let piece = std::mem::replace(&mut self.held, rest);
            let first = !std::mem::replace(&mut self.begun, true);
            return if first { text(piece) } else { String::from_utf8(piece).ok() };
        }
    }

    /// Inflates a piece more.
    fn inflate_piece(&mut self) -> Option<()> {
        let start = self.held.len();
        let done = self.inflater.total_out();
        // One byte more than there should be tells of a part that goes on.
        let left = usize::try_from(self.size - done).ok()?.saturating_add(1);
        self.held.reserve_exact(self.piece.min(left));
        self.piece *= 2;
        let before = self.inflater.total_in();
        let rest = self.packed.get(usize::try_from(before).ok()?..)?;
        let status = self.inflater.decompress_vec(rest, &mut self.held, FlushDecompress::None);
        let status = status.ok()?;
        self.sum.update(&self.held[start..]);
        let done = self.inflater.total_out();
        if done > self.size {
            return None;
        }
        match status {
            Status::StreamEnd => {
                self.ended = true;
                (done == self.size && self.sum.sum() == self.checksum).then_some(())
            }
            // Without an end, and without anything more to come of it.
            _ if self.held.len() == start && self.inflater.total_in() == before => None,
            _ => Some(()),
        }
    }
}

/// Whether the first line of a part names no encoding but UTF-8.
fn says_utf8(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    let first = head.split(|byte| *byte == b'>').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first).to_ascii_lowercase();
    !first.contains("encoding=") || first.contains("utf-8") || first.contains("utf8")
}

/// Whether a comment, a section of raw text, or an instruction begins behind so many bytes.
fn is_marked(bytes: &[u8], start: usize) -> bool {
    let bytes = bytes.get(start..).unwrap_or_default();
    memchr::memmem::find(bytes, b"<!").is_some() || memchr::memmem::find(bytes, b"<?").is_some()
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
