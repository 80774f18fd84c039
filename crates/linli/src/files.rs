//! Files and the standard streams: read up to a limit, written whole or not at all.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Whether a path means a standard stream.
pub(crate) fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
}

/// All bytes of a file or of standard input (`-`), and one more than may be read where there are
/// more; or why not.
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = if is_stream(path) {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file whole or not at all; without one, to standard output; or why not.
pub(crate) fn write(out: Option<&Path>, text: &str) -> Result<(), String> {
    let Some(out) = out else {
        let written = std::io::stdout().lock().write_all(text.as_bytes());
        // Whoever reads the first lines and goes has what they want.
        return match written {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
            _ => Ok(()),
        };
    };
    write_bytes(out, text.as_bytes())
}

/// Writes bytes to a file whole or not at all; or why not.
pub(crate) fn write_bytes(out: &Path, bytes: &[u8]) -> Result<(), String> {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part: PathBuf = out.with_file_name(name);
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, out));
    written.map_err(|error| {
        let _ = fs::remove_file(&part);
        format!("{}: {error}", out.display())
    })
}
