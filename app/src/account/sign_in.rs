//! `/sign-in`

use super::{Doorstep, PlainField, api};
use crate::{
    addresses,
    error::AppError,
    ui::{Button, FormError, Look, PageTitle},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The sign-in form. It works without any script.
#[component]
pub fn SignInPage() -> impl IntoView {
    let sign_in = ServerAction::<api::SignIn>::new();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let empty = Resource::new(|| (), |()| api::installation_is_empty());
    let error = Signal::derive(move || sign_in.value().get().and_then(Result::err));
    let about = move |field: &'static str| {
        Signal::derive(move || {
            error.with(|error| error.as_ref().and_then(|e: &AppError| e.about(field)))
        })
    };
    let general = Signal::derive(move || error.get().filter(|error| error.problem.field.is_none()));
    view! {
        <PageTitle text="Sign in"/>
        <Doorstep title="Sign in" help="Welcome back to your store's support desk.">
            <ActionForm action=sign_in attr:class="form">
                <FormError error=general/>
                <PlainField
                    label="Email"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    error=about("email")
                    autofocus=true
                />
                <PlainField
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error=about("password")
                />
                <input type="hidden" name="next" value=next/>
                <Button look=Look::Primary submit=true busy=sign_in.pending()>
                    "Sign in"
                </Button>
            </ActionForm>
            <Transition>
                {move || {
                    empty
                        .get()?
                        .is_ok_and(|empty| empty)
                        .then(|| {
                            view! {
                                <p class="doorstep-foot">
                                    "Nobody has signed up here yet. "
                                    <a href=addresses::SIGN_UP>"Create the first account"</a>
                                </p>
                            }
                        })
                }}
            </Transition>
        </Doorstep>
    }
    .into_any()
}
