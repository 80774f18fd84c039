//! `linli form`: what can be said to it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Convert, check, outline and compare XLSForms.
#[derive(Debug, Subcommand)]
pub(crate) enum Form {
    /// Convert a workbook to an ODK XForm.
    ///
    /// Ends with 0 when it was converted, 1 when the workbook was refused (all problems are on
    /// standard error), 2 when the command was not understood or a file could not be read or
    /// written.
    Convert {
        /// What to read.
        #[command(flatten)]
        book: Book,
        /// Where to write the `XForm`; standard output when absent. `itemsets.csv` goes beside it.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Refuse also expressions that no application can run.
        #[arg(long)]
        strict: bool,
    },
    /// Say everything that is wrong, at sheet, row and column.
    Check {
        /// What to read.
        #[command(flatten)]
        book: Book,
    },
    /// Print the form as an outline.
    Explain {
        /// What to read.
        #[command(flatten)]
        book: Book,
        /// Where to write it; standard output when absent.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Say which answers survive from one version of a form to another.
    Diff {
        /// The version before.
        old: PathBuf,
        /// The version after.
        new: PathBuf,
        /// What standard input is, where one of them is `-`.
        #[arg(long = "as", value_name = "FORMAT")]
        format: Option<Format>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Where to write it; standard output when absent.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// A workbook and how to read it.
#[derive(Debug, Args)]
pub(crate) struct Book {
    /// The workbook (.xlsx, .xlsm, .xls, .csv, .md); `-` for standard input.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// What standard input is; found out when absent.
    #[arg(long = "as", value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// The name of the form's root [data].
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a workbook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables of Markdown.
    Md,
    /// One sheet below the other.
    Csv,
    /// Office Open XML.
    Xlsx,
    /// The older binary workbook.
    Xls,
}
