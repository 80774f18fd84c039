//! What a text is: a number, a date, a code, a word, a sentence, a mark or nothing.

use crate::grid::{Cell, Value};

/// What sort of thing stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// A whole number.
    Integer,
    /// A number with a fraction or with thousands apart.
    Decimal,
    /// A share of a hundred.
    Percent,
    /// A day, a month, a year or a span of them.
    Date,
    /// Letters and digits without words.
    Code,
    /// A dash, a tick, an empty box.
    Mark,
    /// A word or a few.
    Word,
    /// Words with the punctuation or the length of a sentence.
    Sentence,
}

impl Kind {
    /// Whether it counts or measures.
    #[must_use]
    pub fn is_figure(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Percent)
    }

    /// Whether it is a value rather than a name: figures, dates, codes, marks.
    #[must_use]
    pub fn is_value(self) -> bool {
        self.is_figure() || matches!(self, Self::Date | Self::Code | Self::Mark)
    }
}

/// Words that head a line of sums.
const TOTALS: &[&str] =
    &["合计", "总计", "小计", "共计", "总和", "汇总", "total", "subtotal", "jumlah", "sum"];

/// A text with its parts counted once.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// The text without blanks inside Chinese words and at its ends.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Characters, blanks not counted.
    pub(crate) length: usize,
    /// The share of digits.
    pub(crate) digits: f32,
    /// The share of Chinese characters.
    pub(crate) chinese: f32,
}

