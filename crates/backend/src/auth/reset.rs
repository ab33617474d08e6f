//! A forgotten password: whoever reads the account's mails sets a new one.
//!
//! Nobody learns here who has an account: what is answered, and what is done until then, is the
//! same for every address. Whether there is an account is looked up by the job.

mod queries;

use super::{hash_password, notices, queries as accounts, sessions::end_all_but};
use crate::{
    Ctx,
    access::User,
    demo::account,
    error::{Error, Noun, Result},
    jobs::{
        self,
        kinds::{account_notice::Notice, password_reset::PasswordReset},
    },
    public_url::PublicUrl,
    stores, tokens,
};
use domain::{
    UnixMillis,
    account::{EmailAddress, Password, reset_path},
    ids::UserId,
    text,
};

pub(super) use queries::delete_of;

/// How long a link is good, in milliseconds: an hour.
const LIFE: UnixMillis = 60 * 60 * 1000;
/// Characters of the longest token that is looked up.
const TOKEN_MAX: usize = 64;
/// What the address in a job is sealed for.
const PURPOSE: &str = "somebody who has forgotten their password";
const GONE: Error = Error::NotFound(Noun::PasswordReset);

/// Sends a link to `email`, if there is an account with it and mails are read.
///
/// # Errors
/// [`Error::Invalid`] for what is no address; [`Error::RateLimited`].
pub async fn ask(ctx: &Ctx, email: &str, address: &str) -> Result<()> {
    let limits = ctx.limits();
    limits.reset_client.check(address).await?;
    let email = EmailAddress::parse(&text::excerpt(email, 255))?;
    limits.reset_account.check(email.as_str()).await?;
    if !ctx.config().mails_are_read {
        return Ok(());
    }
    let sealed = ctx.secret().seal(PURPOSE, email.as_str().as_bytes())?;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let Some(store_id) = stores::queries::oldest(tx.connection).await? else {
                    return Ok(());
                };
                let job = jobs::prepare(store_id, PasswordReset { sealed })?;
                jobs::enqueue(tx, vec![job]).await
            })
        })
        .await
}

/// Whom a job is to send a link, and the link; nothing if there is no such account.
///
/// # Errors
/// If the database fails, or the address was sealed with another secret.
pub(crate) async fn to_be_mailed(
    ctx: &Ctx,
    job: &PasswordReset,
) -> Result<Option<(EmailAddress, String)>> {
    let email = ctx.secret().open(PURPOSE, &job.sealed)?;
    let email = String::from_utf8(email).map_err(|_| Error::corrupt("jobs.payload"))?;
    let email = EmailAddress::parse(&email)?;
    match account_of(ctx, &email).await? {
        Some(user) => {
            let link = new_link(ctx, user.id, ctx.public_url()).await?;
            Ok(Some((user.email, link)))
        }
        None => Ok(None),
    }
}

/// A link for somebody whom no mail reaches: the work of `shopdesk user reset-password`.
///
/// # Errors
/// [`Error::NotFound`] for an unknown address.
pub async fn link_for(ctx: &Ctx, email: &str) -> Result<String> {
    let user = account_of(ctx, &EmailAddress::parse(email)?).await?;
    let user = user.ok_or(Error::NotFound(Noun::Account))?;
    new_link(ctx, user.id, ctx.public_url()).await
}

/// Whose password a link sets.
///
/// # Errors
/// [`Error::NotFound`] for one that is over, was used, or never was; [`Error::RateLimited`].
pub async fn whose(ctx: &Ctx, token: &str, address: &str) -> Result<EmailAddress> {
    ctx.limits().reset_try.check(address).await?;
    let mut connection = ctx.db().read().await?;
    let user_id = queries::owner(&mut connection, &hash_of(token)?, ctx.now()).await?;
    let user = accounts::user_by_id(&mut connection, user_id.ok_or(GONE)?).await?;
    Ok(user.ok_or(GONE)?.email)
}

/// Sets a new password. Every session of the account ends, and so do its other links; a second
/// factor is asked for as before.
///
/// # Errors
/// As [`whose`]; [`Error::Invalid`] for the password.
pub async fn reset(ctx: &Ctx, token: &str, password: &str, address: &str) -> Result<()> {
    let password = Password::parse(password)?;
    whose(ctx, token, address).await?;
    let token_hash = hash_of(token)?;
    let password_hash = hash_password(ctx, password).await?;
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let user_id = queries::take(tx.connection, &token_hash, now).await?;
                let user_id = user_id.ok_or(GONE)?;
                accounts::set_password(tx.connection, user_id, &password_hash).await?;
                delete_of(tx.connection, user_id).await?;
                end_all_but(tx, user_id, "").await?;
                notices::tell(tx, user_id, Notice::PasswordChanged, now).await
            })
        })
        .await
}

/// The account that may have its password set anew.
async fn account_of(ctx: &Ctx, email: &EmailAddress) -> Result<Option<User>> {
    let mut connection = ctx.db().read().await?;
    let account = accounts::user_by_email(&mut connection, email).await?;
    let user = account.map(|(user, _)| user);
    Ok(user.filter(|user| account::may_be_used(ctx, user) && !account::is_shared(ctx, user)))
}

async fn new_link(ctx: &Ctx, user_id: UserId, url: &PublicUrl) -> Result<String> {
    let token = tokens::generate()?;
    let (token_hash, now) = (tokens::hash(&token), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::delete_expired(tx.connection, now).await?;
                queries::insert(tx.connection, &token_hash, user_id, now, now + LIFE).await
            })
        })
        .await?;
    Ok(format!("{url}{}", reset_path(&token)))
}

/// What is so long was never made here.
fn hash_of(token: &str) -> Result<String> {
    if token.len() > TOKEN_MAX {
        return Err(GONE);
    }
    Ok(tokens::hash(token))
}
