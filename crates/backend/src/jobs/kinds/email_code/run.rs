//! Writes the mail. What can't be sent in time is left: the shopper asks for another.

use super::EmailCode;
use crate::{
    Ctx, conversations,
    error::Result,
    identity::{code, queries},
    jobs::{self, Claimed, Run},
    mail::Mail,
    stores,
};
use domain::{text, texts};

impl Run for EmailCode {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let (store_id, id) = (claimed.store_id, self.conversation_id);
        let (sent, visitor, store) = {
            let mut connection = ctx.db().read().await?;
            let at = conversations::place::place(&mut connection, store_id, id)
                .await?
                .at;
            (
                queries::code(&mut connection, store_id, id).await?,
                conversations::queries::stored_with_visitor(&mut connection, store_id, at).await?,
                stores::queries::by_id(&mut connection, store_id).await?,
            )
        };
        // Used, replaced, or too late.
        let sent = sent.filter(|sent| sent.ends_at == self.ends_at && sent.ends_at > ctx.now());
        if let Some(sent) = sent {
            let locale = visitor.and_then(|(_, _, locale)| locale);
            let code = code::open(ctx.secret(), store_id, &sent.sealed)?;
            let texts = &texts::of(&locale.unwrap_or_default()).answers;
            let (subject, text) = texts.code_mail(&code, &store.name);
            let mail = Mail {
                to: sent.email,
                subject,
                html: format!("<p>{}</p>", text::escaped(&text)),
                text,
            };
            ctx.mailer().send(&mail, ctx.now()).await?;
        }
        let claimed = claimed.clone();
        ctx.db()
            .write(move |tx| Box::pin(async move { jobs::finish(tx, &claimed).await }))
            .await
    }
}
