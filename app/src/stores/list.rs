//! `/stores`

use super::api;
use crate::{
    addresses,
    session::use_account,
    ui::{
        Button, CardSkeleton, Dialog, EmptyState, FormError, Glyph, Icon, Loaded, Look, PageHeader,
        Picture, PostForm, Posted, Submit, TextField, initials,
    },
};
use domain::{account::Account, role::Role, store::STORE_NAME_MAX};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Every store of the account, and the form for another.
#[component]
pub fn StoresPage() -> impl IntoView {
    let account = use_account();
    let creating = RwSignal::new(false);
    let query = use_query_map();
    let has_ended = Memo::new(move |_| query.with(|query| query.get("ended").is_some()));
    view! {
        <div class="page">
            <PageHeader title="Stores" help="Each store has its own widget, inbox, FAQ and orders.">
                <Button look=Look::Primary glyph=Glyph::Plus on_press=move |()| creating.set(true)>
                    "New store"
                </Button>
            </PageHeader>
            {move || {
                has_ended
                    .get()
                    .then(|| {
                        view! {
                            <div class="banner" role="status">
                                <Icon glyph=Glyph::Info large=true/>
                                <p>
                                    "You are not in the team of the store any more that was open here."
                                </p>
                            </div>
                        }
                    })
            }}
            <Loaded
                resource=account
                skeleton=|| view! { <CardSkeleton/> }.into_any()
                view=move |account| view! { <StoreGrid account creating/> }
            />
            <Dialog open=creating title="New store">
                <NewStore/>
            </Dialog>
        </div>
    }
    .into_any()
}

#[component]
fn StoreGrid(account: Account, creating: RwSignal<bool>) -> impl IntoView {
    if account.stores.is_empty() {
        return view! {
            <EmptyState
                picture=Picture::Stores
                title="No store yet"
                text="Create one to get its chat widget, inbox and FAQ."
            >
                <Button look=Look::Primary on_press=move |()| creating.set(true)>
                    "Create a store"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    account
        .stores
        .into_iter()
        .map(|store| {
            view! {
                <a class="card store-card" href=addresses::overview(store.id)>
                    <span class="store-mark store-mark-large" aria-hidden="true">
                        {initials(&store.name)}
                    </span>
                    <span class="store-card-text">
                        <span class="store-card-name">{store.name}</span>
                        <span class="muted">{role_label(store.role)}</span>
                    </span>
                    <Icon glyph=Glyph::ChevronRight/>
                </a>
            }
        })
        .collect_view()
        .into_any()
}

fn role_label(role: Role) -> &'static str {
    match role {
        Role::Owner => "You are the owner",
        Role::Admin => "You are an admin",
        Role::Agent => "You are an agent",
    }
}

#[component]
fn NewStore() -> impl IntoView {
    let name = RwSignal::new(String::new());
    let form = PostForm::to::<api::Create>();
    view! {
        <Posted form>
            <FormError error=form.general()/>
            <TextField
                label="Name"
                name="name"
                value=name
                error=form.about("name")
                required=true
                autofocus=true
                help=format!("Shoppers see it in the chat. At most {STORE_NAME_MAX} characters.")
            />
            <footer class="dialog-foot">
                <Submit form=*form>"Create store"</Submit>
            </footer>
        </Posted>
    }
    .into_any()
}
