//! Cells -> people of a roster, or what is wrong with a row, in words.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::identity_number::IdentityNumber;
use super::sheet::Line;
use crate::problems::{DoorCode, Refused};
use crate::wire::Words;

macro_rules! columns {
    ($($name:ident $wire:literal, $zh:literal, [$($other:literal),*];)+) => {
        /// The columns of a roster.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Column { $(#[doc = $zh] $name,)+ }

        impl Column {
            /// All columns, in the order of the template.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The header of the template, in both languages.
            #[must_use]
            pub(crate) fn header(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $wire),)+ }
            }

            fn of(header: &str) -> Option<Self> {
                let header = simplified(header);
                $(
                    if [$wire, $zh, $($other),*].iter().any(|name| simplified(name) == header) {
                        return Some(Self::$name);
                    }
                )+
                None
            }
        }
    };
}

columns! {
    Reference "row ref", "编号", ["序号", "ref", "no", "number", "编码"];
    Community "community", "社区", ["居委会", "村", "社区名称", "neighbourhood"];
    Grid "grid", "网格", ["网格名称", "grid cell"];
    Building "building", "楼栋", ["楼", "楼号", "幢", "楼幢", "house"];
    Door "door", "门牌", ["房号", "室号", "户号", "房间号", "room", "flat", "unit"];
    Name "name", "姓名", ["名字", "full name"];
    Phone "phone", "电话", ["手机", "手机号", "手机号码", "联系电话", "电话号码", "mobile", "telephone"];
    IdentityNumber "identity number", "身份证号", ["身份证", "身份证号码", "公民身份号码", "证件号码", "id number", "id card"];
    Born "born", "出生", ["出生年份", "出生日期", "出生年月", "生日", "born year", "born on", "birth year", "date of birth", "birthday"];
    Groups "groups", "人群", ["重点人群", "人群类别", "类别", "group", "categories"];
    CaredForBy "cared for by", "照护人", ["由谁照护", "照顾人", "监护人", "carer", "caregiver"];
    Care "care", "照护类型", ["照护方式", "care kind", "kind of care"];
}

/// Words by which groups are often written, and the ids that packs know them by.
const GROUPS: &[(&str, &str)] = &[
    ("独居", "lives_alone"),
    ("独居老人", "lives_alone"),
    ("孕妇", "pregnant"),
    ("孕产妇", "pregnant"),
    ("残疾", "disability"),
    ("残疾人", "disability"),
    ("慢性病", "chronic_illness"),
    ("失能", "bedridden"),
    ("卧床", "bedridden"),
    ("低保", "low_income"),
    ("lives alone", "lives_alone"),
    ("chronic illness", "chronic_illness"),
    ("low income", "low_income"),
];

/// The most groups of one person.
const GROUPS_MAX: usize = 10;
/// The longest name of anything, in characters.
const NAME_CHARS_MAX: usize = 60;

/// A person of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line in the file.
    pub line: usize,
    /// The file's own number of the row.
    pub reference: Option<String>,
    /// The community's name.
    pub community: Option<String>,
    /// The grid cell's name.
    pub grid: Option<String>,
    /// The building's name.
    pub building: Option<String>,
    /// The door.
    pub door: String,
    /// The person's name.
    pub name: String,
    /// The telephone.
    pub phone: Option<String>,
    /// The identity number, its check digit fitting.
    pub identity_number: Option<String>,
    /// The year of birth.
    pub born_year: Option<i16>,
    /// Groups that matter for care.
    pub groups: Vec<String>,
    /// Who cares for the person: a row's number or a name.
    pub cared_for_by: Option<String>,
    /// In what way.
    pub care: Option<String>,
}

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line in the file.
    pub line: usize,
    /// What is wrong.
    pub why: Words,
}

/// A roster as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The header as it was.
    pub header: Vec<String>,
    /// The lines as they were.
    pub lines: Vec<Line>,
    /// Rows that can be taken.
    pub rows: Vec<Row>,
    /// Rows that cannot.
    pub bad: Vec<BadRow>,
}

