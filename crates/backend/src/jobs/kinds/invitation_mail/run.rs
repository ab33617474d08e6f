//! Writes the mail, unless the invitation was used or taken back meanwhile.

use super::InvitationMail;
use crate::{
    Ctx,
    error::Result,
    jobs::{self, Claimed, Run},
    mail::Mail,
    team::invitations,
};
use domain::{team::INVITATION_DAYS, text};

impl Run for InvitationMail {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let found = invitations::to_be_mailed(ctx, claimed.store_id, self).await?;
        if let Some((store, invitation, link)) = found
            && let Some(to) = invitation.email
        {
            let by = match invitation.invited_by {
                Some(name) => format!("{name} has invited you"),
                None => "You are invited".to_owned(),
            };
            let role = invitation.role.name().to_lowercase();
            let lead = format!("{by} to the support team of {store} as {role}.");
            let how = "Open this link to join:";
            let end = format!(
                "It is good for one person, for {INVITATION_DAYS} days. If you don't know what this is about, ignore this mail."
            );
            let mail = Mail {
                to,
                subject: format!("{by} to the support team of {store}"),
                text: format!("{lead}\n\n{how}\n{link}\n\n{end}\n"),
                html: format!(
                    "<p>{}</p><p>{how}<br><a href=\"{link}\">{link}</a></p><p>{}</p>",
                    text::escaped(&lead),
                    text::escaped(&end),
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
