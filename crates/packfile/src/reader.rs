//! Reading the values that packs are made of, and noting what is wrong with each.

use std::cell::RefCell;

use domain::words::Words;
use jiff::civil::Date;

use crate::problem::{Code, Notes, Problem, Spot, nearest};
use crate::yaml::{Entry, Kind, Node};

/// The longest text for people, in characters.
const WORDS_CHARS_MAX: usize = 2000;
/// The most entries of a list or map.
const ENTRIES_MAX: usize = 1000;

/// A file that is being read, and where to note what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) file: &'a str,
    pub(crate) notes: &'a RefCell<Notes>,
}

impl<'a> Page<'a> {
    /// Notes what is wrong at a spot.
    pub(crate) fn wrong(&self, spot: Spot, code: Code, details: &[&str]) {
        self.wrong_near(spot, code, details, None);
    }

    /// Notes what is wrong at a spot, and what may have been meant.
    pub(crate) fn wrong_near(
        &self,
        spot: Spot,
        code: Code,
        details: &[&str],
        suggestion: Option<String>,
    ) {
        let problem = self.problem(spot, code, details, suggestion);
        self.notes.borrow_mut().add(problem);
    }

    /// Notes what is odd, but not wrong.
    pub(crate) fn odd(&self, spot: Spot, code: Code, details: &[&str]) {
        let problem = self.problem(spot, code, details, None);
        self.notes.borrow_mut().warn(problem);
    }

    fn problem(
        &self,
        spot: Spot,
        code: Code,
        details: &[&str],
        suggestion: Option<String>,
    ) -> Problem {
        let Spot { line, column } = spot;
        let words = code.words(details);
        Problem { file: self.file.to_owned(), line, column, code, words, suggestion }
    }

    /// The node with its page.
    pub(crate) fn item(self, node: &'a Node) -> Item<'a> {
        Item { page: self, node }
    }
}

/// A node on its page.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) page: Page<'a>,
    pub(crate) node: &'a Node,
}

/// A key with the item below it.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) key: &'a str,
    pub(crate) spot: Spot,
    pub(crate) item: Item<'a>,
}

impl<'a> Item<'a> {
    pub(crate) fn spot(&self) -> Spot {
        self.node.spot
    }

    pub(crate) fn wrong(&self, code: Code, details: &[&str]) {
        self.page.wrong(self.node.spot, code, details);
    }

    /// Notes that something else should stand here.
    pub(crate) fn not_a(&self, zh: &str, en: &str) {
        self.wrong(Code::NotA, &[zh, en]);
    }

