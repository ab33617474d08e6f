//! `/stores/:store/canned-responses`

use super::{api, editor::response_form, files::file_menu, row::response_row, state::CannedState};
use crate::{
    browser,
    resource::from_server,
    rooms::CANNED_RESPONSES,
    session::use_store,
    ui::{
        Button, Dialog, Each, EmptyState, FormError, Glyph, Icon, Loaded, Look, PageHeader,
        Picture, page_shape,
    },
};
use domain::{canned::CannedList, ids::StoreId};
use leptos::prelude::*;

const HELP: &str =
    "Texts for what is asked again and again. Type / in the reply box to put one in.";

/// The canned responses.
#[component]
pub fn CannedResponsesPage() -> impl IntoView {
    let store = use_store();
    let list = from_server(move || store.id(), api::list);
    view! {
        <div class="page page-wide">
            <Loaded
                resource=list
                skeleton=|| page_shape(CANNED_RESPONSES.name, HELP, 5)
                view=move |list| responses(store.id_now(), list)
            />
        </div>
    }
    .into_any()
}

fn responses(store: StoreId, list: CannedList) -> AnyView {
    let canned = CannedState::new(store, list);
    view! {
        <PageHeader title=CANNED_RESPONSES.name help=HELP>
            {file_menu(canned)}
            <Button
                look=Look::Primary
                glyph=Glyph::Plus
                on_press=move |()| canned.edit(None)
            >
                "New response"
            </Button>
        </PageHeader>
        <div class="canned-refusal">
            <FormError error=canned.form.error()/>
        </div>
        {search(canned)}
        <ul class="card canned-rows">
            <Each
                each=move || canned.shown()
                key=|response| format!("{} {} {}", response.id, response.updated_at, response.uses)
                let:response
            >
                {response_row(canned, response)}
            </Each>
        </ul>
        {nothing(canned)}
        <Dialog open=canned.is_editing title="Canned response">
            {response_form(canned)}
        </Dialog>
    }
    .into_any()
}

/// Narrows the list down.
fn search(canned: CannedState) -> AnyView {
    view! {
        <div class="search canned-search" hidden=move || canned.responses.with(Vec::is_empty)>
            <Icon glyph=Glyph::Search/>
            <input
                class="input"
                type="search"
                aria-label="Search canned responses"
                placeholder="Search keyword, title, category and text"
                autocomplete="off"
                prop:value=move || canned.query.get()
                on:input=move |event| canned.query.set(event_target_value(&event))
            />
        </div>
    }
    .into_any()
}

/// What stands in place of the list while there is nothing in it.
fn nothing(canned: CannedState) -> impl Fn() -> AnyView {
    move || {
        let (title, text, action) = if canned.responses.with(Vec::is_empty) {
            (
                "No canned response yet",
                "Write down what you answer every day, such as how long a refund takes, and give it a keyword: refund. In a reply, /refund puts the text in and fills in the shopper's name and order.",
                "Write the first one",
            )
        } else if canned.shown().is_empty() {
            (
                "No response fits",
                "Try another word, or look at all of them.",
                "Clear search",
            )
        } else {
            return ().into_any();
        };
        let act = move |()| {
            if canned.query.with_untracked(String::is_empty) {
                canned.edit(None);
            } else {
                canned.query.set(String::new());
                // The button is about to go, and the focus with it.
                browser::focus(".canned-search .input");
            }
        };
        view! {
            <div class="card">
                <EmptyState picture=Picture::Conversations title text>
                    <Button look=Look::Primary on_press=act>
                        {action}
                    </Button>
                </EmptyState>
            </div>
        }
        .into_any()
    }
}
