//! `/forgot-password`

use super::api;
use crate::{
    account::Doorstep,
    addresses,
    error::AppError,
    plain::loaded,
    request,
    ui::{FormError, PageTitle, PlainField, PostForm, Posted, Submit},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Asks for the address, and says what happens then: the same whoever it is.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let is_sent = use_query_map().with_untracked(|query| query.get("sent").is_some());
    view! {
        <PageTitle text="Forgot your password?"/>
        {loaded(mails_are_read(), move |mails_are_read| match (mails_are_read, is_sent) {
            (false, _) => ask_the_operator(),
            (true, true) => sent(),
            (true, false) => form(),
        })}
    }
    .into_any()
}

async fn mails_are_read() -> Result<bool, AppError> {
    Ok(request::context()?.config().mails_are_read)
}

fn back() -> AnyView {
    view! {
        <p class="doorstep-foot">
            <a href=addresses::SIGN_IN>"Back to sign in"</a>
        </p>
    }
    .into_any()
}

fn form() -> AnyView {
    let form = PostForm::to::<api::ForgotPassword>();
    view! {
        <Doorstep
            title="Forgot your password?"
            help="Tell us your email. You get a link to set a new one."
        >
            <Posted form>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Email"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    autofocus=true
                />
                <Submit form=*form>"Send the link"</Submit>
            </Posted>
            {back()}
        </Doorstep>
    }
    .into_any()
}

fn sent() -> AnyView {
    view! {
        <Doorstep
            title="Look into your mails"
            help="If there is an account with this address, a link is on its way to it. It is good once, for an hour."
        >
            <p class="muted">
                "Nothing came? Look into the spam folder, and check that it is the address that you sign in with."
            </p>
            <p class="doorstep-foot">
                <a href=addresses::FORGOT_PASSWORD>"Try another address"</a>
            </p>
            {back()}
        </Doorstep>
    }
    .into_any()
}

/// No mail would arrive.
fn ask_the_operator() -> AnyView {
    view! {
        <Doorstep
            title="Forgot your password?"
            help="This installation sends no mails yet. Please ask whoever runs it for a link to set a new password."
        >
            <p class="muted">"They make one on the server, with your email in place of EMAIL:"</p>
            <code class="key-text">"shopdesk user reset-password EMAIL"</code>
            {back()}
        </Doorstep>
    }
    .into_any()
}
