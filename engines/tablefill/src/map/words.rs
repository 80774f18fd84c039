//! Words of headings made comparable: one script, one width, no marks.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Characters of the traditional script, each with its simplified one. The pairs are those of
/// `OpenCC`'s table of single characters.
const SIMPLIFIED: &str = include_str!("simplified.txt");

/// What stands around the words of a heading and says nothing of its meaning.
const FILLERS: [&str; 22] = [
    "必填",
    "选填",
    "请填写",
    "填写",
    "请输入",
    "请选择",
    "您的",
    "你的",
    "具体",
    "详细",
    "所属",
    "所在",
    "是否为",
    "是否是",
    "情况说明",
    "信息",
    "本人",
    "户内成员",
    "成员",
    "居民",
    "人员",
    "当前",
];

/// Words of whom somebody else's particulars are: the words, and what they come to.
const ROLES: [(&str, &str); 49] = [
    ("紧急联系人", "contact"),
    ("联系人", "contact"),
    ("联络人", "contact"),
    ("监护人", "guardian"),
    ("法定代表人", "manager"),
    ("负责人", "manager"),
    ("单位负责人", "manager"),
    ("户主", "head"),
    ("配偶", "spouse"),
    ("丈夫", "spouse"),
    ("妻子", "spouse"),
    ("父亲", "father"),
    ("母亲", "mother"),
    ("父母", "parent"),
    ("家长", "parent"),
    ("子女", "child"),
    ("申请人", "applicant"),
    ("经办人", "clerk"),
    ("填表人", "clerk"),
    ("填报人", "clerk"),
    ("录入人", "clerk"),
    ("审核人", "clerk"),
    ("报告人", "reporter"),
    ("上报人", "reporter"),
    ("网格员", "worker"),
    ("包保干部", "worker"),
    ("医生", "doctor"),
    ("护理人", "carer"),
    ("照护人", "carer"),
    ("照料人", "carer"),
    ("密接者", "contact case"),
    ("担保人", "guarantor"),
    ("房东", "landlord"),
    ("业主", "owner"),
    ("emergency contact", "contact"),
    ("contact person", "contact"),
    ("next of kin", "contact"),
    ("guardian", "guardian"),
    ("head of household", "head"),
    ("household head", "head"),
    ("spouse", "spouse"),
    ("father", "father"),
    ("mother", "mother"),
    ("person reporting", "reporter"),
    ("reporter", "reporter"),
    ("inputter", "clerk"),
    ("relation", "contact"),
    ("landlord", "landlord"),
    ("doctor", "doctor"),
];

/// A character of the simplified script.
fn simplified(letter: char) -> char {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let pairs = SIMPLIFIED.split_whitespace().map(|pair| {
            let mut letters = pair.chars();
            (letters.next().unwrap_or_default(), letters.next().unwrap_or_default())
        });
        pairs.collect()
    });
    table.get(&letter).copied().unwrap_or(letter)
}

/// A text in one script, one width and small letters, its words parted by single blanks.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        let letter = match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
            '\u{3000}' => ' ',
            other => simplified(other),
        };
        // A word begins where small letters end.
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push(' ');
        }
        before = letter;
        match letter {
            _ if letter.is_alphanumeric() => out.extend(letter.to_lowercase()),
            '(' | '[' | '{' | '【' | '〔' | '《' => out.push('('),
            ')' | ']' | '}' | '】' | '〕' | '》' => out.push(')'),
            '%' | '℃' | '°' => out.push(letter),
            _ => out.push(' '),
        }
    }
    settled(squeezed(&out))
}

/// Words that are written in two ways, and the one that is compared.
const SAME: [(&str, &str); 9] = [
    ("身分", "身份"),
    ("帐号", "账号"),
    ("帐户", "账户"),
    ("电邮", "邮箱"),
    ("telephone", "phone"),
    ("tel", "phone"),
    ("cellphone", "mobile phone"),
    ("e mail", "email"),
    ("dob", "date of birth"),
];

/// Words of English between others.
const STOPS: [&str; 8] = ["of", "the", "a", "an", "your", "please", "and", "s"];

/// A text in which what is written in two ways is written in one.
fn settled(text: String) -> String {
    let mut text = text;
    for (word, other) in SAME {
        if word.is_ascii() {
            let is = |part: &str| part == word;
            if text.contains(word) && text.split(' ').any(is) {
                let words = text.split(' ').map(|part| if is(part) { other } else { part });
                text = words.collect::<Vec<_>>().join(" ");
            } else if text.contains(word) && word.contains(' ') {
                text = text.replace(word, other);
            }
        } else if text.contains(word) {
            text = text.replace(word, other);
        }
    }
    text
}

/// Without words of English between others, if words are left.
fn unstopped(text: &str) -> String {
    let kept: Vec<&str> = text.split(' ').filter(|word| !STOPS.contains(word)).collect();
    if kept.is_empty() { text.to_owned() } else { kept.join(" ") }
}

/// Whether a text is a time or a number, and says nothing of what is asked then.
pub(crate) fn is_period(text: &str) -> bool {
    let times = "0123456789年月日季度上下本当第一二三四五六七八九十周期末初半个次 ";
    !text.is_empty() && text.chars().all(|letter| times.contains(letter))
}

