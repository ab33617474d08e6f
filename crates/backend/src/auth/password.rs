//! Changing the password of an account.

use super::{
    Caller, NewSession, begin, first_session, hash_password, hashing::Asker, notices, queries,
    reset, verify,
};
use crate::{
    Ctx,
    access::User,
    cache::Forget,
    error::{Error, Noun, Result},
    jobs::kinds::account_notice::Notice,
};
use domain::{
    Invalid,
    account::{PASSWORD_MAX, Password},
};

/// Changes the password, ends every session of the account and begins a new
/// one for the person who asked.
///
/// # Errors
/// [`Error::Invalid`] if the current password is wrong or the new one unfit;
/// [`Error::RateLimited`].
pub async fn change_password(
    ctx: &Ctx,
    user: &User,
    current: &str,
    new: &str,
    from: Caller<'_>,
) -> Result<NewSession> {
    check(ctx, user, current, "current").await?;
    let new = Password::parse(new).map_err(|invalid| Invalid {
        field: "new".into(),
        ..invalid
    })?;
    let (user_id, password_hash) = (user.id, hash_password(ctx, new).await?);
    let begun = first_session(ctx, user, from)?;
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::set_password(tx.connection, user_id, &password_hash).await?;
                reset::delete_of(tx.connection, user_id).await?;
                for ended in queries::delete_sessions_of(tx.connection, user_id).await? {
                    tx.effects.forget(Forget::Session(ended));
                }
                notices::tell(tx, user_id, Notice::PasswordChanged, now).await?;
                begin(tx, begun, now).await
            })
        })
        .await
}

/// Lets somebody on who is signed in and knows the password; `field` is where they typed it.
///
/// # Errors
/// [`Error::Invalid`] if it is wrong; [`Error::RateLimited`].
pub(super) async fn check(ctx: &Ctx, user: &User, password: &str, field: &str) -> Result<()> {
    let limit = &ctx.limits().change_password;
    limit.check(user.email.as_str()).await?;
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::user_by_email(&mut connection, &user.email).await?
    };
    let (_, hash) = stored.ok_or(Error::NotFound(Noun::Account))?;
    let fits = password.chars().count() <= PASSWORD_MAX
        && verify(ctx, Asker::Known, password, hash).await?;
    if fits {
        Ok(())
    } else {
        Err(Invalid::new(field, "This is not your current password.").into())
    }
}
