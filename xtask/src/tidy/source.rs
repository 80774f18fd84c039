//! Rust text, taken apart just far enough: code without comments and strings, strings, functions.

/// A string literal with the line on which it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Line, counted from one.
    pub line: usize,
    /// What stands between the quotes, escapes as written.
    pub text: String,
}

/// A function with a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Line of `fn`, counted from one.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
    /// Stands under `#[test]`.
    pub is_test: bool,
    /// Its text without comments and strings.
    pub code: String,
}

/// One Rust file, taken apart.
#[derive(Debug, Clone)]
pub struct Source {
    /// The text with comments and the insides of strings blanked; lines stay where they are.
    pub code: String,
    /// The string literals.
    pub strings: Vec<Literal>,
}

impl Source {
    /// Takes a file apart.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut lexer = Lexer {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            code: String::with_capacity(text.len()),
            strings: Vec::new(),
        };
        lexer.run();
        Self { code: lexer.code, strings: lexer.strings }
    }

    /// The functions that have a body, nested ones too.
    #[must_use]
    pub fn functions(&self) -> Vec<Function> {
        let code = &self.code;
        words(code)
            .filter(|(_, word)| *word == "fn")
            .filter_map(|(start, _)| function(code, start))
            .collect()
    }

    /// Whether the code has this word, not as a part of another one.
    #[must_use]
    pub fn line_of_word(&self, word: &str) -> Option<usize> {
        line_of_word(&self.code, word)
    }
}

/// The line of a word or path such as `std::fs` in code, counted from one.
#[must_use]
pub(super) fn line_of_word(code: &str, word: &str) -> Option<usize> {
    let edge = |c: Option<char>| !c.is_some_and(is_word);
    let starts_with_word = word.starts_with(is_word);
    let ends_with_word = word.ends_with(is_word);
    let found = code.match_indices(word).find(|(at, _)| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        (!starts_with_word || edge(before)) && (!ends_with_word || edge(after))
    });
    found.map(|(at, _)| line_at(code, at))
}

fn line_at(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Each word of the code with where it begins.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.split(|c: char| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

fn function(code: &str, start: usize) -> Option<Function> {
    let rest = code[start + 2..].trim_start();
    let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
    if name.is_empty() {
        return None;
    }
    let open = body(code, start)?;
    let end = closing(code, open)?;
    let line = line_at(code, start);
    let attributes = code[..start].rsplit(['}', ';', '{']).next().unwrap_or_default();
    Some(Function {
        name,
        line,
        lines: line_at(code, end) - line + 1,
        is_test: attributes.contains("#[test]") || attributes.contains("::test]"),
        code: code[start..=end].to_owned(),
    })
}

/// Where the body of the function that starts here opens; none for one without a body.
fn body(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in code[start..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 => return None,
            '{' if depth == 0 => return Some(start + at),
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    None
}

fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    strings: Vec<Literal>,
}

impl Lexer {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                '\'' => self.quote(),
                'r' | 'b' | 'c' if !self.inside_word() && self.raw_hashes().is_some() => {
                    self.raw_string();
                }
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn inside_word(&self) -> bool {
        self.at > 0 && is_word(self.chars[self.at - 1])
    }

    /// Takes one character over as it is.
    fn keep(&mut self) {
        let c = self.chars[self.at];
        self.line += usize::from(c == '\n');
        self.code.push(c);
        self.at += 1;
    }

    /// Takes one character over as a blank.
    fn blank(&mut self) -> char {
        let c = self.chars[self.at];
        self.line += usize::from(c == '\n');
        self.code.push(if c == '\n' { '\n' } else { ' ' });
        self.at += 1;
        c
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.keep();
        while let Some(c) = self.peek(0) {
            if c == '"' {
                self.keep();
                break;
            }
            if c == '\\' && self.peek(1).is_some() {
                text.push(self.blank());
            }
            text.push(self.blank());
        }
        self.strings.push(Literal { line, text });
    }

    /// A character such as `'{'`, or the beginning of a lifetime.
    fn quote(&mut self) {
        let escaped = self.peek(1) == Some('\\');
        self.keep();
        if escaped {
            self.blank();
            self.blank();
            while self.peek(0).is_some_and(|c| c != '\'' && c != '\n') {
                self.blank();
            }
        } else if self.peek(1) == Some('\'') {
            self.blank();
        } else {
            return;
        }
        if self.peek(0) == Some('\'') {
            self.keep();
        }
    }

    /// The hashes of a raw string that begins here.
    fn raw_hashes(&self) -> Option<usize> {
        let mut ahead = usize::from(matches!(self.peek(0), Some('b' | 'c')));
        if self.peek(ahead) != Some('r') {
            return None;
        }
        ahead += 1;
        let hashes = (ahead..).take_while(|n| self.peek(*n) == Some('#')).count();
        (self.peek(ahead + hashes) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let hashes = self.raw_hashes().unwrap_or_default();
        let line = self.line;
        while self.peek(0) != Some('"') {
            self.keep();
        }
        self.keep();
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            if c == '"' && (1..=hashes).all(|n| self.peek(n) == Some('#')) {
                for _ in 0..=hashes {
                    self.keep();
                }
                break;
            }
            text.push(self.blank());
        }
        self.strings.push(Literal { line, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_lines_stay() {
        let source =
            Source::read("a // fn x\n/* fn /* y */\n fn */ b \"fn {\\\"\" c 'f' '\\'' 'x\n");
        assert_eq!(source.code.lines().count(), 3);
        assert_eq!(source.line_of_word("fn"), None);
        assert_eq!(source.line_of_word("b"), Some(3));
        assert_eq!(source.strings, [Literal { line: 3, text: "fn {\\\"".into() }]);
    }

    #[test]
    fn raw_strings_end_with_their_own_hashes() {
        let source = Source::read("let r#type = br#\"a \" fn b\"# ;\nr\"x\"; after");
        assert_eq!(source.strings.len(), 2);
        assert_eq!(source.strings[0].text, "a \" fn b");
        assert_eq!(source.line_of_word("after"), Some(2));
    }

    #[test]
    fn a_function_is_measured_from_fn_to_its_closing_brace() {
        let text =
            "#[test]\nfn a(x: [u8; 2])\nwhere T: X {\n  if '{' == y {}\n}\nfn b();\nfn c() {}\n";
        let functions = Source::read(text).functions();
        let seen: Vec<_> =
            functions.iter().map(|f| (f.name.as_str(), f.lines, f.is_test)).collect();
        assert_eq!(seen, [("a", 4, true), ("c", 1, false)]);
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        assert_eq!(line_of_word("brand::x\n rand::y", "rand::"), Some(2));
        assert_eq!(line_of_word("asynchronous", "async"), None);
    }
}
