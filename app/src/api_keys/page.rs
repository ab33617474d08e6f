//! `/stores/:store/api-keys`

use super::{api, create::NewKey};
use crate::{
    resource::from_server,
    rooms::API_KEYS,
    session::{ForAdmins, use_store},
    ui::{
        Ago, Badge, Button, Dialog, EmptyState, FormError, Glyph, Icon, Loaded, Look, PageHeader,
        Picture, Question, RowSkeleton, ScriptForm, Tone, use_confirm, use_toasts,
    },
};
use domain::api_key::{ApiKey, Scope};
use leptos::prelude::*;

/// The keys that are in use, and the form for another.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let store = use_store();
    let keys = from_server(move || store.id(), api::list);
    let creating = RwSignal::new(false);
    let on_change = Callback::new(move |()| keys.refetch());
    view! {
        <div class="page page-wide">
            <PageHeader
                title=API_KEYS.name
                help="Your own programs read and change this store with a key each."
            >
                <a class="button" href="/api/docs" target="_blank" rel="noopener">
                    <Icon glyph=Glyph::ExternalLink/>
                    "API reference"
                </a>
                <ForAdmins store=store.id_now()>
                    <Button look=Look::Primary glyph=Glyph::Plus on_press=move |()| creating.set(true)>
                        "New key"
                    </Button>
                </ForAdmins>
            </PageHeader>
            <Loaded
                resource=keys
                skeleton=|| {
                    view! {
                        <div class="card">
                            <RowSkeleton rows=4/>
                        </div>
                    }
                        .into_any()
                }
                view=move |keys| view! { <KeyTable keys creating on_change/> }
            />
            <Dialog open=creating title="New API key">
                <NewKey open=creating on_change/>
            </Dialog>
        </div>
    }
    .into_any()
}

#[component]
fn KeyTable(
    keys: Vec<ApiKey>,
    creating: RwSignal<bool>,
    /// A key was revoked.
    on_change: Callback<()>,
) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <EmptyState
                picture=Picture::Stores
                title="No API key yet"
                text="Make one for each program that is to read or change this store: its orders, its FAQ, its conversations."
            >
                <Button look=Look::Primary on_press=move |()| creating.set(true)>
                    "Make a key"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <div class="card table-card">
            <table class="table api-keys-table">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"May"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"Made"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {keys
                        .into_iter()
                        .map(|key| view! { <KeyRow key_shown=key on_change/> })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn KeyRow(key_shown: ApiKey, on_change: Callback<()>) -> impl IntoView {
    let store = use_store();
    let confirm = use_confirm();
    let toasts = use_toasts();
    let form = ScriptForm::new();
    let ApiKey {
        id,
        name,
        scopes,
        start,
        created_by,
        created_at,
        last_used_at,
    } = key_shown;
    let question = Question {
        title: format!("Revoke “{name}”?"),
        text: "Every program that uses this key is refused at once. It can't be undone.".to_owned(),
        action: "Revoke key".to_owned(),
    };
    let revoke = move |()| {
        confirm.ask(question.clone(), move || {
            form.send(api::revoke(store.id_now(), id), move |()| {
                toasts.say("Key revoked.");
                on_change.run(());
            });
        });
    };
    view! {
        <tr>
            <td data-label="Name">
                <span class="order-number cell-line">{name}</span>
                <code class="muted">{start} "…"</code>
            </td>
            <td data-label="May">
                <span class="api-key-scopes">
                    {if scopes.len() == Scope::ALL.len() {
                        view! { <Badge tone=Tone::Warning text="Everything"/> }.into_any()
                    } else {
                        scopes
                            .into_iter()
                            .map(|scope| view! { <Badge tone=Tone::Neutral text=scope.as_str()/> })
                            .collect_view()
                            .into_any()
                    }}
                </span>
            </td>
            <td data-label="Last used">
                {match last_used_at {
                    Some(at) => view! { <Ago at/> }.into_any(),
                    None => view! { <span class="muted">"Never"</span> }.into_any(),
                }}
            </td>
            <td data-label="Made">
                <Ago at=created_at/>
                {created_by.map(|name| view! { <span class="muted cell-line">{format!("by {name}")}</span> })}
            </td>
            <td class="api-key-actions">
                <Button look=Look::Quiet glyph=Glyph::Trash busy=form.busy() on_press=revoke>
                    "Revoke"
                </Button>
                <FormError error=form.error()/>
            </td>
        </tr>
    }
    .into_any()
}
