//! Writes the mail.

use super::{AccountNotice, Notice};
use crate::{
    Ctx,
    access::User,
    auth,
    error::Result,
    jobs::{self, Claimed, Run},
    mail::Mail,
    public_url::PublicUrl,
};
use domain::{UnixMillis, text};
use jiff::Timestamp;

impl Run for AccountNotice {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let user = {
            let mut connection = ctx.db().read().await?;
            auth::queries::user_by_id(&mut connection, self.user_id).await?
        };
        if let Some(user) = user.filter(|_| ctx.config().mails_are_read) {
            let mail = mail(&user, self.notice, self.at, ctx.public_url());
            ctx.mailer().send(&mail, ctx.now()).await?;
        }
        let claimed = claimed.clone();
        ctx.db()
            .write(move |tx| Box::pin(async move { jobs::finish(tx, &claimed).await }))
            .await
    }
}

fn mail(user: &User, notice: Notice, at: UnixMillis, url: &PublicUrl) -> Mail {
    let what = what(notice);
    let when = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let when = when.strftime("%-d %B %Y, %H:%M UTC");
    let lead = format!(
        "{what} It happened on {when}, for the account of {}.",
        user.email
    );
    let otherwise = "If that was you, there is nothing to do. If it wasn't, change your password and sign out all other browsers on your account page:";
    let account = format!("{url}/account");
    Mail {
        to: user.email.clone(),
        subject: subject(notice).to_owned(),
        text: format!("{lead}\n\n{otherwise}\n{account}\n"),
        html: format!(
            "<p>{}</p><p>{otherwise} <a href=\"{account}\">{account}</a></p>",
            text::escaped(&lead),
            account = text::escaped(&account),
        ),
    }
}

fn subject(notice: Notice) -> &'static str {
    match notice {
        Notice::PasswordChanged => "Your password was changed",
        Notice::TwoFactorOn => "Two-factor sign-in is on",
        Notice::TwoFactorOff | Notice::TwoFactorReset => "Two-factor sign-in is off",
        Notice::NewRecoveryCodes => "Your recovery codes were replaced",
        Notice::RecoveryCodeUsed { .. } => "A recovery code was used to sign in",
    }
}

fn what(notice: Notice) -> String {
    match notice {
        Notice::PasswordChanged => {
            "Your password was changed, and other browsers have been signed out.".to_owned()
        }
        Notice::TwoFactorOn => "Two-factor sign-in was switched on: signing in takes a code of your authenticator app now. All other browsers have been signed out.".to_owned(),
        Notice::TwoFactorOff => "Two-factor sign-in was switched off: the password alone is enough to sign in.".to_owned(),
        Notice::TwoFactorReset => "Whoever runs this installation has switched two-factor sign-in off for you, and has signed out all browsers.".to_owned(),
        Notice::NewRecoveryCodes => "Your recovery codes were replaced. The old ones don't work any more.".to_owned(),
        Notice::RecoveryCodeUsed { left: 1 } => "Somebody has signed in with a recovery code. One is left.".to_owned(),
        Notice::RecoveryCodeUsed { left: 0 } => "Somebody has signed in with a recovery code. It was the last one: please make new ones.".to_owned(),
        Notice::RecoveryCodeUsed { left } => format!("Somebody has signed in with a recovery code. {left} are left."),
    }
}
