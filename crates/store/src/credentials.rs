//! Names and password hashes, sessions and tokens: kept beside the ledger, never in it.

use domain::Thing;
use domain::ids::{AccountId, LedgerId, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::sql::{Connection, Row, params};
use crate::{Store, StoreError, rows};

/// How an account signs in, and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The name to sign in by.
    pub name: String,
    /// The account.
    pub account: AccountId,
    /// The name that others see.
    pub display: String,
    /// The hash of the password; empty when there is none.
    pub password_hash: String,
}

fn account(row: &Row, column: usize) -> Result<AccountId, StoreError> {
    row.text(column)?.parse().map_err(StoreError::damaged)
}

fn credential(row: &Row) -> Result<Credential, StoreError> {
    let (name, display, password_hash) = (row.text(0)?, row.text(2)?, row.text(3)?);
    Ok(Credential { name, account: account(row, 1)?, display, password_hash })
}

/// Takes the names by which the accounts of a person are shown; how many accounts had one. They
/// are shown by their ids from then on, and may still be signed in with.
pub(crate) async fn forget_names(
    link: &mut Connection,
    ledger: &LedgerId,
    person: &PersonId,
) -> Result<usize, StoreError> {
    let sql = "SELECT body FROM thing WHERE about = $1 AND ledger = 'root' AND kind = 'account'";
    let mut forgotten = 0;
    for row in link.rows(sql, params![person.as_str()]).await? {
        let thing = Thing::read(rows::kind("account")?, &row.text(0)?);
        let Thing::Account(account) = thing.map_err(StoreError::damaged)? else { continue };
        if account.person.as_ref().is_none_or(|(home, _)| home != ledger) {
            continue;
        }
        let sql = "UPDATE credential SET display = '' \
                   WHERE ledger = 'root' AND account = $1 AND display <> ''";
        link.execute(sql, params![account.id.as_str()]).await?;
        forgotten += 1;
    }
    Ok(forgotten)
}

