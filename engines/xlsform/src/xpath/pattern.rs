//! The patterns of `regex()`: Java's, as far as an automaton that cannot run away can follow.

use regex::{Regex, RegexBuilder};

/// How many bytes a pattern may have.
const PATTERN_MAX: usize = 4096;

/// How many bytes a compiled pattern may take.
const COMPILED_MAX: usize = 1 << 20;

/// How many compiled patterns one evaluation keeps.
const KEPT_MAX: usize = 16;

/// The patterns that an evaluation has compiled.
#[derive(Default)]
pub(super) struct Patterns {
    kept: Vec<(String, Regex)>,
}

impl Patterns {
    /// How many steps the pattern will take: to be compiled, and over the text.
    pub(super) fn cost(&self, pattern: &str, text: &str) -> usize {
        let known = self.kept.iter().any(|(kept, _)| kept == pattern);
        let states = states(pattern);
        let compiling = if known { 1 } else { 1_000 + states / 16 };
        compiling + text.len().saturating_mul(states) / 64
    }

    /// Whether the whole text matches, or nothing if the pattern cannot be followed.
    pub(super) fn matches(&mut self, pattern: &str, text: &str) -> Option<bool> {
        if let Some((_, regex)) = self.kept.iter().find(|(kept, _)| kept == pattern) {
            return Some(regex.is_match(text));
        }
        let regex = compile(pattern)?;
        let found = regex.is_match(text);
        if self.kept.len() == KEPT_MAX {
            self.kept.remove(0);
        }
        self.kept.push((pattern.to_owned(), regex));
        Some(found)
    }
}

/// At most how many states the automaton has, each of which every letter may have to visit: every
/// number of times in braces multiplies them.
fn states(pattern: &str) -> usize {
    let times = pattern.split('{').skip(1).filter_map(|rest| {
        let (counts, _) = rest.split_once('}')?;
        counts.rsplit(',').next()?.trim().parse::<usize>().ok()
    });
    let product =
        times.fold(pattern.len() + 1, |product, times| product.saturating_mul(times.max(1)));
    product.min(COMPILED_MAX / 16)
}

fn compile(pattern: &str) -> Option<Regex> {
    if pattern.len() > PATTERN_MAX {
        return None;
    }
    let whole = format!(r"\A(?:{})\z", translate(pattern)?);
    RegexBuilder::new(&whole).size_limit(COMPILED_MAX).build().ok()
}

/// Java's pattern in the language of the crate. Its `\d`, `\s` and `\w` are those of ASCII. What
/// looks around or back has no counterpart.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut class = 0_usize;
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '\\' => rest = escape(rest, class > 0, &mut out)?,
            '[' => {
                class += 1;
                out.push('[');
                // A bracket that closes directly after one that opens is meant as itself.
                for prefix in ["^", "]"] {
                    if let Some(further) = rest.strip_prefix(prefix) {
                        out.push_str(if prefix == "]" { r"\]" } else { prefix });
                        rest = further;
                    }
                }
            }
            ']' if class > 0 => {
                class -= 1;
                out.push(']');
            }
            // Java takes these doubled in a class for two letters, the crate for set operations.
            '~' if class > 0 => out.push_str(r"\~"),
            '(' if class == 0 && rest.starts_with('?') => {
                if ["?=", "?!", "?<=", "?<!", "?>"].iter().any(|look| rest.starts_with(look)) {
                    return None;
                }
                out.push('(');
            }
            '+' if class == 0 && is_possessive(&out) => return None,
            other => out.push(other),
        }
    }
    (class == 0).then_some(out)
}

/// Whether what is written ends in a repetition, to which a `+` would add that nothing is given
/// back.
fn is_possessive(out: &str) -> bool {
    let before = match out.rsplit_once('{') {
        // The brace of `\p{L}` closes a name and no repetition.
        Some((before, _)) if out.ends_with('}') => {
            return ![r"\p", r"\P", r"\x"].iter().any(|name| before.ends_with(name));
        }
        _ => out.strip_suffix(['+', '*', '?']),
    };
    before.is_some_and(|before| {
        before.chars().rev().take_while(|letter| *letter == '\\').count().is_multiple_of(2)
    })
}

