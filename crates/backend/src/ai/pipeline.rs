//! The order of work for one customer message.

use crate::{
    Ctx,
    ai::{
        answer::from_faq::{draft, search},
        order_answer::{self, Asker, ByRule, OrderAnswer},
        order_status::Known,
    },
    conversations::{self, Seen, change::Entry, messages},
    error::Result,
    limits::Client,
    settings,
};
use domain::{
    conversation::Status,
    ids::{ConversationId, MessageId, StoreId, VisitorId},
    message::{AiTrace, AnswerKind, Message, Sender},
    order_card::OrderCard,
    settings::{StoreSettings, WithoutModel},
    shop_customer::ShopCustomer,
    texts::{self, AnswerTexts},
};
use std::{sync::Arc, time::Instant};

/// Messages before the question that the language model is shown.
const TURNS: i64 = 6;

/// A customer's message with all that bears on its answer.
pub(crate) struct Question {
    store_id: StoreId,
    visitor_id: VisitorId,
    client: Option<Client>,
    settings: Arc<StoreSettings>,
    message: Message,
    /// The messages before it, oldest first.
    turns: Vec<Message>,
    email: Option<String>,
    /// The email is proven to be theirs.
    verified: bool,
    /// The customer of a connected shop who they are.
    customer: Option<ShopCustomer>,
    /// What the rules answer with, in the customer's language.
    texts: &'static AnswerTexts,
    awaiting_order: bool,
    needs_human: bool,
    /// An answer may be sent only while the conversation is in this epoch.
    pub owner_epoch: i64,
}

/// What comes of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// To be sent, labelled AI.
    Answer(Answer),
    /// The shopper asked for a person, as by the widget's button.
    PersonAsked,
    /// Nothing relevant: stay silent. The question is logged if the AI was
    /// meant to answer it.
    Silent { unanswered: bool },
}

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub body: String,
    pub kind: AnswerKind,
    /// The orders that it shows.
    pub cards: Vec<OrderCard>,
    /// What has to be read beside the cards.
    pub lead: String,
    pub trace: AiTrace,
    /// It asks for an order, and the question is to be remembered.
    pub awaiting_order: bool,
    /// The AI can't help; somebody should look.
    pub needs_human: bool,
    /// An order source was down: the question is to be answered when it is back.
    pub look_up_again: bool,
    /// What the shopper gave leads to no order.
    pub order_not_found: bool,
    /// It is answered once the shopper has proven an email.
    pub asks_proof: bool,
}

/// Reads the message and what bears on it, unless it was `seen` just now: should a
/// person have taken over since, the answer is not taken (its epoch has ended). `None` if the
/// AI has nothing to do: a person has taken over, or the conversation has ended. Whether
/// an order's number was `awaited` is what the conversation says now, unless it is given.
pub(crate) async fn question(
    ctx: &Ctx,
    store_id: StoreId,
    conversation_id: ConversationId,
    message_id: MessageId,
    client: Option<Client>,
    seen: Option<&Seen>,
    awaited: Option<bool>,
) -> Result<Option<Question>> {
    let settings = settings::load(ctx, store_id).await?;
    let seen = match seen {
        Some(seen) => seen.clone(),
        None => match conversations::seen(ctx, store_id, conversation_id, message_id).await? {
            Some(seen) => seen,
            None => return Ok(None),
        },
    };
    let Seen {
        stored,
        email,
        locale,
        message,
    } = seen;
    if !stored.ai_active || stored.status != Status::Open {
        return Ok(None);
    }
    // Only a language model, and the rules while they wait for an order's number,
    // ask what was said before.
    let awaiting_order = awaited.unwrap_or(stored.awaiting_order);
    let turns = if awaiting_order || ctx.language_model().is_some() {
        let mut connection = ctx.db().read().await?;
        let before = message.seq;
        messages::before(&mut connection, store_id, conversation_id, before, TURNS).await?
    } else {
        Vec::new()
    };
    Ok(Some(Question {
        store_id,
        visitor_id: stored.visitor_id,
        client,
        settings,
        message,
        turns,
        email,
        verified: stored.verified,
        customer: stored.shop_customer(),
        texts: &texts::of(&locale.unwrap_or_default()).answers,
        awaiting_order,
        needs_human: stored.needs_human,
        owner_epoch: stored.owner_epoch,
    }))
}

impl Question {
    /// Whether an order's number or email was awaited.
    pub fn awaited_order(&self) -> bool {
        self.awaiting_order
    }

    /// Whether somebody of the team has been called already.
    pub fn needs_human(&self) -> bool {
        self.needs_human
    }

