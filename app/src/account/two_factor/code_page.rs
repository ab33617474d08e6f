//! `/sign-in/code`: the second step of a sign-in.

use super::api;
use crate::{
    account::Doorstep,
    addresses, cookies,
    error::AppError,
    plain::loaded,
    request,
    ui::{FormError, PageTitle, PlainField, PostForm, Posted, Submit},
};
use backend::auth::second_step;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Asks for the code. Who hasn't given a password is led to where that is done.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    loaded(is_waiting(next.clone()), move |()| form(next))
}

async fn is_waiting(next: String) -> Result<(), AppError> {
    let ctx = request::context()?;
    let cookie = cookies::pending().unwrap_or_default();
    if second_step::is_waiting(&ctx, &cookie) {
        return Ok(());
    }
    let next = addresses::safe_return(&next);
    leptos_axum::redirect(&addresses::sign_in_and_return(next));
    Err(AppError::signed_out())
}

fn form(next: String) -> AnyView {
    let form = PostForm::to::<api::SignInWithCode>();
    let again = addresses::sign_in_and_return(addresses::safe_return(&next));
    view! {
        <PageTitle text="Sign in"/>
        <Doorstep title="Enter your code" help="Your password was right. One more step.">
            <Posted form>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Code"
                    name="code"
                    kind="text"
                    autocomplete="one-time-code"
                    help="The six digits that your authenticator app shows now, or one of your recovery codes.".to_owned()
                    autofocus=true
                />
                <input type="hidden" name="next" value=next/>
                <Submit form=*form>"Sign in"</Submit>
            </Posted>
            <p class="doorstep-foot">
                "Lost both app and recovery codes? Whoever runs this installation can switch this off for you. "
                <a href=again>"Begin again"</a>
            </p>
        </Doorstep>
    }
    .into_any()
}
