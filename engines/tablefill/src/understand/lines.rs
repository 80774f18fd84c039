//! Lines of words around a table: its title, its unit, its date, who fills it in, notes.

use super::plan::LineKind;
use crate::head::Content;

const UNITS: &[&str] = &["单位：", "单位:", "计量单位", "金额单位", "货币单位", "unit:"];
const DEPARTMENTS: &[&str] = &[
    "填报单位",
    "填表单位",
    "组织名称",
    "名称：",
    "名称:",
    "单位：",
    "上报单位",
    "报送单位",
    "制表单位",
    "单位名称",
    "编制单位",
    "填报部门",
    "部门",
    "街道",
    "社区",
    "乡镇",
    "村委会",
    "居委会",
    "单位（盖章",
    "单位(盖章",
    "学校",
    "制表机关",
    "department",
    "desa",
    "kecamatan",
    "kabupaten",
    "village",
    "district",
    "organisation",
    "organization",
    "agency",
];
const DATES: &[&str] = &[
    "填报日期",
    "填表日期",
    "填报时间",
    "填表时间",
    "制表日期",
    "统计时间",
    "上报时间",
    "日期",
    "时间",
    "截至",
    "截止",
    "date",
    "tanggal",
    "报告期",
];
const NOTES: &[&str] = &[
    "注",
    "备注",
    "说明",
    "填表说明",
    "填报说明",
    "填写说明",
    "提示",
    "要求",
    "note",
    "remark",
    "catatan",
    "keterangan",
    "petunjuk",
    "instruction",
    "*",
    "※",
];
const SIGNATURES: &[&str] = &[
    "填表人",
    "填报人",
    "制表人",
    "审核人",
    "负责人",
    "经办人",
    "签字",
    "签名",
    "审批",
    "盖章",
    "联系人",
    "signature",
    "mengetahui",
];

/// What a line of words is. `first` is whether no line stands above it, `above` whether the table
/// comes after it.
pub(super) fn kind(text: &str, first: bool, above: bool) -> LineKind {
    let content = Content::of(text);
    let small = content.text.to_lowercase();
    let begins = |list: &[&str]| list.iter().any(|it| small.starts_with(it));
    let has = |list: &[&str]| list.iter().any(|it| small.contains(it));
    let asks = small.contains(['：', ':']);
    if begins(NOTES) && !begins(&["备案"]) && (asks || content.length > 12 || !above) {
        return LineKind::Note;
    }
    if content.length <= 20 && begins(UNITS) && !has(&["盖章"]) && is_unit(&small) {
        return LineKind::Unit;
    }
    if !above && has(SIGNATURES) && asks {
        return LineKind::Signature;
    }
    if asks && content.length <= 60 {
        if has(DEPARTMENTS) || begins(&["单位"]) {
            return LineKind::Department;
        }
        if has(DATES) {
            return LineKind::Date;
        }
        if has(SIGNATURES) {
            return LineKind::Signature;
        }
    }
    if asks && !first && content.length <= 60 {
        return LineKind::Note;
    }
    if is_day(&content) && !first {
        return LineKind::Date;
    }
    if !above || content.length > 60 || content.is_numbered() && content.length > 25 {
        return LineKind::Note;
    }
    if first {
        return LineKind::Title;
    }
    if content.text.starts_with(['（', '(']) && is_day(&content) {
        return LineKind::Date;
    }
    if content.length > 30 { LineKind::Note } else { LineKind::Title }
}

/// Whether a text says of itself that it is a note.
pub(super) fn is_note(text: &str) -> bool {
    let small = Content::of(text).text.to_lowercase();
    NOTES.iter().any(|it| small.starts_with(it)) && !small.starts_with("注册")
}

/// `单位：人` counts, `单位：某某街道` fills in.
fn is_unit(small: &str) -> bool {
    let rest = small.split(['：', ':']).nth(1).unwrap_or_default().trim();
    let many = rest.chars().count();
    (1..=6).contains(&many)
        && (rest.chars().any(|it| "元人户个次件张份台吨亩平米只箱套天%万亿".contains(it))
            || rest.is_ascii())
}

/// `2020年2月1日`, `年  月  日`.
fn is_day(content: &Content) -> bool {
    let text = content.text.trim_matches(['（', '）', '(', ')']);
    content.kind == crate::head::Kind::Date
        || (text.contains('年')
            && text.contains('月')
            && text.chars().all(|it| {
                it.is_ascii_digit() || it.is_whitespace() || "年月日_－-—至度第季".contains(it)
            }))
}

/// Whether a text says that its row shows how to fill in.
pub(super) fn is_sample(text: &str) -> bool {
    let bare: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let small = bare.to_lowercase();
    let small = small.trim_start_matches(['（', '(', '【', '[']);
    let exact =
        ["例", "例如", "示例", "样例", "范例", "填写示例", "填报示例", "如", "example", "contoh"];
    exact.iter().any(|it| small.trim_end_matches(['）', ')', '】', ']', '：', ':']) == *it)
        || ["例：", "例:", "示例", "样例", "范例", "填写样例", "例如"]
            .iter()
            .any(|it| small.starts_with(it))
            && small.chars().count() <= 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_its_words() {
        for (text, first, above, is) in [
            ("街道外出人员统计表", true, true, LineKind::Title),
            ("单位：人", false, true, LineKind::Unit),
            ("单位：万元", false, true, LineKind::Unit),
            ("填报单位（盖章）：", false, true, LineKind::Department),
            ("填报日期：2020年2月1日", false, true, LineKind::Date),
            ("2020年2月1日", false, true, LineKind::Date),
            ("注：请于每日17时前报送", false, false, LineKind::Note),
            ("填表说明：1.身份证号填18位", false, true, LineKind::Note),
            ("填表人：      审核人：", false, false, LineKind::Signature),
        ] {
            assert_eq!(kind(text, first, above), is, "{text}");
        }
        assert!(is_sample("（示例）"));
        assert!(is_sample("例"));
        assert!(!is_sample("例会次数"));
    }
}
