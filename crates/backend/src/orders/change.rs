//! One built-in order: read, put and removed by its number.

use super::{put::Put, queries, told::tell_agents};
use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Conflict, Error, Noun, Result},
};
use domain::{Invalid, events, ids::StoreId, order::Order, order_number::OrderNumber};

/// The order of this number, as somebody types it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(ctx: &Ctx, who: &Principal, number: &str) -> Result<Order> {
    who.require(Permission::ReadOrders)?;
    let number = parse(number)?;
    let mut connection = ctx.db().read().await?;
    queries::by_number(&mut connection, who.store_id, number.as_str())
        .await?
        .ok_or(Error::NotFound(Noun::Order))
}

/// Inserts the order, or replaces the one of its number as a whole. To put the same
/// again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] for what [`Order::checked`] refuses.
pub async fn put(ctx: &Ctx, who: &Principal, order: Order) -> Result<(Put, Order)> {
    who.require(Permission::ChangeOrders)?;
    let order = order.checked().map_err(Invalid::from)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let put = queries::put(tx.connection, store_id, &order, now).await?;
                if put != Put::Unchanged {
                    tell_agents(tx, store_id, events::Noun::Orders);
                }
                Ok((put, as_stored(tx, store_id, order).await?))
            })
        })
        .await
}

/// Stores an order of a number that no other has.
///
/// # Errors
/// [`Error::Invalid`] for what [`Order::checked`] refuses, and for a number that is taken.
pub async fn create(ctx: &Ctx, who: &Principal, order: Order) -> Result<Order> {
    who.require(Permission::ChangeOrders)?;
    let order = order.checked().map_err(Invalid::from)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::insert(tx.connection, store_id, &order).await? {
                    return Err(taken(&order.number).into());
                }
                tell_agents(tx, store_id, events::Noun::Orders);
                Ok(order)
            })
        })
        .await
}

fn taken(number: &str) -> Invalid {
    let words =
        format!("There is an order #{number} already. Edit that one, or take another number.");
    Invalid::new("number", words)
}

/// Puts the order in the place of `opened`, which is what somebody had before their eyes.
///
/// # Errors
/// As [`put`]; [`Error::Conflict`] if another one is stored now, and
/// [`Error::NotFound`] if none is.
pub async fn edit(ctx: &Ctx, who: &Principal, opened: Order, order: Order) -> Result<Order> {
    who.require(Permission::ChangeOrders)?;
    let order = order.checked().map_err(Invalid::from)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let number = order.number.as_str();
                if !queries::hold(tx.connection, store_id, number).await? {
                    return Err(Error::NotFound(Noun::Order));
                }
                let stored = queries::by_number(tx.connection, store_id, number).await?;
                if stored.map(normalised) != Some(normalised(opened)) {
                    return Err(Error::Conflict(Conflict::OrderChanged));
                }
                let put = queries::put(tx.connection, store_id, &order, now).await?;
                if put != Put::Unchanged {
                    tell_agents(tx, store_id, events::Noun::Orders);
                }
                as_stored(tx, store_id, order).await
            })
        })
        .await
}

/// With when it changed, which the database says.
async fn as_stored(tx: &mut Tx<'_>, store_id: StoreId, order: Order) -> Result<Order> {
    let stored = queries::by_number(tx.connection, store_id, &order.number).await?;
    Ok(stored.unwrap_or(order))
}

/// Forms don't tell an empty text from none.
fn normalised(order: Order) -> Order {
    order.clone().checked().unwrap_or(order)
}

/// Removes the order of this number, as somebody types it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove(ctx: &Ctx, who: &Principal, number: &str) -> Result<()> {
    who.require(Permission::ChangeOrders)?;
    let number = parse(number)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let removed = queries::delete(tx.connection, store_id, number.as_str()).await?;
                if removed == 0 {
                    return Err(Error::NotFound(Noun::Order));
                }
                tell_agents(tx, store_id, events::Noun::Orders);
                Ok(())
            })
        })
        .await
}

