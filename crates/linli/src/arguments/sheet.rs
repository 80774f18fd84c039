//! `linli sheet`: what can be said to it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Understand workbooks that somebody drew.
#[derive(Debug, Subcommand)]
pub(crate) enum Sheet {
    /// Say where a workbook's tables are, what their headings mean, and where data go.
    ///
    /// Ends with 0 when it was understood, 1 when the file was refused (problems are on standard
    /// error), 2 when the command was not understood or a file could not be read or written.
    Understand {
        /// What to read.
        #[command(flatten)]
        drawn: Drawn,
        /// Where to write it; standard output when absent.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// A workbook and how to read it.
#[derive(Debug, Args)]
pub(crate) struct Drawn {
    /// The workbook (.xlsx, .xlsm, .xls, .csv) or document (.docx); `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// What standard input is; found out when absent.
    #[arg(long = "as", value_name = "FORMAT")]
    pub(crate) format: Option<Kind>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Office Open XML.
    #[value(alias = "xlsm")]
    Xlsx,
    /// The older binary workbook.
    Xls,
    /// Values with something between them.
    Csv,
    /// A Word document.
    Docx,
}
