//! `/join/:token`. It works without any script.

use super::api;
use crate::{
    account::{Doorstep, api::SignOut},
    addresses,
    error::AppError,
    resource::from_server,
    ui::{FormError, Look, PageTitle, PlainField, PostForm, Posted, Submit},
};
use domain::{
    account::PASSWORD_MIN,
    team::{Guest, Offer, OfferState},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The invitation, and the way in that fits whoever looks at it.
#[component]
pub fn JoinPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|map| map.get("token").unwrap_or_default()));
    let offer = from_server(move || token.get(), api::look);
    view! {
        <PageTitle text="Invitation"/>
        <Transition fallback=|| view! { <span class="sr-only">"Loading…"</span> }>
            {move || {
                offer
                    .get()
                    .map(|answer| match answer {
                        Ok(offer) => invitation(offer, token.get_untracked()),
                        Err(error) => no_invitation(&error),
                    })
            }}
        </Transition>
    }
    .into_any()
}

fn no_invitation(error: &AppError) -> AnyView {
    let title = if error.problem.status == 404 {
        "This link doesn't work".to_owned()
    } else {
        error.problem.title.to_string()
    };
    view! {
        <Doorstep title help=error.text()>
            <a class="button button-wide" href="/">
                "Go to Shopdesk"
            </a>
        </Doorstep>
    }
    .into_any()
}

fn invitation(offer: Offer, token: String) -> AnyView {
    let store = offer.store_name.clone();
    let from = match &offer.invited_by {
        Some(name) => format!("Please ask {name} or somebody else of the team for a new one."),
        None => "Please ask the store's team for a new one.".to_owned(),
    };
    let over = |title: &'static str, why: &str| {
        let help = format!("{why} {from}");
        view! {
            <Doorstep title help>
                <a class="button button-wide" href="/">
                    "Go to Shopdesk"
                </a>
            </Doorstep>
        }
        .into_any()
    };
    if let Some(here) = offer.you.as_ref().and_then(|you| you.member_of) {
        return view! {
            <Doorstep
                title=format!("You are in the team of {store}")
                help="There is nothing to accept: this account belongs to it already."
            >
                <a class="button button-primary button-wide" href=addresses::overview(here)>
                    "Open the store"
                </a>
            </Doorstep>
        }
        .into_any();
    }
    match offer.state {
        OfferState::Used => over(
            "This invitation was used",
            &format!("Each link to the team of {store} is good for one person."),
        ),
        OfferState::Revoked => over(
            "This invitation was taken back",
            &format!("Somebody of the team of {store} has revoked it."),
        ),
        OfferState::Expired => over(
            "This invitation has expired",
            &format!("Each link to the team of {store} is good for seven days."),
        ),
        OfferState::Open => {
            let by = match &offer.invited_by {
                Some(name) => format!("{name} invites you"),
                None => "You are invited".to_owned(),
            };
            let role = offer.role;
            let help = format!(
                "{by} to join as {}. {}",
                role.name().to_lowercase(),
                role.about()
            );
            let title = format!("Join the team of {store}");
            match offer.you.clone() {
                Some(you) => for_account(title, help, you, token),
                None => {
                    let email = offer.email.map(String::from).unwrap_or_default();
                    for_stranger(title, help, email, token)
                }
            }
        }
    }
}

/// Somebody is signed in.
fn for_account(title: String, help: String, you: Guest, token: String) -> AnyView {
    let form = PostForm::to::<api::Accept>();
    let leave = PostForm::one_of_several::<SignOut>();
    let here = addresses::join(&token);
    view! {
        <Doorstep title help>
            <p class="join-who">
                "You are signed in as " <strong dir="auto">{you.name}</strong> " ("
                {you.email.to_string()} ")."
            </p>
            <Posted form>
                <FormError error=form.error()/>
                <input type="hidden" name="token" value=token/>
                <Submit form=*form>"Join the team"</Submit>
            </Posted>
            <Posted form=leave class="doorstep-foot">
                <input type="hidden" name="next" value=here/>
                <Submit form=*leave look=Look::Quiet>
                    "Use another account"
                </Submit>
            </Posted>
        </Doorstep>
    }
    .into_any()
}

/// Nobody is signed in: a new account is made, or there is one.
fn for_stranger(title: String, help: String, email: String, token: String) -> AnyView {
    let form = PostForm::to::<api::JoinWithNewAccount>();
    let sign_in = addresses::sign_in_and_return(&addresses::join(&token));
    view! {
        <Doorstep title help>
            <p class="doorstep-foot">
                "You have an account here? " <a href=sign_in.clone()>"Sign in and join"</a>
            </p>
            <Posted form>
                <FormError error=form.general()/>
                <input type="hidden" name="token" value=token/>
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
                    value=email
                />
                <PlainField
                    form=*form
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    help=format!("At least {PASSWORD_MIN} characters.")
                />
                <Submit form=*form>"Create account and join"</Submit>
            </Posted>
        </Doorstep>
    }
    .into_any()
}
