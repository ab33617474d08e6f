//! The orders of whoever writes in a conversation.

use super::queries;
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
    orders::{Lookup, OwnOrders},
};
use domain::{ids::ConversationId, order::Order};

/// The latest orders of the shopper, newest first: of a connected shop's customer their own
/// there; else those of their email, from whichever source; none if there is no email. For
/// the team: an email that was only typed finds them, too.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's conversation; [`Error::OrderSource`] if
/// nothing was found and a source can't be asked.
pub async fn orders_of_shopper(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<Vec<Order>> {
    who.require(Permission::ReadConversations)?;
    who.require(Permission::ReadOrders)?;
    let found = {
        let mut connection = ctx.db().read().await?;
        queries::stored_with_visitor(&mut connection, who.store_id, id).await?
    };
    let (stored, email, _) = found.ok_or(Error::NotFound(Noun::Conversation))?;
    if let Some(customer) = stored.shop_customer() {
        let own = OwnOrders {
            customer,
            number: None,
        };
        let orders = ctx.orders().own(who.store_id, &own, &[]).await?;
        return Ok(orders.unwrap_or_default());
    }
    match email {
        Some(email) => {
            let lookup = Lookup::Email(email.to_lowercase());
            ctx.orders().look_up(who.store_id, &lookup, &[]).await
        }
        None => Ok(Vec::new()),
    }
}
