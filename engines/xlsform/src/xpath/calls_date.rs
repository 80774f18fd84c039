//! Functions of dates and times.

use super::calls::{Arguments, Outcome, number, text};
use super::eval_error::{EvalError, EvalErrorKind};
use super::moment::Moment;
use super::value::Value;

pub(super) fn call(arguments: &Arguments<'_>) -> Outcome {
    let now = arguments.evaluator.scene.now;
    match arguments.name {
        "today" => Ok(Some(Value::Date(Moment::midnight(now.days(), now.offset_minutes)))),
        "now" => Ok(Some(Value::DateTime(now))),
        "date" => Ok(Some(match moment(arguments, false)? {
            Some(moment) => Value::Date(moment),
            None => arguments.value(0),
        })),
        "date-time" => Ok(Some(match moment(arguments, true)? {
            Some(moment) => Value::DateTime(moment),
            None => arguments.value(0),
        })),
        "decimal-date-time" | "decimal-date" => decimal_date_time(arguments),
        "decimal-time" => decimal_time(arguments),
        "format-date" | "format-date-time" => {
            let pattern = arguments.text(1)?;
            match moment(arguments, true)? {
                None => text(""),
                Some(moment) => match moment.format(&pattern) {
                    Ok(shown) => text(shown),
                    Err(_) => arguments.fail(EvalErrorKind::BadPattern(pattern)),
                },
            }
        }
        _ => Ok(None),
    }
}

/// What the first argument says as a date; nothing where it is empty or NaN.
fn moment(arguments: &Arguments<'_>, with_time: bool) -> Result<Option<Moment>, EvalError> {
    let scene = arguments.evaluator.scene;
    let offset = scene.now.offset_minutes;
    let value = match arguments.value(0) {
        Value::Date(moment) | Value::DateTime(moment) => return Ok(Some(moment)),
        Value::Nodes(_) => Value::Text(arguments.text(0)?),
        value => value,
    };
    if is_blank(&value) {
        return Ok(None);
    }
    let days = match &value {
        Value::Number(days) => *days,
        Value::Text(written) => match Moment::parse(written, offset) {
            Some((moment, _)) => return Ok(Some(moment)),
            None => scene.number(&value),
        },
        _ => f64::NAN,
    };
    if days.is_nan() || days.abs() > f64::from(i32::MAX) {
        return arguments.fail(EvalErrorKind::NoDate(scene.text(&value).into_owned()));
    }
    #[expect(clippy::cast_possible_truncation, reason = "32 bits of days fit")]
    Ok(Some(if with_time {
        Moment { millis: (days * 86_400_000.0) as i64, offset_minutes: offset }
    } else {
        Moment::midnight(days.trunc() as i64, offset)
    }))
}

fn decimal_date_time(arguments: &Arguments<'_>) -> Outcome {
    match arguments.value(0) {
        Value::Number(days) => number(days),
        value if is_blank(&value) => Ok(Some(value)),
        _ => match moment(arguments, true)? {
            Some(moment) => number(moment.decimal_days()),
            None => text(""),
        },
    }
}

fn decimal_time(arguments: &Arguments<'_>) -> Outcome {
    let offset = arguments.evaluator.scene.now.offset_minutes;
    match arguments.value(0) {
        Value::Number(days) => number(days - days.floor()),
        Value::Date(moment) | Value::DateTime(moment) => number(moment.day_fraction()),
        _ => {
            let written = arguments.text(0)?;
            if written.is_empty() {
                return text("");
            }
            if let Some(fraction) = Moment::parse_clock(&written, offset) {
                return number(fraction);
            }
            match Moment::parse(&written, offset) {
                Some((moment, _)) => number(moment.day_fraction()),
                None => arguments.fail(EvalErrorKind::NoDate(written)),
            }
        }
    }
}

/// Whether a value is no date and no mistake either, but no answer.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::Number(number) => number.is_nan(),
        _ => false,
    }
}
