//! `/stores/:store/webhooks`

use super::{api, create::NewWebhookForm, log::Log};
use crate::{
    resource::from_server,
    rooms::WEBHOOKS,
    session::{ForAdmins, use_store},
    ui::{
        Ago, Badge, Button, Dialog, EmptyState, FormError, Glyph, Icon, Loaded, Look, PageHeader,
        Picture, Question, RowSkeleton, ScriptForm, Tone, use_confirm, use_toasts,
    },
};
use domain::{ids::WebhookId, webhook::Webhook};
use leptos::prelude::*;

/// What the page does with its webhooks.
#[derive(Clone, Copy)]
struct Hooks {
    /// Asks for the list again.
    reload: Callback<()>,
    /// Whether the form for another is open.
    creating: RwSignal<bool>,
    /// Whether the log is open, and whose it is.
    showing_log: RwSignal<bool>,
    log_of: RwSignal<Option<WebhookId>>,
}

/// The webhooks, the form for another, and their logs.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let store = use_store();
    let list = from_server(move || store.id(), api::list);
    let hooks = Hooks {
        reload: Callback::new(move |()| list.refetch()),
        creating: RwSignal::new(false),
        showing_log: RwSignal::new(false),
        log_of: RwSignal::new(None),
    };
    view! {
        <div class="page page-wide">
            <PageHeader
                title=WEBHOOKS.name
                help="Your own programs are told what happens here, as it happens."
            >
                <ForAdmins store=store.id_now()>
                    <Button
                        look=Look::Primary
                        glyph=Glyph::Plus
                        on_press=move |()| hooks.creating.set(true)
                    >
                        "New webhook"
                    </Button>
                </ForAdmins>
            </PageHeader>
            <Loaded
                resource=list
                skeleton=|| {
                    view! {
                        <div class="card">
                            <RowSkeleton rows=4/>
                        </div>
                    }
                        .into_any()
                }
                view=move |list| view! { <WebhookTable list hooks/> }
            />
            <Dialog open=hooks.creating title="New webhook">
                <NewWebhookForm open=hooks.creating on_change=hooks.reload/>
            </Dialog>
            <Dialog open=hooks.showing_log title="Log">
                {move || {
                    hooks
                        .log_of
                        .get()
                        .map(|webhook| view! { <Log webhook on_change=hooks.reload/> })
                }}
            </Dialog>
        </div>
    }
    .into_any()
}

#[component]
fn WebhookTable(list: Vec<Webhook>, hooks: Hooks) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <EmptyState
                picture=Picture::Stores
                title="No webhook yet"
                text="Make one for each program that is to know at once: when a shopper writes, when a conversation waits for a person, when no order is found."
            >
                <Button look=Look::Primary on_press=move |()| hooks.creating.set(true)>
                    "Make a webhook"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    let is_one_off = list.iter().any(|webhook| webhook.switched_off_at.is_some());
    view! {
        {is_one_off
            .then(|| {
                view! {
                    <div class="notice" role="status">
                        <Icon glyph=Glyph::Warning large=true/>
                        <div>
                            <p class="notice-title">"A webhook was switched off"</p>
                            <p class="muted">
                                "Nothing had arrived for three days. When your program works again, open the log and replay a delivery: if it arrives, the webhook is on again."
                            </p>
                        </div>
                    </div>
                }
            })}
        <div class="card table-card">
            <table class="table api-keys-table">
                <thead>
                    <tr>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Is told"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Made"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {list
                        .into_iter()
                        .map(|webhook| view! { <WebhookRow webhook hooks/> })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn WebhookRow(webhook: Webhook, hooks: Hooks) -> impl IntoView {
    let store = use_store();
    let confirm = use_confirm();
    let toasts = use_toasts();
    let form = ScriptForm::new();
    let id = webhook.id;
    let question = Question {
        title: "Delete this webhook?".to_owned(),
        text: format!(
            "{} is told nothing more, and its log is deleted. It can't be undone.",
            webhook.address
        ),
        action: "Delete webhook".to_owned(),
    };
    let delete = move |()| {
        confirm.ask(question.clone(), move || {
            form.send(api::delete(store.id_now(), id), move |()| {
                toasts.say("Webhook deleted.");
                hooks.reload.run(());
            });
        });
    };
    let show_log = move |()| {
        hooks.log_of.set(Some(id));
        hooks.showing_log.set(true);
    };
    let (tone, text, since) = match (webhook.switched_off_at, webhook.failing_since) {
        (Some(at), _) => (Tone::Bad, "Switched off", Some(at)),
        (None, Some(at)) => (Tone::Warning, "Failing", Some(at)),
        (None, None) => (Tone::Good, "On", None),
    };
    view! {
        <tr>
            <td data-label="Address">
                <span class="webhook-address">{webhook.address}</span>
            </td>
            <td data-label="Is told">
                <span class="api-key-scopes">
                    {webhook
                        .events
                        .into_iter()
                        .map(|event| view! { <Badge tone=Tone::Neutral text=event.as_str()/> })
                        .collect_view()}
                </span>
            </td>
            <td data-label="State">
                <Badge tone text/>
                {since.map(|at| view! { <span class="muted cell-line">"since " <Ago at/></span> })}
            </td>
            <td data-label="Made">
                <Ago at=webhook.created_at/>
            </td>
            <td class="api-key-actions">
                <Button look=Look::Quiet glyph=Glyph::ListChecks on_press=show_log>
                    "Log"
                </Button>
                <Button look=Look::Quiet glyph=Glyph::Trash busy=form.busy() on_press=delete>
                    "Delete"
                </Button>
                <FormError error=form.error()/>
            </td>
        </tr>
    }
    .into_any()
}
