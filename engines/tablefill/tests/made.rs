//! Tables made for one thing each: several on a sheet, child sheets, sums, samples, numbered columns.

use tablefill::{
    Area, Book, Format, Options, Sheet, TableKind, TablePlan, Understood, understand,
    understand_book,
};

fn understood(sheets: Vec<Sheet>) -> Understood {
    understand_book(&Book { sheets })
}

fn only(sheet: Sheet) -> TablePlan {
    let mut understood = understood(vec![sheet]);
    assert_eq!(understood.sheets[0].tables.len(), 1, "{understood}");
    understood.sheets[0].tables.remove(0)
}

#[test]
fn two_tables_below_each_other_are_two() {
    let sheet = Sheet::of_words(
        "a",
        vec![
            vec!["序号", "姓名", "性别", "电话"],
            vec!["1", "张三", "男", "13800000000"],
            vec!["2", "李四", "女", "13900000000"],
            vec![],
            vec!["序号", "物资名称", "数量", "单位"],
            vec!["1", "口罩", "200", "只"],
            vec!["2", "消毒液", "30", "瓶"],
        ],
    );
    let understood = understood(vec![sheet]);
    let areas: Vec<String> =
        understood.sheets[0].tables.iter().map(|it| it.area.to_string()).collect();
    assert_eq!(areas, ["A1:D3", "A5:D7"]);
    let subjects: Vec<&str> = understood.sheets[0]
        .tables
        .iter()
        .filter_map(|it| it.subject.as_ref().map(|it| it.0.name()))
        .collect();
    assert_eq!(subjects, ["people", "things"]);
}

#[test]
fn a_child_sheet_names_the_rows_of_its_parent() {
    let parent = Sheet::of_words(
        "户",
        [["序号", "户主姓名", "住址"], ["1", "张三", "一号"], ["2", "李四", "二号"]],
    );
    let child = Sheet::of_words(
        "成员",
        [
            ["主表序号", "姓名", "与户主关系"],
            ["1", "张小明", "子"],
            ["1", "王芳", "妻"],
            ["2", "赵丽", "妻"],
        ],
    );
    let understood = understood(vec![parent, child]);
    let link = understood.sheets[1].tables[0].parent.as_ref().expect("a parent");
    assert_eq!((link.sheet.as_str(), link.key, link.col), ("户", 0, 0));
    assert!(understood.sheets[0].tables[0].parent.is_none());
}

#[test]
fn rows_of_sums_and_rows_that_show_how_are_told_apart_from_data() {
    let table = only(Sheet::of_words(
        "a",
        vec![
            vec!["序号", "姓名", "捐款金额（元）"],
            vec!["示例", "张某", "100"],
            vec!["1", "李四", "50"],
            vec!["2", "王五", "70"],
            vec!["合计", "", "120"],
        ],
    ));
    assert_eq!((table.samples, table.totals), (vec![1], vec![4]));
}

#[test]
fn a_row_that_numbers_the_columns_is_no_data() {
    let table = only(Sheet::of_words(
        "a",
        vec![
            vec!["街道", "户数", "人口数", "老年人数", "儿童数"],
            vec!["甲", "1", "2", "3", "4"],
            vec!["东街", "120", "356", "60", "44"],
            vec!["西街", "98", "301", "51", "39"],
        ],
    ));
    assert_eq!(table.data.map(|it| it.top), Some(2), "{table:?}");
}

#[test]
fn a_form_has_a_blank_for_each_label() {
    let mut sheet = Sheet::of_words(
        "a",
        vec![
            vec!["姓名", "", "性别", ""],
            vec!["身份证号", "", "联系电话", ""],
            vec!["家庭住址", "", "", ""],
        ],
    );
    sheet.merges.push(Area::new(2, 1, 2, 3));
    for row in 0..3 {
        for col in 0..4 {
            let at = tablefill::At::new(row, col);
            sheet.cells.entry(at).or_default().look.bordered = true;
        }
    }
    let table = only(sheet);
    assert_eq!(table.kind, TableKind::Form);
    let blanks: Vec<String> = table.blanks.iter().map(|it| it.area.to_string()).collect();
    assert_eq!(blanks, ["B1", "D1", "B2", "D2", "B3:D3"]);
}

#[test]
fn values_apart_are_read_in_the_encodings_that_offices_use() {
    let text = "序号;姓名;住址\n1;张三;东街一号\n";
    let (national, _, _) = encoding_rs::GB18030.encode(text);
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &national, &wide] {
        let options = Options { format: Some(Format::Csv) };
        let understood = understand(bytes, &options).unwrap();
        assert_eq!(understood.sheets[0].tables[0].columns[1].path, ["姓名"]);
        assert_eq!(understand(bytes, &Options::default()).unwrap(), understood);
    }
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    for (bytes, code) in [
        (b"%PDF-1.7".as_slice(), "unknown-format"),
        (b"", "unknown-format"),
        (b"PK\x03\x04rest", "broken"),
        (b"\xd0\xcf\x11\xe0rest", "broken"),
        (b"\n\n", "empty"),
    ] {
        let problems = understand(bytes, &Options::default()).unwrap_err();
        assert_eq!(problems.0[0].code, code);
    }
}
