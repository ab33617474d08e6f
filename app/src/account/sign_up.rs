//! `/sign-up`, for the first owner of an empty installation.

use super::{Doorstep, api};
use crate::{
    addresses,
    resource::from_server,
    ui::{FormError, Loaded, PageTitle, PlainField, PostForm, Posted, Submit},
};
use domain::account::PASSWORD_MIN;
use leptos::prelude::*;

/// The sign-up form, or the way to the sign-in form. It works without any
/// script.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let empty = from_server(|| (), |()| api::installation_is_empty());
    view! {
        <PageTitle text="Sign up"/>
        <Loaded
            resource=empty
            skeleton=|| view! { <span class="sr-only">"Loading…"</span> }.into_any()
            view=|empty| {
                if empty { view! { <SignUpForm/> }.into_any() } else { view! { <AlreadySetUp/> }.into_any() }
            }
        />
    }
    .into_any()
}

#[component]
fn AlreadySetUp() -> impl IntoView {
    view! {
        <Doorstep
            title="Already set up"
            help="This installation has an owner. Ask the owner for an account."
        >
            <a class="button button-primary button-wide" href=addresses::SIGN_IN>
                "Go to sign in"
            </a>
        </Doorstep>
    }
    .into_any()
}

#[component]
fn SignUpForm() -> impl IntoView {
    let form = PostForm::to::<api::SignUp>();
    view! {
        <Doorstep
            title="Create the first account"
            help="You become the owner of this installation and of its first store."
        >
            <Posted form>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Your name"
                    name="name"
                    kind="text"
                    autocomplete="name"
                    help="Shoppers see it beside your replies.".to_owned()
                    autofocus=true
                />
                <PlainField
                    form=*form
                    label="Email"
                    name="email"
                    kind="email"
                    autocomplete="username"
                />
                <PlainField
                    form=*form
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    help=format!("At least {PASSWORD_MIN} characters.")
                />
                <PlainField
                    form=*form
                    label="Store name"
                    name="store_name"
                    kind="text"
                    autocomplete="organization"
                    help="You can add more stores later.".to_owned()
                />
                <Submit form=*form>"Create account"</Submit>
            </Posted>
        </Doorstep>
    }
    .into_any()
}
