//! The records of an .xls: numbers, texts and texts that go on in the next record.

use encoding_rs::Encoding;

/// The record that goes on with the one before.
pub(super) const CONTINUE: u16 = 0x003c;

/// A record: what it is, and its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) bytes: &'a [u8],
}

/// The records of a stream from a place on.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The records from a place on.
    pub(super) fn new(stream: &'a [u8], at: usize) -> Self {
        Self { rest: stream.get(at..).unwrap_or_default() }
    }

    /// The bytes of the records that go on with the one before.
    pub(super) fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut parts = Vec::new();
        let mut ahead = self.clone();
        while let Some(record) = ahead.next().filter(|record| record.kind == CONTINUE) {
            parts.push(record.bytes);
            *self = ahead.clone();
        }
        parts
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = short(self.rest, 0)?;
        let length = usize::from(short(self.rest, 2)?);
        let end = (4 + length).min(self.rest.len());
        let bytes = &self.rest[4..end];
        self.rest = &self.rest[end..];
        Some(Record { kind, bytes })
    }
}

/// A number of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A number of four bytes.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A float.
pub(super) fn double(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// A number packed into four bytes: a float cut short or a whole one, perhaps in hundredths.
pub(super) fn packed_number(bytes: &[u8], at: usize) -> Option<f64> {
    let packed = word(bytes, at)?;
    let value = match packed & 2 {
        0 => f64::from_bits(u64::from(packed & !3) << 32),
        _ => f64::from(packed.cast_signed() >> 2),
    };
    Some(if packed & 1 == 1 { value / 100.0 } else { value })
}

/// How texts are written in the workbook.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texts {
    /// Each text says how wide its letters are.
    Wide,
    /// One encoding for all texts: workbooks before 1997.
    Narrow(&'static Encoding),
}

impl Texts {
    /// A text behind its length of one or two bytes.
    pub(super) fn read(self, bytes: &[u8], at: usize, length_bytes: usize) -> Option<String> {
        let count = match length_bytes {
            1 => usize::from(*bytes.get(at)?),
            _ => usize::from(short(bytes, at)?),
        };
        let at = at + length_bytes;
        if count == 0 {
            return Some(String::new());
        }
        let encoding = match self {
            Self::Narrow(encoding) => encoding,
            Self::Wide => return wide(bytes, at, count),
        };
        let bytes = bytes.get(at..(at + count).min(bytes.len()))?;
        Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
    }

    /// The text that a formula gives, over the records that go on with it.
    pub(super) fn formula(self, first: &[u8], more: &[&[u8]]) -> Option<String> {
        let count = usize::from(short(first, 0)?);
        let mut text = String::new();
        let mut units = Vec::new();
        let mut taken = 0;
        for part in std::iter::once(first.get(2..)?).chain(more.iter().copied()) {
            if taken >= count {
                break;
            }
            match self {
                Self::Narrow(encoding) => {
                    taken += part.len();
                    text.push_str(&encoding.decode_without_bom_handling(part).0);
                }
                Self::Wide => {
                    let Some((flags, letters)) = part.split_first() else { continue };
                    push_units(letters, is_wide(*flags), &mut units);
                    taken = units.len();
                }
            }
        }
        push_text(&units, &mut text)?;
        Some(text)
    }
}

/// A text behind its flags.
fn wide(bytes: &[u8], at: usize, count: usize) -> Option<String> {
    let flags = *bytes.get(at)?;
    let skipped = usize::from(flags & 8 != 0) * 2 + usize::from(flags & 4 != 0) * 4;
    let width = 1 + usize::from(is_wide(flags));
    let start = at + 1 + skipped;
    let letters = bytes.get(start..(start + count * width).min(bytes.len()))?;
    let (mut text, mut units) = (String::new(), Vec::new());
    push_units(letters, is_wide(flags), &mut units);
    push_text(&units, &mut text)?;
    Some(text)
}

/// Whether the letters of a text have two bytes each.
fn is_wide(flags: u8) -> bool {
    flags & 1 == 1
}

/// Appends letters of one byte (Latin) or two bytes as units of UTF-16.
fn push_units(letters: &[u8], wide: bool, units: &mut Vec<u16>) {
    if wide {
        let pairs = letters.chunks_exact(2);
        units.extend(pairs.map(|two| u16::from_le_bytes([two[0], two[1]])));
    } else {
        units.extend(letters.iter().map(|byte| u16::from(*byte)));
    }
}

/// Appends units of UTF-16 as text; `None` for half a pair.
fn push_text(units: &[u16], text: &mut String) -> Option<()> {
    // Without a way out of the loop, many units are looked at together.
    if units.iter().fold(0, |all, unit| all | unit) < 0x80 {
        let plain: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        text.push_str(std::str::from_utf8(&plain).ok()?);
        return Some(());
    }
    text.reserve(units.len());
    for letter in char::decode_utf16(units.iter().copied()) {
        text.push(letter.ok()?);
    }
    Some(())
}

/// The texts that cells share, over the records that go on with the first: one text, and where
/// each ends in it.
pub(super) fn shared(first: &[u8], more: &[&[u8]], count_max: usize) -> Option<(String, Vec<u32>)> {
    let count = word(first, 4)? as usize;
    let mut parts = more.iter();
    let mut part = first;
    let mut at = 8;
    let (mut text, mut ends, mut units) = (String::new(), Vec::new(), Vec::new());
    for _ in 0..count.min(count_max + 1) {
        // The part ended with a text: the next text begins in the next part.
        while at >= part.len() {
            at -= part.len();
            part = parts.next()?;
        }
        let letters = usize::from(short(part, at)?);
        let mut flags = *part.get(at + 2)?;
        at += 3;
        let mut skipped = 0;
        if flags & 8 != 0 {
            skipped += usize::from(short(part, at)?) * 4;
            at += 2;
        }
        if flags & 4 != 0 {
            skipped += word(part, at)? as usize;
            at += 4;
        }
        // A letter of two units may begin in one part and end in the next.
        units.clear();
        loop {
            let width = 1 + usize::from(is_wide(flags));
            let rest = part.get(at..).unwrap_or_default();
            let here = (letters - units.len()).min(rest.len() / width) * width;
            push_units(&rest[..here], is_wide(flags), &mut units);
            at += here;
            if units.len() == letters {
                break;
            }
            part = parts.next()?;
            flags = *part.first()?;
            at = 1;
        }
        push_text(&units, &mut text)?;
        ends.push(text.len() as u32);
        at = at.checked_add(skipped)?;
    }
    Some((text, ends))
}

/// The encoding of a workbook before 1997 by the number of its code page.
pub(super) fn encoding(page: u16) -> Option<&'static Encoding> {
    Some(match page {
        367 | 1252 | 28591 | 32769 => encoding_rs::WINDOWS_1252,
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 | 1361 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 | 32768 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        _ => return None,
    })
}