fn simplified(header: &str) -> String {
    let lower = header.to_lowercase();
    let cut = lower.split(['(', '（', '/', '\n']).next().unwrap_or_default().to_owned();
    cut.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Reads a roster from the bytes of a workbook or of comma-separated text.
///
/// # Errors
/// When it is no table, too large, or lacks the columns of door and name.
pub fn read_roster(bytes: &[u8], today: Date) -> Result<Roster, Refused> {
    let mut lines = super::sheet::read(bytes)?;
    let header = if lines.is_empty() { Vec::new() } else { lines.remove(0).cells };
    let columns: Vec<Option<Column>> = header.iter().map(|cell| Column::of(cell)).collect();
    let missing: Vec<String> = [Column::Door, Column::Name]
        .into_iter()
        .filter(|column| !columns.contains(&Some(*column)))
        .map(|column| format!("{} / {}", column.header().0, column.header().1))
        .collect();
    if !missing.is_empty() {
        let refused = Refused::new(DoorCode::ColumnsMissing);
        return Err(refused.with("columns", missing.join(", ")));
    }
    let (mut rows, mut bad, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for line in &lines {
        match read_row(line, &columns, today) {
            Ok(row) if !seen.insert(who(&row)) => {
                let why = Words::new("与前面某行重复。", "It repeats a row above.");
                bad.push(BadRow { line: line.number, why });
            }
            Ok(row) => rows.push(row),
            Err(why) => bad.push(BadRow { line: line.number, why }),
        }
    }
    Ok(Roster { header, lines, rows, bad })
}

/// What tells a person of a roster from another.
fn who(row: &Row) -> (Option<String>, Option<String>, String, String, Option<String>) {
    let door = row.door.clone();
    let number = row.identity_number.clone().or_else(|| row.born_year.map(|y| y.to_string()));
    (row.community.clone(), row.building.clone(), door, row.name.clone(), number)
}

fn read_row(line: &Line, columns: &[Option<Column>], today: Date) -> Result<Row, Words> {
    let cell = |column: Column| {
        let at = columns.iter().position(|found| *found == Some(column))?;
        line.cells.get(at).map(String::as_str).filter(|text| !text.is_empty())
    };
    let short = |column: Column| match cell(column) {
        Some(text) if text.chars().count() > NAME_CHARS_MAX => Err(too_long(column)),
        text => Ok(text.map(str::to_owned)),
    };
    let needed = |column: Column| short(column)?.ok_or_else(|| missing(column));
    let identity = cell(Column::IdentityNumber).map(identity_number).transpose()?;
    let born = cell(Column::Born).map(|text| year(text, today)).transpose()?;
    let in_number = identity.as_ref().map(|number| number.born_on().year());
    if let (Some(said), Some(in_number)) = (born, in_number)
        && said != in_number
    {
        return Err(Words::new(
            format!("出生年份 {said} 与身份证号中的 {in_number} 不一致。"),
            format!("The year of birth {said} is not the {in_number} of the identity number."),
        ));
    }
    Ok(Row {
        line: line.number,
        reference: short(Column::Reference)?,
        community: short(Column::Community)?,
        grid: short(Column::Grid)?,
        building: short(Column::Building)?,
        door: needed(Column::Door)?,
        name: needed(Column::Name)?,
        phone: cell(Column::Phone).map(phone).transpose()?,
        identity_number: identity.map(|number| number.as_str().to_owned()),
        born_year: born.or(in_number),
        groups: cell(Column::Groups).map(groups).transpose()?.unwrap_or_default(),
        cared_for_by: short(Column::CaredForBy)?,
        care: short(Column::Care)?,
    })
}

fn missing(column: Column) -> Words {
    let (zh, en) = column.header();
    Words::new(format!("请填写“{zh}”。"), format!("Please fill in \"{en}\"."))
}

fn too_long(column: Column) -> Words {
    let (zh, en) = column.header();
    Words::new(
        format!("“{zh}”太长，最多 {NAME_CHARS_MAX} 个字。"),
        format!("\"{en}\" is too long; at most {NAME_CHARS_MAX} characters."),
    )
}

fn identity_number(text: &str) -> Result<IdentityNumber, Words> {
    if text.contains('e') && text.parse::<f64>().is_ok() {
        return Err(Words::new(
            "身份证号被存成了数字，末几位已丢失；请把该列设为文本后重新填写。",
            "The identity number was stored as a number and lost its last digits; make the column text and type it again.",
        ));
    }
    IdentityNumber::read(text).ok_or_else(|| {
        Words::new(
            "身份证号不对（18 位，末位为校验码）。",
            "The identity number is not right (18 characters, the last one checks the others).",
        )
    })
}

fn phone(text: &str) -> Result<String, Words> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if (5..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(plain);
    }
    Err(Words::new("电话应为 5 至 18 位数字。", "A telephone number has 5 to 18 digits."))
}

fn year(text: &str, today: Date) -> Result<i16, Words> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let year = match digits.len() {
        4 => digits.parse::<i16>().ok(),
        8 => digits[..4].parse::<i16>().ok(),
        _ => None,
    };
    year.filter(|year| (1900..=today.year()).contains(year)).ok_or_else(|| {
        Words::new(
            format!("出生应为 1900 至 {} 之间的年份或日期。", today.year()),
            format!("Born must be a year or a day from 1900 to {}.", today.year()),
        )
    })
}

