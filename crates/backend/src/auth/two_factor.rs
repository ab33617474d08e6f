//! The second factor of an account: codes of an authenticator app, and recovery codes for whoever
//! has lost it.
//!
//! The app's key is sealed for its account, recovery codes are keyed hashes. What switches it on
//! or off takes the password, so that an unlocked computer is not enough.

pub(crate) mod queries;

use super::{
    notices, password, queries as accounts,
    sessions::end_all_but,
    totp::{self, KEY, base32},
};
use crate::{
    Ctx,
    access::User,
    cache::Forget,
    db::{Tx, to_json},
    demo::account,
    error::{Conflict, Error, Forbidden, Noun, Result},
    jobs::kinds::account_notice::Notice,
    realtime::hub::{Outgoing, Topic},
    secret::Secret,
    stores, tokens,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Invalid, UnixMillis,
    account::EmailAddress,
    events::{self, ServerEvent},
    ids::UserId,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Name of the cookie with recovery codes that are being shown.
pub const CODES_COOKIE: &str = "shopdesk_recovery_codes";
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: too many to be found out from its hash.
const RECOVERY_BYTES: usize = 10;
/// Its letters.
const RECOVERY_LETTERS: usize = 16;
/// Most bytes of what is read as a code.
const TYPED_MAX: usize = 64;
/// How long a set-up may take, in milliseconds: an hour.
const SET_UP_LIFE: UnixMillis = 60 * 60 * 1000;
/// How long recovery codes can be looked at again, in milliseconds: ten minutes.
const SHOWN_LIFE: UnixMillis = 10 * 60 * 1000;

/// What apps name the account after.
const ISSUER: &str = "Shopdesk";
const SHOWN_PURPOSE: &str = "recovery codes that are being shown";

/// The second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoFactor {
    /// How it stands.
    pub state: State,
    /// Names of the account's stores that require it.
    pub required_by: Vec<String>,
}

/// How a second factor stands.
#[derive(Clone, PartialEq, Eq)]
pub enum State {
    /// The password is enough.
    Off,
    /// An app is to be given this key, and to prove it by a code.
    Begun {
        /// For typing, in base32.
        key: String,
        /// For scanning: an `otpauth` address.
        address: String,
    },
    /// Sign-ins take a code.
    On {
        /// Recovery codes that nobody has used.
        recovery_codes: i64,
    },
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Begun { .. } => "Begun(…)",
            Self::On { .. } => "On",
        })
    }
}

/// Recovery codes as the browser keeps them while they are shown, sealed.
pub struct ShownCodes(pub String);

impl ShownCodes {
    /// How long the cookie is kept.
    pub const KEPT: Duration = Duration::from_millis(SHOWN_LIFE.unsigned_abs());
}

#[derive(Serialize, Deserialize)]
struct Shown {
    user_id: UserId,
    codes: Vec<String>,
    until: UnixMillis,
}

/// How the second factor of an account stands.
///
/// # Errors
/// If the database fails, or what is stored was sealed with another secret.
pub async fn two_factor(ctx: &Ctx, user: &User) -> Result<TwoFactor> {
    let mut connection = ctx.db().read().await?;
    let stored = queries::load(&mut connection, user.id).await?;
    let state = match stored {
        Some(stored) if stored.confirmed_at.is_some() => State::On {
            recovery_codes: queries::recovery_codes_left(&mut connection, user.id).await?,
        },
        Some(stored) if is_in_time(&stored, ctx.now()) => {
            let key = base32(&opened(ctx.secret(), user.id, &stored.sealed_key)?);
            State::Begun {
                address: address(&key, &user.email),
                key,
            }
        }
        _ => State::Off,
    };
    Ok(TwoFactor {
        state,
        required_by: queries::required_by(&mut connection, user.id).await?,
    })
}

/// Makes a key for an app. It counts for nothing until [`confirm`].
///
/// # Errors
/// [`Error::Invalid`] for the password; [`Conflict::TwoFactorOn`]; [`Error::Forbidden`] for an
/// account that is everybody's; [`Error::RateLimited`].
pub async fn begin(ctx: &Ctx, user: &User, password: &str) -> Result<()> {
    if account::is_shared(ctx, user) {
        return Err(Error::Forbidden(Forbidden::SharedAccount));
    }
    password::check(ctx, user, password, "password").await?;
    let mut key = [0; KEY];
    getrandom::fill(&mut key).map_err(|error| Error::Internal(format!("randomness: {error}")))?;
    let sealed = ctx.secret().seal(&purpose(user.id), &key)?;
    let (user_id, now) = (user.id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                match queries::begin(tx.connection, user_id, &sealed, now).await? {
                    true => Ok(()),
                    false => Err(Error::Conflict(Conflict::TwoFactorOn)),
                }
            })
        })
        .await
}

