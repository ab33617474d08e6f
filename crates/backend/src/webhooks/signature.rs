//! How a receiver knows that it was this store that told it something.

use crate::error::{Error, Result};
use domain::UnixMillis;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write;

/// The value of `Shopdesk-Signature`: when it was signed, in seconds, and the hash of that
/// time, a full stop and the body.
///
/// # Errors
/// Never: every secret makes a key.
pub(crate) fn sign(secret: &[u8], now: UnixMillis, body: &str) -> Result<String> {
    let seconds = now / 1_000;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|error| Error::Internal(format!("a webhook's secret: {error}")))?;
    mac.update(format!("{seconds}.{body}").as_bytes());
    let mut value = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        // A string takes whatever is written.
        let _ = write!(value, "{byte:02x}");
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// As `printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test` says.
    #[test]
    fn a_signature_is_what_openssl_says() {
        let signed = sign(b"whsec_test", 1_700_000_000_999, "{}").expect("a signature");
        assert_eq!(
            signed,
            "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        );
    }
}
