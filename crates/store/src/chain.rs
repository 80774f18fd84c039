//! The chain: each fact is hashed onto the one before, and heads are signed.

use domain::ids::LedgerId;
use domain::{Fact, Recorded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::sql::{Param, Row, params};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// A fact as its row holds it, and as a line of an export. The body stays the text that was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactRow {
    pub(crate) ledger: String,
    pub(crate) seq: i64,
    pub(crate) fact: String,
    pub(crate) version: i64,
    pub(crate) body: String,
    pub(crate) subject_kind: String,
    pub(crate) subject: String,
    pub(crate) command: String,
    pub(crate) actor: String,
    pub(crate) device: String,
    pub(crate) occurred_at: i64,
    pub(crate) recorded_at: i64,
    #[serde(serialize_with = "in_hex", deserialize_with = "of_hex")]
    pub(crate) hash: Vec<u8>,
}

fn in_hex<S: serde::Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&crate::keys::hex(bytes))
}

fn of_hex<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.ok_or_else(|| serde::de::Error::custom("a hash is in hexadecimal"))?;
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte * 16 + digit);
    digits
        .chunks(2)
        .map(|pair| u8::try_from(byte(pair)).map_err(serde::de::Error::custom))
        .collect()
}

/// The columns in the order of [`FactRow::read`].
pub(crate) const COLUMNS: &str = "ledger, seq, fact, version, body, subject_kind, subject, \
    command, actor, device, occurred_at, recorded_at, hash";

impl FactRow {
    /// The row of a fact, without its hash.
    pub(crate) fn of(recorded: &Recorded) -> Self {
        let subject = recorded.fact.subject();
        Self {
            ledger: recorded.ledger.to_string(),
            seq: recorded.seq,
            fact: recorded.fact.name().to_owned(),
            version: recorded.fact.version().into(),
            body: recorded.fact.body().to_string(),
            subject_kind: subject.kind.name().to_owned(),
            subject: subject.id.to_string(),
            command: recorded.command.to_string(),
            actor: recorded.actor.to_string(),
            device: recorded.device.as_ref().map(ToString::to_string).unwrap_or_default(),
            occurred_at: recorded.occurred_at.as_millisecond(),
            recorded_at: recorded.recorded_at.as_millisecond(),
            hash: Vec::new(),
        }
    }

    /// The row as the database gave it, columns in the order of [`COLUMNS`].
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            ledger: row.text(0)?,
            seq: row.int(1)?,
            fact: row.text(2)?,
            version: row.int(3)?,
            body: row.text(4)?,
            subject_kind: row.text(5)?,
            subject: row.text(6)?,
            command: row.text(7)?,
            actor: row.text(8)?,
            device: row.text(9)?,
            occurred_at: row.int(10)?,
            recorded_at: row.int(11)?,
            hash: row.blob(12)?,
        })
    }

    /// The row's parameters in the order of [`COLUMNS`].
    pub(crate) fn params(self) -> Vec<Param> {
        params![
            self.ledger,
            self.seq,
            self.fact,
            self.version,
            self.body,
            self.subject_kind,
            self.subject,
            self.command,
            self.actor,
            self.device,
            self.occurred_at,
            self.recorded_at,
            self.hash,
        ]
    }

    /// The hash of the row onto the one before.
    pub(crate) fn chained(&self, previous: &Hash) -> Hash {
        let mut hash = Sha256::new();
        hash.update(previous);
        let texts = [
            &self.ledger,
            &self.fact,
            &self.body,
            &self.subject_kind,
            &self.subject,
            &self.command,
            &self.actor,
            &self.device,
        ];
        for text in texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        for number in [self.seq, self.version, self.occurred_at, self.recorded_at] {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().into()
    }

    /// The fact in the words of the domain.
    pub(crate) fn recorded(&self) -> Result<Recorded, StoreError> {
        let at = |ms| Timestamp::from_millisecond(ms).map_err(StoreError::damaged);
        let body = serde_json::from_str(&self.body).map_err(StoreError::damaged)?;
        let version = u16::try_from(self.version).map_err(StoreError::damaged)?;
        Ok(Recorded {
            ledger: LedgerId::new(self.ledger.as_str()).map_err(StoreError::damaged)?,
            seq: self.seq,
            fact: Fact::read(&self.fact, version, body).map_err(StoreError::damaged)?,
            command: self.command.parse().map_err(StoreError::damaged)?,
            actor: self.actor.parse().map_err(StoreError::damaged)?,
            device: match self.device.as_str() {
                "" => None,
                device => Some(device.parse().map_err(StoreError::damaged)?),
            },
            occurred_at: at(self.occurred_at)?,
            recorded_at: at(self.recorded_at)?,
        })
    }
}

/// What a signature of a head is over.
pub(crate) fn head_bytes(ledger: &str, seq: i64, hash: &[u8]) -> Vec<u8> {
    format!("linli head {ledger} {seq} {}", crate::keys::hex(hash)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_the_same_after_an_export_and_so_is_every_number_in_it() {
        // A number that a reader in a hurry takes for its neighbour.
        let row = FactRow {
            ledger: "community".to_owned(),
            seq: 7,
            fact: "submission.recorded".to_owned(),
            version: 1,
            body: r#"{"depth_cm":31.245270191439438}"#.to_owned(),
            subject_kind: "submission".to_owned(),
            subject: "s1".to_owned(),
            command: "c1".to_owned(),
            actor: "worker".to_owned(),
            device: String::new(),
            occurred_at: 1,
            recorded_at: 2,
            hash: vec![0, 15, 255],
        };
        let line = serde_json::to_string(&row).unwrap();
        assert!(line.contains(r#""hash":"000fff""#), "{line}");
        assert_eq!(serde_json::from_str::<FactRow>(&line).unwrap(), row);
        let body: serde_json::Value = serde_json::from_str(&row.body).unwrap();
        assert_eq!(body.to_string(), row.body);
    }
}
