//! Our own converter, asked as the peer is.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use xlsform::workbook::Format;
use xlsform::{Options, Problem};

use crate::answer::{Answer, Outcome};
use crate::cases::OnDisk;

/// What we make of a workbook; converts so many times more to take the time.
///
/// # Errors
/// When it cannot be read.
pub fn answer(case: &OnDisk, times: usize) -> Result<Answer> {
    let bytes =
        std::fs::read(&case.path).with_context(|| format!("reading {}", case.path.display()))?;
    let options = options(&case.path, case.name.clone());
    let converted = xlsform::convert(&bytes, &options);
    let mut micros = Vec::new();
    for _ in 0..if converted.is_ok() { times } else { 0 } {
        let start = Instant::now();
        let again = xlsform::convert(&bytes, &options);
        micros.push(start.elapsed().as_secs_f64() * 1e6);
        drop(std::hint::black_box(again));
    }
    Ok(match converted {
        Ok(made) => Answer {
            outcome: Outcome::Converted { xform: made.xform, itemsets: made.itemsets },
            warnings: made.warnings.iter().map(Problem::to_string).collect(),
            micros,
        },
        Err(problems) => Answer {
            outcome: Outcome::Refused {
                kind: problems.0.first().map_or("none", |problem| problem.code).to_owned(),
                why: problems.to_string(),
            },
            warnings: Vec::new(),
            micros,
        },
    })
}

/// What the name of the file says, as the command takes it.
fn options(path: &Path, name: Option<String>) -> Options {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(|it| it.to_str()).map(str::to_owned);
    let format = match text(path.extension()).unwrap_or_default().to_lowercase().as_str() {
        "xlsx" | "xlsm" => Some(Format::Xlsx),
        "xls" => Some(Format::Xls),
        "csv" => Some(Format::Csv),
        "md" => Some(Format::Markdown),
        _ => None,
    };
    Options { format, name, file_stem: text(path.file_stem()), ..Options::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_says_what_it_is_and_what_the_form_is_called() {
        let options = options(Path::new("a/b.c.XLSX"), None);
        assert_eq!(options.format, Some(Format::Xlsx));
        assert_eq!(options.file_stem.as_deref(), Some("b.c"));
    }
}
