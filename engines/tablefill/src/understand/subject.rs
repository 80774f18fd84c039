//! What a row is: a person, a household, a matter, a place, a day, a thing; by the headings.

use super::plan::{Subject, Words};

/// Words in headings, what they speak for, and how strongly.
const WORDS: &[(&str, Subject, f32)] = &[
    ("姓名", Subject::People, 3.0),
    ("身份证", Subject::People, 2.5),
    ("证件号", Subject::People, 2.0),
    ("公民身份", Subject::People, 2.5),
    ("性别", Subject::People, 2.0),
    ("出生", Subject::People, 1.5),
    ("年龄", Subject::People, 1.5),
    ("民族", Subject::People, 1.5),
    ("学历", Subject::People, 1.0),
    ("职务", Subject::People, 1.0),
    ("体温", Subject::People, 1.0),
    ("与户主", Subject::People, 2.0),
    ("手机", Subject::People, 0.7),
    ("电话", Subject::People, 0.4),
    ("人员", Subject::People, 0.7),
    ("nama", Subject::People, 1.0),
    ("nik", Subject::People, 2.0),
    ("sex", Subject::People, 1.5),
    ("gender", Subject::People, 2.0),
    ("jenis_kelamin", Subject::People, 2.0),
    ("jenis kelamin", Subject::People, 2.0),
    ("first name", Subject::People, 2.0),
    ("firstname", Subject::People, 2.0),
    ("lastname", Subject::People, 2.0),
    ("last name", Subject::People, 2.0),
    ("birth", Subject::People, 1.5),
    ("lahir", Subject::People, 1.5),
    ("age", Subject::People, 0.6),
    ("passport", Subject::People, 1.5),
    ("户主", Subject::Households, 2.0),
    ("户号", Subject::Households, 2.0),
    ("户名", Subject::Households, 2.0),
    ("家庭人口", Subject::Households, 2.5),
    ("人口数", Subject::Households, 0.7),
    ("户籍人口", Subject::Households, 0.7),
    ("户代表", Subject::Households, 2.0),
    ("household", Subject::Households, 2.0),
    ("rumah tangga", Subject::Households, 2.5),
    ("no_kk", Subject::Households, 1.0),
    ("no kk", Subject::Households, 1.0),
    ("事项", Subject::Cases, 2.0),
    ("事件", Subject::Cases, 2.0),
    ("诉求", Subject::Cases, 2.5),
    ("案", Subject::Cases, 1.0),
    ("问题", Subject::Cases, 1.5),
    ("办理", Subject::Cases, 1.0),
    ("case", Subject::Cases, 1.2),
    ("event", Subject::Cases, 1.2),
    ("disease", Subject::Cases, 1.0),
    ("report date", Subject::Cases, 1.0),
    ("小区", Subject::Places, 1.2),
    ("楼栋", Subject::Places, 1.2),
    ("网格", Subject::Places, 0.8),
    ("社区名称", Subject::Places, 2.0),
    ("社区", Subject::Places, 0.7),
    ("街道", Subject::Places, 0.6),
    ("医院", Subject::Places, 2.0),
    ("酒店", Subject::Places, 2.0),
    ("机构", Subject::Places, 1.2),
    ("单位名称", Subject::Places, 1.5),
    ("单位", Subject::Places, 0.8),
    ("组织", Subject::Places, 1.0),
    ("企业", Subject::Places, 1.0),
    ("地址", Subject::Places, 0.6),
    ("经度", Subject::Places, 2.0),
    ("纬度", Subject::Places, 2.0),
    ("床位", Subject::Places, 1.0),
    ("facility", Subject::Places, 1.2),
    ("region", Subject::Places, 0.7),
    ("district", Subject::Places, 0.7),
    ("community", Subject::Places, 0.7),
    ("latitude", Subject::Places, 1.0),
    ("longitude", Subject::Places, 1.0),
    ("persil", Subject::Places, 1.5),
    ("tanah", Subject::Places, 1.0),
    ("desa", Subject::Places, 0.5),
    ("日期", Subject::Days, 0.8),
    ("时间", Subject::Days, 0.5),
    ("月份", Subject::Days, 1.5),
    ("星期", Subject::Days, 1.5),
    ("物资", Subject::Things, 2.5),
    ("物品", Subject::Things, 2.5),
    ("规格", Subject::Things, 1.5),
    ("数量", Subject::Things, 1.0),
    ("库存", Subject::Things, 2.0),
    ("单价", Subject::Things, 1.5),
    ("型号", Subject::Things, 1.5),
];

/// What the headings speak for, from the first to the last; the first of them counts twice.
pub(super) fn subject(labels: &[&str]) -> Option<(Subject, Words)> {
    let mut votes: Vec<(Subject, f32, Vec<&str>)> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let small = label.to_lowercase();
        let found = WORDS.iter().filter(|it| has(&small, it.0));
        let Some((_, subject, worth)) = found.max_by(|a, b| a.2.total_cmp(&b.2)) else { continue };
        let worth = if index == 0 { worth * 2.0 } else { *worth };
        match votes.iter_mut().find(|it| it.0 == *subject) {
            Some(vote) => {
                vote.1 += worth;
                vote.2.push(label);
            }
            None => votes.push((*subject, worth, vec![label])),
        }
    }
    let (subject, _, labels) = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let said: Vec<&str> = labels.into_iter().take(3).collect();
    let zh = format!("表头“{}”说的是{}", said.join("”“"), subject.zh());
    let en = format!("the headings '{}' speak of {subject}", said.join("', '"));
    Some((subject, Words { zh, en }))
}

/// Chinese words anywhere; others from where a word begins.
fn has(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|it| it.is_ascii_alphanumeric())
            && !after.is_some_and(|it| it.is_ascii_alphabetic())
    })
}
