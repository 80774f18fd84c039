//! Times each workbook.
use std::io::BufRead;
fn main() {
    let mut all = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let path = line.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let o = xlsform::Options::default();
        let mut best = f64::MAX;
        let mut read = f64::MAX;
        let mut ok = false;
        for _ in 0..7 {
            let t = std::time::Instant::now();
            let b = xlsform::workbook::read(&bytes, None);
            read = read.min(t.elapsed().as_secs_f64());
            drop(b);
            let t = std::time::Instant::now();
            ok = xlsform::convert(&bytes, &o).is_ok();
            best = best.min(t.elapsed().as_secs_f64());
        }
        if ok {
            all.push((best * 1e6, read * 1e6, path));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (t, r, p) in &all {
        println!("{t:9.1} {r:9.1} {p}");
    }
    let n = all.len();
    println!(
        "median {:.1} us, total {:.1} ms",
        all[n / 2].0,
        all.iter().map(|x| x.0).sum::<f64>() / 1e3
    );
}
