//! An answer from the FAQ: its own words, or a language model's that were
//! checked against it.

use super::{
    fact_check,
    language_model::{Failure, LanguageModel, Reply, Source},
};
use crate::{
    Ctx,
    ai::retrieval::{Decision, FaqIndex, Hit, decide},
    error::{Error, Result},
};
use domain::{
    ids::StoreId,
    message::{AiSource, Message},
};
use std::sync::Arc;

/// FAQ items that the language model is shown, and the merchant as sources.
const SOURCES: usize = 4;
/// Hits that retrieval considers.
const CANDIDATES: usize = 8;

/// What the FAQ has for a question.
pub(crate) struct Found {
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

    /// What the answer rests on, best first.
    pub fn sources(&self) -> Vec<AiSource> {
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

/// Searches the store's FAQ for a shopper, who doesn't wait for what was saved
/// this very moment.
///
/// # Errors
/// If the database fails.
pub(crate) async fn search(ctx: &Ctx, store_id: StoreId, text: &str) -> Result<Found> {
    let model = ctx.embedder().model_id();
    let index = ctx.indexes().recent(ctx.db(), store_id, model).await?;
    look_up(ctx, index, text).await
}

/// As [`search`], for somebody who tries what they have just saved.
///
/// # Errors
/// As [`search`].
pub(crate) async fn search_current(ctx: &Ctx, store_id: StoreId, text: &str) -> Result<Found> {
    let model = ctx.embedder().model_id();
    let index = ctx.indexes().current(ctx.db(), store_id, model).await?;
    look_up(ctx, index, text).await
}

async fn look_up(ctx: &Ctx, index: Arc<FaqIndex>, text: &str) -> Result<Found> {
    let (embedder, text) = (Arc::clone(ctx.embedder()), text.to_owned());
    let found = tokio::task::spawn_blocking(move || {
        let hits = index.look_up(&text, Some(&embedder), CANDIDATES);
        Found { index, hits }
    })
    .await;
    found.map_err(|error| Error::Internal(format!("searching the FAQ: {error}")))
}

/// Words for an answer, or none, and how they came about.
pub(crate) struct Draft {
    pub text: Option<String>,
    pub origin: Origin,
    pub tokens: Option<i64>,
    /// Why the model's own words were not used, where they were not.
    pub fallback: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
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
    pub fn model(&self) -> String {
        match &self.origin {
            Origin::SameQuestion | Origin::Quote => "quote".to_owned(),
            Origin::Generated(model) => model.clone(),
        }
    }
}

/// The language model's words if there is a model and they hold up; else the
/// FAQ's own where they fit. `turns` are the messages before the question.
pub(crate) async fn draft(
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
