//! Passwords: argon2id with stated parameters, and a check that takes as long for unknown names.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Memory of one hash, in KiB (19 MiB, the first recommendation of OWASP).
pub(crate) const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
pub(crate) const PASSES: u32 = 2;
/// Lanes.
pub(crate) const LANES: u32 = 1;
/// The shortest password that may be set, in characters.
pub(crate) const PASSWORD_CHARS_MIN: usize = 8;
/// The longest password, in bytes; a longer one is not even hashed.
pub(crate) const PASSWORD_BYTES_MAX: usize = 256;

/// A hash that no password has, for names that do not exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$\
    RdescudvJCsgt3ub+b6dWRWJTmaaJObGRdescudvJCs";

/// Why a password cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too short or too long.
    #[error(
        "a password has at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"
    )]
    Length,
    /// The hash could not be worked out.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password for keeping, as a PHC string.
///
/// # Errors
/// [`PasswordError`] when its length does not fit, or the system gives no randomness.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordError::Length);
    }
    let hash = hasher()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether a password fits a hash. Without a hash it takes as long and is never right.
#[must_use]
pub fn password_fits(password: &str, hash: Option<&str>) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let Ok(argon2) = hasher() else { return false };
    let fits = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password_fits("correct horse", Some(&hash)));
        assert!(!password_fits("wrong horse", Some(&hash)));
        assert!(!password_fits("correct horse", None));
    }

    #[test]
    fn a_name_that_does_not_exist_costs_the_same_work() {
        assert!(PasswordHash::new(NOBODY).is_ok(), "the work is done on a hash that can be read");
    }

    #[test]
    fn a_short_or_endless_password_is_not_set() {
        assert!(hash_password("short").is_err());
        assert!(hash_password(&"x".repeat(300)).is_err());
    }
}
