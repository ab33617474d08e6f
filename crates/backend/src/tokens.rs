//! Secrets handed to clients: 256 random bits, stored only as a hash.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new token, 43 characters of URL-safe base64.
///
/// # Errors
/// If the system has no randomness to give.
pub fn generate() -> Result<String> {
    random::<32>()
}

/// `N` random bytes as URL-safe base64.
///
/// # Errors
/// If the system has no randomness to give.
pub fn random<const N: usize>() -> Result<String> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(format!("randomness: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a token. One round is enough: there is nothing to guess
/// in 256 random bits.
#[must_use]
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
