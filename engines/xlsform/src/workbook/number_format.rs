//! Which number formats mean a date: openpyxl and xlrd judge differently, each for its own files.

/// What the numbers of a cell mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A number.
    Number,
    /// A date, a moment or a time of the day.
    Moment,
    /// A span of time.
    Span,
}

/// The meaning of a format that every .xlsx knows by its number.
pub(super) fn xlsx_built_in(id: u32) -> Meaning {
    match id {
        14..=22 | 45 | 47 => Meaning::Moment,
        46 => Meaning::Span,
        _ => Meaning::Number,
    }
}

/// The meaning of a format of an .xlsx by its code, judged by its part before the first `;`.
pub(super) fn xlsx_meaning(code: &str) -> Meaning {
    let first = code.split(';').next().unwrap_or_default();
    if !has_date_letter(&without_literals(first)) {
        return Meaning::Number;
    }
    let small = first.to_ascii_lowercase();
    let spans = ["[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]"];
    if spans.iter().any(|span| small.contains(span)) { Meaning::Span } else { Meaning::Moment }
}

/// A code without what stands in quotes and without what stands in square brackets, save hours,
/// minutes and seconds in small letters.
fn without_literals(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => rest[1..].find('"').map(|at| at + 2),
            '[' => rest.find(']').map(|at| at + 1),
            _ => None,
        };
        let end = end
            .filter(|end| !["[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]"].contains(&&rest[..*end]));
        if end.is_none() {
            kept.push(first);
        }
        rest = &rest[end.unwrap_or(first.len_utf8())..];
    }
    kept
}

/// Whether a letter of days, months, years, hours or seconds stands unescaped.
fn has_date_letter(code: &str) -> bool {
    let mut before = ' ';
    for c in code.chars() {
        if "dmhysDMHYS".contains(c) && before != '_' && before != '\\' {
            return true;
        }
        before = c;
    }
    false
}

/// The meaning of a format that every .xls knows by its number.
pub(super) fn xls_built_in(id: u16) -> Meaning {
    match id {
        14..=22 | 27..=36 | 45..=47 | 50..=58 | 71..=81 => Meaning::Moment,
        _ => Meaning::Number,
    }
}

/// The meaning of a format of an .xls by its code: more signs of dates than of numbers.
pub(super) fn xls_meaning(code: &str) -> Meaning {
    let reduced = without_brackets(&without_escapes(code));
    let plain = ["0.00E+00", "##0.0E+0", "General", "GENERAL", "general", "@"];
    if plain.contains(&reduced.as_str()) {
        return Meaning::Number;
    }
    let dates = reduced.chars().filter(|c| "ymdhsYMDHS".contains(*c)).count();
    let numbers = reduced.chars().filter(|c| "0#?".contains(*c)).count();
    if dates > numbers { Meaning::Moment } else { Meaning::Number }
}

/// A code without quoted text, escaped letters and signs that say nothing.
fn without_escapes(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in code.chars() {
        if quoted {
            quoted = c != '"';
        } else if escaped {
            escaped = false;
        } else if c == '"' {
            quoted = true;
        } else if "\\_*".contains(c) {
            escaped = true;
        } else if !"$-+/(): ".contains(c) {
            kept.push(c);
        }
    }
    kept
}

/// A code without what stands in square brackets.
fn without_brackets(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find('[') {
        let Some(length) = rest[start..].find(']') else { break };
        kept.push_str(&rest[..start]);
        rest = &rest[start + length + 1..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_xlsx_format_is_judged_by_its_first_part_without_literals() {
        let cases = [
            ("yyyy-mm-dd", Meaning::Moment),
            ("[$-409]d\\-mmm\\-yy;@", Meaning::Moment),
            ("\"day\" 0", Meaning::Number),
            ("0.00\\s", Meaning::Number),
            ("#,##0;[Red]-d", Meaning::Number),
            ("[h]:mm", Meaning::Span),
            ("[H]:mm", Meaning::Span),
            ("[HH]", Meaning::Number),
            ("[Red]0.0", Meaning::Number),
            ("General", Meaning::Number),
            ("\"open", Meaning::Number),
            ("[dd", Meaning::Moment),
        ];
        for (code, meaning) in cases {
            assert_eq!(xlsx_meaning(code), meaning, "{code}");
        }
    }

    #[test]
    fn an_xls_format_is_a_date_if_it_has_more_signs_of_dates_than_of_numbers() {
        let cases = [
            ("yyyy-mm-dd", Meaning::Moment),
            ("0.00", Meaning::Number),
            ("General", Meaning::Number),
            ("mm:ss.0", Meaning::Moment),
            ("[h]:mm:ss", Meaning::Moment),
            ("[h]", Meaning::Number),
            ("\"d\"0", Meaning::Number),
        ];
        for (code, meaning) in cases {
            assert_eq!(xls_meaning(code), meaning, "{code}");
        }
    }
}
