//! The compound file that an .xls is: sectors in chains, streams by name.

use super::words;
use crate::problem::{At, Problem};

/// The first bytes of every compound file.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Numbers of sectors from here on say where chains end or what is free.
const SECTOR_MAX: u32 = 0xffff_fffa;
/// No entry of the directory.
const NOBODY: u32 = u32::MAX;
/// Streams below this size stand in small sectors.
const SMALL_BELOW: u64 = 4096;
/// The bytes of an entry of the directory.
const ENTRY: usize = 128;

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// By sector, the next one of its chain.
    next: Vec<u32>,
    directory: Vec<u8>,
    small_sector: usize,
    small_next: Vec<u32>,
}

/// An entry of the directory.
struct Entry {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: u64,
}

impl<'a> Compound<'a> {
    /// Reads the chains and the directory.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        Self::try_open(bytes)
            .ok_or_else(|| words::damaged(At::default(), "the file is cut short", "文件不完整"))
    }

    fn try_open(bytes: &'a [u8]) -> Option<Self> {
        let power = short(bytes, 30)?;
        let small_power = short(bytes, 32)?;
        if !(7..=16).contains(&power) || !(4..=power).contains(&small_power) {
            return None;
        }
        let mut file = Self {
            bytes,
            sector: 1 << power,
            next: Vec::new(),
            directory: Vec::new(),
            small_sector: 1 << small_power,
            small_next: Vec::new(),
        };
        file.read_next()?;
        file.directory = file.chain(word(bytes, 48)?)?;
        let small = file.chain(word(bytes, 60)?)?;
        file.small_next = words_of(&small).collect();
        Some(file)
    }

    /// The bytes of a sector; the last may be cut.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    /// Reads which sector follows which, from the sectors that the header and its continuation
    /// name.
    fn read_next(&mut self) -> Option<()> {
        let sectors = self.bytes.len() / self.sector + 1;
        let mut named: Vec<u32> = words_of(self.bytes.get(76..512)?).collect();
        let mut more = word(self.bytes, 68)?;
        while more < SECTOR_MAX {
            if named.len() > sectors + 109 {
                return None;
            }
            let list: Vec<u32> = words_of(self.sector(more)?).collect();
            let (last, list) = list.split_last()?;
            named.extend(list);
            more = *last;
        }
        for number in named.into_iter().filter(|number| *number < SECTOR_MAX) {
            if self.next.len() > sectors + self.sector {
                return None;
            }
            let sector = self.sector(number)?;
            self.next.extend(words_of(sector));
        }
        Some(())
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut at = start;
        while at < SECTOR_MAX {
            // A chain longer than the file goes in a circle.
            if bytes.len() > self.bytes.len() {
                return None;
            }
            bytes.extend_from_slice(self.sector(at)?);
            at = *self.next.get(at as usize)?;
        }
        Some(bytes)
    }

    /// An entry of the directory.
    fn entry(&self, number: u32) -> Option<Entry> {
        let start = (number as usize).checked_mul(ENTRY)?;
        let entry = self.directory.get(start..start + ENTRY)?;
        let length = usize::from(short(entry, 64)?).saturating_sub(2).min(64);
        let units = entry[..length].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
        Some(Entry {
            name: String::from_utf16_lossy(&units.collect::<Vec<_>>()),
            kind: entry[66],
            left: word(entry, 68)?,
            right: word(entry, 72)?,
            child: word(entry, 76)?,
            start: word(entry, 116)?,
            size: u64::from(word(entry, 120)?),
        })
    }

    /// The entry of a stream by its name, among those that stand in no folder.
    fn find(&self, name: &str) -> Option<Entry> {
        let mut left = self.directory.len() / ENTRY;
        let mut open = vec![self.entry(0)?.child];
        while let Some(number) = open.pop() {
            if number == NOBODY {
                continue;
            }
            // More steps than entries go in a circle.
            left = left.checked_sub(1)?;
            let entry = self.entry(number)?;
            if entry.kind == 2 && entry.name.eq_ignore_ascii_case(name) {
                return Some(entry);
            }
            open.extend([entry.left, entry.right]);
        }
        None
    }

    /// Whether there is a stream of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The bytes of a stream; `None` if there is none of that name or its chain is broken.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.find(name)?;
        let size = usize::try_from(entry.size).ok()?;
        let mut bytes = match entry.size < SMALL_BELOW {
            true => self.small_chain(entry.start)?,
            false => self.chain(entry.start)?,
        };
        bytes.truncate(size);
        Some(bytes)
    }

    /// The bytes of a chain of small sectors, which stand in the stream of the root.
    fn small_chain(&self, start: u32) -> Option<Vec<u8>> {
        let small = self.chain(self.entry(0)?.start)?;
        let mut bytes = Vec::new();
        let mut at = start;
        while at < SECTOR_MAX {
            if bytes.len() as u64 > SMALL_BELOW {
                return None;
            }
            let from = (at as usize).checked_mul(self.small_sector)?;
            let to = from.checked_add(self.small_sector)?.min(small.len());
            bytes.extend_from_slice(small.get(from..to)?);
            at = *self.small_next.get(at as usize)?;
        }
        Some(bytes)
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn words_of(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}
