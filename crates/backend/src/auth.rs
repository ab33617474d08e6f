//! Accounts and their sessions: argon2id for passwords, random tokens stored
//! as hashes for sessions.

mod device;
pub(crate) mod hashing;
mod notices;
pub mod password;
mod pending;
pub(crate) mod queries;
pub mod reset;
pub mod second_step;
mod sessions;
mod totp;
pub mod two_factor;

pub use device::DEVICE_COOKIE;
pub use pending::PENDING_COOKIE;
pub use sessions::{end_other_sessions, end_session, hold_replies, rename, sessions};

use crate::{
    Ctx,
    access::User,
    cache::{Forget, SEEN_EVERY},
    db::Tx,
    demo::account,
    error::{Conflict, Error, Result, Unauthorized},
    stores, tokens,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use device::{DEVICE_LIFE, Device};
use domain::{
    Invalid, UnixMillis,
    account::{EmailAddress, NAME_MAX, PASSWORD_MAX, Password},
    both,
    ids::UserId,
    store, text,
    user_agent::USER_AGENT_MAX,
};
use hashing::Asker;
use pending::{PENDING_LIFE, Pending};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "shopdesk_session";
/// How long a session lasts from sign-in on, in milliseconds: 30 days.
const SESSION_LIFE: UnixMillis = 30 * 24 * 60 * 60 * 1000;

/// A session that has just begun. What goes into cookies is known to the browser
/// only.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Goes into the cookie.
    pub token: String,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// The browser's device as one that has signed in; goes into another cookie.
    pub device: String,
}

impl NewSession {
    /// How long the session's cookie is kept.
    pub const KEPT: Duration = Duration::from_millis(SESSION_LIFE.unsigned_abs());
    /// How long the device's is.
    pub const DEVICE_KEPT: Duration = Duration::from_millis(DEVICE_LIFE.unsigned_abs());
}

/// What becomes of a sign-in whose password is right.
pub enum SignedIn {
    /// It is done.
    Session(NewSession),
    /// It takes a code, too. What the browser keeps until then.
    NeedsCode(String),
}

impl SignedIn {
    /// How long the cookie of a sign-in that needs a code is kept.
    pub const WAITS: Duration = Duration::from_millis(PENDING_LIFE.unsigned_abs());

    /// The session, if that was all.
    #[must_use]
    pub fn session(self) -> Option<NewSession> {
        match self {
            Self::Session(session) => Some(session),
            Self::NeedsCode(_) => None,
        }
    }
}

/// Where somebody signs in from.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The client's address.
    pub address: &'a str,
    /// The device's cookie, if it has one.
    pub device: Option<&'a str>,
    /// What the browser says of itself.
    pub user_agent: Option<&'a str>,
}

impl Caller<'_> {
    /// One of whom nothing is known.
    pub const UNKNOWN: Caller<'static> = Caller {
        address: "unknown",
        device: None,
        user_agent: None,
    };
}

/// A session that begins with a write: what is known of it, and what is told of it.
pub(crate) struct Begun {
    session: NewSession,
    row: queries::NewSessionRow,
}

/// The form of the first owner's sign-up.
#[derive(Clone)]
pub struct SignUp {
    /// The owner's name.
    pub name: String,
    /// The owner's sign-in address.
    pub email: String,
    /// The password, as typed.
    pub password: String,
    /// The first store's name.
    pub store_name: String,
}

/// Whether nobody has signed up yet.
///
/// # Errors
/// If the database fails.
pub async fn installation_is_empty(ctx: &Ctx) -> Result<bool> {
    let mut connection = ctx.db().read().await?;
    Ok(!queries::any_user(&mut connection, account::unusable(ctx)).await?)
}

/// Signs up the first owner with their first store.
///
/// # Errors
/// [`Error::Invalid`] for a field, [`Error::Conflict`] if somebody was faster.
pub async fn sign_up_first_owner(ctx: &Ctx, form: SignUp, from: Caller<'_>) -> Result<NewSession> {
    if !installation_is_empty(ctx).await? {
        return Err(ALREADY_SET_UP);
    }
    account::refuse_address_of(&form.email)?;
    let store_name = store::parse_name(&form.store_name).map_err(|invalid| Invalid {
        field: "store_name".into(),
        ..invalid
    });
    let account = checked_user(&form.name, &form.email, &form.password);
    let ((user, password), store_name) = both(account, store_name)?;
    let password_hash = hash_password(ctx, password).await?;
    let begun = first_session(ctx, &user, from)?;
    let now = ctx.now();
    let unusable = account::unusable(ctx);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // Two may have filled in the form at once.
                tx.lock("first owner").await?;
                if queries::any_user(tx.connection, unusable).await? {
                    return Err(ALREADY_SET_UP);
                }
                queries::insert_user(tx.connection, &user, &password_hash, now).await?;
                stores::insert(tx, &user, &store_name, now).await?;
                begin(tx, begun, now).await
            })
        })
        .await
}

