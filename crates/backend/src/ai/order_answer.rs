//! What the AI answers about orders: the step that the rules decide on, carried out.

use super::{
    order_focus::Focus,
    order_status::{self, Known, Step},
    own_orders,
};
use crate::{
    Ctx,
    error::Error,
    identity,
    limits::{Client, Given, MayLookUp},
    orders::{Coverage, Lookup},
};
use domain::{
    ids::{StoreId, VisitorId},
    order::Order,
    order_card::{Detail, OrderCard},
    settings::OrderLookupCheck,
    texts::AnswerTexts,
};

/// Who wants to know, for the limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub visitor_id: VisitorId,
    pub client: Option<Client>,
}

/// What comes of a message by rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ByRule {
    /// It isn't about an order's whereabouts.
    Nothing,
    /// It asks for a person.
    FetchPerson,
    /// To be said.
    Say(OrderAnswer),
}

/// What is said about orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderAnswer {
    pub body: String,
    /// The numbers of the orders that are shown.
    pub orders: Vec<String>,
    /// The same orders as facts, as far as they are shown.
    pub cards: Vec<OrderCard>,
    /// What has to be read beside the cards.
    pub lead: String,
    /// It asks for an order, and the question is to be remembered.
    pub awaiting_order: bool,
    /// Why somebody of the team has to look, if so; for the merchant.
    pub left_to_team: Option<&'static str>,
    /// An order source can't be asked right now; it can be tried again.
    pub source_is_down: bool,
    /// What was given leads to no order.
    pub not_found: bool,
    /// It is shown to whoever proves their email, and a code can be sent for that.
    pub asks_proof: bool,
}

const NO_ORDERS: &str = "This store has no orders that could be looked up.";
const NOT_VERIFIED: &str =
    "Orders are shown only to customers whose email is proven, and this shopper's isn't.";
const UNAVAILABLE: &str = "Orders couldn't be looked up at that moment.";
const PARTLY: &str = "Not all order sources could be asked at that moment.";
const NOT_SEARCHED: &str = "A shop has more orders that could be meant than can be looked through.";
const NOT_HERE: &str = "An order is marked as delivered, and the shopper says that it isn't there.";
const TOO_MANY: &str = "Too many different orders were asked about.";

impl OrderAnswer {
    fn asks(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            orders: Vec::new(),
            cards: Vec::new(),
            lead: String::new(),
            awaiting_order: true,
            left_to_team: None,
            source_is_down: false,
            not_found: false,
            asks_proof: false,
        }
    }

    fn left_to_team(body: &str, why: &'static str) -> Self {
        Self {
            awaiting_order: false,
            left_to_team: Some(why),
            ..Self::asks(body)
        }
    }

    fn not_found(texts: &AnswerTexts) -> Self {
        Self {
            not_found: true,
            ..Self::asks(texts.no_match())
        }
    }

    fn unavailable(texts: &AnswerTexts, error: &Error) -> Self {
        if let Error::OrderSource(trouble) = error
            && !trouble.is_of_shop()
        {
            return Self::not_searched(texts);
        }
        tracing::warn!(%error, "orders could not be looked up");
        Self::out_of_reach(texts.unavailable(), UNAVAILABLE)
    }

    /// Not everything could be looked through, and asking again would find no more.
    fn not_searched(texts: &AnswerTexts) -> Self {
        Self::left_to_team(texts.unavailable(), NOT_SEARCHED)
    }

    fn out_of_reach(body: &str, why: &'static str) -> Self {
        Self {
            source_is_down: true,
            ..Self::left_to_team(body, why)
        }
    }

    /// Nothing was found, but not everywhere could be looked.
    fn none_in_reach(texts: &AnswerTexts, is_reached: bool) -> Self {
        match is_reached {
            true => Self::out_of_reach(texts.none_in_reach(), PARTLY),
            false => Self::out_of_reach(texts.unavailable(), UNAVAILABLE),
        }
    }

    /// The same with what couldn't be looked at, which the team has to.
    fn in_part(self, texts: &AnswerTexts) -> Self {
        let with = |text: String| match text.as_str() {
            "" => texts.some_unreachable().to_owned(),
            text => format!("{text}\n\n{}", texts.some_unreachable()),
        };
        Self {
            body: with(self.body),
            lead: with(self.lead),
            left_to_team: self.left_to_team.or(Some(PARTLY)),
            ..self
        }
    }
}