impl Content {
    pub(crate) fn of_cell(cell: &Cell) -> Self {
        match &cell.value {
            Value::Date(text) => Self { kind: Kind::Date, ..Self::of(text) },
            _ => Self::of(&cell.words()),
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        let text = tidy(text);
        let length = text.chars().filter(|it| !it.is_whitespace()).count();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more")]
        let share = |count: usize| count as f32 / length.max(1) as f32;
        let digits = share(text.chars().filter(char::is_ascii_digit).count());
        let chinese = share(text.chars().filter(|it| is_chinese(*it)).count());
        let kind = kind(&text, length, digits, chinese);
        Self { text, kind, length, digits, chinese }
    }

    /// Whether it heads a line or a column of sums.
    pub(crate) fn is_total(&self) -> bool {
        let bare: String =
            self.text.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_lowercase();
        self.length <= 16 && TOTALS.iter().any(|it| bare.ends_with(it) || bare.starts_with(it))
    }

    /// Whether it ends as a label does that has its blank beside it.
    pub(crate) fn ends_in_colon(&self) -> bool {
        self.text.ends_with([':', '：'])
    }

    /// Whether it begins as an item of an outline does: `一、`, `（1）`, `2.`.
    pub(crate) fn is_numbered(&self) -> bool {
        let mut chars = self.text.trim_start_matches(['（', '(']).chars();
        let Some(first) = chars.next() else { return false };
        if !(first.is_ascii_digit() || "一二三四五六七八九十".contains(first)) {
            return false;
        }
        let rest = chars.as_str().trim_start_matches(|it: char| {
            it.is_ascii_digit() || "一二三四五六七八九十".contains(it)
        });
        let mut rest = rest.chars();
        rest.next().is_some_and(|it| "、.．)）,，".contains(it))
            && rest.next().is_some_and(|it| !it.is_ascii_digit())
    }

    /// Whether a unit or a remark stands in brackets.
    pub(crate) fn has_brackets(&self) -> bool {
        self.text.contains(['（', '(']) || self.text.contains(['%', '％'])
    }

    /// Whether boxes are there to be ticked.
    pub(crate) fn has_boxes(&self) -> bool {
        self.text.contains(['□', '☐', '☑', '√', '■', '○', '●', '✓'])
    }
}

/// Whether a character belongs to Chinese words.
pub(crate) fn is_chinese(it: char) -> bool {
    matches!(it, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Blanks between Chinese characters are there for the eye: `合  计`.
fn tidy(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().take(2000).collect();
    let mut tidy = String::with_capacity(text.len().min(6000));
    for (index, it) in chars.iter().enumerate() {
        if it.is_whitespace() {
            let before = tidy.chars().next_back();
            let after = chars[index..].iter().find(|it| !it.is_whitespace());
            if before.is_some_and(is_chinese) && after.is_some_and(|it| is_chinese(*it)) {
                continue;
            }
            if before.is_some_and(char::is_whitespace) {
                continue;
            }
            tidy.push(' ');
        } else {
            tidy.push(*it);
        }
    }
    tidy
}

fn kind(text: &str, length: usize, digits: f32, chinese: f32) -> Kind {
    if length == 0 {
        return Kind::Empty;
    }
    if text.chars().all(|it| it.is_whitespace() || "-—–－/\\√×□☐☑■○●✓*.。…·".contains(it))
    {
        return Kind::Mark;
    }
    if let Some(kind) = figure(text) {
        return kind;
    }
    if is_date(text, digits) {
        return Kind::Date;
    }
    let ends = text.chars().filter(|it| "，。；,;！？".contains(*it)).count();
    if length > 40 || (ends > 0 && length > 14) || ends > 2 {
        return Kind::Sentence;
    }
    let ascii = text.chars().filter(|it| it.is_ascii_alphanumeric()).count();
    if chinese == 0.0 && digits > 0.0 && ascii * 2 >= length {
        return Kind::Code;
    }
    Kind::Word
}

fn figure(text: &str) -> Option<Kind> {
    let bare: String = text
        .chars()
        .filter(|it| !it.is_whitespace() && !"￥¥$,，".contains(*it))
        .collect::<String>()
        .trim_end_matches(['元', '人', '户', '个', '次'])
        .to_owned();
    let inner =
        bare.strip_prefix(['(', '（']).and_then(|it| it.strip_suffix([')', '）'])).unwrap_or(&bare);
    let inner = inner.trim_start_matches(['-', '+', '－', '—', '–']);
    let (inner, percent) = match inner.strip_suffix(['%', '％', '‰']) {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let figures = !inner.is_empty()
        && inner.chars().all(|it| it.is_ascii_digit() || it == '.')
        && inner.contains(|it: char| it.is_ascii_digit())
        && inner.matches('.').count() <= 1;
    match (figures, percent) {
        (false, _) => None,
        (true, true) => Some(Kind::Percent),
        (true, false) if inner.contains('.') || text.contains([',', '，']) => Some(Kind::Decimal),
        (true, false) => Some(Kind::Integer),
    }
}

fn is_date(text: &str, digits: f32) -> bool {
    if digits < 0.3 {
        return false;
    }
    let rest = |it: char| {
        it.is_ascii_digit()
            || it.is_whitespace()
            || "年月日号至到时分秒-—–－~～/.．:：T".contains(it)
    };
    if !text.chars().all(rest) {
        return false;
    }
    let parts: Vec<&str> =
        text.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    let year = |it: &str| it.len() == 4 && (it.starts_with("19") || it.starts_with("20"));
    let words = text.contains(['年', '月', '日', '时']);
    parts.iter().all(|it| it.len() <= 4)
        && (words || (parts.len() >= 2 && parts.iter().any(|it| year(it))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_letters() {
        for (text, kind) in [
            ("", Kind::Empty),
            ("  ", Kind::Empty),
            ("—", Kind::Mark),
            ("□", Kind::Mark),
            ("12", Kind::Integer),
            ("12人", Kind::Integer),
            ("49,695,883.24", Kind::Decimal),
            ("-32.61%", Kind::Percent),
            ("2021年4月26日", Kind::Date),
            ("2016-01", Kind::Date),
            ("9:30", Kind::Code),
            ("2020年", Kind::Date),
            ("PFZM10", Kind::Code),
            ("姓名", Kind::Word),
            ("合  计", Kind::Word),
            ("控股股东为（张松），一致行动人。", Kind::Sentence),
        ] {
            assert_eq!(Content::of(text).kind, kind, "{text}");
        }
        assert_eq!(Content::of("合  计 ").text, "合计");
        assert!(Content::of("合  计 ").is_total());
        assert!(Content::of("（一）收入").is_numbered());
        assert!(!Content::of("1.5").is_numbered());
    }
}
