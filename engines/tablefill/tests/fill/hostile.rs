//! Spoilt workbooks never end the process and are soon done with.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tablefill::fill::{Filling, fill};

use super::archive::{parts, puts, register, text};

fn small() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("S").unwrap();
    for row in 0..6 {
        sheet.write(row, 0, f64::from(row)).unwrap();
        sheet.write_formula(row, 1, &*format!("=SUM(A$1:A{})", row + 1)).unwrap();
    }
    sheet.merge_range(6, 0, 6, 2, "m", &rust_xlsxwriter::Format::new()).unwrap();
    sheet.insert_note(7, 0, &rust_xlsxwriter::Note::new("n")).unwrap();
    book.save_to_buffer().unwrap()
}

fn filling() -> Filling {
    let rows =
        (0..8).map(|_| vec![(0, text("x")), (2, super::archive::unknown("a", "b"))]).collect();
    let mut filling = register("S", 2, 3, rows);
    filling.sheets[0].cells = puts("S", vec![(9, 0, text("y"))]).sheets[0].cells.clone();
    filling
}

/// The archive with a part in which some bytes are others.
fn with_spoilt_part(name: usize, at: &[(usize, u8)]) -> Vec<u8> {
    let mut all = parts(&small());
    let names: Vec<String> = all.keys().cloned().collect();
    let part = all.get_mut(&names[name % names.len()]).unwrap();
    for (at, byte) in at {
        let at = at % part.len();
        part[at] = *byte;
    }
    let texts: Vec<(String, String)> = all
        .into_iter()
        .map(|(name, part)| (name, String::from_utf8_lossy(&part).into_owned()))
        .collect();
    let parts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
    super::archive::packed(&parts)
}

fn ends_soon(bytes: &[u8]) {
    let start = Instant::now();
    if let Ok(filled) = fill(bytes, &filling()) {
        let _ = fill(&filled.bytes, &Filling::default());
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_archives_do_no_harm(spoils in prop::collection::vec((any::<usize>(), any::<u8>()), 1..8)) {
        let mut bytes = small();
        for (at, byte) in spoils {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        ends_soon(&bytes);
    }

    #[test]
    fn spoilt_parts_do_no_harm(
        name in any::<usize>(),
        spoils in prop::collection::vec((any::<usize>(), prop::sample::select(b"<>/\"'&=:!$[](),; 0159AZaz#".to_vec())), 1..6),
    ) {
        ends_soon(&with_spoilt_part(name, &spoils));
    }

    #[test]
    fn parts_cut_short_do_no_harm(at in any::<usize>()) {
        let mut bytes = small();
        bytes.truncate(at % bytes.len());
        ends_soon(&bytes);
    }
}
