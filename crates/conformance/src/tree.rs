//! Forms grown by chance: questions of every type in groups and repeats that refer to each other.

use crate::book::{Book, Sheet};
use crate::chance::Chance;
use crate::recipe::Case;

/// Types that a question may have, with how often they come.
const KINDS: &[(&str, usize)] = &[
    ("text", 8),
    ("integer", 8),
    ("decimal", 3),
    ("date", 2),
    ("time", 1),
    ("dateTime", 1),
    ("note", 4),
    ("calculate", 6),
    ("select_one yn", 6),
    ("select_multiple ab", 4),
    ("select_one ab", 3),
    ("rank ab", 1),
    ("select_one yn or_other", 1),
    ("select_one_from_file towns.csv", 1),
    ("select_multiple_from_file shapes.geojson", 1),
    ("image", 2),
    ("audio", 1),
    ("barcode", 1),
    ("geopoint", 1),
    ("geotrace", 1),
    ("range", 1),
    ("acknowledge", 1),
    ("hidden", 1),
    ("start", 1),
    ("today", 1),
    ("csv-external", 1),
    ("start-geopoint", 1),
    ("background-audio", 1),
    ("file", 1),
    ("osm", 1),
];

/// Texts with a place for a reference.
const TEXTS: &[&str] = &[
    "Plain",
    "About @",
    "@ and @",
    "x < @ & \"y\"",
    "**Bold** @",
    "中文 @",
    "instance('yn')/root/item[name = @]/label",
    "a  b",
    "‘smart’ @",
    "-",
];

/// Expressions with places for references.
const EXPRESSIONS: &[&str] = &[
    "@ > 1",
    "@ = 'a' and @ != ''",
    "selected(@, 'yes') or false()",
    "count(@) > 2",
    "sum(@) + @",
    "if(@ > 3, @, 'x')",
    "instance('ab')/root/item[name = @]/label = 'A'",
    "pulldata('towns', 'a', 'b', @)",
    "position(..) + @",
    "indexed-repeat(@, @, @)",
    "once(uuid())",
    "today()",
    "true()",
    "yes",
    ". > @",
    "coalesce(@, @, '')",
    "concat(@, \"<&>\")",
    "7",
];

/// The columns that a question may fill, in order.
const COLUMNS: &[&str] = &[
    "type",
    "name",
    "label",
    "label::fr",
    "hint",
    "guidance_hint",
    "relevant",
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "constraint_message::fr",
    "readonly",
    "calculation",
    "default",
    "appearance",
    "choice_filter",
    "parameters",
    "trigger",
    "image",
    "audio::fr",
    "bind::odk:x",
    "body::x",
    "instance::x",
    "repeat_count",
    "save_to",
];

/// A form that grows.
struct Growing {
    chance: Chance,
    rows: Vec<Vec<(&'static str, String)>>,
    names: Vec<String>,
    questions: Vec<String>,
    lists: Vec<String>,
    languages: bool,
    wild: bool,
}

/// So many forms, grown from the seed.
#[must_use]
pub fn grown(seed: u64, number: usize) -> Vec<Case> {
    (0..number).map(|index| one(seed, index)).collect()
}

fn one(seed: u64, index: usize) -> Case {
    let mut chance = Chance::new(seed, &format!("tree {index}"));
    let lists = match chance.below(6) {
        0 => vec!["trees".to_owned()],
        1 => vec!["trees".to_owned(), "shoes".to_owned()],
        2 if chance.percent(40) => vec!["one".to_owned(), "two".to_owned(), "three".to_owned()],
        _ => Vec::new(),
    };
    let languages = chance.percent(40);
    let wild = chance.percent(30);
    let (names, questions) = (Vec::new(), Vec::new());
    let mut form = Growing { chance, rows: Vec::new(), names, questions, lists, languages, wild };
    let size = 2 + form.chance.below(12);
    form.grow(size, 0);
    form.refer();
    let name = form.chance.percent(10).then(|| "form".to_owned());
    Case { id: format!("grown/{seed}-{index}"), book: form.book(), way: None, name }
}

impl Growing {
    fn name(&mut self, of: &str) -> String {
        let name = match self.chance.below(40) {
            0 if self.wild && !self.names.is_empty() => {
                let names = self.names.clone();
                self.chance.one(&names).clone()
            }
            1 => format!("{of}-{}.x", self.names.len()),
            _ => format!("{of}{}", self.names.len()),
        };
        self.names.push(name.clone());
        name
    }

    fn grow(&mut self, size: usize, depth: usize) {
        let mut left = size;
        while left > 0 {
            let container = depth < 4 && left > 1 && self.chance.percent(30);
            if container {
                let inside = 1 + self.chance.below(left - 1);
                self.container(inside, depth);
                left -= inside;
            } else {
                self.question();
                left -= 1;
            }
        }
    }