    /// The message's text.
    pub fn text(&self) -> &str {
        &self.message.body
    }

    /// That its author asks for a person.
    pub fn human_requested(&self) -> Entry {
        Entry::human_requested(self.visitor_id, &self.settings.chat.response_time)
    }
}

/// First the rules: a person if one is asked for, an order's whereabouts. If it is about
/// neither and the AI is on, the FAQ; else silence.
pub(crate) async fn outcome(ctx: &Ctx, question: &Question) -> Result<Outcome> {
    let started = Instant::now();
    match by_rule(ctx, question).await {
        ByRule::Nothing => {}
        // Who has asked before has been told what happens next.
        ByRule::FetchPerson if waits_for_person(ctx, question).await? => {
            return Ok(Outcome::Silent { unanswered: false });
        }
        ByRule::FetchPerson => return Ok(Outcome::PersonAsked),
        ByRule::Say(said) => return Ok(Outcome::Answer(about_orders(said, started))),
    }
    // Who has asked for a person doesn't want the FAQ read out.
    if !question.settings.ai.enabled || waits_for_person(ctx, question).await? {
        return Ok(Outcome::Silent { unanswered: false });
    }
    let found = search(ctx, question.store_id, &question.message.body).await?;
    let quote_allowed = question.settings.ai.without_model == WithoutModel::Quote;
    let drafted = draft(
        ctx,
        &found,
        &question.message.body,
        &question.turns,
        quote_allowed,
    )
    .await;
    let model = drafted.model();
    Ok(match drafted.text {
        Some(body) => Outcome::Answer(Answer {
            body,
            kind: AnswerKind::Faq,
            cards: Vec::new(),
            lead: String::new(),
            trace: AiTrace {
                model,
                sources: found.sources(),
                orders: Vec::new(),
                tokens: drafted.tokens,
                latency_ms: milliseconds(started),
                fallback: drafted.fallback,
            },
            awaiting_order: question.awaiting_order,
            needs_human: false,
            look_up_again: false,
            order_not_found: false,
            asks_proof: false,
        }),
        None => Outcome::Silent { unanswered: true },
    })
}

/// Whether the shopper has asked for a person and nobody has come yet. A
/// conversation may need one for other reasons, of which the shopper knows nothing.
async fn waits_for_person(ctx: &Ctx, question: &Question) -> Result<bool> {
    if !question.needs_human {
        return Ok(false);
    }
    let mut connection = ctx.db().read().await?;
    messages::asks_for_person(
        &mut connection,
        question.store_id,
        question.message.conversation_id,
    )
    .await
}

/// The answer to a question about orders whose source was down when it was asked. What
/// was counted then is free now.
pub(crate) async fn orders_again(ctx: &Ctx, question: &Question) -> Option<Answer> {
    let started = Instant::now();
    match by_rule(ctx, question).await {
        ByRule::Say(said) => Some(about_orders(said, started)),
        ByRule::Nothing | ByRule::FetchPerson => None,
    }
}

async fn by_rule(ctx: &Ctx, question: &Question) -> ByRule {
    let since_asked: Vec<String> = if question.awaiting_order {
        let said = question
            .turns
            .iter()
            .filter(|turn| turn.sender == Sender::Customer);
        said.map(|turn| turn.body.clone()).collect()
    } else {
        Vec::new()
    };
    let known = Known {
        message: &question.message.body,
        since_asked: &since_asked,
        awaiting: question.awaiting_order,
        email: question.email.as_deref(),
        verified: question.verified,
        customer: question.customer.as_ref(),
        check: question.settings.orders.lookup_check,
        full_for_number: question.settings.orders.full_details_for_number_alone,
        number_examples: &question.settings.orders.number_examples,
    };
    let asker = Asker {
        visitor_id: question.visitor_id,
        client: question.client,
    };
    let (store_id, texts) = (question.store_id, question.texts);
    order_answer::answer(ctx, store_id, &known, Some(asker), texts).await
}

fn about_orders(said: OrderAnswer, started: Instant) -> Answer {
    Answer {
        body: said.body,
        kind: AnswerKind::OrderStatus,
        cards: said.cards,
        lead: said.lead,
        trace: AiTrace {
            model: "rule".to_owned(),
            sources: Vec::new(),
            orders: said.orders,
            tokens: None,
            latency_ms: milliseconds(started),
            fallback: said.left_to_team.map(str::to_owned),
        },
        awaiting_order: said.awaiting_order,
        needs_human: said.left_to_team.is_some(),
        look_up_again: said.source_is_down,
        order_not_found: said.not_found,
        asks_proof: said.asks_proof,
    }
}

fn milliseconds(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}
