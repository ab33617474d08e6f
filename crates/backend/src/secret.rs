//! The installation's one secret: all keys are made of it, each for one
//! purpose. It is given by the operator, or made at the first start and kept
//! in the data folder; on PostgreSQL in the database, so that all servers have
//! the same.
//!
//! Invariant: neither it nor a key made of it is ever shown or logged.

mod queries;

use crate::{
    db::{Db, Kind},
    durable,
    error::{Error, Result},
};
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD,
    },
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use domain::UnixMillis;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, io::ErrorKind, path::Path};

/// Fewest bytes of a secret.
const BYTES_MIN: usize = 32;
/// Length of the nonce in a sealed text, in bytes.
const NONCE: usize = 24;
/// SHA-256's block: HMAC fills a shorter key up with zeros, in bytes.
const HMAC_BLOCK: usize = 64;
/// The form of a sealed text, its first byte.
const VERSION: u8 = 1;
/// The secret's file in the data folder.
const FILE: &str = "secret";

/// What a key made of the secret does; no key does both.
#[derive(Clone, Copy)]
enum Use {
    Hash = 1,
    Seal = 2,
}

/// The installation's secret. Cheap to clone.
#[derive(Clone)]
pub struct Secret {
    root: Hmac<Sha256>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// What the operator gave: hex or base64 of 32 bytes or more.
    ///
    /// # Errors
    /// [`Error::Setup`] with what is wrong with it, for the operator.
    pub fn given(text: &str) -> Result<Self> {
        let bytes = decoded(text.trim()).ok_or_else(|| {
            Error::Setup("SHOPDESK_SECRET is neither hex nor base64; `openssl rand -base64 32` makes a good one".to_owned())
        })?;
        if bytes.len() < BYTES_MIN {
            return Err(Error::Setup(format!(
                "SHOPDESK_SECRET has {} bytes and needs at least {BYTES_MIN}; `openssl rand -base64 32` makes a good one",
                bytes.len()
            )));
        }
        Self::of(&bytes)
    }

    /// The secret in `data_dir`, made if there is none.
    ///
    /// # Errors
    /// [`Error::Setup`] if it can't be read or written, or isn't one.
    pub fn in_folder(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(FILE);
        let failed = |error: std::io::Error| {
            Error::Setup(format!("the secret in {}: {error}", path.display()))
        };
        durable::make_folder(data_dir).map_err(failed)?;
        let made = match durable::create(&path, crate::tokens::generate()?.as_bytes()) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => made,
        };
        made.map_err(failed)?;
        let stored = std::fs::read_to_string(&path).map_err(failed)?;
        Self::stored(&stored)
            .ok_or_else(|| Error::Setup(format!("{} does not hold a secret", path.display())))
    }

    /// The secret that all servers on a PostgreSQL database share, made if
    /// there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn in_database(db: &Db, now: UnixMillis) -> Result<Self> {
        debug_assert_eq!(db.kind(), Kind::Postgres);
        let new = crate::tokens::generate()?;
        let stored = db
            .write(move |tx| {
                Box::pin(async move { queries::first_secret(tx.connection, &new, now).await })
            })
            .await?;
        Self::stored(&stored).ok_or_else(|| Error::corrupt("installation.value"))
    }

    /// A secret that ends with the process.
    pub(crate) fn of_this_process() -> Result<Self> {
        Self::given(&crate::tokens::generate()?)
    }

    /// A hash of `bytes` that nobody can compute without the secret. Another
    /// `purpose` gives another hash.
    #[must_use]
    pub fn keyed_hash(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let mut block = [0; HMAC_BLOCK];
        block[..32].copy_from_slice(&self.key(Use::Hash, purpose));
        mac(Hmac::new(&block.into()), bytes)
    }

    /// Encrypts `plaintext`, so that only [`Secret::open`] with the same
    /// `purpose` reads it, and notices any change. URL-safe base64.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn seal(&self, purpose: &str, plaintext: &[u8]) -> Result<String> {
        let mut sealed = vec![VERSION; 1 + NONCE];
        getrandom::fill(&mut sealed[1..])
            .map_err(|error| Error::Internal(format!("randomness: {error}")))?;
        let payload = Payload {
            msg: plaintext,
            aad: &[VERSION],
        };
        let ciphertext = XNonce::try_from(&sealed[1..])
            .ok()
            .and_then(|nonce| self.cipher(purpose).encrypt(&nonce, payload).ok())
            .ok_or_else(|| Error::Internal("sealing failed".to_owned()))?;
        sealed.extend(ciphertext);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What [`Secret::seal`] was given.
    ///
    /// # Errors
    /// If it was changed, sealed for another purpose or with another secret.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>> {
        self.opened(purpose, sealed).ok_or_else(|| {
            Error::Internal(format!("what was sealed for {purpose} can't be opened"))
        })
    }

    fn opened(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (&version, rest) = sealed.split_first()?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE)?;
        if version != VERSION {
            return None;
        }
        let payload = Payload {
            msg: ciphertext,
            aad: &[VERSION],
        };
        self.cipher(purpose)
            .decrypt(&XNonce::try_from(nonce).ok()?, payload)
            .ok()
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let key = self.key(Use::Seal, purpose);
        KeyInit::new(&key.into())
    }

    /// The key of one use for one purpose.
    fn key(&self, using: Use, purpose: &str) -> [u8; 32] {
        let mut root = self.root.clone();
        root.update(&[using as u8]);
        mac(root, purpose.as_bytes())
    }

    fn stored(text: &str) -> Option<Self> {
        let bytes = decoded(text.trim()).filter(|bytes| bytes.len() >= BYTES_MIN)?;
        Self::of(&bytes).ok()
    }

    fn of(bytes: &[u8]) -> Result<Self> {
        let root = Hmac::new_from_slice(bytes)
            .map_err(|error| Error::Internal(format!("the secret: {error}")))?;
        Ok(Self { root })
    }
}