    fn container(&mut self, size: usize, depth: usize) {
        let control = *self.chance.one(&["group", "repeat", "repeat", "group"]);
        let name = self.name(if control == "group" { "g" } else { "r" });
        let mut row = vec![("type", format!("begin {control}")), ("name", name)];
        self.words(&mut row, 70);
        self.maybe(&mut row, "relevant", EXPRESSIONS, 25);
        if control == "repeat" {
            self.maybe(&mut row, "repeat_count", &["3", "@", "@ + 1", "count(@)"], 30);
        } else {
            let looks = &["field-list", "table-list", "w4", "field-list compact"];
            self.maybe(&mut row, "appearance", looks, 20);
        }
        self.rows.push(row);
        self.grow(size, depth + 1);
        self.rows.push(vec![("type", format!("end {control}"))]);
    }

    fn question(&mut self) {
        let total: usize = KINDS.iter().map(|(_, often)| often).sum();
        let mut at = self.chance.below(total);
        let kind = KINDS.iter().find(|(_, often)| match at.checked_sub(*often) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        });
        let mut kind = kind.map_or("text", |(kind, _)| *kind).to_owned();
        if self.chance.percent(4) {
            kind = "select_one @".to_owned();
        }
        let name = self.name("q");
        if kind == "csv-external" && !self.wild {
            kind = "text".to_owned();
        }
        if !kind.ends_with("-external") {
            self.questions.push(name.clone());
        }
        let calculated = kind == "calculate";
        let choosing = kind.starts_with("select") || kind.starts_with("rank");
        let other = kind.ends_with("or_other");
        let mut row = vec![("type", kind), ("name", name)];
        let sure = if self.wild { 94 } else { 100 };
        self.words(&mut row, if calculated { 10 } else { sure });
        self.maybe(&mut row, "hint", TEXTS, 15);
        self.maybe(&mut row, "guidance_hint", TEXTS, 8);
        self.maybe(&mut row, "relevant", EXPRESSIONS, 25);
        self.maybe(&mut row, "required", &["yes", "no", "@ = 1", "true()"], 15);
        self.maybe(&mut row, "required_message", TEXTS, 8);
        self.maybe(&mut row, "constraint", EXPRESSIONS, 15);
        self.maybe(&mut row, "constraint_message", TEXTS, 10);
        self.maybe(&mut row, "readonly", &["yes", "no", "@ = 1"], 8);
        self.maybe(&mut row, "calculation", EXPRESSIONS, if calculated { sure } else { 5 });
        let defaults = &["1", "@", "today()", "2024-01-31", "a b", "@ + 1", "${last-saved#@@}"];
        self.maybe(&mut row, "default", defaults, 15);
        let looks = &["minimal", "w1", "@", "search('towns')"];
        let looks = if self.wild { &looks[..] } else { &looks[..3] };
        self.maybe(&mut row, "appearance", looks, 8);
        if choosing && !other {
            let filters = &["name = @", "k = 'x'", "@ != '' and k = @", "true()"];
            self.maybe(&mut row, "choice_filter", filters, 20);
            let parameters = &["randomize=true", "randomize=true seed=@", "randomize=false"];
            self.maybe(&mut row, "parameters", parameters, 8);
        }
        self.maybe(&mut row, "trigger", &["@", "@, @"], 4);
        self.maybe(&mut row, "image", &["a.png", "@.png"], 6);
        self.maybe(&mut row, "bind::odk:x", &["@", "v"], 3);
        self.maybe(&mut row, "body::x", &["@", "v"], 3);
        self.maybe(&mut row, "instance::x", &["@", "v"], 3);
        self.saved(&mut row);
        self.rows.push(row);
    }

