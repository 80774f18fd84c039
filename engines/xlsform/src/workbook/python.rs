//! How Python writes texts, numbers and moments: the forms people have were read by it.

/// Whether Python's `str.isspace` holds: Unicode white space and four separators of ASCII.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether a text is empty or white space alone.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

/// A text without white space at its ends.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// A heading of a spreadsheet: trimmed, runs of blanks folded to one.
pub(super) fn heading(text: &str) -> String {
    let text = strip(text);
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c != ' ' || !folded.ends_with(' ') {
            folded.push(c);
        }
    }
    folded
}

/// A text of a spreadsheet: trimmed, blanks that do not break made ordinary ones.
pub(super) fn cell_text(text: &str) -> String {
    // The first byte of a blank that does not break, and of other letters in Latin.
    const FIRST: u8 = 0xc2;
    let text = strip(text);
    if !text.as_bytes().contains(&FIRST) {
        return text.to_owned();
    }
    text.replace('\u{a0}', " ")
}

/// `repr` of a float: the shortest digits that read back, with an exponent below 1e-4 and from
/// 1e16.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let written = format!("{value:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// A number as a whole number where it is one, else as a float; `None` for what is no number.
pub(super) fn number(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    if value.fract() != 0.0 {
        return Some(float(value));
    }
    // Adding zero takes the sign from minus zero.
    Some(format!("{:.0}", value + 0.0))
}

/// Days from 0001-01-01 to 1899-12-30, where workbooks begin to count.
const DAYS_TO_1899: i64 = 693_593;
/// Days from 1899-12-30 to 1904-01-01, where workbooks of old Macintoshes begin.
const DAYS_TO_1904: i64 = 1462;
/// Days from 0001-01-01 to the end of the year 9999.
const DAYS_MAX: i64 = 3_652_059;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// The first of the days a workbook counts from.
fn epoch(from_1904: bool) -> i64 {
    DAYS_TO_1899 + if from_1904 { DAYS_TO_1904 } else { 0 }
}

/// A date as `datetime` writes it, by its days from 0001-01-01.
fn date(days: i64) -> Option<String> {
    if !(0..DAYS_MAX).contains(&days) {
        return None;
    }
    // Years begin in March here, so that the day of a leap year is the last of its year.
    let shifted = days + 306;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A time of the day as `datetime.time` writes it.
fn time(millis: i64) -> String {
    let seconds = millis / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match millis % 1000 {
        0 => clock,
        rest => format!("{clock}.{rest:03}000"),
    }
}

/// A date, a moment or a time of the day as openpyxl reads it from a number; `None` outside the
/// years 1 to 9999.
pub(super) fn xlsx_moment(value: f64, from_1904: bool) -> Option<String> {
    if !value.is_finite() || value.abs() > 1e9 {
        return None;
    }
    let fraction = value.rem_euclid(1.0);
    let mut day = (value - fraction).round() as i64;
    let mut millis = (fraction * 86_400.0 * 1000.0).round_ties_even() as i64;
    if (0.0..1.0).contains(&value) && millis < MILLIS_PER_DAY {
        return Some(time(millis));
    }
    // Workbooks count a 29 February 1900 that never was.
    if value > 0.0 && value < 60.0 && !from_1904 {
        day += 1;
    }
    if millis >= MILLIS_PER_DAY {
        millis -= MILLIS_PER_DAY;
        day += 1;
    }
    let date = date(epoch(from_1904) + day)?;
    Some(format!("{date} {}", time(millis)))
}

/// A span of time as `timedelta` writes it, by a number of days, rounded to milliseconds.
pub(super) fn xlsx_span(value: f64) -> Option<String> {
    if !value.is_finite() || value.abs() > 999_999_999.0 {
        return None;
    }
    let micros_per_day = 86_400_000_000.0;
    let in_day = value.fract() * micros_per_day;
    let micros = value.trunc() as i128 * 86_400_000_000
        + in_day.trunc() as i128
        + in_day.fract().round_ties_even() as i128;
    let within = micros.rem_euclid(1_000_000);
    let thousands = (within as f64 / 1000.0).round_ties_even() as i128;
    Some(span(micros - within + thousands * 1000))
}

/// A span of microseconds as `timedelta` writes it.
fn span(micros: i128) -> String {
    let days = micros.div_euclid(86_400_000_000);
    let rest = micros.rem_euclid(86_400_000_000);
    let seconds = rest / 1_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    text.push_str(&format!("{hour}:{minute:02}:{second:02}"));
    match rest % 1_000_000 {
        0 => text,
        fraction => format!("{text}.{fraction:06}"),
    }
}

/// Why a number of an .xls cannot be a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotADate {
    /// Before 1 March 1900, where two ways of counting differ.
    Ambiguous,
    /// Below zero or beyond the year 9999.
    Outside,
}

