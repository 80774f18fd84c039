//! The deployment's two keys: one that signs heads, one that wraps the keys of the vault.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::StoreError;

const NONCE_BYTES: usize = 12;

/// The keys of a deployment, in one file that only its owner may read.
pub(crate) struct Keys {
    master: [u8; 32],
    signer: Ed25519KeyPair,
}

impl Keys {
    /// The file in a data folder.
    pub(crate) fn path(folder: &Path) -> PathBuf {
        folder.join("keys")
    }

    /// Reads the keys; none when there is no file of them.
    pub(crate) fn find(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = Self::path(folder);
        match std::fs::read(&path) {
            Ok(bytes) => Self::from_bytes(&bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&path, error)),
        }
    }

    /// Draws new keys. Another program that draws them for the same folder at the same time wins
    /// or loses whole: the file has its name only when all its bytes are on the disk.
    pub(crate) fn draw(folder: &Path) -> Result<Self, StoreError> {
        let path = Self::path(folder);
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&random::<32>());
        bytes[32..].copy_from_slice(&random::<32>());
        let half = folder.join(format!("keys-{}", hex(&random::<8>())));
        let mut options = std::fs::OpenOptions::new();
        let written = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&half)
            .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
            // A link does not take the place of a file that is there, as a new name would.
            .and_then(|()| std::fs::hard_link(&half, &path))
            .and_then(|()| std::fs::File::open(folder)?.sync_all());
        let gone = std::fs::remove_file(&half);
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Self::find(folder)?.ok_or_else(|| StoreError::file(&path, error))
            }
            written => {
                written.and(gone).map_err(|error| StoreError::file(&path, error))?;
                Self::from_bytes(&bytes)
            }
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let unfit = || StoreError::Unfit("the file of keys is not one: it has 64 bytes".to_owned());
        let (master, seed) = bytes.split_at_checked(32).ok_or_else(unfit)?;
        Ok(Self {
            master: master.try_into().map_err(|_| unfit())?,
            signer: Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| unfit())?,
        })
    }

    /// Signs bytes by the deployment's key.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.signer.sign(bytes).as_ref().to_vec()
    }

    /// The key by which anybody can check signatures.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.signer.public_key().as_ref().to_vec()
    }

    /// Whether a signature is the deployment's.
    pub(crate) fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public()).verify(bytes, signature).is_ok()
    }

    /// A new key for the vault, wrapped.
    pub(crate) fn new_key(&self, about: &str) -> Result<(VaultKey, Vec<u8>), StoreError> {
        let key = VaultKey(random());
        let wrapped = VaultKey(self.master).seal(&key.0, about)?;
        Ok((key, wrapped))
    }

    /// Opens a wrapped key of the vault.
    pub(crate) fn unwrap(&self, wrapped: &[u8], about: &str) -> Result<VaultKey, StoreError> {
        let key = VaultKey(self.master).open(wrapped, about)?;
        Ok(VaultKey(key.try_into().map_err(|_| StoreError::Sealed)?))
    }
}

/// A key that seals the values of one person for one purpose.
pub(crate) struct VaultKey([u8; 32]);

impl VaultKey {
    fn cipher(&self) -> Result<LessSafeKey, StoreError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.0).map_err(|_| StoreError::Sealed)?;
        Ok(LessSafeKey::new(key))
    }

    /// Seals bytes; `about` must be the same when they are opened.
    pub(crate) fn seal(&self, bytes: &[u8], about: &str) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE_BYTES] = random();
        let mut sealed = bytes.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| StoreError::Sealed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens sealed bytes.
    pub(crate) fn open(&self, sealed: &[u8], about: &str) -> Result<Vec<u8>, StoreError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(StoreError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| StoreError::Sealed)?;
        let mut bytes = sealed.to_vec();
        let opened = self
            .cipher()?
            .open_in_place(nonce, Aad::from(about.as_bytes()), &mut bytes)
            .map_err(|_| StoreError::Sealed)?;
        Ok(opened.to_vec())
    }
}

/// Random bytes of the machine.
///
/// # Panics
/// When the machine has no randomness to give: nothing can be kept safe then.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the machine gives random bytes");
    bytes
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_for_the_same_thing() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::draw(folder.path()).unwrap();
        let (key, wrapped) = keys.new_key("a/b").unwrap();
        let sealed = key.seal(b"value", "x").unwrap();
        let again = Keys::find(folder.path()).unwrap().unwrap().unwrap(&wrapped, "a/b").unwrap();
        assert_eq!(again.open(&sealed, "x").unwrap(), b"value");
        assert!(again.open(&sealed, "y").is_err());
        assert!(keys.unwrap(&wrapped, "a/c").is_err());
    }
}