/// Switches it on with the first code of the app. All sessions of the account end but the one of
/// `token`: none of them has seen a second factor. Gives the recovery codes.
///
/// # Errors
/// [`Error::Invalid`] for the code; [`Conflict::TwoFactorOn`], [`Conflict::SetUpEnded`];
/// [`Error::RateLimited`].
pub async fn confirm(ctx: &Ctx, user: &User, token: &str, code: &str) -> Result<ShownCodes> {
    let limit = &ctx.limits().change_password;
    limit.check(user.email.as_str()).await?;
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::load(&mut connection, user.id).await?
    };
    let (user_id, now) = (user.id, ctx.now());
    let stored = match stored {
        Some(stored) if stored.confirmed_at.is_some() => {
            return Err(Error::Conflict(Conflict::TwoFactorOn));
        }
        stored => stored.filter(|stored| is_in_time(stored, now)),
    };
    let stored = stored.ok_or(Error::Conflict(Conflict::SetUpEnded))?;
    let key = opened(ctx.secret(), user_id, &stored.sealed_key)?;
    let step = match typed(code) {
        Some(Typed::Code(code)) => totp::matching_step(&key, code, 0, now)?,
        _ => None,
    };
    let step = step.ok_or_else(|| {
        Invalid::new(
            "code",
            "This isn't the code that the app should show now. Please check that you have scanned this key, and that the device's clock is right.",
        )
    })?;
    let codes = recovery_codes()?;
    let hashes = hashes_of(ctx.secret(), user_id, &codes);
    let this = tokens::hash(token);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // A sign-in that is under way must find it, or be ended by it.
                tx.lock(user_id).await?;
                if !queries::confirm(tx.connection, user_id, &stored.sealed_key, now, step).await? {
                    return Err(Error::Conflict(Conflict::SetUpEnded));
                }
                replace_recovery_codes(tx, user_id, &hashes).await?;
                end_all_but(tx, user_id, &this).await?;
                changed(tx, user_id).await?;
                notices::tell(tx, user_id, Notice::TwoFactorOn, now).await
            })
        })
        .await?;
    shown(ctx, user_id, codes)
}

/// Makes new recovery codes; the old ones end.
///
/// # Errors
/// [`Error::Invalid`] for the password or the code; [`Conflict::TwoFactorOff`];
/// [`Error::RateLimited`].
pub async fn new_codes(ctx: &Ctx, user: &User, password: &str, code: &str) -> Result<ShownCodes> {
    password::check(ctx, user, password, "password").await?;
    let codes = recovery_codes()?;
    let hashes = hashes_of(ctx.secret(), user.id, &codes);
    let (user_id, now, secret) = (user.id, ctx.now(), ctx.secret().clone());
    let code = code.to_owned();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                must_take(tx, &secret, user_id, &code, now).await?;
                replace_recovery_codes(tx, user_id, &hashes).await?;
                notices::tell(tx, user_id, Notice::NewRecoveryCodes, now).await
            })
        })
        .await?;
    shown(ctx, user_id, codes)
}

/// Switches it off.
///
/// # Errors
/// As [`new_codes`].
pub async fn switch_off(ctx: &Ctx, user: &User, password: &str, code: &str) -> Result<()> {
    password::check(ctx, user, password, "password").await?;
    let (user_id, now, secret) = (user.id, ctx.now(), ctx.secret().clone());
    let code = code.to_owned();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                must_take(tx, &secret, user_id, &code, now).await?;
                remove(tx, user_id).await?;
                notices::tell(tx, user_id, Notice::TwoFactorOff, now).await
            })
        })
        .await
}

