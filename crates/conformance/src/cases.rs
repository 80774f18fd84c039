//! All cases: recipes, forms grown by chance, and good forms harmed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::book::Writing;
use crate::chance::Chance;
use crate::harm::harmed;
use crate::recipe::{self, Case};
use crate::tree::grown;

/// The recipes, each with the name of its topic.
const RECIPES: &[(&str, &str)] = &[
    ("types", include_str!("../cases/types.txt")),
    ("columns", include_str!("../cases/columns.txt")),
    ("languages", include_str!("../cases/languages.txt")),
    ("groups", include_str!("../cases/groups.txt")),
    ("logic", include_str!("../cases/logic.txt")),
    ("selects", include_str!("../cases/selects.txt")),
    ("parameters", include_str!("../cases/parameters.txt")),
    ("settings", include_str!("../cases/settings.txt")),
    ("entities", include_str!("../cases/entities.txt")),
    ("readers", include_str!("../cases/readers.txt")),
];

/// A workbook on disk that both convert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDisk {
    /// Its name, `topic/what/choice`.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// The name that the form is given, if any.
    pub name: Option<String>,
}

impl OnDisk {
    /// The first part of its name.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// Every case: all recipes and so many forms of chance, half of them grown and half of them harmed.
///
/// # Errors
/// When a recipe is none.
pub fn all(seed: u64, by_chance: usize) -> Result<Vec<Case>> {
    let mut cases = recipe::read(RECIPES)?;
    let grown = grown(seed, by_chance / 2);
    let mut good: Vec<Case> = cases.iter().filter(|case| is_small(case)).cloned().collect();
    good.extend(grown.iter().cloned());
    cases.extend(grown);
    cases.extend(harmed(&good, seed, by_chance - by_chance / 2));
    Ok(cases)
}

/// Whether harming it is worth while: it has a survey of its own and nothing typed.
fn is_small(case: &Case) -> bool {
    case.way.is_none() && case.name.is_none()
}

/// How a case is written: as it must be, or as chance has it.
fn way(case: &Case, seed: u64) -> Writing {
    if let Some(way) = case.way {
        return way;
    }
    let drawn = match Chance::new(seed, &case.id).below(10) {
        0..6 => Writing::Markdown,
        6..8 => Writing::Csv,
        _ => Writing::Xlsx,
    };
    match drawn {
        Writing::Markdown if !case.book.fits_markdown() => Writing::Csv,
        drawn => drawn,
    }
}

/// Writes the cases into a folder.
///
/// # Errors
/// When one cannot be written.
pub fn write(cases: &[Case], seed: u64, folder: &Path) -> Result<Vec<OnDisk>> {
    let mut written = Vec::new();
    for case in cases {
        let mut way = way(case, seed);
        let bytes = match case.book.write(way) {
            Ok(bytes) => bytes,
            // Excel's names of sheets are stricter than ours.
            Err(_) if case.way.is_none() => {
                way = Writing::Csv;
                case.book.write(way)?
            }
            Err(error) => return Err(error.context(format!("writing {}", case.id))),
        };
        let path = folder.join(format!("{}.{}", case.id.replace('/', "__"), way.ending()));
        let parent = path.parent().context("a folder")?;
        std::fs::create_dir_all(parent)?;
        // Thousands of files: what a run before has written is left as it is.
        if !std::fs::read(&path).is_ok_and(|before| before == bytes) {
            std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        }
        written.push(OnDisk { id: case.id.clone(), path, name: case.name.clone() });
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_case_has_a_name_of_its_own() {
        let cases = all(1, 400).unwrap();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(names.len(), cases.len());
        assert!(cases.len() > 4_000, "{}", cases.len());
    }

    #[test]
    fn every_way_of_writing_comes_up() {
        let cases = all(1, 0).unwrap();
        let ways: BTreeSet<&str> = cases.iter().map(|case| way(case, 1).ending()).collect();
        assert_eq!(ways.len(), 3);
    }
}
