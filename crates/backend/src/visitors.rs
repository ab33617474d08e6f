//! Shoppers: known by a token that their browser keeps, or not at all.

pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    cache::Forget,
    db::Tx,
    error::{Error, Noun, Result, Unauthorized},
    page::Page,
    settings, stores, tokens,
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{StoreId, VisitorId},
    inbox::VisitorProfile,
    settings::StoreSettings,
    text,
    widget_api::VisitorDetails,
};
use std::sync::Arc;

const DAY: UnixMillis = 24 * 60 * 60 * 1000;
/// How long a token lasts from its last use on, in milliseconds. The cookies of
/// browsers last no longer either.
const TOKEN_LIFE: UnixMillis = 400 * DAY;
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

/// Who holds `token`, on a page of `origin`. Using a token keeps it valid.
///
/// # Errors
/// [`Error::Unauthorized`] for a token that is unknown, has expired or was
/// revoked; [`Error::Forbidden`] for a
/// foreign page or a widget that is switched off.
pub async fn session(ctx: &Ctx, token: &str, origin: Option<&str>) -> Result<Session> {
    let (token_hash, now) = (tokens::hash(token), ctx.now());
    let read = async {
        let mut connection = ctx.db().read().await?;
        let token = queries::by_token(&mut connection, &token_hash).await?;
        Ok(token
            .filter(|token| token.is_valid(now))
            .map(|token| (token.store_id, token.visitor_id, token.expires_at)))
    };
    let found = ctx.caches().visitors.get(&token_hash, read).await?;
    let (store_id, visitor_id, expires_at) = found
        .filter(|(.., expires_at)| *expires_at > now)
        .ok_or(UNKNOWN_TOKEN)?;
    let settings = settings::load(ctx, store_id).await?;
    stores::admit(&settings, origin)?;
    // Once a day is enough: most requests shall write nothing.
    if expires_at < token_end(now) - DAY {
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let end = token_end(now);
                    queries::extend_token(tx.connection, &token_hash, store_id, end).await?;
                    tx.effects.forget(Forget::Visitor(token_hash));
                    Ok(())
                })
            })
            .await?;
    }
    Ok(Session {
        store_id,
        visitor_id,
        settings,
    })
}

/// A shopper of the store.
///
/// # Errors
/// [`Error::NotFound`] if they aren't this store's.
pub async fn get(ctx: &Ctx, who: &Principal, id: VisitorId) -> Result<VisitorProfile> {
    who.require(Permission::ReadVisitors)?;
    let mut connection = ctx.db().read().await?;
    queries::profile(&mut connection, who.store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Visitor))
}

/// Which shoppers are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Who gave this address, proven or not.
    Email(EmailAddress),
    /// Who the storefront says is this customer: one at most.
    Customer(String),
}

/// A page of the store's shoppers, the newest first: those before `before`.
///
/// # Errors
/// [`Error::Forbidden`]; if the database fails.
pub async fn page(
    ctx: &Ctx,
    who: &Principal,
    which: &Which,
    before: Option<VisitorId>,
    limit: i64,
) -> Result<Page<VisitorProfile>> {
    who.require(Permission::ReadVisitors)?;
    let (store_id, most) = (who.store_id, limit + 1);
    let mut connection = ctx.db().read().await?;
    let rows = match which {
        Which::All => queries::page(&mut connection, store_id, before, most).await?,
        Which::Email(email) => {
            queries::page_of_email(&mut connection, store_id, email, before, most).await?
        }
        Which::Customer(customer_id) => {
            let id = queries::of_customer(&mut connection, store_id, customer_id).await?;
            let id = id.filter(|&id| before.is_none_or(|before| id < before));
            match id {
                Some(id) => queries::profile(&mut connection, store_id, id).await?,
                None => None,
            }
            .into_iter()
            .collect()
        }
    };
    Ok(Page::of(rows, limit))
}

/// When a token that is given or used at `now` expires.
pub(crate) fn token_end(now: UnixMillis) -> UnixMillis {
    now + TOKEN_LIFE
}

/// Ends every session of a visitor, on all their devices.
///
/// # Errors
/// [`Error::Forbidden`] for those who may not answer shoppers.
pub async fn revoke_tokens(ctx: &Ctx, who: &Principal, visitor_id: VisitorId) -> Result<()> {
    who.require(Permission::AnswerConversations)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| Box::pin(end_tokens(tx, store_id, visitor_id, now)))
        .await
}

/// Ends every token of a visitor, and the sockets that are open by one.
pub(crate) async fn end_tokens(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
) -> Result<()> {
    for ended in queries::revoke_tokens(tx.connection, store_id, visitor_id, now).await? {
        tx.effects.forget(Forget::Visitor(ended));
    }
    Ok(())
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