/// Switches it off for somebody who has lost both app and recovery codes, and ends all sessions
/// of the account: the work of `shopdesk user reset-two-factor`.
///
/// # Errors
/// [`Error::NotFound`] for an unknown address; [`Conflict::TwoFactorOff`].
pub async fn reset(ctx: &Ctx, email: &str) -> Result<User> {
    let email = EmailAddress::parse(email)?;
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let account = accounts::user_by_email(tx.connection, &email).await?;
                let (user, _) = account.ok_or(Error::NotFound(Noun::Account))?;
                if !queries::is_on(tx.connection, user.id).await? {
                    return Err(Error::Conflict(Conflict::TwoFactorOff));
                }
                remove(tx, user.id).await?;
                end_all_but(tx, user.id, "").await?;
                notices::tell(tx, user.id, Notice::TwoFactorReset, now).await?;
                Ok(user)
            })
        })
        .await
}

/// The recovery codes that `cookie` shows to `user`, for ten minutes.
#[must_use]
pub fn codes_shown(ctx: &Ctx, user: &User, cookie: &str) -> Option<Vec<String>> {
    let opened = ctx.secret().open(SHOWN_PURPOSE, cookie).ok()?;
    let shown: Shown = serde_json::from_slice(&opened).ok()?;
    let is_theirs = shown.user_id == user.id && ctx.now() < shown.until;
    is_theirs.then_some(shown.codes)
}

fn shown(ctx: &Ctx, user_id: UserId, codes: Vec<String>) -> Result<ShownCodes> {
    let shown = Shown {
        user_id,
        codes,
        until: ctx.now() + SHOWN_LIFE,
    };
    let sealed = ctx
        .secret()
        .seal(SHOWN_PURPOSE, to_json(&shown)?.as_bytes())?;
    Ok(ShownCodes(sealed))
}

/// What a code was that has been used up.
pub(super) enum Used {
    /// One of the app.
    Code,
    /// One of the recovery codes.
    RecoveryCode {
        /// How many are left.
        left: i64,
    },
}

/// Uses a code up, of the app or for recovery. Nothing for a wrong one, and for one that was used.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    secret: &Secret,
    user_id: UserId,
    code: &str,
    now: UnixMillis,
) -> Result<Option<Used>> {
    let stored = queries::load(tx.connection, user_id).await?;
    let Some(stored) = stored.filter(|stored| stored.confirmed_at.is_some()) else {
        return Ok(None);
    };
    match typed(code) {
        Some(Typed::Code(code)) => {
            let key = opened(secret, user_id, &stored.sealed_key)?;
            let step = totp::matching_step(&key, code, stored.last_step, now)?;
            let is_used = match step {
                Some(step) => queries::use_step(tx.connection, user_id, step).await?,
                None => false,
            };
            Ok(is_used.then_some(Used::Code))
        }
        Some(Typed::RecoveryCode(code)) => {
            let hash = hash_of(secret, user_id, &code);
            if !queries::use_recovery_code(tx.connection, user_id, &hash, now).await? {
                return Ok(None);
            }
            let left = queries::recovery_codes_left(tx.connection, user_id).await?;
            Ok(Some(Used::RecoveryCode { left }))
        }
        None => Ok(None),
    }
}

async fn must_take(
    tx: &mut Tx<'_>,
    secret: &Secret,
    user_id: UserId,
    code: &str,
    now: UnixMillis,
) -> Result<()> {
    if !queries::is_on(tx.connection, user_id).await? {
        return Err(Error::Conflict(Conflict::TwoFactorOff));
    }
    match take(tx, secret, user_id, code, now).await? {
        Some(_) => Ok(()),
        None => Err(Invalid::new(
            "code",
            "This code isn't right, or it was used already. Wait for the next one, or use a recovery code.",
        )
        .into()),
    }
}

async fn remove(tx: &mut Tx<'_>, user_id: UserId) -> Result<()> {
    queries::delete(tx.connection, user_id).await?;
    queries::delete_recovery_codes(tx.connection, user_id).await?;
    changed(tx, user_id).await
}

/// Whatever lets this person into stores asks again, and so does whoever shows their teams.
async fn changed(tx: &mut Tx<'_>, user_id: UserId) -> Result<()> {
    for store in stores::queries::stores_of(tx.connection, user_id).await? {
        tx.effects.forget(Forget::Member(store.id, user_id));
        tx.effects.publish(Outgoing {
            topic: Topic::Store(store.id),
            event: ServerEvent::changed(events::Noun::Team),
        });
    }
    Ok(())
}

async fn replace_recovery_codes(tx: &mut Tx<'_>, user_id: UserId, hashes: &[String]) -> Result<()> {
    queries::delete_recovery_codes(tx.connection, user_id).await?;
    for hash in hashes {
        queries::insert_recovery_code(tx.connection, user_id, hash).await?;
    }
    Ok(())
}

