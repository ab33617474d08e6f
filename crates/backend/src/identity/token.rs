//! A signed identity: a JSON Web Token (RFC 7519) under HMAC-SHA256, and nothing
//! else. There is one algorithm, so none can be chosen by whoever sends it.
//!
//! Which tokens look as if a Medusa had given them to its customer is told here, too; only
//! the shop knows whether it has.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    UnixMillis,
    account::EmailAddress,
    identity::{CUSTOMER_ID_MAX, TOKEN_MAX},
    shop_customer::{MEDUSA, ShopCustomer},
    text,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::Sha256;

/// How far ahead an identity may expire, in seconds.
const LIFE_MAX: i64 = 60 * 60;
/// How much the storefront's clock may differ from ours, in seconds.
const LEEWAY: i64 = 60;
/// Longest name, in characters; the rest is cut off.
const NAME_MAX: usize = 120;
/// Bytes of a signature under HMAC-SHA256.
const SIGNATURE: usize = 32;

/// A customer of the storefront, as its server vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Their id in the storefront; of a connected Medusa's customer a [`ShopCustomer`].
    pub id: String,
    /// The address of their account there.
    pub email: Option<EmailAddress>,
    /// Their name there.
    pub name: Option<String>,
}

/// Why an identity isn't believed: for the log, never for whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too long, or not three parts of base64 and JSON.
    Malformed,
    /// Another algorithm than HS256, or an extension that must be understood.
    Algorithm,
    /// Signed with none of the secrets.
    Signature,
    /// It has expired, or isn't valid yet.
    Time,
    /// It would be valid for longer than an hour.
    TooLong,
    /// A claim is missing or can't be taken.
    Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    customer_id: CustomerId,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
    exp: Date,
    #[serde(default)]
    nbf: Option<Date>,
}

/// What a Medusa says in its customer's token.
#[derive(Deserialize)]
struct MedusaClaims {
    actor_id: String,
    actor_type: String,
    exp: Date,
}

/// Many storefronts number their customers.
#[derive(Deserialize)]
#[serde(untagged)]
enum CustomerId {
    Number(i64),
    Text(String),
}

/// Seconds since 1970 (RFC 7519, `NumericDate`).
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Date {
    Whole(i64),
    Fraction(f64),
}

impl Date {
    fn seconds(self) -> i64 {
        match self {
            Self::Whole(seconds) => seconds,
            #[expect(clippy::cast_possible_truncation, reason = "whole seconds are enough")]
            Self::Fraction(seconds) => seconds as i64,
        }
    }
}

/// The customer whom `token` names, if one of `secrets` signed it and it is valid `now`.
pub(super) fn customer(
    token: &str,
    secrets: &[Vec<u8>],
    now: UnixMillis,
) -> Result<Customer, Refusal> {
    let claims: Claims = signed(token, secrets)?;
    let (now, expires) = (now / 1_000, claims.exp.seconds());
    let begins = claims.nbf.map_or(i64::MIN, Date::seconds);
    if expires <= now - LEEWAY || begins > now + LEEWAY {
        return Err(Refusal::Time);
    }
    if expires > now + LIFE_MAX + LEEWAY {
        return Err(Refusal::TooLong);
    }
    let id = match claims.customer_id {
        CustomerId::Number(number) => number.to_string(),
        CustomerId::Text(text) => text,
    };
    let id = text::required("customer_id", &id, CUSTOMER_ID_MAX).map_err(|_| Refusal::Claims)?;
    if id.starts_with(MEDUSA) {
        return Err(Refusal::Claims);
    }
    let email = match claims.email.filter(|email| !email.trim().is_empty()) {
        Some(email) => Some(EmailAddress::parse(&email).map_err(|_| Refusal::Claims)?),
        None => None,
    };
    Ok(Customer {
        id,
        email,
        name: claims.name.and_then(|name| shown_name(&name)),
    })
}

/// A name as it may be shown, if there is one.
fn shown_name(name: &str) -> Option<String> {
    let name = text::excerpt(&name.replace(char::is_control, " "), NAME_MAX);
    (!name.trim().is_empty()).then_some(name)
}

/// The claims of `token`, if one of `secrets` signed it.
fn signed<T: DeserializeOwned>(token: &str, secrets: &[Vec<u8>]) -> Result<T, Refusal> {
    let (content, claims, signature) = parts(token)?;
    let is_signed_with = |secret: &Vec<u8>| {
        // Compares in the same time wherever they differ.
        mac(secret, content).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    };
    if !secrets.iter().any(is_signed_with) {
        return Err(Refusal::Signature);
    }
    part(claims).ok_or(Refusal::Claims)
}

/// What is signed of `token`, the claims in it, and the signature; if it is of the one
/// algorithm.
fn parts(token: &str) -> Result<(&str, &str, Vec<u8>), Refusal> {
    if token.len() > TOKEN_MAX {
        return Err(Refusal::Malformed);
    }
    let (content, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
    let (header, claims) = content.split_once('.').ok_or(Refusal::Malformed)?;
    let header: Header = part(header).ok_or(Refusal::Malformed)?;
    if header.alg != "HS256" || header.crit.is_some() {
        return Err(Refusal::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Refusal::Malformed)?;
    Ok((content, claims, signature))
}

/// The customer whom `token` names as a Medusa's own would: signed under HMAC-SHA256, valid
/// `now`, and of a customer, none of its admins. It proves nothing.
pub(super) fn of_medusa(token: &str, now: UnixMillis) -> Option<String> {
    let (_, claims, signature) = parts(token).ok()?;
    let claims: MedusaClaims = part(claims)?;
    let is_id = !claims.actor_id.is_empty()
        && claims.actor_id.len() <= ShopCustomer::ID_MAX
        && claims.actor_id.bytes().all(|byte| byte.is_ascii_graphic());
    let is_its = signature.len() == SIGNATURE
        && claims.actor_type == "customer"
        && claims.exp.seconds() > now / 1_000 - LEEWAY
        && is_id;
    is_its.then_some(claims.actor_id)
}

/// The customer of a Medusa, as that says itself. Their email proves nothing: Medusa makes an
/// account for any address, without asking whose it is.
pub(super) fn medusas_customer(customer: &ShopCustomer, name: &str) -> Customer {
    Customer {
        id: customer.to_string(),
        email: None,
        name: shown_name(name),
    }
}

fn part<T: DeserializeOwned>(base64: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(base64).ok()?).ok()
}

fn mac(secret: &[u8], content: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(content.as_bytes());
    Some(mac)
}

/// Signs `claims`, as a storefront's server does.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn sign(secret: &str, header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let content = format!("{}.{}", part(header), part(claims));
    let signature = mac(secret.as_bytes(), &content).map(|mac| mac.finalize().into_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.unwrap_or_default());
    format!("{content}.{signature}")
}

#[cfg(test)]
mod tests;
