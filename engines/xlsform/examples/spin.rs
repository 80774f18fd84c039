//! Spins on one.
fn main() {
    let p = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let bytes = std::fs::read(p).unwrap();
    let o = xlsform::Options::default();
    for _ in 0..n {
        std::hint::black_box(xlsform::convert(&bytes, &o).is_ok());
    }
}
