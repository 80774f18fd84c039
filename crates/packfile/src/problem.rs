//! What is wrong with a pack: where, by which stable code, in words, and what may have been meant.

use std::collections::BTreeSet;
use std::fmt;

use domain::words::Words;

/// The most problems that are shown at once.
pub const SHOWN_MAX: usize = 200;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file within the pack.
    pub file: String,
    /// The line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The stable code.
    pub code: Code,
    /// Words for the author.
    pub words: Words,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, words, suggestion } = self;
        match line {
            0 => write!(f, "{file}: ")?,
            _ => write!(f, "{file}:{line}:{column}: ")?,
        }
        write!(f, "{} / {}", words.zh, words.en)?;
        if let Some(name) = suggestion {
            write!(f, " 是否想写“{name}”？ / Did you mean \"{name}\"?")?;
        }
        write!(f, " [{}]", code.name())
    }
}

/// Everything that is wrong with a pack, in the order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct Problems {
    /// The problems, at most [`SHOWN_MAX`].
    pub shown: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

impl Problems {
    /// Whether one of the problems has a code.
    #[must_use]
    pub fn has(&self, code: Code) -> bool {
        self.shown.iter().any(|problem| problem.code == code)
    }

    fn text(&self) -> String {
        let mut lines: Vec<String> = self.shown.iter().map(Problem::to_string).collect();
        if self.more > 0 {
            lines.push(format!("还有 {} 个问题。 / {} more problems.", self.more, self.more));
        }
        lines.join("\n")
    }
}

/// Where something stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Spot {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Problems and warnings as they are found.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    seen: BTreeSet<(String, Spot, Code, String)>,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    more: usize,
}

impl Notes {
    /// Notes a problem; the same one only once.
    pub(crate) fn add(&mut self, problem: Problem) {
        let spot = Spot { line: problem.line, column: problem.column };
        let key = (problem.file.clone(), spot, problem.code, problem.words.en.clone());
        if self.problems.len() >= SHOWN_MAX {
            self.more += 1;
        } else if self.seen.insert(key) {
            self.problems.push(problem);
        }
    }

    /// Notes what is odd but not wrong.
    pub(crate) fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < SHOWN_MAX && !self.warnings.contains(&problem) {
            self.warnings.push(problem);
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// The warnings, or all that is wrong.
    pub(crate) fn finish(mut self) -> Result<Vec<Problem>, Problems> {
        let order = |a: &Problem, b: &Problem| {
            (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code))
        };
        self.warnings.sort_by(order);
        if self.problems.is_empty() {
            return Ok(self.warnings);
        }
        self.problems.sort_by(order);
        Err(Problems { shown: self.problems, more: self.more })
    }
}

