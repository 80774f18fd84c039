//! Where a deployment is: what every verb that works on one can be told.

use clap::Args;

/// Where a deployment is, and how the program speaks about its work.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub(crate) struct Home {
    /// Folder for keys, attachments and, with SQLite, the database [`LINLI_DIR`; linli-data].
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<String>,
    /// A PostgreSQL database, `postgres://…`; SQLite in the folder when absent [`LINLI_DATABASE`].
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Configuration in TOML; `linli.toml` in the folder when absent [`LINLI_CONFIG`].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<String>,
    /// The deployment's time zone, by its IANA name or as `+08:00` [`LINLI_ZONE`; +08:00].
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// What is logged to standard error [`LINLI_LOG_LEVEL`; warn].
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// How it is logged: `text` or `json` [`LINLI_LOG_FORMAT`; text].
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,
}

impl Home {
    /// What was said, by the key of each setting.
    pub(crate) fn said(&self) -> Vec<(&'static str, &'static str, Option<&str>)> {
        vec![
            ("dir", "--dir", self.dir.as_deref()),
            ("database", "--database", self.database.as_deref()),
            ("zone", "--zone", self.zone.as_deref()),
            ("log.level", "--log", self.log.as_deref()),
            ("log.format", "--log-format", self.log_format.as_deref()),
        ]
    }
}
