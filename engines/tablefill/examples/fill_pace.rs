//! How long it takes to fill ten thousand rows of thirty columns into a workbook.

use std::time::Instant;

use tablefill::fill::{Filling, Rows, SheetFilling, Value, fill};

fn main() {
    let mut words = std::env::args().skip(1);
    let (Some(from), Some(sheet), Some(first), Some(to)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        println!("fill_pace WORKBOOK SHEET FIRST_ROW COPY");
        return;
    };
    let bytes = std::fs::read(from).expect("the workbook can be read");
    let value = |row: u32, column: u32| match column % 3 {
        0 => Value::Number(f64::from(row * 7 + column)),
        1 => Value::Text(format!("文字 {row}-{column}")),
        _ => Value::Text(format!("{:018}", u64::from(row) * 1_000_003 + u64::from(column))),
    };
    let row = |row| (0..30).map(|column| (column, value(row, column))).collect();
    let first = first.parse().expect("the first row is a number");
    let registers = vec![Rows { first, there: 1, rows: (0..10_000).map(row).collect() }];
    let filling = Filling { sheets: vec![SheetFilling { sheet, registers, cells: vec![] }] };
    let mut best = f64::MAX;
    let mut copy = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let filled = fill(&bytes, &filling).expect("the workbook can be filled");
        best = best.min(start.elapsed().as_secs_f64());
        copy = filled.bytes;
    }
    println!("{best:.3} s, {} bytes", copy.len());
    std::fs::write(to, copy).expect("the copy can be written");
}