impl Store {
    /// Keeps or replaces a credential.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn save_credential(&self, it: &Credential) -> Result<(), StoreError> {
        let sql = "INSERT INTO credential (ledger, name, account, display, password_hash) \
                   VALUES ('root', $1, $2, $3, $4) ON CONFLICT (ledger, name) DO UPDATE SET \
                   account = excluded.account, display = excluded.display, \
                   password_hash = excluded.password_hash";
        let row = params![
            it.name.as_str(),
            it.account.as_str(),
            it.display.as_str(),
            it.password_hash.as_str()
        ];
        self.inner.database.execute(sql, row).await.map(drop)
    }

    /// The credential with a name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn credential(&self, name: &str) -> Result<Option<Credential>, StoreError> {
        let sql = "SELECT name, account, display, password_hash FROM credential WHERE ledger = 'root' AND name = $1";
        let row = self.inner.database.row(sql, params![name]).await?;
        row.as_ref().map(credential).transpose()
    }

    /// The name of an account that others see.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn account_name(&self, account: &AccountId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT display FROM credential WHERE ledger = 'root' AND account = $1 ORDER BY name LIMIT 1";
        let row = self.inner.database.row(sql, params![account.as_str()]).await?;
        row.map(|row| row.text(0)).transpose()
    }

    /// All credentials by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn credentials(&self) -> Result<Vec<Credential>, StoreError> {
        let sql = "SELECT name, account, display, password_hash FROM credential WHERE ledger = 'root' ORDER BY name";
        let rows = self.inner.database.rows(sql, params![]).await?;
        rows.iter().map(credential).collect()
    }

    /// Lets somebody whom a provider of OpenID Connect knows sign in as an account.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn link_openid(
        &self,
        issuer: &str,
        subject: &str,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO openid (ledger, issuer, subject, account, linked_at) \
                   VALUES ('root', $1, $2, $3, $4) ON CONFLICT (ledger, issuer, subject) DO UPDATE \
                   SET account = excluded.account, linked_at = excluded.linked_at";
        let row = params![issuer, subject, account.as_str(), self.now().as_millisecond()];
        self.inner.database.execute(sql, row).await.map(drop)
    }

    /// The account as which somebody may sign in whom a provider knows by this subject.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn openid_account(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<AccountId>, StoreError> {
        let sql =
            "SELECT account FROM openid WHERE ledger = 'root' AND issuer = $1 AND subject = $2";
        let row = self.inner.database.row(sql, params![issuer, subject]).await?;
        row.map(|row| account(&row, 0)).transpose()
    }

    /// Who of which providers may sign in, as which account: issuer, subject, account.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn openid_links(&self) -> Result<Vec<(String, String, AccountId)>, StoreError> {
        let sql = "SELECT issuer, subject, account FROM openid WHERE ledger = 'root' ORDER BY account, issuer, subject";
        let rows = self.inner.database.rows(sql, params![]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, account(row, 2)?))).collect()
    }

    /// Takes the links of an account with providers back; says how many there were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn unlink_openid(&self, account: &AccountId) -> Result<u64, StoreError> {
        let sql = "DELETE FROM openid WHERE ledger = 'root' AND account = $1";
        self.inner.database.execute(sql, params![account.as_str()]).await
    }

    /// Ends all sessions of an account, and its tokens too when asked; says how many of each.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn end_access(
        &self,
        account: &AccountId,
        tokens_too: bool,
    ) -> Result<(u64, u64), StoreError> {
        let of = || params![account.as_str()];
        let sql = "DELETE FROM session WHERE ledger = 'root' AND account = $1";
        let sessions = self.inner.database.execute(sql, of()).await?;
        if !tokens_too {
            return Ok((sessions, 0));
        }
        let sql = "DELETE FROM token WHERE ledger = 'root' AND account = $1";
        Ok((sessions, self.inner.database.execute(sql, of()).await?))
    }

    /// What the tokens of all accounts are for, and when each ends.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tokens(&self) -> Result<Vec<(AccountId, String, Timestamp)>, StoreError> {
        let sql = "SELECT account, about, ends_at FROM token WHERE ledger = 'root' ORDER BY account, ends_at";
        let rows = self.inner.database.rows(sql, params![]).await?;
        let token = |row: &Row| {
            let ends = Timestamp::from_millisecond(row.int(2)?).map_err(StoreError::damaged)?;
            Ok((account(row, 0)?, row.text(1)?, ends))
        };
        rows.iter().map(token).collect()
    }

    /// Begins a session; only the hash of its secret is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn save_session(
        &self,
        hash: &str,
        account: &AccountId,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<(), StoreError> {
        let over = "DELETE FROM session WHERE ledger = 'root' AND ends_at < $1";
        self.inner.database.execute(over, params![now.as_millisecond()]).await?;
        let sql = "INSERT INTO session (ledger, hash, account, began_at, seen_at, ends_at) \
                   VALUES ('root', $1, $2, $3, $3, $4)";
        let row = params![hash, account.as_str(), now.as_millisecond(), ends.as_millisecond()];
        self.inner.database.execute(sql, row).await.map(drop)
    }

    /// The account of a session that has neither ended nor been idle for too long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_account(
        &self,
        hash: &str,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<AccountId>, StoreError> {
        let now = now.as_millisecond();
        let since = now - i64::try_from(idle.as_millis()).unwrap_or(i64::MAX / 2);
        let sql = "SELECT account, seen_at FROM session WHERE ledger = 'root' AND hash = $1 \
                   AND ends_at > $2 AND seen_at > $3";
        let Some(row) = self.inner.database.row(sql, params![hash, now, since]).await? else {
            return Ok(None);
        };
        // Seen is written once a minute at most: reading stays reading.
        if now - row.int(1)? > 60_000 {
            let sql = "UPDATE session SET seen_at = $2 WHERE ledger = 'root' AND hash = $1";
            self.inner.database.execute(sql, params![hash, now]).await?;
        }
        account(&row, 0).map(Some)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM session WHERE ledger = 'root' AND hash = $1";
        self.inner.database.execute(sql, params![hash]).await.map(drop)
    }

    /// Gives a machine a token; only its hash is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn save_token(
        &self,
        hash: &str,
        account: &AccountId,
        about: &str,
        ends: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO token (ledger, hash, account, ends_at, about) VALUES ('root', $1, $2, $3, $4)";
        let row = params![hash, account.as_str(), ends.as_millisecond(), about];
        self.inner.database.execute(sql, row).await.map(drop)
    }

    /// The account of a token that has not ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn token_account(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<AccountId>, StoreError> {
        let sql = "SELECT account FROM token WHERE ledger = 'root' AND hash = $1 AND ends_at > $2";
        let row = self.inner.database.row(sql, params![hash, now.as_millisecond()]).await?;
        row.map(|row| account(&row, 0)).transpose()
    }
}
