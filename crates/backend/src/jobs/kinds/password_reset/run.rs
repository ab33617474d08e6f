//! Looks for the account, and writes the mail.

use super::PasswordReset;
use crate::{
    Ctx,
    auth::reset,
    error::Result,
    jobs::{self, Claimed, Run},
    mail::Mail,
};
use domain::text;

impl Run for PasswordReset {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        if let Some((to, link)) = reset::to_be_mailed(ctx, self).await? {
            let lead = format!("Somebody, probably you, wants to set a new password for {to}.");
            let how = "Open this link to choose one:";
            let end = "It is good once, for an hour. If that wasn't you, ignore this mail: your password stays as it is.";
            let mail = Mail {
                to,
                subject: "Set a new password".to_owned(),
                text: format!("{lead}\n\n{how}\n{link}\n\n{end}\n"),
                html: format!(
                    "<p>{}</p><p>{how}<br><a href=\"{link}\">{link}</a></p><p>{}</p>",
                    text::escaped(&lead),
                    text::escaped(end),
                    link = text::escaped(&link),
                ),
            };
            ctx.mailer().send(&mail, ctx.now()).await?;
        }
        let claimed = claimed.clone();
        ctx.db()
            .write(move |tx| Box::pin(async move { jobs::finish(tx, &claimed).await }))
            .await
    }
}