/// A date, a moment or a time of the day as xlrd reads it from a number, to the second.
pub(super) fn xls_moment(value: f64, from_1904: bool) -> Result<String, NotADate> {
    if !(0.0..=1e7).contains(&value) {
        return Err(NotADate::Outside);
    }
    let mut day = value.trunc() as i64;
    let mut seconds = (value.fract() * 86_400.0).round_ties_even() as i64;
    if seconds == 86_400 {
        seconds = 0;
        day += 1;
    }
    if day == 0 {
        return Ok(time(seconds * 1000));
    }
    if day < 61 && !from_1904 {
        return Err(NotADate::Ambiguous);
    }
    let date = date(epoch(from_1904) + day).ok_or(NotADate::Outside)?;
    Ok(format!("{date} {}", time(seconds * 1000)))
}

/// A moment that a workbook holds as text of ISO 8601, as openpyxl reads it.
pub(super) fn iso_moment(text: &str) -> Option<String> {
    let mut rest = text;
    let date = iso_date(&mut rest);
    rest = rest.strip_prefix('T').unwrap_or(rest);
    let time = iso_time(&mut rest);
    match (date, time) {
        (Some(date), Some(time)) => Some(format!("{} {}", date?, time?)),
        (Some(date), None) => date,
        (None, Some(time)) => time,
        (None, None) => iso_span(text),
    }
}

/// Takes a fixed number of digits.
fn digits(rest: &mut &str, count: usize) -> Option<u32> {
    let (head, tail) = rest.split_at_checked(count)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest = tail;
    head.parse().ok()
}

/// Takes a sign.
fn sign(rest: &mut &str, wanted: char) -> Option<()> {
    *rest = rest.strip_prefix(wanted)?;
    Some(())
}

/// Takes a date; the inner value is `None` where the calendar has no such day.
fn iso_date(rest: &mut &str) -> Option<Option<String>> {
    let mut at = *rest;
    let year = digits(&mut at, 4)?;
    sign(&mut at, '-')?;
    let month = digits(&mut at, 2)?;
    sign(&mut at, '-')?;
    let day = digits(&mut at, 2)?;
    *rest = at;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    let stands = year > 0 && (1..=last).contains(&day);
    Some(stands.then(|| format!("{year:04}-{month:02}-{day:02}")))
}

/// Takes a time of the day; the inner value is `None` where the clock has no such time.
fn iso_time(rest: &mut &str) -> Option<Option<String>> {
    let mut at = *rest;
    let hour = digits(&mut at, 2)?;
    sign(&mut at, ':')?;
    let minute = digits(&mut at, 2)?;
    *rest = at;
    let (mut second, mut micros) = (0, 0);
    if sign(&mut at, ':').is_some()
        && let Some(taken) = digits(&mut at, 2)
    {
        second = taken;
        *rest = at;
        let count = at
            .strip_prefix('.')
            .map_or(0, |tail| tail.bytes().take(3).take_while(u8::is_ascii_digit).count());
        if count > 0 {
            micros = (at[..=count].parse::<f64>().unwrap_or(0.0) * 1_000_000.0) as u32;
            *rest = &at[1 + count..];
        }
    }
    let stands = hour < 24 && minute < 60 && second < 60;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    Some(stands.then(|| format!("{hour:02}:{minute:02}:{second:02}{fraction}")))
}

