//! What an author may have meant.

/// How many letters have to be put in, taken out or changed to make the one the other.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().enumerate() {
        let mut now = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let changed = before[column] + usize::from(letter != *wanted);
            now.push(changed.min(before[column + 1] + 1).min(now[column] + 1));
        }
        before = now;
    }
    before[other.len()]
}

/// The same, where two letters that changed places count as one mistake.
fn mistakes(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for row in 1..=one.len() {
        let mut now = vec![row];
        for column in 1..=other.len() {
            let differs = usize::from(one[row - 1] != other[column - 1]);
            let mut least = (rows[row - 1][column - 1] + differs)
                .min(rows[row - 1][column] + 1)
                .min(now[column - 1] + 1);
            let swapped = row > 1
                && column > 1
                && one[row - 1] == other[column - 2]
                && one[row - 2] == other[column - 1];
            if swapped {
                least = least.min(rows[row - 2][column - 2] + 1);
            }
            now.push(least);
        }
        rows.push(now);
    }
    rows[one.len()][other.len()]
}

/// The name that is nearest to what was written, when it is near enough to be meant.
pub(crate) fn nearest<'a>(
    written: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if written.chars().count() > LONGEST {
        return None;
    }
    let small = written.to_lowercase();
    let most = (small.chars().count() / 3).clamp(1, 3);
    let near = names.into_iter().filter(|name| name.len() <= LONGEST * 2 && *name != written);
    near.map(|name| (mistakes(&small, &name.to_lowercase()), name))
        .filter(|(far, _)| *far <= most)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("refernce", ["reference", "name"]), Some("reference"));
        assert_eq!(nearest("nmae", ["name"]), Some("name"));
        assert_eq!(nearest("abc", ["xyz"]), None);
        assert_eq!(nearest("Age", ["age"]), Some("age"));
    }
}
