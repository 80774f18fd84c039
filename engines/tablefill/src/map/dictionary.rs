//! What is known of data elements, as far as a heading can be compared with it.

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Any words.
    #[default]
    Text,
    /// A number, whole or not.
    Number,
    /// A day.
    Date,
    /// A day and the time of it.
    Moment,
    /// Yes or no.
    YesNo,
    /// One entry of a code list.
    Choice,
    /// Several entries of a code list.
    Choices,
    /// The number of an identity document.
    Identity,
    /// The number of a telephone.
    Telephone,
    /// A place of the register.
    Place,
}

impl Kind {
    /// What words are that stand under these names: the number of a document, of a telephone, or
    /// just words.
    #[must_use]
    pub fn of_words<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let says = |name: &str, signs: &[&str]| {
            let name = super::words::folded(name);
            signs.iter().any(|sign| name.contains(sign))
        };
        let mut kind = Self::Text;
        for name in names {
            if says(name, &["身份证", "证件号", "identity number", "id number", "nik"]) {
                return Self::Identity;
            }
            if says(name, &["电话", "手机", "phone"]) {
                kind = Self::Telephone;
            }
        }
        kind
    }
}

/// What one row of a table, or a value, is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// One person.
    Person,
    /// One household.
    Household,
    /// One place.
    Place,
    /// One case.
    Case,
    /// One day.
    Day,
}

/// An entry of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// The code, as it is stored.
    pub code: String,
    /// How it reads, in every language.
    pub names: Vec<String>,
}

/// A data element: what a column may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Its id, the same for ever.
    pub id: String,
    /// Its names, in every language.
    pub names: Vec<String>,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// What exactly is meant (口径), in every language.
    pub definitions: Vec<String>,
    /// What its value is.
    pub kind: Kind,
    /// The unit of a number.
    pub unit: Option<String>,
    /// The entries of its code list.
    pub codes: Vec<Code>,
    /// What it is about; unknown where absent.
    pub about: Option<About>,
}

/// The data elements that a column may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dictionary {
    /// Each element once.
    pub elements: Vec<Element>,
}