/// No order has a number that isn't one.
fn parse(number: &str) -> Result<OrderNumber> {
    OrderNumber::parse(number).ok_or(Error::NotFound(Noun::Order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{orders, testing::shop::Shop};
    use domain::{
        order::{OrderItem, OrderStatus, PaymentStatus, Shipment},
        role::Role,
    };

    fn order(number: &str) -> Order {
        Order {
            number: number.to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: Some("Jane".to_owned()),
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".to_owned(),
            total_minor: 1_200,
            placed_at: 1_000,
            changed_at: None,
            items: vec![OrderItem {
                name: "Lamp".to_owned(),
                quantity: 1,
                image_url: None,
            }],
            shipments: Vec::new(),
        }
    }

    async fn put(shop: &Shop, order: Order) -> Put {
        let (put, _) = super::put(&shop.test.ctx, &shop.member, order)
            .await
            .expect("a good order");
        put
    }

    #[tokio::test]
    async fn an_order_is_put_by_its_number_once() {
        let shop = Shop::new().await;
        assert_eq!(put(&shop, order("#sd-1")).await, Put::Created);
        assert_eq!(put(&shop, order("SD-1")).await, Put::Unchanged);
        let page = orders::list(&shop.test.ctx, &shop.member, "", 0)
            .await
            .expect("orders");
        assert_eq!(page.orders, [order("SD-1")]);
    }

    #[tokio::test]
    async fn a_number_is_taken_once() {
        let shop = Shop::new().await;
        let (ctx, who) = (&shop.test.ctx, &shop.member);
        let created = create(ctx, who, order("#sd-1")).await;
        assert_eq!(created.expect("an order"), order("SD-1"));
        let other = Order {
            customer_name: None,
            ..order("sd-1")
        };
        let refused = create(ctx, who, other).await;
        let Err(Error::Invalid(refused)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refused.field, "number");
        let stored = get(ctx, who, "SD-1").await;
        assert_eq!(stored.expect("the order"), order("SD-1"));
    }

    #[tokio::test]
    async fn every_field_of_an_order_is_replaced() {
        let shop = Shop::new().await;
        assert_eq!(put(&shop, order("1")).await, Put::Created);
        let changes: [fn(&mut Order); 10] = [
            |o| o.email = "john@example.com".to_owned(),
            |o| o.customer_name = None,
            |o| o.status = OrderStatus::Delivered,
            |o| o.payment_status = PaymentStatus::Refunded,
            |o| o.currency = "EUR".to_owned(),
            |o| o.total_minor = 7,
            |o| o.placed_at = 2,
            |o| o.items[0].image_url = Some("https://shop.example.com/lamp.webp".to_owned()),
            |o| o.items.clear(),
            |o| {
                o.shipments.push(Shipment {
                    carrier: Some("DHL".to_owned()),
                    ..Shipment::default()
                })
            },
        ];
        let mut changed = order("1");
        for change in changes {
            change(&mut changed);
            assert_eq!(put(&shop, changed.clone()).await, Put::Replaced);
            let stored = get(&shop.test.ctx, &shop.member, "#1").await;
            let stored = Order {
                changed_at: None,
                ..stored.expect("the order")
            };
            assert_eq!(stored, changed);
            assert_eq!(put(&shop, changed.clone()).await, Put::Unchanged);
        }
    }

    #[tokio::test]
    async fn an_order_changes_when_it_stands_otherwise_or_as_is_said() {
        let shop = Shop::new().await;
        let changed_at = async || {
            let stored = get(&shop.test.ctx, &shop.member, "1").await;
            stored.expect("the order").changed_at
        };
        let begun = shop.test.ctx.now();
        put(&shop, order("1")).await;
        assert_eq!(changed_at().await, None, "nobody knows");
        let renamed = Order {
            customer_name: None,
            ..order("1")
        };
        put(&shop, renamed.clone()).await;
        assert_eq!(changed_at().await, None, "it stands as before");
        let cancelled = Order {
            status: OrderStatus::Cancelled,
            ..renamed
        };
        put(&shop, cancelled.clone()).await;
        let at = changed_at().await.expect("a time");
        assert!(at >= begun);
        assert_eq!(put(&shop, cancelled.clone()).await, Put::Unchanged);
        let said = Order {
            changed_at: Some(2_000),
            ..cancelled
        };
        assert_eq!(put(&shop, said.clone()).await, Put::Replaced);
        assert_eq!(put(&shop, said.clone()).await, Put::Unchanged);
        assert_eq!(changed_at().await, Some(2_000));
        // Whoever reads an order and puts it back need not know of it.
        let refunded = Order {
            payment_status: PaymentStatus::Refunded,
            ..said
        };
        put(&shop, refunded).await;
        assert!(changed_at().await >= Some(begun));
    }

    #[tokio::test]
    async fn an_edit_overwrites_nothing_that_was_put_meanwhile() {
        let shop = Shop::new().await;
        let (ctx, who) = (&shop.test.ctx, &shop.member);
        put(&shop, order("1")).await;
        let edited = |customer_name: &str| Order {
            customer_name: Some(customer_name.to_owned()),
            ..order("1")
        };
        let saved = edit(ctx, who, order("1"), edited("Joan")).await;
        assert_eq!(saved.expect("an edit"), edited("Joan"));
        // The form's copy is the one from before.
        let refused = edit(ctx, who, order("1"), edited("Jill")).await;
        assert!(matches!(
            refused,
            Err(Error::Conflict(Conflict::OrderChanged))
        ));
        let stored = get(ctx, who, "1").await.expect("the order");
        assert_eq!(stored, edited("Joan"));
        remove(ctx, who, "1").await.expect("an order");
        let gone = edit(ctx, who, edited("Joan"), edited("Jill")).await;
        assert!(matches!(gone, Err(Error::NotFound(Noun::Order))));
    }

    #[tokio::test]
    async fn a_form_that_sends_empty_texts_has_opened_what_is_stored() {
        let shop = Shop::new().await;
        let nameless = |customer_name| Order {
            customer_name,
            ..order("1")
        };
        put(&shop, nameless(None)).await;
        let (ctx, who) = (&shop.test.ctx, &shop.member);
        let opened = nameless(Some(String::new()));
        assert!(edit(ctx, who, opened, order("1")).await.is_ok());
    }

    #[tokio::test]
    async fn a_removed_order_is_gone() {
        let shop = Shop::new().await;
        let (ctx, who) = (&shop.test.ctx, &shop.member);
        put(&shop, order("SD-1")).await;
        remove(ctx, who, "#sd-1").await.expect("an order");
        for number in ["SD-1", "not a number"] {
            for gone in [
                get(ctx, who, number).await.map(drop),
                remove(ctx, who, number).await,
            ] {
                assert!(matches!(gone, Err(Error::NotFound(Noun::Order))));
            }
        }
    }

    #[tokio::test]
    async fn agents_read_orders_and_change_none() {
        let shop = Shop::new().await;
        let ctx = &shop.test.ctx;
        put(&shop, order("1")).await;
        let agent = Principal {
            role: Some(Role::Agent),
            ..shop.member.clone()
        };
        assert!(get(ctx, &agent, "1").await.is_ok());
        assert!(super::put(ctx, &agent, order("1")).await.is_err());
        assert!(create(ctx, &agent, order("2")).await.is_err());
        assert!(edit(ctx, &agent, order("1"), order("1")).await.is_err());
        assert!(remove(ctx, &agent, "1").await.is_err());
    }
}
