//! `linli sheet`: what can be said to it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Understand workbooks that somebody drew, and fill them.
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
    /// Say what each heading asks for, in the words of a dictionary, how sure that is and why.
    ///
    /// What `--json` prints can be read over, put right, and given to `--confirmed`: then it holds,
    /// also for the next version of the workbook.
    Map {
        /// What to read.
        #[command(flatten)]
        drawn: Drawn,
        /// What headings are compared with.
        #[command(flatten)]
        compared: Compared,
        /// Where to write it; standard output when absent.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Fill a copy from what is known; what nobody knows stays blank, is coloured and listed.
    ///
    /// A register without rows gets all that are known. Where rows stand already, each is found
    /// again by its keys and only its blanks are filled. A heading of which nobody is sure stays
    /// blank until it is confirmed.
    Fill {
        /// What to read.
        #[command(flatten)]
        drawn: Drawn,
        /// What headings are compared with.
        #[command(flatten)]
        compared: Compared,
        /// What is known: a CSV file whose first line names elements of the dictionary.
        #[arg(long, value_name = "FILE")]
        data: PathBuf,
        /// An element by which rows are found again; the most telling first
        /// [`identity_number`, identity, phone, name].
        #[arg(long = "key", value_name = "ELEMENT")]
        keys: Vec<String>,
        /// Where to write the filled copy (.xlsx).
        #[arg(short, long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// What headings are compared with.
#[derive(Debug, Args)]
pub(crate) struct Compared {
    /// A dictionary, as packs have it (`dictionary.yaml`); those of the program's packs when
    /// absent. Several may be given.
    #[arg(long = "dictionary", value_name = "FILE")]
    pub(crate) dictionaries: Vec<PathBuf>,
    /// What somebody confirmed: a file that `sheet map --json` wrote.
    #[arg(long, value_name = "FILE")]
    pub(crate) confirmed: Option<PathBuf>,
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
