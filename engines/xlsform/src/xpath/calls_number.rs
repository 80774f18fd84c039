//! Functions of numbers and of truth.

use super::calls::{Arguments, Outcome, boolean, number};
use super::eval_error::EvalError;
use super::value::{Place, Value};

pub(super) fn call(arguments: &Arguments<'_>) -> Outcome {
    let one = |work: fn(f64) -> f64| number(work(arguments.decimal(0)));
    match arguments.name {
        "true" => boolean(true),
        "false" => boolean(false),
        "not" => boolean(!arguments.boolean(0)),
        "boolean" => boolean(arguments.boolean(0)),
        "number" if arguments.len() == 0 => {
            let own = Value::Text(arguments.text_or_own(0)?);
            number(arguments.evaluator.scene.number(&own))
        }
        "number" => number(arguments.number(0)),
        "int" => number(arguments.number(0).trunc()),
        "floor" => number(arguments.number(0).floor()),
        "ceiling" => number(arguments.number(0).ceil()),
        "round" => {
            let places = if arguments.len() > 1 { arguments.number(1) } else { 0.0 };
            number(round(arguments.number(0), places))
        }
        "abs" => one(f64::abs),
        "acos" => one(f64::acos),
        "asin" => one(f64::asin),
        "atan" => one(f64::atan),
        "cos" => one(f64::cos),
        "exp" => one(f64::exp),
        "exp10" => one(|power| 10.0_f64.powf(power)),
        "log" => one(f64::ln),
        "log10" => one(f64::log10),
        "sin" => one(f64::sin),
        "sqrt" => one(f64::sqrt),
        "tan" => one(f64::tan),
        "atan2" => number(arguments.decimal(0).atan2(arguments.decimal(1))),
        "pow" => number(arguments.decimal(0).powf(arguments.decimal(1))),
        "pi" => number(std::f64::consts::PI),
        "min" => number(extreme(arguments, f64::min)?),
        "max" => number(extreme(arguments, f64::max)?),
        "sum" => {
            arguments.nodes(0)?;
            number(counted(arguments, 0)?.into_iter().sum())
        }
        "random" => {
            #[expect(clippy::cast_precision_loss, reason = "53 bits are kept whole")]
            let share = (arguments.evaluator.chance() >> 11) as f64;
            number(share / 9_007_199_254_740_992.0)
        }
        "checklist" => {
            let truths = truths(arguments)?;
            #[expect(clippy::cast_precision_loss, reason = "no form asks so much")]
            let count = truths.iter().filter(|truth| **truth).count() as f64;
            let (min, max) = (arguments.number(0).trunc(), arguments.number(1).trunc());
            boolean((min < 0.0 || count >= min) && (max < 0.0 || count <= max))
        }
        "weighted-checklist" => weighted_checklist(arguments),
        _ => Ok(None),
    }
}

/// The numbers among the arguments; what is none is left out, as JavaRosa does.
fn counted(arguments: &Arguments<'_>, from: usize) -> Result<Vec<f64>, EvalError> {
    let scene = arguments.evaluator.scene;
    let spread = arguments.spread(from)?;
    Ok(spread.iter().map(|value| scene.number(value)).filter(|number| !number.is_nan()).collect())
}

fn extreme(arguments: &Arguments<'_>, pick: fn(f64, f64) -> f64) -> Result<f64, EvalError> {
    Ok(counted(arguments, 0)?.into_iter().reduce(pick).unwrap_or(f64::NAN))
}

fn truths(arguments: &Arguments<'_>) -> Result<Vec<bool>, EvalError> {
    let scene = arguments.evaluator.scene;
    Ok(arguments.spread(2)?.iter().map(|value| scene.boolean(value)).collect())
}

/// Flags and weights in pairs, or two sets of nodes of one size.
fn weighted_checklist(arguments: &Arguments<'_>) -> Outcome {
    let scene = arguments.evaluator.scene;
    let mut sum = 0.0;
    if let (Some(Value::Nodes(flags)), Some(Value::Nodes(weights)), 4) =
        (arguments.values.get(2), arguments.values.get(3), arguments.len())
    {
        let weight = |place: &Place| scene.instance(*place).weight(place.node);
        arguments.charge(flags.iter().chain(weights).map(weight).sum())?;
        for (flag, weight) in flags.iter().zip(weights) {
            if !scene.node_text(*flag).is_empty() {
                sum += scene.number(&Value::Text(scene.node_text(*weight).into_owned()));
            }
        }
    } else {
        for pair in arguments.values.get(2..).unwrap_or_default().chunks(2) {
            // A flag that is a node is set if it holds anything: its being there says nothing.
            if let [flag, weight] = pair {
                let set = match flag {
                    Value::Nodes(_) => !scene.text(flag).is_empty(),
                    flag => scene.boolean(flag),
                };
                sum += if set { scene.number(weight) } else { 0.0 };
            }
        }
    }
    boolean(sum >= arguments.number(0) && sum <= arguments.number(1))
}

/// Rounded to a number of decimal places, halves towards the greater, over the digits that the
/// number is written with: 1.005 to two places is 1.01, although it is stored as slightly less.
fn round(number: f64, places: f64) -> f64 {
    if !number.is_finite() {
        return number;
    }
    if places.is_nan() || places.abs() > 30.0 {
        return f64::NAN;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most thirty")]
    let places = places.trunc() as i32;
    let written = format!("{:e}", number.abs());
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let digits: Vec<u8> =
        digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    let power: i32 = power.parse().unwrap_or(0);
    // How many of the digits stay.
    let kept = power + 1 + places;
    let Ok(kept) = usize::try_from(kept) else { return 0.0 };
    if kept >= digits.len() {
        return number;
    }
    let rest = digits.get(kept..).unwrap_or_default();
    let half = rest.first() == Some(&5) && rest.iter().skip(1).all(|digit| *digit == 0);
    let up = rest.first().is_some_and(|digit| *digit >= 5) && !(half && number < 0.0);
    let whole = digits.iter().take(kept).fold(0_u64, |whole, digit| whole * 10 + u64::from(*digit));
    let whole = whole + u64::from(up);
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{whole}e{}", -places).parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn halves_go_towards_the_greater() {
        let cases = [
            (2.5, 0.0, 3.0),
            (-2.5, 0.0, -2.0),
            (1.005, 2.0, 1.01),
            (1.45, 1.0, 1.5),
            (-1.45, 1.0, -1.4),
            (0.4, 0.0, 0.0),
            (0.5, 0.0, 1.0),
            (0.05, 0.0, 0.0),
            (0.06, 1.0, 0.1),
            (1234.0, -2.0, 1200.0),
            (1250.0, -2.0, 1300.0),
            (-1250.0, -2.0, -1200.0),
            (33.33, -1.0, 30.0),
            (5.0, -1.0, 10.0),
            (4.0, -1.0, 0.0),
            (4.0, -2.0, 0.0),
            (1e300, 2.0, 1e300),
            (9.99, 1.0, 10.0),
            (0.1, 5.0, 0.1),
        ];
        for (number, places, expected) in cases {
            assert_eq!(round(number, places), expected, "{number} to {places}");
        }
    }
}
