//! `/stores/:store/widget`

use super::{
    api,
    behaviour::{AiCard, ChatCard, OrderCheckCard, OriginsCard},
    collision::Collision,
    editor::Editor,
    looks::{LooksCard, MessagesCard, VisibilityCard},
    preview::Preview,
    snippet::SnippetCard,
};
use crate::{
    error::AppError,
    identity::{self, card::IdentityCard},
    resource::from_server,
    session::use_store,
    stores,
    ui::{CardSkeleton, Glyph, Icon, Loaded, PageHeader, SaveBar, guard_changes},
};
use domain::{
    identity::IdentitySecret,
    ids::StoreId,
    role::Role,
    settings::{SectionName, StoredSettings},
    store::StoreOverview,
};
use leptos::prelude::*;

/// Widget Settings.
#[component]
pub fn WidgetSettingsPage() -> impl IntoView {
    let store = use_store();
    let loaded = from_server(move || store.id(), load);
    view! {
        <div class="page page-wide">
            <PageHeader
                title="Widget Settings"
                help="How the chat looks on your storefront, and what it may do."
            />
            <Loaded
                resource=loaded
                skeleton=|| view! { <CardSkeleton cards=5/> }.into_any()
                view=|(overview, stored, secrets)| {
                    view! { <SettingsForm overview stored secrets/> }
                }
            />
        </div>
    }
    .into_any()
}

async fn load(
    store: StoreId,
) -> Result<(StoreOverview, StoredSettings, Vec<IdentitySecret>), AppError> {
    let overview = stores::api::overview(store).await?;
    let stored = api::settings(store).await?;
    let secrets = identity::api::secrets(store).await?;
    Ok((overview, stored, secrets))
}

#[component]
fn SettingsForm(
    overview: StoreOverview,
    stored: StoredSettings,
    secrets: Vec<IdentitySecret>,
) -> impl IntoView {
    let may_change = overview.role >= Role::Admin;
    let editor = Editor::provide(overview.id, stored);
    let changed = Memo::new(move |_| editor.is_changed());
    guard_changes(
        move || changed.try_get_untracked().unwrap_or(false),
        "Your changes to the widget settings would be lost.",
    );
    view! {
        <div class="settings">
            <div class="settings-cards">
                {(!may_change)
                    .then(|| {
                        view! {
                            <div class="banner">
                                <Icon glyph=Glyph::Info large=true/>
                                <p>
                                    "You can read these settings. Owners and admins of this store change them."
                                </p>
                            </div>
                        }
                    })}
                <fieldset class="for-admins" disabled=!may_change>
                    <legend class="sr-only">"Settings"</legend>
                    <Collision section=SectionName::Chat/>
                    <VisibilityCard/>
                    <Collision section=SectionName::Look/>
                    <LooksCard/>
                    <MessagesCard/>
                    <ChatCard/>
                    <Collision section=SectionName::Ai/>
                    <AiCard/>
                    <Collision section=SectionName::Orders/>
                    <OrderCheckCard/>
                    <OriginsCard/>
                </fieldset>
                <IdentityCard store=overview.id secrets may_change/>
                <SnippetCard public_key=overview.public_key/>
            </div>
            <Preview store_name=overview.name/>
        </div>
        <SaveBar
            changed
            saving=editor.saving()
            error=editor.error()
            on_discard=move |()| editor.discard()
            on_save=move |()| editor.save()
        />
    }
    .into_any()
}
