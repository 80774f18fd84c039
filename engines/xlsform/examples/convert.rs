//! Converts workbooks: each path on standard input gives one line of JSON-like answer files beside it.
use std::io::BufRead;

fn main() {
    let out = std::env::args().nth(1).expect("a folder");
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let path = line.expect("a line");
        let bytes = std::fs::read(&path).expect("a file");
        let file = std::path::Path::new(&path);
        let format = match file.extension().and_then(|e| e.to_str()) {
            Some("xlsx" | "xlsm") => Some(xlsform::workbook::Format::Xlsx),
            Some("xls") => Some(xlsform::workbook::Format::Xls),
            Some("csv") => Some(xlsform::workbook::Format::Csv),
            Some("md") => Some(xlsform::workbook::Format::Markdown),
            _ => None,
        };
        let options = xlsform::Options {
            format,
            name: None,
            strict: std::env::var("STRICT").is_ok(),
            file_stem: file.file_stem().and_then(|s| s.to_str()).map(str::to_owned),
        };
        match xlsform::convert(&bytes, &options) {
            Ok(done) => {
                std::fs::write(format!("{out}/{index}.xml"), done.xform).expect("written");
                if let Some(i) = done.itemsets {
                    std::fs::write(format!("{out}/{index}.csv"), i).expect("written");
                }
            }
            Err(problems) => {
                std::fs::write(format!("{out}/{index}.err"), problems.to_string())
                    .expect("written");
            }
        }
    }
}
