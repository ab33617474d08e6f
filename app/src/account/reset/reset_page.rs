//! `/reset-password/:token`, and `/reset-password` when that is done.

use super::api;
use crate::{
    account::Doorstep,
    addresses,
    error::AppError,
    plain::loaded,
    request, response,
    ui::{FormError, PageTitle, PlainField, PostForm, Posted, Submit},
};
use backend::auth::reset;
use domain::account::{EmailAddress, PASSWORD_MIN};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The form for a new password, if the link is good.
#[component]
pub fn ResetPage() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    view! {
        <PageTitle text="New password"/>
        {loaded(whose(token.clone()), move |email| match email {
            Some(email) => form(email, token),
            None => gone(),
        })}
    }
    .into_any()
}

/// Nobody's, if the link isn't good any more.
async fn whose(token: String) -> Result<Option<EmailAddress>, AppError> {
    let ctx = request::context()?;
    match reset::whose(&ctx, &token, &request::client_ip()).await {
        Ok(email) => Ok(Some(email)),
        Err(backend::Error::NotFound(_)) => {
            response::answer_with_status(404);
            Ok(None)
        }
        Err(error) => Err(request::refuse(error)),
    }
}

fn form(email: EmailAddress, token: String) -> AnyView {
    let form = PostForm::to::<api::ResetPassword>();
    view! {
        <Doorstep title="New password" help=format!("For {email}. All browsers are signed out then.")>
            <Posted form>
                <FormError error=form.general()/>
                // For password managers.
                <input type="hidden" name="username" autocomplete="username" value=email.to_string()/>
                <input type="hidden" name="token" value=token/>
                <PlainField
                    form=*form
                    label="New password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    help=format!("At least {PASSWORD_MIN} characters.")
                    autofocus=true
                />
                <Submit form=*form>"Set the password"</Submit>
            </Posted>
        </Doorstep>
    }
    .into_any()
}

fn gone() -> AnyView {
    view! {
        <Doorstep
            title="This link doesn't work any more"
            help="Each is good once, for an hour. Please ask for a new one."
        >
            <a class="button button-primary button-wide" href=addresses::FORGOT_PASSWORD>
                "Ask for a new link"
            </a>
        </Doorstep>
    }
    .into_any()
}

/// The password is set.
#[component]
pub fn ResetDonePage() -> impl IntoView {
    view! {
        <PageTitle text="New password"/>
        <Doorstep
            title="Your password is set"
            help="All browsers have been signed out. Sign in with the new one."
        >
            <a class="button button-primary button-wide" href=addresses::SIGN_IN>
                "Sign in"
            </a>
        </Doorstep>
    }
    .into_any()
}
