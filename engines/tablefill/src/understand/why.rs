//! Why a cell is taken for a heading, in words.

use super::plan::{Axis, Words};
use crate::head::{Group, Model, names};

/// What each group of figures says when it speaks for a heading, by axis.
fn words(group: Group, axis: Axis) -> Words {
    let (zh, en) = match (group, axis) {
        (Group::Words, _) => ("用语像表头", "its words are those of headings"),
        (Group::Place, Axis::Column) => ("位于表的上部", "it stands where columns are headed"),
        (Group::Place, Axis::Row) => ("位于行首", "it stands where rows are headed"),
        (Group::Merge, _) => ("合并方式像表头", "it is merged as headings are"),
        (Group::Below, Axis::Column) => ("下方是它的值", "what stands below are values of it"),
        (Group::Below, Axis::Row) => ("下方是同类表头", "more of its sort stand below"),
        (Group::Right, Axis::Column) => ("右侧是同类表头", "more of its sort stand to its right"),
        (Group::Right, Axis::Row) => ("右侧是它的值", "what stands to its right are values of it"),
        (Group::Above, _) => ("与上方的内容不同", "it differs from what stands above"),
        (Group::Left, _) => ("与左侧的内容不同", "it differs from what stands to its left"),
        (Group::Row, Axis::Column) => ("整行都是表头", "its row holds headings"),
        (Group::Row, Axis::Row) => ("本行以它开头", "its row begins with it"),
        (Group::Column, Axis::Column) => ("本列以它开头", "its column begins with it"),
        (Group::Column, Axis::Row) => ("整列都是表头", "its column holds headings"),
        (Group::Table, _) => ("这类表格通常如此", "tables of this shape are headed so"),
        (Group::Around, _) => ("与周围的表头一致", "it agrees with the headings around it"),
    };
    Words::new(zh, en)
}

/// The two groups that spoke most for it.
pub(super) fn why(model: &Model, figures: &[f32], axis: Axis) -> Words {
    let forest = match axis {
        Axis::Column => &model.second[0],
        Axis::Row => &model.second[1],
    };
    let mut groups = std::collections::BTreeMap::<Group, f32>::new();
    for (worth, (group, _)) in forest.because(figures).iter().zip(all_names()) {
        *groups.entry(*group).or_default() += worth;
    }
    let mut groups: Vec<(Group, f32)> = groups.into_iter().filter(|it| it.1 > 0.0).collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1));
    let said: Vec<Words> = groups.iter().take(2).map(|it| words(it.0, axis)).collect();
    let join = |of: fn(&Words) -> &str, with: &str| -> String {
        said.iter().map(of).collect::<Vec<_>>().join(with)
    };
    Words::new(join(|it| &it.zh, "，"), join(|it| &it.en, "; "))
}

fn all_names() -> &'static [(Group, String)] {
    static NAMES: std::sync::OnceLock<Vec<(Group, String)>> = std::sync::OnceLock::new();
    NAMES.get_or_init(names)
}
