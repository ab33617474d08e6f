//! Errors where they happened, with what can be done.

use super::{
    button::Button,
    icon::{Glyph, Icon},
};
use crate::{addresses, browser, error::AppError};
use domain::inbox::Tab;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Something could not be loaded. Offers to try again, to sign in, or, where
/// there is nothing to load, a way out.
#[component]
pub fn ErrorNotice(
    /// What went wrong.
    error: AppError,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let needs_two_factor = error.needs_two_factor();
    if error.is_signed_out() {
        Effect::new(move |_| leave_to_sign_in());
    }
    if needs_two_factor {
        Effect::new(move |_| leave_to_two_factor());
    }
    let is_missing = error.problem.status == 404;
    let retry = on_retry.filter(|_| !is_missing && !needs_two_factor && !error.is_signed_out());
    view! {
        <div class="notice" role="alert">
            <Icon glyph=Glyph::Warning large=true/>
            <div>
                <p class="notice-title">{error.problem.title.to_string()}</p>
                <p class="muted">{error.text()}</p>
            </div>
            {retry
                .map(|retry| {
                    view! {
                        <Button glyph=Glyph::Retry on_press=retry>
                            "Try again"
                        </Button>
                    }
                })}
            {is_missing
                .then(|| {
                    let (way, name) = way_out();
                    view! {
                        <a class="button" href=way>
                            {name}
                        </a>
                    }
                })}
            {error
                .is_signed_out()
                .then(|| {
                    view! {
                        <a class="button" href=addresses::SIGN_IN>
                            "Sign in"
                        </a>
                    }
                })}
        </div>
    }
    .into_any()
}

/// From a conversation that isn't there to the others, from anything else to the stores.
fn way_out() -> (String, &'static str) {
    let path = use_location().pathname.get_untracked();
    let of_inbox = addresses::store_of(&path)
        .map(|store| addresses::inbox(store, Tab::Open))
        .filter(|inbox| path.starts_with(&format!("{inbox}/")));
    match of_inbox {
        Some(inbox) => (inbox, "Back to the inbox"),
        None => ("/".to_owned(), "Back to your stores"),
    }
}

/// What is wrong with a whole form.
#[component]
pub fn FormError(
    /// What went wrong, if something did.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    Effect::new(move |_| {
        if error.with(|error| error.as_ref().is_some_and(AppError::is_signed_out)) {
            leave_to_sign_in();
        }
    });
    view! {
        <div class="form-error-place" role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="form-error">
                                <Icon glyph=Glyph::Warning/>
                                {error.text()}
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// Goes to where a second factor is set up, which leads back here.
pub fn leave_to_two_factor() {
    browser::go_to(&addresses::two_factor_and_return(&browser::current_path()));
}

/// Goes to the sign-in page, which leads back here. A full load: nothing of
/// the old session stays in memory.
pub fn leave_to_sign_in() {
    browser::go_to(&addresses::sign_in_and_return(&browser::current_path()));
}
