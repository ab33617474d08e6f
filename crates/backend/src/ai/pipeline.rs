//! The order of work for one customer message.

use crate::{
    Ctx,
    ai::{
        answer::{
            fact_check,
            language_model::{Failure, LanguageModel, Reply, Source},
        },
        order_status::{self, Known, Step},
        retrieval::{Decision, FaqIndex, Hit, decide},
    },
    conversations,
    error::{Error, Result},
    faq,
    limits::Client,
    messages, orders, stores, visitors,
};
use domain::{
    conversation::Status,
    faq::FaqTrial,
    ids::{ConversationId, MessageId, StoreId},
    message::{AiSource, AiTrace, AnswerKind, Message, Sender},
    widget_settings::{WidgetSettings, WithoutModel},
};
use std::{sync::Arc, time::Instant};

/// Messages before the question that the language model is shown.
const TURNS: i64 = 6;
/// FAQ items that the language model is shown, and the merchant as sources.
const SOURCES: usize = 4;
/// Hits that retrieval considers.
const CANDIDATES: usize = 8;

/// A customer's message with all that bears on its answer.
pub(crate) struct Question {
    store_id: StoreId,
    visitor_key: String,
    client: Option<Client>,
    settings: WidgetSettings,
    message: Message,
    /// The messages before it, oldest first.
    turns: Vec<Message>,
    email: Option<String>,
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
    /// Nothing relevant: stay silent. The question is logged if the AI was
    /// meant to answer it.
    Silent { unanswered: bool },
}

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub body: String,
    pub kind: AnswerKind,
    pub trace: AiTrace,
    /// It asks for an order, and the question is to be remembered.
    pub awaiting_order: bool,
    /// The AI can't help; somebody should look.
    pub needs_human: bool,
}

/// Reads the message and what bears on it. `None` if the AI has nothing to do:
/// a person has taken over, or the conversation has ended.
pub(crate) async fn question(
    ctx: &Ctx,
    store_id: StoreId,
    conversation_id: ConversationId,
    message_id: MessageId,
    client: Option<Client>,
) -> Result<Option<Question>> {
    let settings = stores::settings_of(ctx, store_id).await?;
    let mut connection = ctx.db().read().await?;
    let Some(stored) =
        conversations::queries::stored(&mut connection, store_id, conversation_id).await?
    else {
        return Ok(None);
    };
    if !stored.ai_active || stored.status != Status::Open {
        return Ok(None);
    }
    let Some(message) = messages::queries::by_id(&mut connection, store_id, message_id).await?
    else {
        return Ok(None);
    };
    let turns = messages::queries::before(
        &mut connection,
        store_id,
        conversation_id,
        message.seq,
        TURNS,
    )
    .await?;
    let email = visitors::queries::email(&mut connection, stored.visitor_id, store_id).await?;
    Ok(Some(Question {
        store_id,
        visitor_key: stored.visitor_id.to_string(),
        client,
        settings,
        message,
        turns,
        email,
        awaiting_order: stored.awaiting_order,
        needs_human: stored.needs_human,
        owner_epoch: stored.owner_epoch,
    }))
}

impl Question {
    /// The message's text.
    pub fn text(&self) -> &str {
        &self.message.body
    }
}

/// First the order's whereabouts by rule; if it isn't about that and the AI is
/// on, the FAQ; else silence.
pub(crate) async fn outcome(ctx: &Ctx, question: &Question) -> Result<Outcome> {
    let started = Instant::now();
    if let Some(answer) = order_answer(ctx, question, started).await? {
        return Ok(Outcome::Answer(answer));
    }
    // Who has asked for a person doesn't want the FAQ read out.
    if !question.settings.ai_enabled || question.needs_human {
        return Ok(Outcome::Silent { unanswered: false });
    }
    let found = search(ctx, question.store_id, &question.message.body).await?;
    let quote_allowed = question.settings.without_model == WithoutModel::Quote;
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
        }),
        None => Outcome::Silent { unanswered: true },
    })
}

