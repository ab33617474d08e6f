//! `/sign-in`

use super::{Doorstep, api};
use crate::{
    addresses,
    ui::{Form, FormError, PageTitle, PlainField, Submit},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The sign-in form. It works without any script.
#[component]
pub fn SignInPage() -> impl IntoView {
    let sign_in = ServerAction::<api::SignIn>::new();
    let form = Form::of(*sign_in);
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let empty = Resource::new(|| (), |()| api::installation_is_empty());
    view! {
        <PageTitle text="Sign in"/>
        <Doorstep title="Sign in" help="Welcome back to your store's support desk.">
            <ActionForm action=sign_in attr:class="form">
                <FormError error=form.general()/>
                <PlainField
                    form
                    label="Email"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    autofocus=true
                />
                <PlainField
                    form
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                />
                <input type="hidden" name="next" value=next/>
                <Submit form>"Sign in"</Submit>
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
