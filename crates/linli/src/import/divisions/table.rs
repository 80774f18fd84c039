//! Files of divisions, read row by row on a thread of their own: never more than a few in memory.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use csv::{ByteRecord, Reader, ReaderBuilder};
use flate2::read::MultiGzDecoder;
use tokio::sync::mpsc;

use super::code::Code;

/// The longest line, in bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 200;
/// How many rows travel together at most.
const ROWS: usize = 4096;

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Which of the files.
    pub(super) file: usize,
    /// Its line there.
    pub(super) line: u64,
    /// The code.
    pub(super) code: Code,
    /// The name.
    pub(super) name: String,
}

/// A row that cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    /// Which of the files.
    pub(super) file: usize,
    /// Its line there.
    pub(super) line: u64,
    /// What is wrong, in Chinese and English.
    pub(super) why: String,
}

/// A few rows on their way.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Those that can be taken, in the order of the files.
    pub(super) good: Vec<Row>,
    /// Those that cannot.
    pub(super) bad: Vec<Bad>,
}

/// Refuses a line that never ends before it fills the memory.
struct Lines<R> {
    inner: R,
    run: usize,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match buffer[..read].iter().rposition(|byte| *byte == b'\n') {
            Some(at) => self.run = read - at - 1,
            None => self.run += read,
        }
        if self.run > LINE_BYTES_MAX {
            return Err(io::Error::other("a line of more than 64 KB: this is no table"));
        }
        Ok(read)
    }
}

type Table = Reader<Lines<Box<dyn Read + Send>>>;

/// Opens a file, unpacking it if it is compressed.
fn bytes(path: &Path) -> Result<Box<dyn Read + Send>> {
    let about = || format!("reading {}", path.display());
    let mut file = File::open(path).with_context(about)?;
    let mut first = [0; 2];
    let read = file.read(&mut first).with_context(about)?;
    let file = BufReader::with_capacity(1 << 16, File::open(path).with_context(about)?);
    if read == 2 && first == [0x1f, 0x8b] {
        return Ok(Box::new(MultiGzDecoder::new(file)));
    }
    Ok(Box::new(file))
}

/// Opens a table and finds its columns of code and name.
fn table(path: &Path) -> Result<(Table, usize, usize)> {
    let lines = Lines { inner: bytes(path)?, run: 0 };
    let mut table = ReaderBuilder::new().flexible(true).buffer_capacity(1 << 16).from_reader(lines);
    let no_table = || format!("{} is no table of divisions", path.display());
    let header = table.byte_headers().with_context(no_table)?.clone();
    let column = |names: &[&str]| {
        header.iter().position(|cell| {
            let cell = String::from_utf8_lossy(cell);
            names.contains(&cell.trim_start_matches('\u{feff}').trim().to_lowercase().as_str())
        })
    };
    let code = column(&["code", "代码", "区划代码", "统计用区划代码"]);
    let name = column(&["name", "名称"]);
    match (code, name) {
        (Some(code), Some(name)) => Ok((table, code, name)),
        _ => bail!(
            "{} 缺少“code”“name”两列 has no columns `code` and `name` in its first line",
            path.display()
        ),
    }
}

/// The files that a path stands for, those of the highest level first.
///
/// # Errors
/// When there is none, or one is no table of divisions.
pub(super) fn files(from: &Path) -> Result<Vec<PathBuf>> {
    let about = || format!("reading {}", from.display());
    if !std::fs::metadata(from).with_context(about)?.is_dir() {
        return Ok(vec![from.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(from).with_context(about)? {
        let path = entry.with_context(about)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if (name.ends_with(".csv") || name.ends_with(".csv.gz")) && !name.starts_with('.') {
            found.push((first_digits(&path)?, path));
        }
    }
    if found.is_empty() {
        bail!("{} holds no .csv or .csv.gz", from.display());
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// How many digits the first code of a file has.
fn first_digits(path: &Path) -> Result<u8> {
    let (mut table, code, _) = table(path)?;
    let mut record = ByteRecord::new();
    while table
        .read_byte_record(&mut record)
        .with_context(|| format!("reading {}", path.display()))?
    {
        let cell = record.get(code).and_then(|cell| std::str::from_utf8(cell).ok());
        if let Some(code) = cell.and_then(|cell| Code::read(cell.trim())) {
            return Ok(code.digits());
        }
    }
    Ok(u8::MAX)
}

/// How many lines the files have.
///
/// # Errors
/// When one cannot be read.
pub(super) fn count(files: &[PathBuf]) -> Result<u64> {
    let mut lines = 0;
    let mut block = vec![0; 1 << 16];
    for path in files {
        let mut bytes = bytes(path)?;
        loop {
            let read =
                bytes.read(&mut block).with_context(|| format!("reading {}", path.display()))?;
            if read == 0 {
                break;
            }
            lines += block[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }
    Ok(lines.saturating_sub(files.len() as u64))
}

/// Reads all files and sends their rows, until nobody takes them any more.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn read(
    files: &[PathBuf],
    within: Option<Code>,
    to: &mpsc::Sender<Result<Rows>>,
) -> Result<()> {
    for (file, path) in files.iter().enumerate() {
        let (mut table, code, name) = table(path)?;
        let mut rows = Rows::default();
        let mut record = ByteRecord::new();
        let about = || format!("reading {}", path.display());
        while table.read_byte_record(&mut record).with_context(about)? {
            let line = record.position().map_or(0, csv::Position::line);
            match row(&record, code, name) {
                Err(why) => rows.bad.push(Bad { file, line, why }),
                Ok((code, _)) if within.is_some_and(|within| !code.in_line_with(within)) => {}
                Ok((code, name)) => rows.good.push(Row { file, line, code, name }),
            }
            if rows.good.len() + rows.bad.len() >= ROWS
                && to.blocking_send(Ok(std::mem::take(&mut rows))).is_err()
            {
                return Ok(());
            }
        }
        if to.blocking_send(Ok(rows)).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Code and name of a record, or what is wrong.
fn row(record: &ByteRecord, code: usize, name: usize) -> Result<(Code, String), String> {
    let text = |at: usize| -> Result<&str, String> {
        let cell = record.get(at).unwrap_or_default();
        let text = std::str::from_utf8(cell).map(str::trim);
        text.map_err(|_| "不是 UTF-8 编码 not UTF-8".to_owned())
    };
    let (code, name) = (text(code)?, text(name)?);
    let Some(read) = Code::read(code) else {
        let shown: String = code.chars().take(20).filter(|c| !c.is_control()).collect();
        return Err(format!(
            "代码“{shown}”不是 2、4、6、9 或 12 位数字 the code is not 2, 4, 6, 9 or 12 digits"
        ));
    };
    if name.is_empty() {
        return Err("缺少名称 the name is missing".to_owned());
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(
            "名称太长或含有控制字符 the name is too long or has control characters".to_owned()
        );
    }
    Ok((read, name.to_owned()))
}
