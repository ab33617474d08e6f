//! `/sign-in`

use super::{Doorstep, api};
use crate::{
    addresses,
    resource::from_server,
    ui::{FormError, PageTitle, PlainField, PostForm, Posted, Submit},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The sign-in form. It works without any script.
#[component]
pub fn SignInPage() -> impl IntoView {
    let form = PostForm::to::<api::SignIn>();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next"));
    let empty = from_server(move || next().unwrap_or_default(), api::before_sign_in);
    view! {
        <PageTitle text="Sign in"/>
        <Doorstep title="Sign in" help="Welcome back to your store's support desk.">
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
                <PlainField
                    form=*form
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                />
                <input type="hidden" name="next" value=next/>
                <Submit form=*form>"Sign in"</Submit>
            </Posted>
            <p class="doorstep-foot">
                <a href=addresses::FORGOT_PASSWORD rel="external">
                    "Forgot your password?"
                </a>
            </p>
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
