//! Bytes and names: what XML and JavaRosa each take for one.

/// The blanks that stand between tokens.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// The length in bytes of the name without a colon that `text` begins with, or zero.
pub(super) fn ncname(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            let fits = byte.is_ascii_alphabetic()
                || byte == b'_'
                || at > 0 && (byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
            if !fits {
                break;
            }
            at += 1;
        } else {
            let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            if !(is_name_start(letter) || at > 0 && is_name_further(letter)) {
                break;
            }
            at += letter.len_utf8();
        }
    }
    at
}

/// Letters beyond ASCII that may begin a name, after the production of XML 1.0.
fn is_name_start(letter: char) -> bool {
    matches!(letter,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fefe}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}'
        | '\u{ff66}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
        && !is_cjk_mark(letter)
}

fn is_name_further(letter: char) -> bool {
    matches!(letter, '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// XML would take `、。「」` for letters. No name holds them, and an author who typed one meant
/// something else.
fn is_cjk_mark(letter: char) -> bool {
    matches!(letter, '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}')
}

/// Whether the whole of `text` is a name, perhaps with a prefix.
pub(super) fn is_qname(text: &str) -> bool {
    let first = ncname(text);
    let rest = text.get(first..).unwrap_or_default();
    let local_fits = |local: &str| !local.is_empty() && ncname(local) == local.len();
    first > 0 && (rest.is_empty() || rest.strip_prefix(':').is_some_and(local_fits))
}

/// Whether the lexer of JavaRosa reads the name: it takes letters that have capital and small
/// forms, so that names in Chinese, Arabic or Devanagari stop it.
pub(super) fn is_read_by_javarosa(name: &str) -> bool {
    name.is_ascii()
        || name.chars().all(|letter| {
            letter.is_lowercase()
                || letter.is_uppercase()
                || letter.is_ascii_digit()
                || matches!(letter, '_' | '-' | '.')
        })
}
