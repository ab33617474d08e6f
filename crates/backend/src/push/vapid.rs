//! Who sends a push message (RFC 8292): a key pair of the installation's own, made of its secret,
//! so that all its servers have the same and none has to keep it.

use super::keys::BASE64;
use crate::{
    error::{Error, Result},
    public_url::PublicUrl,
    secret::Secret,
};
use base64::Engine;
use domain::UnixMillis;
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
    elliptic_curve::sec1::ToEncodedPoint,
};
use reqwest::{Url, header::HeaderValue};
use serde_json::json;

/// How long a signature is good, in seconds. At most a day is allowed.
const GOOD_FOR: i64 = 12 * 60 * 60;
/// Tries to make a key. One in four billion fails.
const TRIES: u8 = 8;

/// The installation's key.
///
/// # Errors
/// If none could be made, which doesn't happen.
pub(super) fn key(secret: &Secret) -> Result<SecretKey> {
    // Not all numbers of 256 bits are keys.
    (0..TRIES)
        .find_map(|at| SecretKey::from_slice(&secret.keyed_hash("push messages", &[at])).ok())
        .ok_or_else(|| Error::Internal("no key for push messages".to_owned()))
}

/// Its public part, an uncompressed point in base64url.
pub(super) fn public(key: &SecretKey) -> String {
    BASE64.encode(key.public_key().to_encoded_point(false).as_bytes())
}

/// The header that shows a push service at `url` who asks.
///
/// # Errors
/// If it can't be a header, which doesn't happen.
pub(super) fn header(
    key: &SecretKey,
    url: &Url,
    contact: &PublicUrl,
    now: UnixMillis,
) -> Result<HeaderValue> {
    let claims = json!({
        "aud": url.origin().ascii_serialization(),
        "exp": now / 1_000 + GOOD_FOR,
        "sub": contact.as_str(),
    });
    let head = BASE64.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
    let signed = format!("{head}.{}", BASE64.encode(claims.to_string()));
    let signature: Signature = SigningKey::from(key).sign(signed.as_bytes());
    let signature = BASE64.encode(signature.to_bytes());
    let mut header =
        HeaderValue::try_from(format!("vapid t={signed}.{signature}, k={}", public(key)))
            .map_err(|error| Error::Internal(format!("a push message: {error}")))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::{VerifyingKey, signature::Verifier};

    fn secret() -> Secret {
        Secret::given(&"a1".repeat(32)).expect("a secret")
    }

    #[test]
    fn a_key_is_the_secrets_and_no_others() {
        let ours = public(&key(&secret()).expect("a key"));
        assert_eq!(ours, public(&key(&secret()).expect("a key")));
        let other = Secret::given(&"b2".repeat(32)).expect("a secret");
        assert_ne!(ours, public(&key(&other).expect("a key")));
        assert_eq!(BASE64.decode(&ours).expect("base64").len(), 65);
    }

    #[test]
    fn a_push_service_can_check_who_asks() {
        let key = key(&secret()).expect("a key");
        let url = Url::parse("https://push.example.com:8443/send/1?x=y").expect("a URL");
        let contact = PublicUrl::parse("https://desk.example.com").expect("a URL");
        let header = header(&key, &url, &contact, 1_000_000).expect("a header");
        let header = header.to_str().expect("text");
        let token = header.strip_prefix("vapid t=").expect("a token");
        let (token, shown) = token.split_once(", k=").expect("a key");
        assert_eq!(shown, public(&key));
        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let signature = BASE64.decode(signature).expect("base64");
        let signature = Signature::from_slice(&signature).expect("a signature");
        let point = BASE64.decode(shown).expect("base64");
        let verifier = VerifyingKey::from_sec1_bytes(&point).expect("a key");
        verifier
            .verify(signed.as_bytes(), &signature)
            .expect("ours");
        let (_, claims) = signed.split_once('.').expect("claims");
        let claims = BASE64.decode(claims).expect("base64");
        let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
        // The port is part of whom it is meant for, the rest of the address isn't.
        assert_eq!(claims["aud"], "https://push.example.com:8443");
        assert_eq!(claims["exp"], 1_000 + GOOD_FOR);
        assert_eq!(claims["sub"], "https://desk.example.com");
    }
}