/// Does what the rules say about a message. Without an `asker` nothing is limited: the
/// merchant tries a question.
pub(super) async fn answer(
    ctx: &Ctx,
    store_id: StoreId,
    known: &Known<'_>,
    asker: Option<Asker>,
    texts: &AnswerTexts,
) -> ByRule {
    let step = match order_status::step(known) {
        Step::NotAboutOrders => return ByRule::Nothing,
        Step::FetchPerson => return ByRule::FetchPerson,
        step => step,
    };
    if let Some(own) = own(ctx, store_id, known, &step, asker, texts).await {
        return ByRule::Say(own);
    }
    ByRule::Say(carry_out(ctx, store_id, known, step, asker, texts).await)
}

/// What is said to the customer of a connected shop about their own orders there: the shop
/// has said who they are, so all of an order is shown whatever the check. `None` if none of
/// theirs is meant, and they may ask as everybody does.
async fn own(
    ctx: &Ctx,
    store_id: StoreId,
    known: &Known<'_>,
    step: &Step,
    asker: Option<Asker>,
    texts: &AnswerTexts,
) -> Option<OrderAnswer> {
    let wanted = own_orders::wanted(known)?;
    if let Some(Asker { visitor_id, client }) = asker {
        let (limits, visitor, given) = (ctx.limits(), visitor_id.to_string(), Given::Email);
        let may = match step {
            // What may follow, and is then free: a message counts once.
            Step::LookUp(lookups) => {
                let may = limits.may_look_up(&visitor, client, store_id, lookups, given);
                may.await
            }
            _ => {
                let own = &wanted.orders;
                limits
                    .may_look_up(&visitor, client, store_id, own, given)
                    .await
            }
        };
        if may != MayLookUp::Yes {
            return Some(OrderAnswer::left_to_team(texts.too_many(), TOO_MANY));
        }
    }
    let mut found = Vec::new();
    for own in &wanted.orders {
        match ctx.orders().own(store_id, own, known.number_examples).await {
            Ok(Some(orders)) => found.extend(orders),
            Ok(None) => return None,
            Err(error) => return Some(OrderAnswer::unavailable(texts, &error)),
        }
    }
    let meant = wanted.meant(found).into_iter();
    let meant: Vec<_> = meant.map(|order| (order, Detail::Full)).collect();
    if meant.is_empty() {
        return wanted.only_own.then(|| OrderAnswer::not_found(texts));
    }
    Some(shown(ctx, known, meant, wanted.is_latest(), texts))
}

async fn carry_out(
    ctx: &Ctx,
    store_id: StoreId,
    known: &Known<'_>,
    step: Step,
    asker: Option<Asker>,
    texts: &AnswerTexts,
) -> OrderAnswer {
    if step == Step::NotVerified {
        return not_verified(ctx, store_id, known, texts).await;
    }
    // Before a number is asked for in vain.
    let coverage = match ctx.orders().coverage(store_id, ctx.now()).await {
        Ok(Some(coverage)) => coverage,
        Ok(None) => return OrderAnswer::left_to_team(texts.no_orders_here(), NO_ORDERS),
        Err(error) => return OrderAnswer::unavailable(texts, &error),
    };
    let mut step = step;
    if let (Step::LookUp(lookups), Some(asker)) = (&step, asker) {
        match may_look_up(ctx, store_id, asker, coverage, lookups).await {
            MayLookUp::Yes => {}
            MayLookUp::WithEmail => {
                step = order_status::step(&Known {
                    check: OrderLookupCheck::NumberAndEmail,
                    ..*known
                });
                if let Step::LookUp(pairs) = &step
                    && may_look_up(ctx, store_id, asker, coverage, pairs).await != MayLookUp::Yes
                {
                    return OrderAnswer::left_to_team(texts.too_many(), TOO_MANY);
                }
            }
            MayLookUp::No => return OrderAnswer::left_to_team(texts.too_many(), TOO_MANY),
        }
    }
    match step {
        Step::LookUp(lookups) => look_up(ctx, store_id, known, &lookups, texts).await,
        Step::Ask(missing) => OrderAnswer::asks(missing.question(texts)),
        // The message hasn't changed: it is about an order, whatever the check.
        Step::NotAboutOrders | Step::FetchPerson | Step::NotVerified => {
            OrderAnswer::asks(texts.ask_both())
        }
    }
}

async fn may_look_up(
    ctx: &Ctx,
    store_id: StoreId,
    asker: Asker,
    coverage: Coverage,
    lookups: &[Lookup],
) -> MayLookUp {
    let given = if lookups.iter().any(Lookup::is_number_alone) {
        Given::NumberAlone {
            orders_a_day: coverage.orders_a_day(),
        }
    } else {
        Given::Email
    };
    let visitor = asker.visitor_id.to_string();
    ctx.limits()
        .may_look_up(&visitor, asker.client, store_id, lookups, given)
        .await
}