    /// A text that is not empty.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match &self.node.kind {
            Kind::Scalar { text, .. } if text.trim().is_empty() => {
                self.not_a("文字", "a text");
                None
            }
            Kind::Scalar { text, .. } if text.chars().count() > WORDS_CHARS_MAX => {
                self.wrong(Code::TooLarge, &["text", &WORDS_CHARS_MAX.to_string()]);
                None
            }
            Kind::Scalar { text, .. } => Some(text.trim()),
            _ => {
                self.not_a("文字", "a text");
                None
            }
        }
    }

    /// A text, without noting anything if it is none.
    pub(crate) fn plain(&self) -> Option<&'a str> {
        match &self.node.kind {
            Kind::Scalar { text, .. } => Some(text.trim()),
            _ => None,
        }
    }

    /// A text for people in both languages.
    pub(crate) fn words(&self) -> Words {
        if matches!(self.node.kind, Kind::Map(_)) {
            let fields = self.fields(&["zh", "en"]);
            let zh = fields.need("zh").and_then(|item| item.text()).unwrap_or_default();
            let en = fields.need("en").and_then(|item| item.text()).unwrap_or_default();
            return self.checked_words(zh, en);
        }
        let Some(text) = self.text() else { return Words::default() };
        let mut parts = text.split(" | ");
        match (parts.next(), parts.next(), parts.next()) {
            (Some(zh), Some(en), None) if !zh.trim().is_empty() && !en.trim().is_empty() => {
                self.checked_words(zh.trim(), en.trim())
            }
            _ => {
                self.wrong(Code::OneLanguage, &[]);
                Words::default()
            }
        }
    }

    fn checked_words(&self, zh: &str, en: &str) -> Words {
        let chinese = |text: &str| text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
        if chinese(en) && !chinese(zh) {
            self.wrong(Code::WordsSwapped, &[]);
        }
        Words::new(zh, en)
    }

    /// Yes or no.
    pub(crate) fn yes(&self) -> Option<bool> {
        match self.plain() {
            Some("yes" | "true" | "是") => Some(true),
            Some("no" | "false" | "否") => Some(false),
            _ => {
                self.not_a(" yes 或 no", "yes or no");
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&self, least: i64, greatest: i64) -> Option<i64> {
        let Some(n) = self.plain().and_then(|text| text.parse::<i64>().ok()) else {
            self.not_a("整数", "a whole number");
            return None;
        };
        if n < least || n > greatest {
            self.wrong(Code::OutOfRange, &[&least.to_string(), &greatest.to_string()]);
            return None;
        }
        Some(n)
    }

    /// A number, in thousandths.
    pub(crate) fn thousandths(&self) -> Option<i64> {
        let n = self.plain().and_then(|text| text.parse::<f64>().ok());
        let Some(n) = n.filter(|n| n.is_finite() && n.abs() < 1e12) else {
            self.not_a("数字", "a number");
            return None;
        };
        #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
        Some((n * 1000.0).round() as i64)
    }

    /// A length of time in minutes, within bounds.
    pub(crate) fn minutes(&self, least: u32, greatest: u32) -> Option<u32> {
        let Some(minutes) = self.plain().and_then(minutes) else {
            self.wrong(Code::BadLength, &[]);
            return None;
        };
        if minutes < u64::from(least) || minutes > u64::from(greatest) {
            let shown = |minutes: u32| match minutes {
                m if m % 1440 == 0 => format!("{} d", m / 1440),
                m if m % 60 == 0 => format!("{} h", m / 60),
                m => format!("{m} min"),
            };
            self.wrong(Code::OutOfRange, &[&shown(least), &shown(greatest)]);
            return None;
        }
        u32::try_from(minutes).ok()
    }

    /// A day.
    pub(crate) fn day(&self) -> Option<Date> {
        let day = self.plain().and_then(|text| text.parse::<Date>().ok());
        if day.is_none() {
            self.not_a("日期，例如 2026-01-01", "a day such as 2026-01-01");
        }
        day.filter(|day| {
            let near = (1990..=2100).contains(&day.year());
            if !near {
                self.wrong(Code::OutOfRange, &["1990", "2100"]);
            }
            near
        })
    }

    /// An id within the pack.
    pub(crate) fn id(&self) -> Option<&'a str> {
        let text = self.text()?;
        if is_id(text) {
            return Some(text);
        }
        self.wrong(Code::BadId, &[text]);
        None
    }

    /// One item, or the items of a list.
    pub(crate) fn many(&self) -> Vec<Item<'a>> {
        match &self.node.kind {
            Kind::List(items) => {
                if items.len() > ENTRIES_MAX {
                    self.wrong(Code::TooLarge, &["list", &ENTRIES_MAX.to_string()]);
                }
                items.iter().take(ENTRIES_MAX).map(|node| self.page.item(node)).collect()
            }
            _ => vec![*self],
        }
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Vec<Item<'a>> {
        if matches!(self.node.kind, Kind::List(_)) {
            return self.many();
        }
        self.not_a("列表（每项以 - 开头）", "a list (each item begins with -)");
        Vec::new()
    }

    /// The entries of a map whose keys may be anything.
    pub(crate) fn named(&self) -> Vec<Named<'a>> {
        let Kind::Map(entries) = &self.node.kind else {
            self.not_a("“名称: 内容”的列表", "names, each with something below it");
            return Vec::new();
        };
        if entries.len() > ENTRIES_MAX {
            self.wrong(Code::TooLarge, &["entries", &ENTRIES_MAX.to_string()]);
        }
        entries.iter().take(ENTRIES_MAX).map(|entry| self.page.named(entry)).collect()
    }

    /// The entries of a map whose keys are ids.
    pub(crate) fn by_id(&self) -> Vec<Named<'a>> {
        let mut named = self.named();
        named.retain(|named| {
            let fits = is_id(named.key);
            if !fits {
                self.page.wrong(named.spot, Code::BadId, &[named.key]);
            }
            fits
        });
        named
    }

    /// The entries of a map whose keys are known.
    pub(crate) fn fields(&self, known: &[&'static str]) -> Fields<'a> {
        let named = self.named();
        for Named { key, spot, .. } in &named {
            if !known.contains(key) {
                let meant = nearest(key, known.iter().copied());
                self.page.wrong_near(*spot, Code::UnknownKey, &[key], meant);
            }
        }
        Fields { item: *self, named }
    }
}

impl<'a> Page<'a> {
    fn named(self, entry: &'a Entry) -> Named<'a> {
        Named { key: &entry.key, spot: entry.spot, item: self.item(&entry.node) }
    }
}

/// The entries of a map whose keys are known.
pub(crate) struct Fields<'a> {
    pub(crate) item: Item<'a>,
    named: Vec<Named<'a>>,
}

impl<'a> Fields<'a> {
    /// The item below a key, if it is there and not empty.
    pub(crate) fn get(&self, key: &str) -> Option<Item<'a>> {
        let found = self.named.iter().find(|named| named.key == key)?;
        let empty = matches!(&found.item.node.kind,
            Kind::Scalar { text, plain: true, .. } if text.is_empty() || text == "~");
        if empty {
            found.item.page.wrong(found.spot, Code::Empty, &[key]);
            return None;
        }
        Some(found.item)
    }

    /// The item below a key that must be there.
    pub(crate) fn need(&self, key: &str) -> Option<Item<'a>> {
        if !self.has(key) {
            self.item.wrong(Code::Missing, &[key]);
        }
        self.get(key)
    }

    /// Whether the key is there at all.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.named.iter().any(|named| named.key == key)
    }

    /// Words that must be there.
    pub(crate) fn words(&self, key: &str) -> Words {
        self.need(key).map(|item| item.words()).unwrap_or_default()
    }

    /// A text that must be there.
    pub(crate) fn text(&self, key: &str) -> String {
        self.need(key).and_then(|item| item.text()).unwrap_or_default().to_owned()
    }

    /// Yes or no; no, when it is not there.
    pub(crate) fn yes(&self, key: &str) -> bool {
        self.get(key).and_then(|item| item.yes()).unwrap_or(false)
    }

    /// One item or several; none, when it is not there.
    pub(crate) fn many(&self, key: &str) -> Vec<Item<'a>> {
        self.get(key).map(|item| item.many()).unwrap_or_default()
    }
}

/// Whether a text is an id within a pack.
pub(crate) fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && text.len() <= 40
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The minutes of a length of time such as `24 h`.
pub(crate) fn minutes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim_start() {
        "min" | "分钟" => 1,
        "h" | "小时" => 60,
        "d" | "天" => 24 * 60,
        _ => return None,
    };
    number.checked_mul(unit).filter(|minutes| *minutes <= 1000 * 366 * 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_number_and_a_unit() {
        assert_eq!(minutes("90 min"), Some(90));
        assert_eq!(minutes("24h"), Some(1440));
        assert_eq!(minutes("7 d"), Some(10_080));
        for bad in ["", "7", "d", "7 weeks", "-7 d", "1.5 h", "99999999999999999999 d", "999999 d"]
        {
            assert_eq!(minutes(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_id_is_small_letters_digits_and_lines() {
        assert!(is_id("water_2"));
        for bad in ["", "2water", "Water", "a-b", "a.b", "水", &"x".repeat(41)] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
