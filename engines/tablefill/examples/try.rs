//! Scratch.
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        println!("######## {path}");
        match tablefill::understand(&bytes, &tablefill::Options::default()) {
            Ok(it) => print!("{it}"),
            Err(it) => println!("{it}"),
        }
    }
}