/// The name that is nearest to a misspelt one, if one is near enough.
pub(crate) fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wrong: Vec<char> = wrong.chars().take(64).collect();
    let most = 1 + wrong.len() / 4;
    let mut best: Option<(usize, &str)> = None;
    for name in names.into_iter().take(2000) {
        let distance = distance(&wrong, name);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

/// How many letters differ, are missing, too many, or swapped with their neighbour.
fn distance(wrong: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (i, a) in wrong.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in name.iter().enumerate() {
            let mut least = (row[j] + usize::from(a != b)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == name[j - 1] && wrong[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[name.len()]
}

macro_rules! codes {
    ($($code:ident = $name:literal, $zh:literal, $en:literal;)+) => {
        /// The stable codes of what may be wrong with a pack.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $en] $code,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The code as machines know it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            pub(crate) fn template(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($zh, $en),)+ }
            }
        }
    };
}

impl Code {
    /// Its words, with details in the place of `{0}`, `{1}`, ….
    pub(crate) fn words(self, details: &[&str]) -> Words {
        let (zh, en) = self.template();
        let fill = |text: &str| {
            let mut text = text.to_owned();
            for (i, detail) in details.iter().enumerate() {
                text = text.replace(&format!("{{{i}}}"), &shortened(detail));
            }
            text
        };
        Words::new(fill(zh), fill(en))
    }
}

fn shortened(detail: &str) -> String {
    if detail.chars().count() <= 120 {
        return detail.to_owned();
    }
    let start: String = detail.chars().take(117).collect();
    format!("{start}…")
}

codes! {
    NoPack = "no_pack", "没有 pack.yaml。", "There is no pack.yaml.";
    TooLarge = "too_large", "{0} 太多或太大：最多 {1}。", "Too much of {0}: at most {1}.";
    UnknownFile = "unknown_file", "预案包里不用这个文件。", "A pack has no such file.";
    InSheet = "in_sheet", "{0}", "{1}";
    NoSheet = "no_sheet", "没有这个工作簿：forms/{0}。", "There is no such workbook: forms/{0}.";
    SheetOrFields = "sheet_or_fields", "写 fields，或写 sheet，不要两样都写。", "Give \"fields\" or \"sheet\", not both.";
    FileTwice = "file_twice", "“{0}”同时写在 pack.yaml 和这个文件里。", "\"{0}\" stands in pack.yaml and in this file as well.";
    NotUtf8 = "not_utf8", "文件不是 UTF-8 编码，请另存为 UTF-8。", "The file is not UTF-8; save it as UTF-8.";
    OddCharacter = "odd_character", "文件里有不可见的控制字符（U+{0}）。", "The file has an invisible control character (U+{0}).";
    BadYaml = "bad_yaml", "YAML 写法有误：{0}。含冒号或井号的文字请放进引号。", "This is not YAML: {0}. Put a text with a colon or a hash into quotes.";
    TooDeep = "too_deep", "嵌套太深，最多 {0} 层。", "Nested too deeply: at most {0} levels.";
    NoAnchors = "no_anchors", "预案包不用锚点、别名和标签（& * !）；以这些符号开头的文字请放进引号。", "Packs use no anchors, aliases or tags (& * !); put a text that begins with one into quotes.";
    OneDocument = "one_document", "一个文件只能有一份文档（不要写 ---）。", "A file holds one document (no second ---).";
    DuplicateKey = "duplicate_key", "“{0}”写了两次，第一次在第 {1} 行。", "\"{0}\" stands here twice, first in line {1}.";
    UnknownKey = "unknown_key", "这里没有“{0}”这一项。", "There is no \"{0}\" here.";
    Missing = "missing", "缺少“{0}”。", "\"{0}\" is missing.";
    Empty = "empty", "“{0}”是空的。", "\"{0}\" is empty.";
    NotA = "not_a", "这里应当是{0}。", "This should be {1}.";
    BadId = "bad_id", "“{0}”不能作标识：以小写字母开头，只含小写字母、数字和 _，最多 40 个字符。", "\"{0}\" is not an id: a small letter first, then small letters, digits and _, at most 40.";
    OneLanguage = "one_language", "要写中英文两种：“中文 | English”。", "Both languages are needed: \"中文 | English\".";
    WordsSwapped = "words_swapped", "中文在前，英文在后。", "Chinese first, then English.";
    BadLength = "bad_length", "时长写作数字加 min、h 或 d，例如 24 h。", "A length of time is a number and min, h or d, such as 24 h.";
    OutOfRange = "out_of_range", "应在 {0} 到 {1} 之间。", "It must lie between {0} and {1}.";
    UnknownName = "unknown_name", "没有名为“{1}”的{0}。", "There is no {2} \"{1}\".";
    NameTwice = "name_twice", "“{0}”与数据项“{1}”重名；名称和同义词都不能重复。", "\"{0}\" is also a name of the element \"{1}\"; names and synonyms must differ.";
    NotInRegister = "not_in_register", "登记里没有“{0}”；以登记为来源（source: register）的只有：{1}。", "The register does not say \"{0}\"; of what it says there are: {1}.";
    NoExamples = "no_examples", "没有示例的预案包不会载入，请在 examples/ 里至少写一个故事。", "A pack without examples does not load; write at least one story in examples/.";
    NoKinds = "no_kinds", "预案包里既没有事项类型也没有表单。", "The pack has neither a kind nor a form.";
    NoPurpose = "no_purpose", "要写明“purpose”：预案包里有几个用途。", "Say which \"purpose\": the pack has several.";
    NeedsPurpose = "needs_purpose", "至少要有一个用途（purposes），写明个人信息为何保存、保存多久。", "At least one purpose is needed: why personal values are kept, and for how long.";
    DatesSwapped = "dates_swapped", "结束日期早于开始日期。", "The last day lies before the first.";
    NoChoices = "no_choices", "选择类型的数据项要列出选项（choices）。", "An element of this type needs choices.";
    NotForType = "not_for_type", "“{0}”不适用于 {1} 类型。", "\"{0}\" does not go with the type {1}.";
    TwiceAsked = "twice_asked", "“{0}”问了两遍。", "\"{0}\" is asked twice.";
    Unreachable = "unreachable", "没有任何操作通向状态“{0}”。", "No action leads to the state \"{0}\".";
    NoFinal = "no_final", "没有结束状态：至少要有一个 stage 为 closed 或 rejected 的状态。", "Nothing ends it: at least one state of the stage closed or rejected is needed.";
    Stuck = "stuck", "状态“{0}”没有出路：既不是结束状态，也没有操作离开它。", "The state \"{0}\" has no way out: it ends nothing, and no action leaves it.";
    FinalLeft = "final_left", "操作“{0}”离开了结束状态“{1}”；办结后的事项只能重开。", "The action \"{0}\" leaves the final state \"{1}\"; what is over can only be reopened.";
    ClaimedNeeds = "claimed_needs", "有 claimed 状态，就要有一个 {0} 状态（若有几个，其中一个须名为 {0}），供核查后进入。", "With a claimed state, one state of the stage {0} is needed (of several, one with that very id), where verifying leads.";
    ClaimedClosed = "claimed_closed", "操作“{0}”从“待核查”直接办结；核查须由另一个人用 verify 完成。", "The action \"{0}\" goes from claimed to closed; somebody other than the handler must verify.";
    EscalatesByItself = "escalates_by_itself", "到时自动执行的操作“{0}”带有限制（{1}）；不能自动升级，须由人决定。", "The action \"{0}\" happens by itself and restricts ({1}); nothing escalates by itself, a person must decide.";
    TimeoutFrom = "timeout_from", "到时自动执行的操作“{0}”不能从状态“{1}”开始。", "The action \"{0}\", which happens by itself, cannot be done from the state \"{1}\".";
    TimeoutAsks = "timeout_asks", "到时自动执行的操作“{0}”不能要求填写“{1}”。", "The action \"{0}\", which happens by itself, cannot ask for \"{1}\".";
    OrderSubject = "order_subject", "决定是关于人的：subject 须为 person。", "An order is about a person: subject must be person.";
    ReviewTooLate = "review_too_late", "复核时间不能晚于最长期限。", "The review must not lie after the longest time.";
    OrderOutlives = "order_outlives", "决定最长写了 {0} 天，但用途“{2}”的理由只保存 {1} 天；决定不会长于理由的保存期。", "The order says up to {0} days, but its reason is kept for {1} (purpose \"{2}\"); no order is given for longer than its reason is kept.";
    EmergencyGuard = "emergency_guard", "紧急类型不能有条件（操作“{0}”）：救急不等证件、检测或分区。", "An emergency kind has no guard (action \"{0}\"): help never waits for a pass, a test or a zone.";
    EmergencyAsks = "emergency_asks", "紧急类型只能必填地点，“{0}”要改成选填（{0}?）。", "An emergency kind may require only a place; make \"{0}\" optional ({0}?).";
    EmergencyOrder = "emergency_order", "紧急类型不能限制任何人（操作“{0}”）。", "An emergency kind restricts nobody (action \"{0}\").";
    Loop = "loop", "效果首尾相接，会无休止地开事项：{0}。", "The effects run in a circle and would open cases for ever: {0}.";
    OpenNeeds = "open_needs", "打开“{0}”时必填“{1}”，请在 fields 里给出。", "\"{0}\" requires \"{1}\" when it is opened; give it in fields.";
    OpenUnknown = "open_unknown", "“{0}”打开时不问“{1}”。", "\"{0}\" does not ask for \"{1}\" when it is opened.";
    EffectTwice = "effect_twice", "效果标识“{0}”写了两次。", "The effect \"{0}\" stands here twice.";
    EffectUnclear = "effect_unclear", "一个效果只能做一件事。", "An effect does one thing.";
    EffectNotHere = "effect_not_here", "“{0}”只能用在事项里，不能用在表单里。", "\"{0}\" belongs to a case; a form cannot do it.";
    HoldElement = "hold_element", "“{0}”的类型应为 pool。", "\"{0}\" should be of the type pool.";
    RankTwice = "rank_twice", "两个级别的 rank 都是 {0}。", "Two levels have the rank {0}.";
    NoDay = "no_day", "“{0}”没有 on，不能按日计。", "\"{0}\" has no on, so it has no days.";
    BadExpression = "bad_expression", "表达式看不懂：{0}。", "The expression cannot be read: {0}.";
    ExpressionName = "expression_name", "这里没有“{0}”可用。", "\"{0}\" is not known here.";
    ExpressionSealed = "expression_sealed", "“{0}”是密封的个人信息，这里不能用。", "\"{0}\" is sealed and must not be read here.";
    Unseals = "unseals", "“{0}”是密封的个人信息，不能写进不密封的“{1}”。", "\"{0}\" is sealed and must not go into \"{1}\", which is not.";
    ExpressionFunction = "expression_function", "没有函数“{0}”。", "There is no function \"{0}\".";
    ExpressionLoop = "expression_loop", "表达式里不能有循环（{0}）。", "An expression has no loops ({0}).";
    ExpressionLong = "expression_long", "表达式太长，最多 {0} 个字符。", "The expression is too long: at most {0} characters.";
    ExpressionDeep = "expression_deep", "表达式嵌套太深，最多 {0} 层。", "The expression is nested too deeply: at most {0} levels.";
    ExpressionType = "expression_type", "这个表达式应得出{0}。", "This expression should give {1}.";
    ExpressionMismatch = "expression_mismatch", "“{0}”两边的类型不同，不能这样用。", "The two sides of \"{0}\" are of different types.";
    ExpressionChoice = "expression_choice", "“{0}”没有选项“{1}”。", "\"{0}\" has no choice \"{1}\".";
    Unused = "unused", "数据项“{0}”没有被任何类型或表单使用。", "No kind or form asks for the element \"{0}\".";
    StepUnclear = "step_unclear", "一步只做一件事：open、do、fill……选一个。", "A step does one thing: open, do, fill, …; choose one.";
    BadMoment = "bad_moment", "时间写作 day 1 08:00 或 +30 min。", "A time is day 1 08:00 or +30 min.";
    TimeBack = "time_back", "这一步早于上一步。", "This step lies before the one above.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        let names = ["water_cm", "repair", "grid_worker"];
        assert_eq!(nearest("water_mc", names).as_deref(), Some("water_cm"));
        assert_eq!(nearest("repiar", names).as_deref(), Some("repair"));
        assert_eq!(nearest("moon", names), None);
    }

    #[test]
    fn every_code_speaks_both_languages_about_the_same_details() {
        // What a workbook is told comes as whole sentences, one in each language.
        for code in Code::ALL.iter().filter(|code| **code != Code::InSheet) {
            let (zh, en) = code.template();
            assert!(zh.ends_with('。') && en.ends_with('.'), "{}", code.name());
            let words = [Code::NotA, Code::ExpressionType, Code::UnknownName];
            if !words.contains(code) {
                for i in 0..3 {
                    let slot = format!("{{{i}}}");
                    assert_eq!(zh.contains(&slot), en.contains(&slot), "{}", code.name());
                }
            }
        }
    }

    #[test]
    fn no_more_than_two_hundred_problems_are_shown() {
        let mut notes = Notes::default();
        for line in 1..500 {
            let words = Code::Empty.words(&["name"]);
            let file = "pack.yaml".to_owned();
            let code = Code::Empty;
            notes.add(Problem { file, line, column: 1, code, words, suggestion: None });
        }
        let problems = notes.finish().unwrap_err();
        assert_eq!((problems.shown.len(), problems.more), (SHOWN_MAX, 299));
    }
}