async fn order_answer(ctx: &Ctx, question: &Question, started: Instant) -> Result<Option<Answer>> {
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
        check: question.settings.order_lookup_check,
    };
    let answer = |body: &str, orders: Vec<String>, awaiting_order, needs_human| {
        Some(Answer {
            body: body.to_owned(),
            kind: AnswerKind::OrderStatus,
            trace: AiTrace {
                model: "rule".to_owned(),
                sources: Vec::new(),
                orders,
                tokens: None,
                latency_ms: milliseconds(started),
                fallback: None,
            },
            awaiting_order,
            needs_human,
        })
    };
    let lookups = match order_status::step(&known) {
        Step::NotAboutOrders => return Ok(None),
        Step::Ask(text) => return Ok(answer(text, Vec::new(), true, false)),
        Step::NeedsSignIn => return Ok(answer(order_status::SIGN_IN, Vec::new(), false, false)),
        Step::LookUp(lookups) => lookups,
    };
    let (visitor, client) = (&question.visitor_key, question.client);
    let (limits, store_id) = (ctx.limits(), question.store_id);
    if !limits.may_look_up(visitor, client, store_id, &lookups) {
        return Ok(answer(order_status::TOO_MANY, Vec::new(), false, true));
    }
    let mut found = Vec::new();
    for lookup in &lookups {
        match orders::look_up(ctx, question.store_id, lookup).await {
            Ok(orders) => {
                if orders.is_empty() {
                    limits.order_lookup_missed(visitor, client, store_id, lookup);
                }
                found.extend(orders);
            }
            Err(error) => {
                tracing::warn!(%error, "orders could not be looked up");
                return Ok(answer(order_status::UNAVAILABLE, Vec::new(), false, true));
            }
        }
    }
    if found.is_empty() {
        return Ok(answer(order_status::NO_MATCH, Vec::new(), true, false));
    }
    let numbers = found.iter().map(|order| order.number.clone()).collect();
    Ok(answer(&order_status::answer(&found), numbers, false, false))
}

/// What the FAQ has for a question.
struct Found {
    index: Arc<FaqIndex>,
    /// The best hits, relevant or not.
    hits: Vec<Hit>,
}

impl Found {
    /// The FAQ's own words, if they fit well enough.
    fn quote(&self, allowed: bool) -> Draft {
        let answer = |hit: &Hit| Some(self.index.entry(hit).answer.clone());
        match decide(&self.hits) {
            Decision::Exact(hit) => Draft::of(Origin::SameQuestion, answer(&hit)),
            Decision::Relevant(hits) if allowed => {
                Draft::of(Origin::Quote, hits.first().and_then(answer))
            }
            Decision::Relevant(_) | Decision::Silent { .. } => Draft::of(Origin::Quote, None),
        }
    }

    fn sources(&self) -> Vec<AiSource> {
        self.hits
            .iter()
            .take(SOURCES)
            .filter_map(|hit| {
                Some(AiSource {
                    item_id: hit.id.parse().ok()?,
                    question: self.index.entry(hit).question.clone(),
                    score: f64::from(hit.score),
                })
            })
            .collect()
    }
}

async fn search(ctx: &Ctx, store_id: StoreId, text: &str) -> Result<Found> {
    let index = faq::index::current(ctx, store_id).await?;
    let (embedder, text) = (Arc::clone(ctx.embedder()), text.to_owned());
    let found = tokio::task::spawn_blocking(move || {
        let hits = index.look_up(&text, Some(&embedder), CANDIDATES);
        Found { index, hits }
    })
    .await;
    found.map_err(|error| Error::Internal(format!("searching the FAQ: {error}")))
}

/// Words for an answer, or none, and how they came about.
struct Draft {
    text: Option<String>,
    origin: Origin,
    tokens: Option<i64>,
    /// Why the model's own words were not used, where they were not.
    fallback: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// The question is in the FAQ.
    SameQuestion,
    /// The closest answer in the FAQ, word for word.
    Quote,
    /// The language model of this name.
    Generated(String),
}

impl Draft {
    fn of(origin: Origin, text: Option<String>) -> Self {
        Self {
            text,
            origin,
            tokens: None,
            fallback: None,
        }
    }

    /// What the merchant sees as the answer's author.
    fn model(&self) -> String {
        match &self.origin {
            Origin::SameQuestion | Origin::Quote => "quote".to_owned(),
            Origin::Generated(model) => model.clone(),
        }
    }
}

async fn draft(
    ctx: &Ctx,
    found: &Found,
    question: &str,
    turns: &[Message],
    quote_allowed: bool,
) -> Draft {
    let Some(model) = ctx.language_model() else {
        return found.quote(quote_allowed);
    };
    let relevant = match decide(&found.hits) {
        Decision::Relevant(relevant) => relevant,
        Decision::Exact(_) | Decision::Silent { .. } => return found.quote(true),
    };
    match generate(model, found, &relevant, question, turns).await {
        Ok(Reply { text, tokens }) => Draft {
            tokens,
            ..Draft::of(Origin::Generated(model.name().to_owned()), text)
        },
        // The merchant's own words, if they fit well enough to stand alone.
        Err((reason, tokens)) => Draft {
            tokens,
            fallback: Some(reason),
            ..found.quote(true)
        },
    }
}

