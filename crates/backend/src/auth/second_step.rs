//! The second step of a sign-in: a code of the account's second factor.

use super::{
    Caller, NewSession, begin,
    device::Device,
    known_device, new_session, notices,
    pending::Pending,
    queries,
    two_factor::{self, Used},
};
use crate::{
    Ctx,
    demo::account,
    error::{Error, Result, Unauthorized},
    jobs::kinds::account_notice::Notice,
};

/// Whether `cookie` is of a sign-in whose code may still be given.
#[must_use]
pub fn is_waiting(ctx: &Ctx, cookie: &str) -> bool {
    Pending::read(ctx.secret(), cookie, ctx.now()).is_some()
}

/// Begins the session of a sign-in whose password was right, with a code of the app or a recovery
/// code. Tries are counted by account, wherever they come from: whoever tries has the password.
/// Those of a device that has signed in to it before are counted by the device alone.
///
/// # Errors
/// [`Error::Unauthorized`]: [`Unauthorized::SecondFactor`] with one and the same text for a wrong
/// code and a used one, [`Unauthorized::SignInEnded`]; [`Error::RateLimited`].
pub async fn sign_in_with_code(
    ctx: &Ctx,
    cookie: &str,
    code: &str,
    from: Caller<'_>,
) -> Result<NewSession> {
    const ENDED: Error = Error::Unauthorized(Unauthorized::SignInEnded);
    let pending = Pending::read(ctx.secret(), cookie, ctx.now()).ok_or(ENDED)?;
    let device = known_device(ctx, pending.email.as_str(), from.device);
    let limits = ctx.limits();
    match &device {
        Some(device) => limits.second_step_device.check(device.id()).await?,
        None => {
            limits.sign_in_address.check(from.address).await?;
            limits.second_step.check(pending.email.as_str()).await?;
        }
    }
    let account = {
        let mut connection = ctx.db().read().await?;
        queries::user_by_email(&mut connection, &pending.email).await?
    };
    let user = account
        .filter(|(_, hash)| pending.is_of(ctx.secret(), hash))
        .map(|(user, _)| user)
        .filter(|user| account::may_be_used(ctx, user))
        .ok_or(ENDED)?;
    let begun = new_session(ctx, &user, device.map_or_else(Device::new, Ok)?, from)?;
    let (now, secret, code) = (ctx.now(), ctx.secret().clone(), code.to_owned());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let used = two_factor::take(tx, &secret, user.id, &code, now).await?;
                match used.ok_or(Error::Unauthorized(Unauthorized::SecondFactor))? {
                    Used::Code => {}
                    Used::RecoveryCode { left } => {
                        let notice = Notice::RecoveryCodeUsed { left };
                        notices::tell(tx, user.id, notice, now).await?;
                    }
                }
                queries::delete_expired_sessions(tx.connection, now).await?;
                begin(tx, begun, now).await
            })
        })
        .await
}