fn groups(text: &str) -> Result<Vec<String>, Words> {
    let parts = text.split(['、', ',', '，', ';', '；', '/', '|']);
    let mut groups: Vec<String> = parts
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "无" && *part != "-")
        .map(|part| {
            let lower = part.to_lowercase();
            let known = GROUPS.iter().find(|(word, _)| *word == lower);
            known.map_or(lower.clone(), |(_, id)| (*id).to_owned())
        })
        .collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > GROUPS_MAX || groups.iter().any(|group| group.chars().count() > 40) {
        return Err(Words::new(
            format!("人群最多 {GROUPS_MAX} 项，每项最多 40 个字。"),
            format!("At most {GROUPS_MAX} groups of at most 40 characters."),
        ));
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> Date {
        jiff::civil::date(2020, 2, 1)
    }

    #[test]
    fn a_roster_is_read_by_chinese_or_english_headers() {
        let chinese = "社区,楼栋,门牌,姓名,手机号,身份证号码,出生日期,重点人群,照护人\n\
            兰草社区,3号楼,101,王芳,138-0000-0000,11010519491231002X,,独居、慢性病,李明\n";
        let english = "Community,Building,Door,Name,Phone,Identity number,Born,Groups,Cared for by\n\
            兰草社区,3号楼,101,王芳,13800000000,11010519491231002x,1949-12-31,\"lives alone,慢性病\",李明\n";
        let read = |text: &str| read_roster(text.as_bytes(), today()).unwrap();
        let row = read(chinese).rows.remove(0);
        assert_eq!(row, read(english).rows.remove(0));
        assert_eq!(row.born_year, Some(1949));
        assert_eq!(row.groups, ["chronic_illness", "lives_alone"]);
    }

    #[test]
    fn each_bad_row_says_what_is_wrong_with_it() {
        let text = "door,name,phone,identity number,born\n\
            101,,,,\n\
            101,A,12,,\n\
            101,A,,110105194912310021,\n\
            101,A,,,1850\n\
            101,A,,11010519491231002X,1950\n\
            101,A,,1.10105194912310e17,\n\
            101,A,,,1950\n\
            101,A,,,1950\n";
        let roster = read_roster(text.as_bytes(), today()).unwrap();
        assert_eq!(roster.rows.len(), 1);
        let why: Vec<&str> = roster.bad.iter().map(|bad| bad.why.en.as_str()).collect();
        insta::assert_json_snapshot!(why);
    }

    #[test]
    fn a_table_without_door_or_name_is_refused() {
        let refused = read_roster(b"phone,born\n1,2\n", today()).unwrap_err();
        assert_eq!(refused.code(), "columns_missing");
    }

    #[test]
    fn fuzz_roster_reader() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, column) in Column::ALL.iter().enumerate() {
            let at = u16::try_from(at).unwrap();
            sheet.write(0, at, column.header().0).unwrap();
            sheet.write(1, at, "11010519491231002X").unwrap();
        }
        let book = book.save_to_buffer().unwrap();
        let text = "姓名,门牌,身份证号\n王芳,101,11010519491231002X\n".as_bytes().to_vec();
        let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
        let noise = proptest::collection::vec(any::<u8>(), 0..300);
        crate::fuzzing::run(&(changes, noise), |(changes, noise)| {
            let _ = read_roster(&noise, today());
            for whole in [&book, &text] {
                let mut bytes = whole.clone();
                for (at, byte) in &changes {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
                if let Ok(roster) = read_roster(&bytes, today()) {
                    prop_assert!(roster.rows.len() + roster.bad.len() <= roster.lines.len());
                }
            }
            Ok(())
        });
    }
}
