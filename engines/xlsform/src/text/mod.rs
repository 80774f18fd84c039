//! What is in a cell: names, references, tokens, numbers as authors write them.

pub(crate) mod lexer;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod reference;

/// What is behind the last point of a file's name, with the point; nothing where there is none.
pub(crate) fn extension(path: &str) -> &str {
    &path[stem(path).len()..]
}

/// A path without what is behind the last point of the file's name.
pub(crate) fn stem(path: &str) -> &str {
    let begin = path.rfind('/').map_or(0, |at| at + 1);
    let file = &path[begin..];
    let leading = file.len() - file.trim_start_matches('.').len();
    match file.rfind('.') {
        Some(at) if at >= leading && leading < file.len() && at > 0 => &path[..begin + at],
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_ending_is_what_is_behind_its_last_point() {
        for (path, ending) in
            [("a.csv", ".csv"), ("a.b.xml", ".xml"), (".csv", ""), ("a", ""), ("d.x/a", "")]
        {
            assert_eq!(extension(path), ending, "{path}");
        }
    }
}
