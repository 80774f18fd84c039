//! Why a heading is taken to mean something, in words.

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A person said so for this heading.
    Confirmed,
    /// A person said so for a heading of the same words, at another place.
    ConfirmedElsewhere(String),
    /// It may be what was called otherwise in the version before.
    CalledBefore(String),
    /// The heading is a name of the element.
    Named(String),
    /// The heading is another word for the element.
    Synonym(String),
    /// The heading and those above it are a name of the element.
    NamedByPath(String),
    /// The heading ends with a name of the element.
    EndsWith(String),
    /// The heading is part of a name of the element.
    PartOf(String),
    /// The heading is written much like a name of the element.
    Like(String),
    /// The heading is of somebody else than the element.
    OfAnother,
    /// The values that stand there are of the element's type.
    SamplesFit,
    /// The values that stand there are not of the element's type.
    SamplesDiffer,
    /// The values that may stand there are the element's codes.
    CodesFit,
    /// The unit is the element's.
    UnitFits,
    /// Another heading beside it means that already.
    TakenBy(String),
    /// Another element is as likely.
    Close(String),
    /// It is a usual word for what needs no element.
    UsualWord,
    /// The values count the rows.
    Counts,
    /// No element is near.
    Nothing,
}

impl Why {
    /// What sort of reason, for machines; stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::ConfirmedElsewhere(_) => "confirmed_elsewhere",
            Self::CalledBefore(_) => "called_before",
            Self::Named(_) => "named",
            Self::Synonym(_) => "synonym",
            Self::NamedByPath(_) => "named_by_path",
            Self::EndsWith(_) => "ends_with",
            Self::PartOf(_) => "part_of",
            Self::Like(_) => "like",
            Self::OfAnother => "of_another",
            Self::SamplesFit => "samples_fit",
            Self::SamplesDiffer => "samples_differ",
            Self::CodesFit => "codes_fit",
            Self::UnitFits => "unit_fits",
            Self::TakenBy(_) => "taken_by",
            Self::Close(_) => "close",
            Self::UsualWord => "usual_word",
            Self::Counts => "counts",
            Self::Nothing => "nothing",
        }
    }

    /// In English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Confirmed => "confirmed by a person".to_owned(),
            Self::ConfirmedElsewhere(path) => {
                format!("confirmed by a person where it stood before, under \"{path}\"")
            }
            Self::CalledBefore(path) => {
                format!("may be what the earlier version called \"{path}\"")
            }
            Self::Named(name) => format!("is its name, \"{name}\""),
            Self::Synonym(name) => format!("is another word for it, \"{name}\""),
            Self::NamedByPath(name) => format!("is its name with the headings above, \"{name}\""),
            Self::EndsWith(name) => format!("ends with \"{name}\""),
            Self::PartOf(name) => format!("is part of \"{name}\""),
            Self::Like(name) => format!("is written like \"{name}\""),
            Self::OfAnother => "but it is of somebody else".to_owned(),
            Self::SamplesFit => "what stands there is of its type".to_owned(),
            Self::SamplesDiffer => "but what stands there is of another type".to_owned(),
            Self::CodesFit => "what may stand there are its codes".to_owned(),
            Self::UnitFits => "the unit is the same".to_owned(),
            Self::TakenBy(path) => format!("but \"{path}\" means that already"),
            Self::Close(other) => format!("but \"{other}\" is as likely"),
            Self::UsualWord => "a usual word for it".to_owned(),
            Self::Counts => "what stands there counts the rows".to_owned(),
            Self::Nothing => "no element of the dictionary is near".to_owned(),
        }
    }

    /// In Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Confirmed => "已经人工确认".to_owned(),
            Self::ConfirmedElsewhere(path) => format!("原在“{path}”处，已经人工确认"),
            Self::CalledBefore(path) => format!("可能就是上一版的“{path}”"),
            Self::Named(name) => format!("与名称“{name}”相同"),
            Self::Synonym(name) => format!("与同义词“{name}”相同"),
            Self::NamedByPath(name) => format!("连同上级表头即“{name}”"),
            Self::EndsWith(name) => format!("以“{name}”结尾"),
            Self::PartOf(name) => format!("是“{name}”的一部分"),
            Self::Like(name) => format!("与“{name}”写法相近"),
            Self::OfAnother => "但说的是另一个人".to_owned(),
            Self::SamplesFit => "已有内容符合其类型".to_owned(),
            Self::SamplesDiffer => "但已有内容不符合其类型".to_owned(),
            Self::CodesFit => "可选值与其代码一致".to_owned(),
            Self::UnitFits => "单位一致".to_owned(),
            Self::TakenBy(path) => format!("但“{path}”已经是它"),
            Self::Close(other) => format!("但“{other}”同样可能"),
            Self::UsualWord => "惯用词".to_owned(),
            Self::Counts => "已有内容是行号".to_owned(),
            Self::Nothing => "数据字典中没有相近的数据项".to_owned(),
        }
    }
}