/// Reads a span such as `PT1H30M5.5S`.
fn iso_span(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix("PT")?;
    let mut micros = 0.0_f64;
    let mut found = false;
    for (unit, each) in [('H', 3_600_000_000.0), ('M', 60_000_000.0), ('S', 1_000_000.0)] {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        if end > 0
            && let Some(tail) = rest[end..].strip_prefix(unit)
            && let Ok(value) = rest[..end].parse::<f64>()
        {
            micros += value * each;
            found = true;
            rest = tail;
        }
    }
    (found && micros < 8e19).then(|| span(micros.round_ties_even() as i128))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let cases = [
            (0.1, "0.1"),
            (1.5, "1.5"),
            (1e16, "1e+16"),
            (1.25e-5, "1.25e-05"),
            (0.0001, "0.0001"),
            (123_456_789_012_345.67, "123456789012345.67"),
            (1e300, "1e+300"),
            (-2.5e-10, "-2.5e-10"),
            (1_234_567_890_123_456.0, "1234567890123456.0"),
        ];
        for (value, text) in cases {
            assert_eq!(float(value), text);
        }
    }

    #[test]
    fn whole_numbers_lose_their_point_and_keep_their_digits() {
        assert_eq!(number(3.0).as_deref(), Some("3"));
        assert_eq!(number(-0.0).as_deref(), Some("0"));
        assert_eq!(number(2f64.powi(70)).as_deref(), Some("1180591620717411303424"));
        assert_eq!(number(f64::INFINITY), None);
    }

    #[test]
    fn days_become_dates_and_parts_of_a_day_become_times() {
        let of = |value| xlsx_moment(value, false);
        assert_eq!(of(45_000.0).as_deref(), Some("2023-03-15 00:00:00"));
        assert_eq!(of(0.5).as_deref(), Some("12:00:00"));
        assert_eq!(of(1.0).as_deref(), Some("1900-01-01 00:00:00"));
        assert_eq!(of(60.0).as_deref(), Some("1900-02-28 00:00:00"));
        assert_eq!(of(61.25).as_deref(), Some("1900-03-01 06:00:00"));
        assert_eq!(of(-1.0).as_deref(), Some("1899-12-29 00:00:00"));
        assert_eq!(of(36_526.000_001_5).as_deref(), Some("2000-01-01 00:00:00.130000"));
        assert_eq!(of(2_958_466.0), None);
        assert_eq!(xlsx_moment(1.0, true).as_deref(), Some("1904-01-02 00:00:00"));
        assert_eq!(of(36_585.0).as_deref(), Some("2000-02-29 00:00:00"));
    }

    #[test]
    fn an_old_workbook_refuses_dates_that_may_mean_two_days() {
        assert_eq!(xls_moment(45_000.75, false).as_deref(), Ok("2023-03-15 18:00:00"));
        assert_eq!(xls_moment(0.0, false).as_deref(), Ok("00:00:00"));
        assert_eq!(xls_moment(12.0, false), Err(NotADate::Ambiguous));
        assert_eq!(xls_moment(-1.0, false), Err(NotADate::Outside));
    }

    #[test]
    fn spans_count_days_apart() {
        assert_eq!(xlsx_span(0.0625).as_deref(), Some("1:30:00"));
        assert_eq!(xlsx_span(1.5).as_deref(), Some("1 day, 12:00:00"));
        assert_eq!(xlsx_span(-0.25).as_deref(), Some("-1 day, 18:00:00"));
        assert_eq!(xlsx_span(30.0).as_deref(), Some("30 days, 0:00:00"));
    }

    #[test]
    fn texts_of_iso_8601_are_read() {
        assert_eq!(iso_moment("2024-02-29").as_deref(), Some("2024-02-29"));
        assert_eq!(iso_moment("2023-02-29"), None);
        assert_eq!(
            iso_moment("2024-02-29T06:07:08.5Z").as_deref(),
            Some("2024-02-29 06:07:08.500000")
        );
        assert_eq!(iso_moment("06:07").as_deref(), Some("06:07:00"));
        assert_eq!(iso_moment("PT26H").as_deref(), Some("1 day, 2:00:00"));
        assert_eq!(iso_moment("soon"), None);
    }
}
