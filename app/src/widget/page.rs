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
use domain::{
    ids::StoreId,
    settings::{Section, SectionName, StoredSettings},
    store::StoreOverview,
};
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
                view=|(overview, stored)| view! { <SettingsForm overview stored/> }
            />
        </div>
    }
    .into_any()
}

async fn load(store: StoreId) -> Result<(StoreOverview, StoredSettings), AppError> {
    let overview = stores::api::overview(store).await?;
    let stored = api::settings(store).await?;
    Ok((overview, stored))
}

#[component]
fn SettingsForm(overview: StoreOverview, stored: StoredSettings) -> impl IntoView {
    let store = overview.id;
    let form = Form::provide(&stored.settings);
    let saved = RwSignal::new(stored);
    let toasts = use_toasts();
    let saving = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let changed = Memo::new(move |_| {
        SectionName::ALL.into_iter().any(|name| {
            let stored = saved.with(|saved| saved.settings.section(name));
            form.read(name).map_or(true, |draft| draft != stored)
        })
    });
    let discard = move |()| {
        saved.with_untracked(|saved| form.fill(&saved.settings));
        error.set(None);
    };
    let save = move |()| {
        let drafts = match untrack(|| drafts(form, &saved.get())) {
            Ok(drafts) => drafts,
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
            let mut failed = None;
            for (section, version) in drafts {
                match api::save(store, section, version).await {
                    Ok(stored) => {
                        let left = saved
                            .try_update(|saved| saved.set(stored.clone()))
                            .is_none();
                        if left {
                            return;
                        }
                        form.fill_section(stored.section);
                    }
                    Err(refused) => failed = Some(refused),
                }
            }
            if saving.try_set(false).is_some() {
                return;
            }
            error.set(failed.as_ref().map(AppError::text));
            let Some(refused) = failed else {
                form.wrong.set(None);
                toasts.say("Widget settings saved. Storefronts follow within a minute.");
                return;
            };
            if let Some(field) = refused.problem.field.clone() {
                form.wrong
                    .set(Some(domain::Invalid::new(field, refused.text())));
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

/// The sections that were changed, each with the version it was changed from.
fn drafts(form: Form, saved: &StoredSettings) -> Result<Vec<(Section, i64)>, domain::Invalid> {
    let mut drafts = Vec::new();
    for name in SectionName::ALL {
        let draft = form.read(name)?;
        if draft != saved.settings.section(name) {
            drafts.push((draft.validated()?, saved.revision(name).version));
        }
    }
    Ok(drafts)
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
