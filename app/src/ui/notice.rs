//! Errors where they happened, with what can be done.

use super::{
    button::Button,
    icon::{Glyph, Icon},
};
use crate::{addresses, browser, error::AppError};
use leptos::prelude::*;

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
    if error.is_signed_out() {
        Effect::new(move |_| leave_to_sign_in());
    }
    let is_missing = error.problem.status == 404;
    let retry = on_retry.filter(|_| !is_missing && !error.is_signed_out());
    view! {
        <div class="notice" role="alert">
            <Icon glyph=Glyph::Warning large=true/>
            <div>
                <p class="notice-title">{error.problem.title.clone()}</p>
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
                    view! {
                        <a class="button" href="/">
                            "Back to your stores"
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

/// Goes to the sign-in page, which leads back here. A full load: nothing of
/// the old session stays in memory.
pub fn leave_to_sign_in() {
    browser::go_to(&addresses::sign_in_and_return(&browser::current_path()));
}
