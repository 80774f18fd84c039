//! `key=value key=value`: what the column `parameters` says.

use crate::problem::Problem;
use crate::sheet::Table;
use crate::sink::Sink;

/// Parameters by name; a name that comes twice has its last value.
pub(crate) type Parameters = Vec<(String, String)>;

/// Reads parameters. Nothing, with a problem, where they are not of the form.
pub(crate) fn read(written: &str) -> Option<Parameters> {
    let mut found = Parameters::new();
    let mut tokens = tokens(written).into_iter();
    while let Some(key) = tokens.next() {
        let (equals, value) = (tokens.next()?, tokens.next()?);
        if key == "=" || equals != "=" || value == "=" {
            return None;
        }
        let key = key.to_lowercase();
        let keeps_case = key == "label" || key == "value";
        let value = if keeps_case { value.to_owned() } else { value.to_lowercase() };
        match found.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => found.push((key, value)),
        }
    }
    Some(found)
}

fn tokens(written: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = written;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == ';');
        if rest.is_empty() {
            return found;
        }
        let end = if rest.starts_with('=') {
            1
        } else {
            let stops = |c: char| c.is_whitespace() || matches!(c, '=' | ',' | ';');
            rest.find(stops).unwrap_or(rest.len())
        };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
}

/// A parameter's value.
pub(crate) fn get<'a>(parameters: &'a Parameters, key: &str) -> Option<&'a str> {
    parameters.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// Says which parameters a type does not know; whether it knows all.
pub(crate) fn accept(
    parameters: &Parameters,
    accepted: &[&str],
    table: &Table<'_>,
    row: u32,
    sink: &mut Sink,
) -> bool {
    let mut all = true;
    for (key, _) in parameters.iter().filter(|(key, _)| !accepted.contains(&key.as_str())) {
        all = false;
        let names = accepted.join(", ");
        sink.error(Problem::new(
            "parameter_unknown",
            table.at(row, &["parameters"]),
            format!("This type has no parameter '{key}'. It takes: {names}."),
            format!("这种题型没有参数“{key}”。可用的参数：{names}。"),
        ));
    }
    all
}

/// A parameter whose value does not fit.
pub(crate) fn misfit(table: &Table<'_>, row: u32, key: &str, en: &str, zh: &str) -> Problem {
    Problem::new(
        "parameter_misfit",
        table.at(row, &["parameters"]),
        format!("The parameter '{key}' {en}."),
        format!("参数“{key}”{zh}。"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_however_they_are_parted() {
        let read = read("Start = 1, end=10;step=2 label=Name").expect("read");
        assert_eq!(get(&read, "start"), Some("1"));
        assert_eq!(get(&read, "label"), Some("Name"));
        assert!(super::read("a").is_none() && super::read("a=b=c").is_none());
        assert!(super::read("a=").is_none());
    }
}
