//! What the widget asks, what the AI may do, who sees orders, which sites may
//! embed it.

use super::{form::use_form, wording};
use crate::{
    orders,
    resource::from_server,
    session::use_store,
    ui::{Card, Choice, TextArea, TextField, Toggle},
};
use domain::settings::{ORIGINS_MAX, OrderLookupCheck, WithoutModel};
use leptos::prelude::*;

/// The pre-chat form.
#[component]
pub fn ChatCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card title="Before the chat">
            <Toggle
                label="Pre-chat form"
                help="Asks for name and email first. You can answer by email later, but fewer shoppers will start a chat."
                checked=form.pre_chat_form
                on_change=move |on| form.pre_chat_form.set(on)
            />
        </Card>
    }
    .into_any()
}

/// AI answers.
#[component]
pub fn AiCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card
            title="AI"
            why="The AI answers from your FAQ Knowledge Base, always labelled AI, and stays silent when nothing fits."
        >
            <Toggle
                label="Enable AI"
                help="Order tracking (“where is my order?”) works by fixed rules, with or without it."
                checked=form.ai_enabled
                on_change=move |on| form.ai_enabled.set(on)
            />
            <fieldset class="choices" disabled=move || !form.ai_enabled.get()>
                <legend>"Without a language model"</legend>
                <Choice
                    group="without_model"
                    title=wording::without_model(WithoutModel::Quote)
                    text="The fitting answer, word for word as you wrote it."
                    value=WithoutModel::Quote
                    chosen=form.without_model
                />
                <Choice
                    group="without_model"
                    title=wording::without_model(WithoutModel::Silent)
                    text="Leave it to your team, unless almost the same question is in the FAQ."
                    value=WithoutModel::Silent
                    chosen=form.without_model
                />
            </fieldset>
        </Card>
    }
    .into_any()
}

/// What a shopper must give to see an order.
#[component]
pub fn OrderCheckCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card
            title="Order lookup check"
            why="What a shopper must give before the chat shows an order. Order numbers are easy to guess: with a loose check, a stranger can read what somebody bought and where the parcel is."
        >
            <fieldset class="choices">
                <legend class="sr-only">"Order lookup check"</legend>
                <Choice
                    group="order_lookup_check"
                    title=wording::lookup_check(OrderLookupCheck::NumberOrEmail)
                    text="The least effort for shoppers, and the riskiest: either one is enough. Lookups are limited, and when many numbers were asked about in a day, the email is asked for as well: that slows guessing down but doesn't prevent it."
                    value=OrderLookupCheck::NumberOrEmail
                    chosen=form.order_lookup_check
                />
                <Choice
                    group="order_lookup_check"
                    title=wording::lookup_check(OrderLookupCheck::NumberAndEmail)
                    text="Both must belong together. Right for most stores."
                    recommended=true
                    value=OrderLookupCheck::NumberAndEmail
                    chosen=form.order_lookup_check
                />
                <Choice
                    group="order_lookup_check"
                    title=wording::lookup_check(OrderLookupCheck::VerifiedCustomerOnly)
                    text="The safest: a customer whom your storefront has signed in is shown their own orders, and nobody else is shown any. Needs Customer identity, below; everybody else is told to sign in or, where mails are sent, to prove their email by a code. Where neither is set up, the conversation is flagged for your team."
                    recommended=false
                    value=OrderLookupCheck::VerifiedCustomerOnly
                    chosen=form.order_lookup_check
                />
            </fieldset>
            <Show when=move || form.order_lookup_check.get() == OrderLookupCheck::NumberOrEmail>
                <Toggle
                    label="Show full details for a number alone"
                    help="Whoever guesses an order number then reads what was bought, for how much, and whether it was paid. We recommend to switch this off: a number alone then shows the status and the tracking, and the rest needs the order's email or a signed-in customer."
                    checked=form.full_details_for_number_alone
                    on_change=move |on| form.full_details_for_number_alone.set(on)
                />
            </Show>
            <TextField
                label="Order numbers look like"
                name="number_examples"
                value=form.number_examples
                error=form.about("number_examples")
                help="Examples with commas between, such as SD-1001. A shopper who types 1001 or sd1001 is then shown SD-1001. Leave it empty to let the numbers be learned from your orders."
            />
            <LearnedForms/>
        </Card>
    }
    .into_any()
}

/// How the store's order numbers look, as they were learned.
#[component]
fn LearnedForms() -> impl IntoView {
    let store = use_store();
    let form = use_form();
    let forms = from_server(move || store.id(), orders::api::number_forms);
    let is_set = move || form.number_examples.with(|typed| !typed.trim().is_empty());
    view! {
        <p class="help">
            <Transition>
                {move || {
                    let forms = forms.get()?.ok()?;
                    Some(
                        match (forms.is_empty(), is_set()) {
                            (true, _) => "Nothing is learned from your orders yet.".to_owned(),
                            (false, false) => {
                                format!("Learned from your orders: {}.", forms.join(", "))
                            }
                            (false, true) => {
                                format!(
                                    "Learned from your orders: {}. Your examples count instead.",
                                    forms.join(", "),
                                )
                            }
                        },
                    )
                }}
            </Transition>
        </p>
    }
    .into_any()
}

/// Which sites may embed the widget.
#[component]
pub fn OriginsCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card
            title="Allowed storefront origins"
            why="Empty means any site. List your shop's addresses so that nobody else can embed your chat."
        >
            <TextArea
                label="Origins"
                name="allowed_origins"
                value=form.allowed_origins
                max=ORIGINS_MAX * 255
                uncounted=true
                rows=3
                error=form.about("allowed_origins")
                help="One per line, like https://shop.example.com."
            />
        </Card>
    }
    .into_any()
}
