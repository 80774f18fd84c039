//! Dates and times as forms write, count and show them.

use std::fmt::Write as _;

const DAY_MS: i64 = 86_400_000;

/// An instant together with the offset from UTC of the place where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
    /// Minutes that local clocks are ahead of UTC.
    pub offset_minutes: i32,
}

/// What a calendar and a clock show.
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    /// Milliseconds since midnight.
    clock: i64,
    /// Days since 1970-01-01.
    days: i64,
}

impl Moment {
    /// Midnight of a local day, counted from 1970-01-01.
    #[must_use]
    pub fn midnight(days: i64, offset_minutes: i32) -> Self {
        let local = days.saturating_mul(DAY_MS);
        Self { millis: local.saturating_sub(i64::from(offset_minutes) * 60_000), offset_minutes }
    }

    fn local(self) -> i64 {
        self.millis.saturating_add(i64::from(self.offset_minutes) * 60_000)
    }

    /// The local day, counted from 1970-01-01.
    #[must_use]
    pub fn days(self) -> i64 {
        self.local().div_euclid(DAY_MS)
    }

    /// Days since 1970-01-01T00:00:00Z with their fraction.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year fit")]
    pub fn decimal_days(self) -> f64 {
        self.millis as f64 / DAY_MS as f64
    }

    /// Days since the local midnight of 1970-01-01 with their fraction.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year fit")]
    pub fn local_days(self) -> f64 {
        self.local() as f64 / DAY_MS as f64
    }

    /// How much of the local day has passed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a day has few milliseconds")]
    pub fn day_fraction(self) -> f64 {
        self.local().rem_euclid(DAY_MS) as f64 / DAY_MS as f64
    }

    fn fields(self) -> Fields {
        let days = self.days();
        let (year, month, day) = civil(days);
        Fields { year, month, day, clock: self.local().rem_euclid(DAY_MS), days }
    }

    /// `2024-02-29`
    #[must_use]
    pub fn date(self) -> String {
        let Fields { year, month, day, .. } = self.fields();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `2024-02-29T13:45:00.000+08:00`
    #[must_use]
    pub fn date_time(self) -> String {
        let mut text = self.date();
        let clock = self.fields().clock;
        let (hour, minute) = (clock / 3_600_000, clock / 60_000 % 60);
        let (second, tick) = (clock / 1_000 % 60, clock % 1_000);
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let offset = self.offset_minutes.unsigned_abs();
        let _ = write!(
            text,
            "T{hour:02}:{minute:02}:{second:02}.{tick:03}{sign}{:02}:{:02}",
            offset / 60,
            offset % 60
        );
        text
    }

    /// Shown after a pattern of `%` and letters, as JavaRosa does. Months and days are named in
    /// English, for the language of the form is not known here.
    ///
    /// # Errors
    ///
    /// When the pattern has a letter that stands for nothing: that letter, if any.
    pub(super) fn format(self, pattern: &str) -> Result<String, Option<char>> {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let name = |names: &'static [&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("")
        };
        let fields = self.fields();
        let clock = fields.clock;
        let mut text = String::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                text.push(letter);
                continue;
            }
            let letter = letters.next().ok_or(None)?;
            let _ = match letter {
                '%' => write!(text, "%"),
                'Y' => write!(text, "{:04}", fields.year),
                'y' => write!(text, "{:02}", fields.year.rem_euclid(100)),
                'm' => write!(text, "{:02}", fields.month),
                'n' => write!(text, "{}", fields.month),
                'b' => write!(text, "{}", name(&MONTHS, fields.month - 1)),
                'd' => write!(text, "{:02}", fields.day),
                'e' => write!(text, "{}", fields.day),
                'H' => write!(text, "{:02}", clock / 3_600_000),
                'h' => write!(text, "{}", clock / 3_600_000),
                'M' => write!(text, "{:02}", clock / 60_000 % 60),
                'S' => write!(text, "{:02}", clock / 1_000 % 60),
                '3' => write!(text, "{:03}", clock % 1_000),
                'a' => write!(text, "{}", name(&WEEKDAYS, weekday(fields.days))),
                'W' => write!(text, "{}", iso_week(fields.days)),
                other => return Err(Some(other)),
            };
        }
        Ok(text)
    }

    /// A date, or a date with a time; where no offset is written, `offset_minutes` holds. The
    /// second value says whether there is a time.
    #[must_use]
    pub fn parse(text: &str, offset_minutes: i32) -> Option<(Self, bool)> {
        let text = text.trim();
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let days = parse_date(date)?;
        let Some(time) = time else { return Some((Self::midnight(days, offset_minutes), false)) };
        let (clock, written) = parse_time(time)?;
        let written = written.unwrap_or(offset_minutes);
        let millis = days * DAY_MS + clock - i64::from(written) * 60_000;
        Some((Self { millis, offset_minutes }, true))
    }

    /// A time without a date, as a fraction of the local day.
    pub(super) fn parse_clock(text: &str, offset_minutes: i32) -> Option<f64> {
        let (clock, written) = parse_time(text.trim())?;
        let shift = written.map_or(0, |written| i64::from(offset_minutes - written) * 60_000);
        let today = Self { millis: clock + shift, offset_minutes: 0 };
        Some(today.day_fraction())
    }
}

