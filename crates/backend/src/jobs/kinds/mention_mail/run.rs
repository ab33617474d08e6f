//! Writes the mail, unless the note was seen meanwhile.

use super::MentionMail;
use crate::{
    Ctx,
    conversations::mentions::queries,
    error::Result,
    jobs::{self, Claimed, Run},
    mail::Mail,
};
use domain::{mention, text};

/// Characters of the note that the mail shows.
const EXCERPT: usize = 500;

impl Run for MentionMail {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let unseen = {
            let mut connection = ctx.db().read().await?;
            let (message, user) = (self.message_id, self.user_id);
            queries::unseen(&mut connection, claimed.store_id, message, user).await?
        };
        if let Some(unseen) = unseen {
            let by = unseen.by.as_deref().unwrap_or("A program");
            let store = &unseen.store_name;
            let path = mention::path(claimed.store_id, unseen.conversation_id, self.message_id);
            let link = format!("{}{path}", ctx.public_url());
            let note = text::excerpt(&unseen.body, EXCERPT);
            let lead = format!("{by} mentioned you in a note at {store}:");
            let mail = Mail {
                to: unseen.to,
                subject: format!("{by} mentioned you at {store}"),
                text: format!("{lead}\n\n{note}\n\nOpen the conversation:\n{link}\n"),
                html: format!(
                    "<p>{}</p><blockquote>{}</blockquote><p><a href=\"{}\">Open the conversation</a></p>",
                    text::escaped(&lead),
                    text::escaped(&note),
                    text::escaped(&link),
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