/// Nobody is told to sign in, or offered a code, where that would change nothing.
async fn not_verified(
    ctx: &Ctx,
    store_id: StoreId,
    known: &Known<'_>,
    texts: &AnswerTexts,
) -> OrderAnswer {
    let may_sign_in = match identity::is_set_up(ctx, store_id).await {
        Ok(is_set_up) => is_set_up && !known.verified,
        Err(error) => return OrderAnswer::unavailable(texts, &error),
    };
    let gets_code = ctx.config().mails_are_read && !known.verified;
    let by_code = |body: &str| OrderAnswer {
        awaiting_order: false,
        asks_proof: true,
        ..OrderAnswer::asks(body)
    };
    match (may_sign_in, gets_code) {
        (true, true) => by_code(texts.sign_in_or_prove()),
        (false, true) => by_code(texts.prove_email()),
        (true, false) => OrderAnswer::left_to_team(texts.sign_in_first(), NOT_VERIFIED),
        (false, false) => OrderAnswer::left_to_team(texts.verified_only(), NOT_VERIFIED),
    }
}

async fn look_up(
    ctx: &Ctx,
    store_id: StoreId,
    known: &Known<'_>,
    lookups: &[Lookup],
    texts: &AnswerTexts,
) -> OrderAnswer {
    let mut found = Vec::new();
    let mut by_email = false;
    let (mut is_whole, mut is_reached, mut is_unsearched) = (true, false, false);
    let mut is_down = false;
    for lookup in lookups {
        by_email = matches!(lookup, Lookup::Email(_));
        if !found.is_empty() && by_email {
            by_email = false;
            break;
        }
        match ctx
            .orders()
            .look_up(store_id, lookup, known.number_examples)
            .await
        {
            Ok(here) => {
                is_whole &= here.unasked.is_empty();
                is_down |= here.is_down();
                is_reached |= here.is_reached;
                is_unsearched |= here.is_unsearched && here.orders.is_empty();
                found.extend(here.orders.into_iter().map(|order| {
                    let detail = detail(known, lookup, &order);
                    (order, detail)
                }));
            }
            Err(error) => return OrderAnswer::unavailable(texts, &error),
        }
    }
    match (found.is_empty(), is_whole) {
        (false, true) => shown(ctx, known, found, by_email, texts),
        (false, false) => shown(ctx, known, found, by_email, texts).in_part(texts),
        (true, false) if !is_down => OrderAnswer::not_searched(texts),
        (true, false) => OrderAnswer::none_in_reach(texts, is_reached),
        // Nobody has looked everywhere, so nobody says that there is no such order.
        (true, true) if is_unsearched => OrderAnswer::asks(texts.parcel_needs_more()),
        (true, true) => OrderAnswer::not_found(texts),
    }
}

/// The orders that were found: the latest of somebody's, or those that were named.
fn shown(
    ctx: &Ctx,
    known: &Known<'_>,
    found: Vec<(Order, Detail)>,
    are_latest: bool,
    texts: &AnswerTexts,
) -> OrderAnswer {
    let now = ctx.now();
    let mut found: Vec<_> = found
        .into_iter()
        .map(|(order, detail)| (order.told(now), detail))
        .collect();
    let is_missed = Focus::of(known).apply(&mut found, are_latest);
    OrderAnswer {
        body: if is_missed {
            texts.orders_not_here(&found, now)
        } else {
            texts.orders_in(&found, now)
        },
        // Who is shown a part is asked for the email to see the rest.
        awaiting_order: found.iter().any(|(_, detail)| *detail == Detail::Brief),
        cards: OrderCard::all(&found),
        lead: texts.beside_cards(&found, is_missed),
        orders: found.into_iter().map(|(order, _)| order.number).collect(),
        left_to_team: is_missed.then_some(NOT_HERE),
        source_is_down: false,
        not_found: false,
        asks_proof: false,
    }
}

/// How much of an order is shown to somebody who has found it by `lookup`. A number alone
/// proves nothing; an email that is the order's is what the stricter check asks for as well.
fn detail(known: &Known<'_>, lookup: &Lookup, order: &Order) -> Detail {
    let is_theirs = |email: &str| email.to_lowercase() == order.email.to_lowercase();
    let is_full =
        known.full_for_number || !lookup.is_number_alone() || known.email.is_some_and(is_theirs);
    if is_full { Detail::Full } else { Detail::Brief }
}
