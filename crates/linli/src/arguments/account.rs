//! `linli account`: what can be said to it.

use clap::{Args, Subcommand};

use super::Home;

/// Open accounts, give roles, set passwords, make tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Open an account with a role at a place.
    ///
    /// The password is asked for on the terminal, or read as one line of standard input.
    Add(Add),
    /// Give a role at a place and below it.
    Grant(Grant),
    /// Take a role back.
    Revoke(Revoke),
    /// Set a new password, and end every session of the account.
    ///
    /// It is asked for on the terminal, or read as one line of standard input.
    Password {
        /// The name to sign in with.
        name: String,
        /// Where the deployment is.
        #[command(flatten)]
        home: Home,
    },
    /// Make a token for a machine. It is shown once and never again.
    Token(Token),
    /// Let somebody whom the provider of OpenID Connect knows sign in as an account.
    Link(Link),
    /// Take back every link of an account with the provider, and end its sessions.
    Unlink {
        /// The name to sign in with.
        name: String,
        /// Where the deployment is.
        #[command(flatten)]
        home: Home,
    },
    /// List accounts with their roles and tokens.
    List {
        /// Where the deployment is.
        #[command(flatten)]
        home: Home,
    },
    /// Close an account: its roles, sessions and tokens end.
    Close(Close),
}

/// Open an account with a role at a place.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The name to sign in with: letters, digits, `.`, `_` and `-`.
    pub(crate) name: String,
    /// The name that others see; the name to sign in with when absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) display: Option<String>,
    /// The role; none when absent.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// The place at which the role holds, and below it.
    #[arg(long, value_name = "PLACE", default_value = "root")]
    pub(crate) at: String,
    /// The person behind the account.
    #[arg(long, value_name = "LEDGER/PERSON")]
    pub(crate) person: Option<String>,
    /// It is a machine: no password, it holds tokens.
    #[arg(long)]
    pub(crate) machine: bool,
    /// Without a password for now.
    #[arg(long)]
    pub(crate) no_password: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Give a role at a place and below it.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// The name to sign in with.
    pub(crate) name: String,
    /// The role.
    pub(crate) role: String,
    /// The place at which it holds, and below it.
    #[arg(long, value_name = "PLACE", default_value = "root")]
    pub(crate) at: String,
    /// The last day on which it holds; until it is taken back when absent.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<jiff::civil::Date>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Take a role back.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The name to sign in with.
    pub(crate) name: String,
    /// The role.
    pub(crate) role: String,
    /// The place at which it holds.
    #[arg(long, value_name = "PLACE", default_value = "root")]
    pub(crate) at: String,
    /// Why; it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Let somebody whom the provider of OpenID Connect knows sign in as an account.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// The name of the account.
    pub(crate) name: String,
    /// By what the provider knows the person (`sub`). Whoever signs in without a link is shown it.
    pub(crate) subject: String,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Make a token for a machine.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The name of the account.
    pub(crate) name: String,
    /// What the token is for, so that people know it in the list.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) about: String,
    /// Days for which it holds.
    #[arg(long, value_name = "DAYS", default_value_t = 90,
          value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub(crate) days: u16,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}

/// Close an account.
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// The name to sign in with.
    pub(crate) name: String,
    /// Why; it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}
