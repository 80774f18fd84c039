//! Where problems are gathered, so that an author learns of all of them at once.

use crate::problem::{Problem, Problems};

/// Errors and warnings on their way to the author.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) errors: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
    /// Expressions that no application can run.
    pub(crate) findings: Vec<Problem>,
}

impl Sink {
    /// Something that no form can be made of.
    pub(crate) fn error(&mut self, problem: Problem) {
        self.errors.push(problem);
    }

    /// Something that the author should know.
    pub(crate) fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    /// Something that pyxform lets pass and that no application can run.
    pub(crate) fn find(&mut self, problem: Problem) {
        self.findings.push(problem);
    }

    /// Puts everything in the order in which an author reads a workbook, each problem once.
    pub(crate) fn sorted(&mut self) {
        for problems in [&mut self.errors, &mut self.warnings, &mut self.findings] {
            problems.sort_by_key(|problem| {
                let sheet = problem.at.sheet.as_deref().map(str::to_lowercase);
                let place = match sheet.as_deref() {
                    None => 0,
                    Some("settings") => 1,
                    Some("survey") => 2,
                    Some("choices") => 3,
                    Some(_) => 4,
                };
                (place, problem.at.row)
            });
            problems.dedup();
        }
    }

    /// Goes on, or stops with everything found so far.
    pub(crate) fn so_far(&mut self) -> Result<(), Problems> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problems(std::mem::take(&mut self.errors)))
        }
    }
}
