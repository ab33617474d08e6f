//! The browsers that are signed in, on the account page.

use super::api;
use crate::{
    error::AppError,
    resource::from_server,
    ui::{
        Ago, Badge, Card, CardSkeleton, FormError, Glyph, Loaded, Look, PostForm, Posted, Submit,
        Tone, use_toasts,
    },
};
use domain::account::Session;
use leptos::{prelude::*, server_fn::ServerFn};

/// All of them, each to be signed out. It works without any script.
#[component]
pub fn Sessions() -> impl IntoView {
    let sessions = from_server(|| (), |()| api::sessions());
    let toasts = use_toasts();
    let on_done = Callback::new(move |()| {
        toasts.say("Signed out there.");
        sessions.refetch();
    });
    view! {
        <Loaded
            resource=sessions
            skeleton=|| view! { <CardSkeleton cards=1/> }.into_any()
            view=move |sessions| view! { <Browsers sessions on_done/> }
        />
    }
    .into_any()
}

#[component]
fn Browsers(sessions: Vec<Session>, on_done: Callback<()>) -> impl IntoView {
    let others = PostForm::to::<api::EndOtherSessions>();
    let posted = AppError::posted(api::EndSession::PATH);
    let there_are_others = sessions.len() > 1;
    view! {
        <Card
            title="Where you are signed in"
            why="A browser that you don't know? Sign it out, and change your password."
        >
            <ul class="sessions">
                {sessions
                    .into_iter()
                    .map(|session| view! { <Browser session on_done/> })
                    .collect_view()}
            </ul>
            <FormError error=Signal::stored(posted)/>
            {there_are_others
                .then(|| {
                    view! {
                        <Posted form=others class="" on_done>
                            <FormError error=others.error()/>
                            <Submit form=*others look=Look::Plain>
                                "Sign out all others"
                            </Submit>
                        </Posted>
                    }
                })}
        </Card>
    }
    .into_any()
}

#[component]
fn Browser(session: Session, on_done: Callback<()>) -> impl IntoView {
    let form = PostForm::one_of_several::<api::EndSession>();
    let Session {
        id,
        device,
        address,
        created_at,
        last_seen_at,
        is_this,
    } = session;
    let label = format!(" {device}");
    view! {
        <li>
            <span class="session-text">
                <span class="cell-line">
                    {device} " "
                    {is_this
                        .then(|| {
                            view! { <Badge tone=Tone::Good glyph=Glyph::Check text="This browser"/> }
                        })}
                </span>
                <span class="muted">
                    "signed in " <Ago at=created_at/>
                    {address.map(|address| format!(" from {address}"))}
                    {last_seen_at.map(|at| view! { ", last seen " <Ago at/> })}
                </span>
            </span>
            {(!is_this)
                .then(|| {
                    view! {
                        <Posted form class="" on_done>
                            <input type="hidden" name="id" value=id/>
                            <Submit form=*form look=Look::Quiet>
                                "Sign out" <span class="sr-only">{label}</span>
                            </Submit>
                            <FormError error=form.error()/>
                        </Posted>
                    }
                })}
        </li>
    }
    .into_any()
}
