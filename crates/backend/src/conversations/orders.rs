//! The orders of whoever writes in a conversation.

use super::{place, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Result},
    orders::{Lookup, OwnOrders},
};
use domain::{
    ids::{ConversationId, StoreId},
    order::Order,
    order_source::{ShopperOrders, UnaskedSource},
};

/// The latest orders of the shopper, and which sources couldn't be asked for more: of a connected shop's customer their own
/// there; else those of their email, from whichever source; none if there is no email. For
/// the team: an email that was only typed finds them, too.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's conversation.
pub async fn orders_of_shopper(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<ShopperOrders> {
    who.require(Permission::ReadConversations)?;
    who.require(Permission::ReadOrders)?;
    let found = {
        let mut connection = ctx.db().read().await?;
        queries::stored_with_visitor(&mut connection, who.store_id, id).await?
    };
    let Some((stored, email, _)) = found else {
        let mut connection = ctx.db().read().await?;
        return Err(place::missing(&mut connection, who.store_id, id).await?);
    };
    if let Some(customer) = stored.shop_customer() {
        let own = OwnOrders {
            customer,
            number: None,
        };
        return own_orders(ctx, who.store_id, &own).await;
    }
    let Some(email) = email else {
        return Ok(told(Vec::new(), Vec::new()));
    };
    let lookup = Lookup::Email(email.to_lowercase());
    let found = ctx.orders().look_up(who.store_id, &lookup, &[]).await?;
    Ok(told(found.orders, found.unasked))
}

async fn own_orders(ctx: &Ctx, store_id: StoreId, own: &OwnOrders) -> Result<ShopperOrders> {
    match ctx.orders().own(store_id, own, &[]).await {
        Ok(orders) => Ok(told(orders.unwrap_or_default(), Vec::new())),
        Err(Error::OrderSource(trouble)) => {
            let shop = ctx.orders().shop(store_id, own.customer.source_id).await?;
            let unasked = shop.map(|shop| shop.unasked(trouble));
            Ok(told(Vec::new(), unasked.into_iter().collect()))
        }
        Err(error) => Err(error),
    }
}

fn told(orders: Vec<Order>, trouble: Vec<UnaskedSource>) -> ShopperOrders {
    ShopperOrders { orders, trouble }
}
