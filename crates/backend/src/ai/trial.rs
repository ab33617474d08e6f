//! "Try a question": what the AI would answer, and why, with nothing sent.

use super::{
    answer::from_faq::{Origin, draft, search_current},
    order_answer::{self, ByRule},
    order_status::{self, Known, Step},
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
    settings,
};
use domain::{
    faq::FaqTrial,
    message::BODY_MAX,
    settings::{StoreSettings, WithoutModel},
    text, texts,
};

/// What the AI would answer, for the "Try a question" box. Nothing is sent. Of orders it
/// says nothing to those who may not see them.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) if there is no question;
/// [`Error::RateLimited`](crate::Error::RateLimited) if the store has tried too many.
pub async fn try_question(ctx: &Ctx, who: &Principal, question: &str) -> Result<FaqTrial> {
    who.require(Permission::ReadFaq)?;
    let question = &text::required("question", question, BODY_MAX)?;
    let store_id = who.store_id;
    let limit = &ctx.limits().try_question;
    limit.check(store_id.to_string()).await?;
    let settings = settings::load(ctx, store_id).await?;
    if let Some(trial) = try_by_rule(ctx, who, question, &settings).await {
        return Ok(trial);
    }
    let found = search_current(ctx, store_id, question).await?;
    let quote_allowed = settings.ai.without_model == WithoutModel::Quote;
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
    let explanation = if settings.ai.enabled {
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

/// What the rules say to a question; they come before the FAQ.
async fn try_by_rule(
    ctx: &Ctx,
    who: &Principal,
    question: &str,
    settings: &StoreSettings,
) -> Option<FaqTrial> {
    let known = Known {
        message: question,
        since_asked: &[],
        awaiting: false,
        email: None,
        verified: false,
        customer: None,
        check: settings.orders.lookup_check,
        full_for_number: settings.orders.full_details_for_number_alone,
        number_examples: &settings.orders.number_examples,
    };
    let is_about_orders = || {
        !matches!(
            order_status::step(&known),
            Step::NotAboutOrders | Step::FetchPerson
        )
    };
    if !who.has(Permission::ReadOrders) && is_about_orders() {
        return Some(FaqTrial {
            answer: None,
            explanation: "Order tracking answers this by rule, before the FAQ is asked. What it says is shown to those who may see orders.".to_owned(),
            sources: Vec::new(),
        });
    }
    let texts = texts::of("en");
    let (answer, explanation) =
        match order_answer::answer(ctx, who.store_id, &known, None, &texts.answers).await {
            ByRule::Nothing => return None,
            ByRule::FetchPerson => (
                texts.widget.human_requested(&settings.chat.response_time),
                "This asks for a person: your team is told, as by the button in the chat."
                    .to_owned(),
            ),
            ByRule::Say(said) => (
                said.body,
                match said.left_to_team {
                    Some(why) => format!("{why} The conversation is flagged for your team."),
                    None => {
                        "Order tracking answers this by rule, before the FAQ is asked.".to_owned()
                    }
                },
            ),
        };
    Some(FaqTrial {
        answer: Some(answer),
        explanation,
        sources: Vec::new(),
    })
}
