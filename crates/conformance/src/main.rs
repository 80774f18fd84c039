//! `cargo xtask conformance xlsform`, the part that needs a build of its own.

use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let a: Vec<String> = std::env::args().collect();
    let folder = PathBuf::from(&a[1]);
    let cases = conformance::cases::all(1, a[2].parse()?)?;
    let mut d = conformance::cases::write(&cases, 1, &folder)?;
    d.extend(conformance::raw::write(&folder)?);
    for c in &d {
        println!("{}", serde_json::json!({"id": c.id, "path": c.path, "name": c.name}));
    }
    Ok(())
}