/// Whether a text is a date as forms write it: four digits, two and two, and perhaps a time.
pub(super) fn looks_like_date(text: &str) -> bool {
    let date = text.get(..10).unwrap_or_default().as_bytes();
    let shaped = date.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    date.len() == 10 && shaped && matches!(text.as_bytes().get(10), None | Some(b'T'))
}

fn number(text: &str, most: usize) -> Option<i64> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn parse_date(text: &str) -> Option<i64> {
    let mut pieces = text.split('-');
    let year = number(pieces.next()?, 4)?;
    let month = number(pieces.next()?, 2)?;
    let day = number(pieces.next()?, 2)?;
    let valid = pieces.next().is_none()
        && (1..=12).contains(&month)
        && (1..=month_length(year, month)).contains(&day);
    valid.then(|| days_from_civil(year, month, day))
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Milliseconds since midnight, and the offset in minutes if one is written.
fn parse_time(text: &str) -> Option<(i64, Option<i32>)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, Some(0))
    } else if let Some(at) = text.find(['+', '-']) {
        let (clock, offset) = text.split_at_checked(at)?;
        (clock, Some(parse_offset(offset)?))
    } else {
        (text, None)
    };
    let mut pieces = clock.split(':');
    let hour = number(pieces.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = number(pieces.next()?, 2).filter(|minute| *minute < 60)?;
    let seconds = pieces.next().unwrap_or("0");
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let second = number(whole, 2).filter(|second| *second < 60)?;
    number(fraction, 18)?;
    let tick = number(format!("{fraction:0<3}").get(..3)?, 3)?;
    pieces.next().is_none().then_some(())?;
    Some((((hour * 60 + minute) * 60 + second) * 1_000 + tick, offset))
}

fn parse_offset(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = text.get(1..)?;
    let (hours, minutes) = match text.split_once(':') {
        Some(pieces) => pieces,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => (text, "0"),
    };
    let hours = number(hours, 2).filter(|hours| *hours <= 18)?;
    let minutes = number(minutes, 2).filter(|minutes| *minutes < 60)?;
    i32::try_from(sign * (hours * 60 + minutes)).ok()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. The year is taken to begin in
/// March, so that the leap day is its last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 153 days are the five months from March to July, and again from August to December.
    365 * year + leaps + (153 * month + 2) / 5 + day - 1 - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let cycle = shifted.div_euclid(146_097);
    let day_of_cycle = shifted.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (cycle * 400 + year_of_cycle + i64::from(month <= 2), month, day)
}

/// Monday is zero; 1970-01-01 was a Thursday.
fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

/// The week of ISO 8601: the first is that of the first Thursday.
fn iso_week(days: i64) -> i64 {
    let thursday = days - weekday(days) + 3;
    let (year, ..) = civil(thursday);
    (thursday - days_from_civil(year, 1, 1)) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::{Moment, civil, days_from_civil, iso_week};

    #[test]
    fn every_day_of_two_millennia_is_itself() {
        for days in -700_000..200_000 {
            let (year, month, day) = civil(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        assert_eq!(iso_week(days_from_civil(2021, 1, 3)), 53);
        assert_eq!(iso_week(days_from_civil(2021, 1, 4)), 1);
        assert_eq!(iso_week(days_from_civil(2024, 12, 30)), 1);
        assert_eq!(iso_week(days_from_civil(2020, 12, 31)), 53);
    }

    #[test]
    fn a_time_keeps_its_instant_whatever_offset_it_is_written_with() {
        let here = 8 * 60;
        let one = Moment::parse("2024-02-29T23:30:00.000+08:00", here).unwrap();
        let other = Moment::parse("2024-02-29T15:30:00Z", here).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.0.date_time(), "2024-02-29T23:30:00.000+08:00");
        assert_eq!(Moment::parse("2024-02-29T23:30", here).unwrap(), one);
        assert_eq!(Moment::parse("2024-02-30", here), None);
        assert_eq!(Moment::parse("2024-02-29T24:00", here), None);
        assert_eq!(Moment::parse("yesterday", here), None);
    }
}
