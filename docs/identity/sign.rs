//! Rust has no HMAC in its standard library: `cargo add base64@0.22 hmac@0.13 serde_json@1 sha2@0.11`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};

/// A token for a customer, valid for 15 minutes. `None` if the clock stands before 1970.
pub fn sign(secret: &str, customer_id: &str, email: &str, name: &str) -> Option<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({
        "customer_id": customer_id,
        "email": email,
        "name": name,
        "exp": now + 15 * 60,
    });
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let content = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(content.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    Some(format!("{content}.{signature}"))
}