const ALREADY_SET_UP: Error = Error::Conflict(Conflict::AlreadySetUp);

/// Adds an account with a store of its own: the work of `shopdesk user add`.
///
/// # Errors
/// [`Error::Invalid`] for a field, [`Error::Conflict`] if the address is taken.
pub async fn add_user(
    ctx: &Ctx,
    name: &str,
    email: &str,
    password: &str,
    store_name: &str,
) -> Result<User> {
    let store_name = store::parse_name(store_name)?;
    account::refuse_address_of(email)?;
    let (user, password_hash) = new_user(ctx, name, email, password).await?;
    let (added, now) = (user.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                insert_user(tx, &added, &password_hash, now).await?;
                stores::insert(tx, &added, &store_name, now).await?;
                Ok(())
            })
        })
        .await?;
    Ok(user)
}

/// Inserts an account whose address must be new.
pub(crate) async fn insert_user(
    tx: &mut Tx<'_>,
    user: &User,
    password_hash: &str,
    now: UnixMillis,
) -> Result<()> {
    tx.lock(&user.email).await?;
    if queries::user_by_email(tx.connection, &user.email)
        .await?
        .is_some()
    {
        return Err(Error::Conflict(Conflict::EmailTaken));
    }
    queries::insert_user(tx.connection, user, password_hash, now).await
}

/// Whether the account of `email` has this password.
///
/// # Errors
/// If the database fails.
pub async fn has_password(ctx: &Ctx, email: &str, password: &str) -> Result<bool> {
    let account = {
        let mut connection = ctx.db().read().await?;
        queries::user_by_email(&mut connection, &EmailAddress::parse(email)?).await?
    };
    match account {
        Some((_, hash)) => verify(ctx, Asker::Known, password, hash).await,
        None => Ok(false),
    }
}

/// Begins a session for the right email and password, unless the account has a second factor:
/// then [`second_step`] goes on. Attempts are counted by
/// address and account; those of a device that has signed in to the account
/// before by the device alone, so that nobody else's use up its own.
///
/// # Errors
/// [`Error::Unauthorized`] with one and the same text for an unknown address
/// and a wrong password; [`Error::RateLimited`].
pub async fn sign_in(ctx: &Ctx, email: &str, password: &str, from: Caller<'_>) -> Result<SignedIn> {
    const WRONG: Error = Error::Unauthorized(Unauthorized::WrongPassword);
    let device = known_device(ctx, email, from.device);
    match &device {
        Some(device) => ctx.limits().sign_in_device.check(device.id()).await?,
        None => count_stranger(ctx, email, from.address).await?,
    }
    if password.chars().count() > PASSWORD_MAX {
        return Err(WRONG);
    }
    let account = match EmailAddress::parse(email) {
        Ok(email) => {
            let mut connection = ctx.db().read().await?;
            queries::user_by_email(&mut connection, &email).await?
        }
        Err(_) => None,
    }
    .filter(|(user, _)| account::may_be_used(ctx, user));
    // Unknown addresses take as long as known ones.
    let hash = account
        .as_ref()
        .map_or_else(|| UNKNOWN_ACCOUNT.clone(), |(_, hash)| hash.clone());
    let asker = match &device {
        Some(_) => Asker::Known,
        None => Asker::Stranger,
    };
    let matches = verify(ctx, asker, password, hash).await?;
    let Some((user, hash)) = account.filter(|_| matches) else {
        return Err(WRONG);
    };
    let device = device.map_or_else(Device::new, Ok)?;
    let begun = new_session(ctx, &user, device, from)?;
    let (user_id, now) = (user.id, ctx.now());
    let session = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                // Whoever switches it on right now ends all sessions that there are.
                tx.lock(user_id).await?;
                if two_factor::queries::is_on(tx.connection, user_id).await? {
                    return Ok(None);
                }
                queries::delete_expired_sessions(tx.connection, now).await?;
                begin(tx, begun, now).await.map(Some)
            })
        })
        .await?;
    match session {
        Some(session) => Ok(SignedIn::Session(session)),
        None => {
            let pending = Pending::begun(ctx.secret(), user.email, &hash, now);
            Ok(SignedIn::NeedsCode(pending.cookie(ctx.secret())?))
        }
    }
}

fn known_device(ctx: &Ctx, email: &str, cookie: Option<&str>) -> Option<Device> {
    let email = EmailAddress::parse(email).ok()?;
    Device::known(ctx.secret(), cookie?, email.as_str(), ctx.now())
}