/// What a backslash and the letter after it stand for; gives what follows.
fn escape<'p>(rest: &'p str, in_class: bool, out: &mut String) -> Option<&'p str> {
    let letter = rest.chars().next()?;
    let further = rest.get(letter.len_utf8()..).unwrap_or_default();
    match letter {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        's' => out.push_str(r"[ \t\n\x0B\f\r]"),
        'S' => out.push_str(r"[^ \t\n\x0B\f\r]"),
        'w' => out.push_str("[A-Za-z0-9_]"),
        'W' => out.push_str("[^A-Za-z0-9_]"),
        'h' => out.push_str(r"[ \t\u{a0}]"),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'Z' => out.push_str(r"\n?\z"),
        'e' => out.push_str(r"\x1B"),
        'A' | 'z' | 'n' | 'r' | 't' | 'f' | 'x' | 'u' => {
            out.push('\\');
            out.push(letter);
        }
        'p' | 'P' => return property(letter, further, out),
        'Q' => {
            let (text, after) = further.split_once(r"\E").unwrap_or((further, ""));
            out.push_str(&regex::escape(text));
            return Some(after);
        }
        '<' | '>' | '_' => out.push(letter),
        letter if letter.is_ascii_alphanumeric() => return None,
        letter if letter.is_ascii() => {
            out.push('\\');
            out.push(letter);
        }
        letter => out.push(letter),
    }
    Some(further)
}

/// `\p{…}`: Java's classes of ASCII by name, and everything else as Unicode has it.
fn property<'p>(letter: char, rest: &'p str, out: &mut String) -> Option<&'p str> {
    let (name, further) = match rest.strip_prefix('{') {
        Some(braced) => braced.split_once('}')?,
        None => rest.split_at_checked(1)?,
    };
    let ascii = match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "Alpha" => "A-Za-z",
        "Digit" => "0-9",
        "Alnum" => "A-Za-z0-9",
        "Punct" => r"!-/:-@\[-`{-~",
        "Space" => r" \t\n\x0B\f\r",
        "ASCII" => r"\x00-\x7F",
        "XDigit" => "0-9A-Fa-f",
        _ => "",
    };
    if ascii.is_empty() {
        out.push('\\');
        out.push(letter);
        out.push('{');
        out.push_str(name);
        out.push('}');
    } else {
        out.push_str(if letter == 'P' { "[^" } else { "[" });
        out.push_str(ascii);
        out.push(']');
    }
    Some(further)
}

#[cfg(test)]
mod tests {
    use super::Patterns;

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        Patterns::default().matches(pattern, text)
    }

    #[test]
    fn the_whole_text_must_match() {
        assert_eq!(matches("[0-9]+", "12"), Some(true));
        assert_eq!(matches("[0-9]+", "12a"), Some(false));
        assert_eq!(matches("a|b", "b"), Some(true));
        assert_eq!(matches("a|b", "ab"), Some(false));
        assert_eq!(matches("", ""), Some(true));
    }

    #[test]
    fn classes_are_those_of_java() {
        assert_eq!(matches(r"\d{3}", "123"), Some(true));
        assert_eq!(matches(r"\d", "٣"), Some(false));
        assert_eq!(matches(r"\w+", "é"), Some(false));
        assert_eq!(matches(r"[\w.-]+@\w+", "a.b-c@d"), Some(true));
        assert_eq!(matches(r"[^\s]+", "a b"), Some(false));
        assert_eq!(matches(r"\p{L}+", "é姓"), Some(true));
        assert_eq!(matches(r"\p{Alpha}+", "é"), Some(false));
        assert_eq!(matches(r"\p{IsHan}+", "姓名"), Some(true));
        assert_eq!(matches("[一-龥]{2,4}", "张三"), Some(true));
        assert_eq!(matches(r"[]a]", "]"), Some(true));
        assert_eq!(matches(r"\Qa.b\E", "a.b"), Some(true));
        assert_eq!(matches(r"\Qa.b\E", "axb"), Some(false));
        assert_eq!(matches(r"\bword\b", "word"), Some(true));
    }

    #[test]
    fn what_an_automaton_cannot_follow_is_refused() {
        for pattern in ["(?=a)", "(?!a)b", "(?<=a)b", r"(a)\1", "a++", "(", "[", "a{1000}{1000}"] {
            assert_eq!(matches(pattern, "a"), None, "{pattern}");
        }
        assert_eq!(matches(r"\++", "++"), Some(true));
        assert_eq!(matches(&"a".repeat(5_000), "a"), None);
    }
}
