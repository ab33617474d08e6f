//! `/stores/:store/widget`

use super::{
    api,
    behaviour::{AiCard, ChatCard, OrderCheckCard, OriginsCard},
    form::Form,
    looks::{LooksCard, MessagesCard, VisibilityCard},
    preview::Preview,
    snippet::SnippetCard,
};
use crate::{
    browser,
    error::AppError,
    session::use_store,
    stores,
    ui::{CardSkeleton, Loaded, PageHeader, Question, SaveBar, use_confirm, use_toasts},
};
use domain::{ids::StoreId, store::StoreOverview, widget_settings::WidgetSettings};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

/// Widget Settings.
#[component]
pub fn WidgetSettingsPage() -> impl IntoView {
    let store = use_store();
    let loaded = Resource::new(move || store.id(), load);
    view! {
        <div class="page page-wide">
            <PageHeader
                title="Widget Settings"
                help="How the chat looks on your storefront, and what it may do."
            />
            <Loaded
                resource=loaded
                skeleton=|| view! { <CardSkeleton cards=5/> }.into_any()
                view=|(overview, settings)| view! { <SettingsForm overview settings/> }
            />
        </div>
    }
    .into_any()
}

async fn load(store: StoreId) -> Result<(StoreOverview, WidgetSettings), AppError> {
    let overview = stores::api::overview(store).await?;
    let settings = api::settings(store).await?;
    Ok((overview, settings))
}

#[component]
fn SettingsForm(overview: StoreOverview, settings: WidgetSettings) -> impl IntoView {
    let store = overview.id;
    let form = Form::provide(&settings);
    let saved = RwSignal::new(settings);
    let toasts = use_toasts();
    let saving = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let changed = Memo::new(move |_| {
        form.read()
            .map_or(true, |draft| saved.with(|saved| *saved != draft))
    });
    let discard = move |()| {
        form.fill(&saved.get_untracked());
        error.set(None);
    };
    let save = move |()| {
        let checked = untrack(|| form.read().and_then(WidgetSettings::validated));
        let settings = match checked {
            Ok(settings) => settings,
            Err(invalid) => {
                error.set(Some(
                    "Something isn't right yet; see the field in question.".to_owned(),
                ));
                browser::focus(&format!("#{}", invalid.field));
                form.wrong.set(Some(invalid));
                return;
            }
        };
        saving.set(true);
        spawn_local(async move {
            let result = api::save(store, settings).await;
            if saving.try_set(false).is_some() {
                return;
            }
            match result {
                Ok(stored) => {
                    form.fill(&stored);
                    saved.set(stored);
                    error.set(None);
                    toasts.say("Widget settings saved. Storefronts follow within a minute.");
                }
                Err(refused) => {
                    if let Some(field) = refused.problem.field.clone() {
                        form.wrong
                            .set(Some(domain::Invalid::new(field, refused.text())));
                    }
                    error.set(Some(refused.text()));
                }
            }
        });
    };
    guard(changed);
    view! {
        <div class="settings">
            <div class="settings-cards">
                <VisibilityCard/>
                <LooksCard/>
                <MessagesCard/>
                <ChatCard/>
                <AiCard/>
                <OrderCheckCard/>
                <OriginsCard/>
                <SnippetCard public_key=overview.public_key/>
            </div>
            <Preview store_name=overview.name/>
        </div>
        <SaveBar changed saving error on_discard=discard on_save=save/>
    }
    .into_any()
}

/// Nobody loses changes by following a link or closing the tab.
fn guard(changed: Memo<bool>) {
    let confirm = use_confirm();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        browser::guard_leaving(
            move || changed.try_get_untracked().unwrap_or(false),
            move |address| {
                let question = Question {
                    title: "Leave without saving?".to_owned(),
                    text: "Your changes to the widget settings would be lost.".to_owned(),
                    action: "Leave without saving".to_owned(),
                };
                let navigate = navigate.clone();
                confirm.ask(question, move || {
                    navigate(&address, leptos_router::NavigateOptions::default())
                });
            },
        );
    });
}