    fn words(&mut self, row: &mut Vec<(&'static str, String)>, times: usize) {
        self.maybe(row, "label", TEXTS, times);
        if self.languages {
            self.maybe(row, "label::fr", TEXTS, times / 2);
            self.maybe(row, "constraint_message::fr", TEXTS, 8);
            self.maybe(row, "audio::fr", &["a.mp3"], 5);
        }
    }

    fn saved(&mut self, row: &mut Vec<(&'static str, String)>) {
        if self.lists.is_empty() || !self.chance.percent(25) {
            return;
        }
        let lists = self.lists.clone();
        let property = format!("p{}", self.names.len());
        let named = lists.len() > 1 || self.chance.percent(20);
        let text = match named {
            true => format!("{}#{property}", self.chance.one(&lists)),
            false => property,
        };
        row.push(("save_to", text));
    }

    fn maybe(
        &mut self,
        row: &mut Vec<(&'static str, String)>,
        column: &'static str,
        of: &[&str],
        times: usize,
    ) {
        if self.chance.percent(times) {
            row.push((column, (*self.chance.one(of)).to_owned()));
        }
    }

    /// Every `@` becomes a reference to something that is there, mostly; `@@` is its name only.
    fn refer(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        for row in &mut rows {
            for (column, text) in row.iter_mut() {
                let of_questions = *column == "trigger" || text.contains("@@");
                *text = self.referred(text, of_questions);
            }
        }
        self.rows = rows;
    }

    fn referred(&mut self, text: &str, of_questions: bool) -> String {
        let mut text = text.to_owned();
        while let Some(at) = text.find('@') {
            let bare = text[at..].starts_with("@@");
            let from = if of_questions || self.chance.percent(80) {
                self.questions.clone()
            } else {
                self.names.clone()
            };
            let name = if from.is_empty() || (self.wild && self.chance.percent(2)) {
                "nobody".to_owned()
            } else {
                self.chance.one(&from).clone()
            };
            let name = match self.chance.below(60) {
                _ if bare => name,
                0 => format!("${{last-saved#{name}}}"),
                _ => format!("${{{name}}}"),
            };
            text.replace_range(at..at + if bare { 2 } else { 1 }, &name);
        }
        text
    }

    fn book(mut self) -> Book {
        let filled = |column: &&str| self.rows.iter().flatten().any(|(name, _)| *name == *column);
        let columns: Vec<&str> = COLUMNS.iter().copied().filter(filled).collect();
        let mut survey = Sheet { name: "survey".into(), rows: Vec::new() };
        survey.rows.push(columns.iter().map(|column| (*column).to_owned()).collect());
        for row in &self.rows {
            let cell = |column: &&str| {
                let cell = row.iter().find(|(name, _)| name == column);
                cell.map(|(_, text)| text.clone()).unwrap_or_default()
            };
            survey.rows.push(columns.iter().map(cell).collect());
        }
        let mut book = Book { sheets: vec![survey] };
        book.sheets.push(self.choices());
        if !self.lists.is_empty() {
            let sheet = self.entities();
            book.sheets.push(sheet);
        }
        book
    }

    fn choices(&mut self) -> Sheet {
        let mut head = vec!["list_name", "name", "label"];
        if self.languages && self.chance.percent(60) {
            head.push("label::fr");
        }
        head.push("k");
        if self.chance.percent(15) {
            head.push("image");
        }
        let mut rows = vec![head.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()];
        for (list, name) in [("yn", "yes"), ("yn", "no"), ("ab", "a"), ("ab", "b"), ("ab", "c")] {
            let mut row = vec![list.to_owned(), name.to_owned()];
            for column in &head[2..] {
                let cell = match *column {
                    "k" => (*self.chance.one(&["x", "y", "", "a & b"])).to_owned(),
                    "image" => (*self.chance.one(&["", "c.png"])).to_owned(),
                    _ if self.chance.percent(5) => self.referred("Choice @", true),
                    _ if self.chance.percent(6) => String::new(),
                    _ => format!("{name} <{column}>"),
                };
                row.push(cell);
            }
            rows.push(row);
        }
        Sheet { name: "choices".into(), rows }
    }

    fn entities(&mut self) -> Sheet {
        let head = ["list_name", "label", "entity_id", "create_if", "update_if"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for list in self.lists.clone() {
            let mut row = vec![list];
            let draw = self.chance.below(if self.wild { 16 } else { 6 });
            // Label, id, create, update: what belongs together, or anything.
            let filled = match draw {
                0..=2 => [true, false, false, false],
                3 => [false, true, false, false],
                4 => [true, true, false, true],
                5 => [true, true, true, true],
                draw => [draw & 8 > 0, draw & 4 > 0, draw & 2 > 0, draw & 1 > 0],
            };
            for filled in filled {
                let text = *self.chance.one(&["@", "'x'", "@ = 1", "concat(@, @)"]);
                row.push(if filled { self.referred(text, true) } else { String::new() });
            }
            rows.push(row);
        }
        Sheet { name: "entities".into(), rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_grows_the_same_forms() {
        assert_eq!(grown(3, 20), grown(3, 20));
        assert_ne!(grown(3, 20), grown(4, 20));
    }

    #[test]
    fn no_place_for_a_reference_is_left_open() {
        for case in grown(5, 200) {
            let cells = case.book.sheets.iter().flat_map(|sheet| sheet.rows.iter().flatten());
            assert!(cells.into_iter().all(|cell| !cell.contains('@')), "{}", case.id);
        }
    }
}
