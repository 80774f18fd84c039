//! Names that may stand in an XForm: an XML name without a colon, or two of them with one between.

/// Whether a name may begin with the character. `À` to `Ö` are left out, as pyxform 4.5 does.
fn begins(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn goes_on(c: char) -> bool {
    begins(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}'
            | '\u{203f}'..='\u{2040}')
}

/// The length in bytes of the name without a colon at the front of a text; 0 where there is none.
pub(crate) fn plain_len(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, c)) if begins(c) => {}
        _ => return 0,
    }
    chars.find(|(_, c)| !goes_on(*c)).map_or(text.len(), |(at, _)| at)
}

/// The length in bytes of the name, perhaps with a prefix, at the front of a text.
pub(crate) fn len(text: &str) -> usize {
    let first = plain_len(text);
    if first == 0 || !text[first..].starts_with(':') {
        return first;
    }
    match plain_len(&text[first + 1..]) {
        0 => first,
        second => first + 1 + second,
    }
}

/// Whether the whole text is a name, perhaps with a prefix.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && len(text) == text.len()
}

/// Whether the text may be the name of an element or attribute, perhaps with a prefix.
pub(crate) fn is_xml_name(text: &str) -> bool {
    let also = |c: char| matches!(c, '\u{c0}'..='\u{d6}');
    let part = |part: &str| {
        part.chars()
            .enumerate()
            .all(|(at, c)| also(c) || if at == 0 { begins(c) } else { goes_on(c) })
            && !part.is_empty()
    };
    match text.split_once(':') {
        Some((prefix, rest)) => part(prefix) && part(rest),
        None => part(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_one_prefix_and_letters_of_any_script() {
        for name in ["a", "_1", "姓名", "a:b", "a-b.c", "é"] {
            assert!(is_name(name), "{name}");
        }
        for other in ["", "1a", "a b", "a:", ":a", "a:b:c", "-a", "a!", "É"] {
            assert!(!is_name(other), "{other}");
        }
    }
}
