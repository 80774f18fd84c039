//! What was understood, as lines for people.

use std::fmt;

use super::plan::{
    Axis, Blank, Column, Header, LineKind, Role, SheetPlan, TableKind, TablePlan, Understood,
};
use crate::grid::At;

/// Headings of rows and codes that are shown before the rest is counted.
const SHOWN: usize = 12;

impl fmt::Display for Understood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, sheet) in self.sheets.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            self::sheet(f, sheet)?;
        }
        Ok(())
    }
}

fn sheet(f: &mut fmt::Formatter<'_>, sheet: &SheetPlan) -> fmt::Result {
    let hidden = if sheet.hidden { " (隐藏 hidden)" } else { "" };
    writeln!(f, "{}{hidden}", sheet.name)?;
    for line in &sheet.lines {
        writeln!(f, "  {}: {}", line_name(line.kind), one_line(&line.text))?;
    }
    for table in &sheet.tables {
        self::table(f, sheet, table)?;
    }
    Ok(())
}

fn table(f: &mut fmt::Formatter<'_>, sheet: &SheetPlan, table: &TablePlan) -> fmt::Result {
    write!(f, "  {} {}", table.area, kind_name(table.kind))?;
    if let Some(data) = table.data {
        write!(f, ", 数据 data {data}")?;
    }
    f.write_str("\n")?;
    if let Some((subject, why)) = &table.subject {
        let zh = subject.zh();
        writeln!(f, "    每行 a row is: {zh} {subject} ({}; {})", why.zh, why.en)?;
    }
    if let Some(parent) = &table.parent {
        let key = At::new(parent.area.top, parent.key);
        writeln!(f, "    属于 belongs to: {} {} ({key})", parent.sheet, parent.area)?;
    }
    for line in &table.lines {
        let place = line.at.map(|at| format!("{at} ")).unwrap_or_default();
        writeln!(f, "    {}: {place}{}", line_name(line.kind), one_line(&line.text))?;
    }
    for column in &table.columns {
        self::column(f, column)?;
    }
    if table.columns.is_empty() {
        headings(f, &table.headers, Axis::Column, "列 columns")?;
    }
    headings(f, &table.headers, Axis::Row, "行 rows")?;
    for blank in &table.blanks {
        self::blank(f, blank)?;
    }
    rows(f, "合计行 rows of sums", &table.totals)?;
    rows(f, "示例行 rows that show how", &table.samples)?;
    let inside = |it: &&(u32, u32)| it.0 <= table.area.bottom && it.1 >= table.area.top;
    for (first, last) in sheet.hidden_rows.iter().filter(inside).take(SHOWN) {
        writeln!(f, "    隐藏行 hidden rows: {}-{}", first + 1, last + 1)?;
    }
    Ok(())
}

fn column(f: &mut fmt::Formatter<'_>, column: &Column) -> fmt::Result {
    let letters = At::new(0, column.col).to_string();
    let path: Vec<String> = column.path.iter().map(|it| one_line(it)).collect();
    write!(f, "    {} {}", letters.trim_end_matches('1'), path.join(" / "))?;
    for (is, words) in [
        (column.serial, "序号 serial"),
        (column.total, "合计 sums"),
        (column.hidden, "隐藏 hidden"),
        (column.formula.is_some(), "公式 formula"),
    ] {
        if is {
            write!(f, " [{words}]")?;
        }
    }
    codes(f, &column.codes)?;
    if let Some(comment) = &column.comment {
        write!(f, " // {}", one_line(comment))?;
    }
    f.write_str("\n")
}

fn blank(f: &mut fmt::Formatter<'_>, blank: &Blank) -> fmt::Result {
    let path: Vec<String> = blank.path.iter().map(|it| one_line(it)).collect();
    write!(f, "    {} ← {}", blank.area, path.join(" / "))?;
    if !blank.text.is_empty() {
        write!(f, ": {}", one_line(&blank.text))?;
    }
    codes(f, &blank.codes)?;
    f.write_str("\n")
}

fn codes(f: &mut fmt::Formatter<'_>, codes: &[String]) -> fmt::Result {
    if codes.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = codes.iter().take(SHOWN).map(String::as_str).collect();
    let more = if codes.len() > SHOWN { format!(" …{}", codes.len()) } else { String::new() };
    write!(f, " {{{}{more}}}", shown.join(" | "))
}

fn headings(f: &mut fmt::Formatter<'_>, all: &[Header], axis: Axis, name: &str) -> fmt::Result {
    let mine: Vec<&Header> =
        all.iter().filter(|it| it.axis == axis && it.role != Role::Title).collect();
    if mine.is_empty() {
        return Ok(());
    }
    writeln!(f, "    {name} ({}):", mine.len())?;
    for header in mine.iter().take(SHOWN * 2) {
        let path: Vec<String> = header.path.iter().map(|it| one_line(it)).collect();
        writeln!(f, "      {} {}", header.at(), path.join(" / "))?;
    }
    if mine.len() > SHOWN * 2 {
        writeln!(f, "      …")?;
    }
    Ok(())
}

fn rows(f: &mut fmt::Formatter<'_>, name: &str, rows: &[u32]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = rows.iter().take(SHOWN).map(|it| (it + 1).to_string()).collect();
    writeln!(f, "    {name}: {}", rows.join(", "))
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
}

fn kind_name(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Register => "登记表 register",
        TableKind::Cross => "交叉表 cross table",
        TableKind::Form => "表单 form",
        TableKind::Mixed => "混合表 mixed table",
        TableKind::Text => "文字 words",
    }
}

fn line_name(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Title => "标题 title",
        LineKind::Unit => "单位 unit",
        LineKind::Date => "日期 date",
        LineKind::Department => "填报单位 department",
        LineKind::Note => "说明 note",
        LineKind::Signature => "签署 signature",
    }
}