/// Without blanks between characters of Chinese, and single ones elsewhere.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let joint = out.chars().next_back().zip(word.chars().next());
        if joint.is_some_and(|(end, start)| {
            end.is_ascii_alphanumeric() && start.is_ascii_alphanumeric()
        }) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A heading taken apart: its words, and what stands in brackets behind them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Phrase {
    /// Its words, without numbering and fillers.
    pub(crate) core: String,
    /// All its words outside brackets.
    pub(crate) whole: String,
    /// What stands in brackets.
    pub(crate) bracket: String,
    /// The pairs of letters of its words without fillers.
    pub(crate) pairs: Pairs,
    /// Those of all its words outside brackets.
    pub(crate) whole_pairs: Pairs,
}

/// Takes a heading apart.
pub(crate) fn phrase(text: &str) -> Phrase {
    let folded = folded(text);
    let (mut whole, mut bracket) = (String::new(), String::new());
    let mut depth = 0_u32;
    for letter in folded.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => bracket.push(letter),
            _ => whole.push(letter),
        }
    }
    // A heading that is all bracket is its own words.
    if whole.trim().is_empty() {
        whole = std::mem::take(&mut bracket);
    }
    let whole = unnumbered(squeezed(&whole));
    let core = unstopped(&unfilled(&whole));
    let (pairs, whole_pairs) = (Pairs::of(&core), Pairs::of(&whole));
    Phrase { core, whole, bracket: squeezed(&bracket), pairs, whole_pairs }
}

/// Without a number in front (`3 姓名`, `一 姓名`), if words are left.
fn unnumbered(text: String) -> String {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start();
    let years = ["年", "月", "日", "岁", "周", "次", "天", "级", "类"];
    let counted = years.iter().any(|year| rest.starts_with(year));
    if rest.is_empty() || rest.len() == text.len() || counted { text } else { rest.to_owned() }
}

/// Without the words that say nothing, if others are left.
fn unfilled(text: &str) -> String {
    let mut core = text.to_owned();
    for filler in FILLERS {
        if core.len() > filler.len()
            && let Some(rest) = core.strip_prefix(filler).or_else(|| core.strip_suffix(filler))
        {
            core = rest.trim().to_owned();
        }
    }
    core
}

/// Whose particulars a text names, and the text without the words for them.
pub(crate) fn role(text: &str) -> (Option<&'static str>, String) {
    let mut best: Option<(&str, &str)> = None;
    for (words, role) in ROLES {
        let longer = best.is_none_or(|(found, _)| found.len() < words.len());
        if longer && text.contains(words) {
            best = Some((words, role));
        }
    }
    match best {
        Some((words, role)) => {
            let rest = text.replacen(words, "", 1);
            (Some(role), unstopped(rest.trim()))
        }
        None => (None, text.to_owned()),
    }
}

/// The pairs of letters of a text with its ends, in order, so that two texts are compared in one
/// go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pairs(Vec<(char, char)>);

impl Pairs {
    /// Those of a text; blanks do not count.
    pub(crate) fn of(text: &str) -> Self {
        let letters: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
        let Some((first, last)) = letters.first().zip(letters.last()) else {
            return Self::default();
        };
        let mut pairs = vec![('^', *first)];
        pairs.extend(letters.windows(2).map(|two| (two[0], two[1])));
        pairs.push((*last, '$'));
        pairs.sort_unstable();
        Self(pairs)
    }

    /// How alike two texts are, from 0 to 1: what they have in common of all their pairs (Dice).
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_u32;
        while let (Some(first), Some(second)) = (one.peek(), two.peek()) {
            match first.cmp(second) {
                std::cmp::Ordering::Less => drop(one.next()),
                std::cmp::Ordering::Greater => drop(two.next()),
                std::cmp::Ordering::Equal => {
                    common += 1;
                    one.next();
                    two.next();
                }
            }
        }
        let all = self.0.len() + other.0.len();
        if all == 0 { 0.0 } else { 2.0 * f64::from(common) / all as f64 }
    }
}

/// How alike two comparable texts are, from 0 to 1.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    Pairs::of(one).likeness(&Pairs::of(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_in_one_script_without_marks() {
        assert_eq!(folded("聯絡電話："), "联络电话");
        assert_eq!(folded("姓　名"), "姓名");
        assert_eq!(folded("dateOfBirth"), "date of birth");
        assert_eq!(folded("ＩＤ No."), "id no");
        let asked = phrase("股数\n（股）");
        assert_eq!((&*asked.core, &*asked.bracket), ("股数", "股"));
        assert_eq!(phrase("3、户内成员姓名*（必填）").core, "姓名");
        assert_eq!(phrase("2023年").core, "2023年");
        assert_eq!(phrase("（是/否）").core, "是否");
        assert_eq!(folded("身分證"), folded("身份证"));
        assert_eq!(folded("Tel."), "phone");
        assert_eq!(phrase("Name of the hotel").core, "name hotel");
        assert!(is_period("2023年") && is_period("上半年") && !is_period("年龄"));
    }

    #[test]
    fn somebody_elses_particulars_are_told_from_ones_own() {
        assert_eq!(role("紧急联系人电话"), (Some("contact"), "电话".to_owned()));
        assert_eq!(role("户主"), (Some("head"), String::new()));
        assert_eq!(role("姓名"), (None, "姓名".to_owned()));
        assert_eq!(role("mother name"), (Some("mother"), "name".to_owned()));
    }

    #[test]
    fn texts_are_alike_by_their_pairs_of_letters() {
        assert!((likeness("联系电话", "联系电话") - 1.0).abs() < 1e-9);
        assert!(likeness("联系电话", "电话") > 0.3);
        assert!(likeness("姓名", "体温") < 0.01);
        assert!(likeness("mobile phone", "mobile telephone") > 0.6);
    }
}
