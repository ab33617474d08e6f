//! Shoppers: known by a token that their browser keeps, or not at all.

pub(crate) mod queries;

use crate::{
    Ctx,
    error::{Error, Result, Unauthorized},
    settings, stores, tokens,
};
use domain::{
    account::EmailAddress,
    ids::{StoreId, VisitorId},
    settings::StoreSettings,
    text,
    widget_api::VisitorDetails,
};
use std::sync::Arc;

/// Longest name of a shopper, in characters.
const NAME_MAX: usize = 120;
/// Longest language tag, in characters.
const LOCALE_MAX: usize = 35;

/// Proof that a request comes from a visitor of an enabled widget, on a page
/// that may use it.
#[derive(Debug, Clone)]
pub struct Session {
    /// The store the visitor belongs to.
    pub store_id: StoreId,
    /// The visitor.
    pub visitor_id: VisitorId,
    /// The store's settings at the time.
    pub settings: Arc<StoreSettings>,
}

/// Who holds `token`, on a page of `origin`.
///
/// # Errors
/// [`Error::Unauthorized`] for an unknown token; [`Error::Forbidden`] for a
/// foreign page or a widget that is switched off.
pub async fn session(ctx: &Ctx, token: &str, origin: Option<&str>) -> Result<Session> {
    let found = {
        let mut connection = ctx.db().read().await?;
        queries::by_token(&mut connection, &tokens::hash(token)).await?
    };
    let (store_id, visitor_id) = found.ok_or(UNKNOWN_TOKEN)?;
    let settings = settings::load(ctx, store_id).await?;
    stores::admit(&settings, origin)?;
    Ok(Session {
        store_id,
        visitor_id,
        settings,
    })
}

/// What a client without a good token is told.
pub const UNKNOWN_TOKEN: Error = Error::Unauthorized(Unauthorized::UnknownToken);

/// Trims and checks what the page told about a visitor.
pub(crate) fn checked(details: VisitorDetails) -> Result<VisitorDetails> {
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let name = text::optional("name", &details.name.unwrap_or_default(), NAME_MAX)?;
    let email = match details.email.and_then(filled) {
        Some(raw) => Some(EmailAddress::parse(&raw)?.into()),
        None => None,
    };
    // A browser's language tag is worth no error.
    let locale = details.locale.filter(|tag| {
        tag.len() <= LOCALE_MAX && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    Ok(VisitorDetails {
        name: filled(name),
        email,
        locale: locale.and_then(filled),
    })
}
