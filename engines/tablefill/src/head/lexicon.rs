//! Which words head something: odds of whole texts, beginnings and endings, counted in tables
//! whose headings are known.

use std::collections::BTreeMap;

use super::content::Content;

/// What a token says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Odds {
    /// Logarithm of the odds that a cell with it heads something.
    pub heads: f32,
    /// Logarithm of the odds that what it heads is a column, not a row.
    pub column: f32,
}

/// Words and what they say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lexicon {
    /// By token; see [`tokens`].
    pub odds: BTreeMap<String, Odds>,
}

/// How many tokens a text has.
pub(super) const TOKENS: usize = 5;

/// The tokens of a text: all of it, its last two characters, the last, the first two, the first.
#[must_use]
pub fn tokens(text: &str) -> [String; TOKENS] {
    let chars: Vec<char> = Content::of(text)
        .text
        .to_lowercase()
        .chars()
        .filter(|it| !it.is_whitespace())
        .map(|it| if it.is_ascii_digit() { '0' } else { it })
        .take(40)
        .collect();
    let part = |from: usize, to: usize, sign: &str| {
        let inner: String = chars[from..to.max(from)].iter().collect();
        format!("{sign}{inner}")
    };
    let end = chars.len();
    // A remark in brackets says nothing about what stands before it.
    let bare = chars.iter().position(|it| "（(".contains(*it)).filter(|it| *it > 0).unwrap_or(end);
    [
        part(0, end, "="),
        part(bare.saturating_sub(2), bare, "$$"),
        part(bare.saturating_sub(1), bare, "$"),
        part(0, end.min(2), "^^"),
        part(0, end.min(1), "^"),
    ]
}

/// How a text looks in the light of the lexicon.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    pub(super) odds: [Odds; TOKENS],
    /// All that is known about whether it heads something, in one figure.
    pub(super) heads: f32,
}

impl Lexicon {
    /// Counts tokens: how many cells with each were no heading, headed a column, headed a row.
    #[must_use]
    pub fn of_counts(counts: &BTreeMap<String, [u32; 3]>, rare: u32) -> Self {
        let mut all = [1.0_f32; 3];
        for (token, count) in counts {
            if token.starts_with('=') {
                for (all, count) in all.iter_mut().zip(count) {
                    *all += figure(*count);
                }
            }
        }
        let base_heads = ((all[1] + all[2]) / all[0]).ln();
        let base_column = (all[1] / all[2]).ln();
        let odds = |count: &[u32; 3]| {
            let [none, column, row] = count.map(figure);
            let half = 0.5;
            let heads = ((column + row + half) / (none + half)).ln() - base_heads.clamp(-1.0, 1.0);
            let column = ((column + half) / (row + half)).ln() - base_column.clamp(-1.0, 1.0);
            Odds { heads: short(heads), column: short(column) }
        };
        let known = counts.iter().filter(|(_, count)| count.iter().sum::<u32>() >= rare);
        Self { odds: known.map(|(token, count)| (token.clone(), odds(count))).collect() }
    }

    pub(super) fn read(&self, content: &Content) -> Reading {
        if content.length == 0 {
            return Reading::default();
        }
        let odds = tokens(&content.text).map(|it| self.odds.get(&it).copied().unwrap_or_default());
        let whole = odds[0].heads;
        let rest = (odds[1].heads + odds[2].heads + odds[3].heads + odds[4].heads) / 4.0;
        let heads = if whole == 0.0 { rest } else { (whole + rest) / 2.0 };
        Reading { odds, heads }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cells are small")]
fn figure(count: u32) -> f32 {
    count as f32
}

/// Two decimals are kept in the file.
fn short(odds: f32) -> f32 {
    (odds * 100.0).round() / 100.0
}