/// The model's words if they hold up; else why not.
async fn generate(
    model: &LanguageModel,
    found: &Found,
    relevant: &[Hit],
    question: &str,
    turns: &[Message],
) -> Result<Reply, (String, Option<i64>)> {
    let entries = relevant
        .iter()
        .take(SOURCES)
        .map(|hit| found.index.entry(hit));
    let sources: Vec<Source<'_>> = entries
        .map(|entry| Source {
            question: &entry.question,
            answer: &entry.answer,
        })
        .collect();
    let reply = model
        .answer(question, &sources, turns)
        .await
        .map_err(|failure: Failure| (failure.to_string(), None))?;
    if let Some(text) = &reply.text {
        let texts: Vec<&str> = sources
            .iter()
            .flat_map(|source| [source.question, source.answer])
            .collect();
        if let Err(mismatch) = fact_check::check(text, &texts) {
            return Err((format!("the fact check failed: {mismatch}"), reply.tokens));
        }
        if !fact_check::same_language(question, text) {
            return Err((
                "the model answered in another language".to_owned(),
                reply.tokens,
            ));
        }
    }
    Ok(reply)
}

/// See [`crate::faq::try_question`].
pub(crate) async fn try_question(ctx: &Ctx, store_id: StoreId, question: &str) -> Result<FaqTrial> {
    let settings = stores::settings_of(ctx, store_id).await?;
    if let Some(trial) = try_order_question(ctx, store_id, question, &settings).await? {
        return Ok(trial);
    }
    let found = search(ctx, store_id, question).await?;
    let quote_allowed = settings.without_model == WithoutModel::Quote;
    let drafted = draft(ctx, &found, question, &[], quote_allowed).await;
    let explanation = match (&drafted.origin, &drafted.text, &drafted.fallback) {
        (_, Some(_), Some(reason)) => format!("The FAQ's answer word for word, because {reason}."),
        (_, None, Some(reason)) => {
            format!("The AI would stay silent: {reason}, and no answer in the FAQ fits well enough by itself.")
        }
        (Origin::SameQuestion, ..) => {
            "Almost the same question is in the FAQ: its answer word for word.".to_owned()
        }
        (Origin::Quote, Some(_), _) => "The closest answer in the FAQ, word for word.".to_owned(),
        (Origin::Generated(model), Some(_), _) => {
            format!("Written by {model} from these questions, and checked against them.")
        }
        (Origin::Generated(model), None, _) => {
            format!("{model} found no answer in these questions: the AI would stay silent.")
        }
        (Origin::Quote, None, _) if quote_allowed => {
            "Nothing in the FAQ is close enough: the AI would stay silent.".to_owned()
        }
        (Origin::Quote, None, _) => {
            "The AI would stay silent: no language model is configured, and Widget Settings say not to quote then.".to_owned()
        }
    };
    let explanation = if settings.ai_enabled {
        explanation
    } else {
        format!(
            "The AI is off in Widget Settings, so shoppers get no answer from the FAQ. With it on: {explanation}"
        )
    };
    Ok(FaqTrial {
        answer: drafted.text,
        explanation,
        sources: found.sources(),
    })
}

/// What order tracking says to a question; it comes before the FAQ.
async fn try_order_question(
    ctx: &Ctx,
    store_id: StoreId,
    question: &str,
    settings: &WidgetSettings,
) -> Result<Option<FaqTrial>> {
    let step = order_status::step(&Known {
        message: question,
        since_asked: &[],
        awaiting: false,
        email: None,
        check: settings.order_lookup_check,
    });
    let answer = match step {
        Step::NotAboutOrders => return Ok(None),
        Step::Ask(text) => text.to_owned(),
        Step::NeedsSignIn => order_status::SIGN_IN.to_owned(),
        Step::LookUp(lookups) => {
            let mut found = Vec::new();
            for lookup in &lookups {
                found.extend(orders::look_up(ctx, store_id, lookup).await?);
            }
            if found.is_empty() {
                order_status::NO_MATCH.to_owned()
            } else {
                order_status::answer(&found)
            }
        }
    };
    Ok(Some(FaqTrial {
        answer: Some(answer),
        explanation: "Order tracking answers this by rule, before the FAQ is asked.".to_owned(),
        sources: Vec::new(),
    }))
}

fn milliseconds(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}