fn mac(mut mac: Hmac<Sha256>, bytes: &[u8]) -> [u8; 32] {
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// The bytes of hex or of either base64, padded or not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    hex(text)
        .or_else(|| GeneralPurpose::new(&URL_SAFE, lenient).decode(text).ok())
        .or_else(|| GeneralPurpose::new(&STANDARD, lenient).decode(text).ok())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn secret() -> Secret {
        Secret::given(&"5a".repeat(BYTES_MIN)).expect("a secret")
    }

    #[test]
    fn what_was_sealed_can_be_opened() {
        let sealed = secret().seal("shop password", b"hunter2").expect("sealed");
        assert!(!sealed.contains("hunter2"));
        let opened = secret().open("shop password", &sealed).expect("opened");
        assert_eq!(opened, b"hunter2");
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way() {
        let seal = || secret().seal("shop password", b"hunter2").expect("sealed");
        assert_ne!(seal(), seal());
    }

    #[test]
    fn nothing_that_was_changed_can_be_opened() {
        let sealed = secret().seal("shop password", b"hunter2").expect("sealed");
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).expect("base64");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(secret().open("shop password", &changed).is_err(), "{at}");
        }
        for length in 0..bytes.len() {
            let cut = URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert!(secret().open("shop password", &cut).is_err(), "{length}");
        }
    }

    #[test]
    fn what_was_sealed_for_one_purpose_is_closed_for_others() {
        let sealed = secret().seal("shop password", b"hunter2").expect("sealed");
        assert!(secret().open("mail password", &sealed).is_err());
    }

    #[test]
    fn what_another_installation_sealed_stays_closed() {
        let sealed = secret().seal("shop password", b"hunter2").expect("sealed");
        let another = Secret::of_this_process().expect("a secret");
        assert!(another.open("shop password", &sealed).is_err());
    }

    #[test]
    fn a_hash_differs_by_purpose_and_by_secret() {
        let hash = secret().keyed_hash("address", b"203.0.113.7");
        assert_eq!(hash, secret().keyed_hash("address", b"203.0.113.7"));
        assert_ne!(hash, secret().keyed_hash("visitor", b"203.0.113.7"));
        let another = Secret::of_this_process().expect("a secret");
        assert_ne!(hash, another.keyed_hash("address", b"203.0.113.7"));
    }

    #[test]
    fn a_secret_may_be_given_in_hex_and_in_both_forms_of_base64() {
        let bytes = [0xfb; BYTES_MIN];
        let expected = Secret::of(&bytes).expect("a secret").keyed_hash("", b"");
        for text in [
            "fb".repeat(BYTES_MIN),
            "FB".repeat(BYTES_MIN),
            URL_SAFE_NO_PAD.encode(bytes),
            base64::engine::general_purpose::STANDARD.encode(bytes) + "\n",
        ] {
            let given = Secret::given(&text).expect("a secret");
            assert_eq!(given.keyed_hash("", b""), expected, "{text}");
        }
    }

    #[test]
    fn a_short_secret_is_refused_with_its_length() {
        let refused = Secret::given(&"5a".repeat(31)).err().map(|e| e.to_string());
        assert!(refused.is_some_and(|text| text.contains("31 bytes")));
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        let refused = Secret::given("not a secret!").err().map(|e| e.to_string());
        assert!(refused.is_some_and(|text| !text.contains("not a secret!")));
    }

    #[test]
    fn a_folders_secret_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("data");
        let hash = || {
            let secret = Secret::in_folder(&data_dir).expect("a secret");
            secret.keyed_hash("", b"")
        };
        assert_eq!(hash(), hash());
        let mode = |path: &Path| {
            let metadata = std::fs::metadata(path).expect("metadata");
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(&data_dir), 0o700);
        assert_eq!(mode(&data_dir.join(FILE)), 0o600);
    }

    #[test]
    fn a_file_that_holds_no_secret_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "oops").expect("a file");
        assert!(Secret::in_folder(folder.path()).is_err());
        let kept = std::fs::read(folder.path().join(FILE)).expect("the file");
        assert_eq!(kept, b"oops");
    }

    #[tokio::test]
    async fn servers_on_one_database_share_a_secret() {
        let test = crate::testing::TestCtx::new().await.expect("a database");
        if test.ctx.db().kind() != Kind::Postgres {
            return;
        }
        let mut hashes = Vec::new();
        for _ in 0..2 {
            let secret = Secret::in_database(test.ctx.db(), 0).await.expect("secret");
            hashes.push(secret.keyed_hash("", b""));
        }
        assert_eq!(hashes[0], hashes[1]);
    }
}