/// Counts an attempt from a device that isn't known.
async fn count_stranger(ctx: &Ctx, email: &str, address: &str) -> Result<()> {
    let account = text::excerpt(&email.to_lowercase(), 254);
    let limits = ctx.limits();
    limits.sign_in_address.check(address).await?;
    limits
        .sign_in_account
        .check(format!("{address} {account}"))
        .await?;
    limits.sign_in_everywhere.check(account).await
}

/// Ends a session. An unknown token is no error: it is over either way.
///
/// # Errors
/// If the database fails.
pub async fn sign_out(ctx: &Ctx, token: &str) -> Result<()> {
    let token_hash = tokens::hash(token);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::delete_session(tx.connection, &token_hash).await?;
                tx.effects.forget(Forget::Session(token_hash));
                Ok(())
            })
        })
        .await
}

/// Who is signed in with `token`.
///
/// # Errors
/// If the database fails.
pub async fn user_of_session(ctx: &Ctx, token: &str) -> Result<Option<User>> {
    let (token_hash, now) = (tokens::hash(token), ctx.now());
    let read = async {
        let mut connection = ctx.db().read().await?;
        let session = queries::session(&mut connection, &token_hash, now).await?;
        Ok(session.map(Arc::new))
    };
    let session = ctx.caches().sessions.get(&token_hash, read).await?;
    let session =
        session.filter(|session| session.1 > now && account::may_be_used(ctx, &session.0));
    if session.is_some() {
        note_seen(ctx, token_hash);
    }
    Ok(session.map(|session| session.0.clone()))
}

/// Notes that a session is used. Nobody waits for it.
fn note_seen(ctx: &Ctx, token_hash: String) {
    let now = ctx.now();
    if !ctx
        .caches()
        .seen
        .is_due(token_hash.clone(), SEEN_EVERY, now)
    {
        return;
    }
    let db = ctx.db().clone();
    tokio::spawn(async move {
        let noted = db.write(move |tx| {
            Box::pin(async move { queries::note_seen(tx.connection, &token_hash, now).await })
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "when a session was last used could not be noted");
        }
    });
}

/// The first session of a device that isn't known yet.
pub(crate) fn first_session(ctx: &Ctx, user: &User, from: Caller<'_>) -> Result<Begun> {
    new_session(ctx, user, Device::new()?, from)
}

fn new_session(ctx: &Ctx, user: &User, device: Device, from: Caller<'_>) -> Result<Begun> {
    let token = tokens::generate()?;
    let expires_at = ctx.now() + SESSION_LIFE;
    let said = from.user_agent.map(|said| {
        let plain = said.chars().filter(|c| !c.is_control());
        plain.take(USER_AGENT_MAX).collect()
    });
    let row = queries::NewSessionRow {
        token_hash: tokens::hash(&token),
        user_id: user.id,
        expires_at,
        user_agent: said,
        address: from.address.parse().ok(),
    };
    let session = NewSession {
        token,
        expires_at,
        device: device.cookie(ctx.secret(), &user.email, ctx.now())?,
    };
    Ok(Begun { session, row })
}

/// Begins it, as a part of a write.
pub(crate) async fn begin(tx: &mut Tx<'_>, begun: Begun, now: UnixMillis) -> Result<NewSession> {
    queries::insert_session(tx.connection, &begun.row, now).await?;
    Ok(begun.session)
}

pub(crate) async fn new_user(
    ctx: &Ctx,
    name: &str,
    email: &str,
    password: &str,
) -> Result<(User, String)> {
    let (user, password) = checked_user(name, email, password)?;
    let password_hash = hash_password(ctx, password).await?;
    Ok((user, password_hash))
}

fn checked_user(name: &str, email: &str, password: &str) -> Result<(User, Password), Invalid> {
    let ((name, email), password) = both(
        both(
            text::required("name", name, NAME_MAX),
            EmailAddress::parse(email),
        ),
        Password::parse(password),
    )?;
    let id = UserId::generate();
    Ok((User { id, name, email }, password))
}

/// A hash that no password has, of the same cost as real ones.
static UNKNOWN_ACCOUNT: LazyLock<String> =
    LazyLock::new(|| hash_now("the password of nobody").unwrap_or_default());

fn hash_now(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Internal(format!("hashing a password: {error}")))
}

async fn hash_password(ctx: &Ctx, password: Password) -> Result<String> {
    ctx.hashing()
        .run(Asker::Known, move || hash_now(password.reveal()))
        .await?
}

async fn verify(ctx: &Ctx, asker: Asker, password: &str, hash: String) -> Result<bool> {
    let password = password.to_owned();
    ctx.hashing()
        .run(asker, move || {
            Argon2::default()
                .verify_password(password.as_bytes(), hash.as_str())
                .is_ok()
        })
        .await
}
