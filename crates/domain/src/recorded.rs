//! A fact in its ledger: its number, who gave the command, and when.

use jiff::Timestamp;

use crate::fact::Fact;
use crate::ids::{AccountId, CommandId, DeviceId, LedgerId};

/// A fact in its ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The ledger.
    pub ledger: LedgerId,
    /// Its number there, from 1, without gaps.
    pub seq: i64,
    /// What happened.
    pub fact: Fact,
    /// The command that it followed from.
    pub command: CommandId,
    /// Who gave the command.
    pub actor: AccountId,
    /// On which device.
    pub device: Option<DeviceId>,
    /// When it happened, as the person said.
    pub occurred_at: Timestamp,
    /// When the server wrote it down.
    pub recorded_at: Timestamp,
}