/// What somebody has typed in a field for a code.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Code(u32),
    RecoveryCode(String),
}

/// Reads what was typed, with spaces and hyphens wherever they are.
fn typed(text: &str) -> Option<Typed> {
    if text.len() > TYPED_MAX {
        return None;
    }
    let plain = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
    let is_ascii = plain.chars().all(|c| c.is_ascii_alphanumeric());
    match plain.len() {
        6 if plain.chars().all(|c| c.is_ascii_digit()) => Some(Typed::Code(plain.parse().ok()?)),
        RECOVERY_LETTERS if is_ascii => Some(Typed::RecoveryCode(plain)),
        _ => None,
    }
}

/// New ones, as they are shown: `abcd-efgh-ijkl-mnop`.
fn recovery_codes() -> Result<Vec<String>> {
    let mut random = [[0; RECOVERY_BYTES]; RECOVERY_CODES];
    for bytes in &mut random {
        getrandom::fill(bytes).map_err(|error| Error::Internal(format!("randomness: {error}")))?;
    }
    Ok(random
        .iter()
        .map(|bytes| in_groups(&base32(bytes)))
        .collect())
}

fn in_groups(letters: &str) -> String {
    let letters: Vec<_> = letters.to_lowercase().chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

fn hashes_of(secret: &Secret, user_id: UserId, codes: &[String]) -> Vec<String> {
    let plain = codes.iter().map(|code| code.replace('-', ""));
    plain.map(|code| hash_of(secret, user_id, &code)).collect()
}

fn hash_of(secret: &Secret, user_id: UserId, code: &str) -> String {
    let hash = secret.keyed_hash("a recovery code", format!("{user_id} {code}").as_bytes());
    URL_SAFE_NO_PAD.encode(hash)
}

/// A key that was put into another account's row opens nothing there.
fn purpose(user_id: UserId) -> String {
    format!("the second factor of {user_id}")
}

fn opened(secret: &Secret, user_id: UserId, sealed: &str) -> Result<Vec<u8>> {
    secret.open(&purpose(user_id), sealed)
}

fn is_in_time(stored: &queries::Stored, now: UnixMillis) -> bool {
    now < stored.begun_at + SET_UP_LIFE
}

/// What an app scans. An address of mail needs no other escaping than this.
fn address(key: &str, email: &EmailAddress) -> String {
    let name: String = email
        .as_str()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!(
        "otpauth://totp/{ISSUER}:{name}?secret={key}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for (text, read) in [
            ("123456", Some(Typed::Code(123_456))),
            (" 012 345 ", Some(Typed::Code(12_345))),
            ("12345", None),
            ("1234567", None),
            ("١٢٣٤٥٦", None),
            ("+12345", None),
            ("", None),
            (
                "ABCD-efgh ijkl mnop",
                Some(Typed::RecoveryCode("abcdefghijklmnop".into())),
            ),
            ("abcd-efgh-ijkl-mno", None),
            ("abcdefghijklmnoß", None),
        ] {
            assert_eq!(typed(text), read, "{text}");
        }
        assert_eq!(typed(&" ".repeat(1_000_000)), None);
    }

    #[test]
    fn recovery_codes_are_ten_and_read_back() {
        let codes = recovery_codes().expect("randomness");
        let distinct: HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        for code in &codes {
            assert_eq!(code.len(), RECOVERY_LETTERS + 3, "{code}");
            assert_eq!(
                typed(code),
                Some(Typed::RecoveryCode(code.replace('-', "")))
            );
        }
    }

    #[test]
    fn a_recovery_code_is_one_accounts() {
        let secret = Secret::of_this_process().expect("a secret");
        let (mine, theirs) = (UserId::generate(), UserId::generate());
        assert_ne!(
            hash_of(&secret, mine, "code"),
            hash_of(&secret, theirs, "code")
        );
    }

    #[test]
    fn the_address_is_one_that_apps_read() {
        let email = EmailAddress::parse("ada+desk@example.com").expect("an address");
        assert_eq!(
            address("GEZDGNBV", &email),
            "otpauth://totp/Shopdesk:ada%2Bdesk%40example.com?secret=GEZDGNBV&issuer=Shopdesk&algorithm=SHA1&digits=6&period=30"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_refused(text in "\\PC{0,80}") {
            let _ = typed(&text);
        }
    }
}
