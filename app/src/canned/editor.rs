//! The form for one canned response.

use super::{api, preview::preview, state::CannedState};
use crate::{
    browser,
    ui::{Button, FormError, ScriptForm, Submit, TextArea, TextField, Toggle, by_script},
};
use domain::canned::{CannedResponse, TEXT_MAX, template::Variable};
use leptos::{prelude::*, server_fn::ServerFn};

/// The text area's id.
const TEXT: &str = "text";

/// What the dialog holds. What the team shares and one may not change can be read.
pub fn response_form(canned: CannedState) -> AnyView {
    let form = ScriptForm::new();
    let may_share = canned.may_share;
    let id = canned.edited.get_value();
    let edited = id.and_then(|id| canned.get(id));
    let is_mine = edited.as_ref().map_or(!may_share, |response| response.mine);
    let is_fixed = !is_mine && !may_share;
    let part = |pick: fn(&CannedResponse) -> &str| {
        RwSignal::new(
            edited
                .as_ref()
                .map(|response| pick(response).to_owned())
                .unwrap_or_default(),
        )
    };
    let keyword = part(|response| &response.keyword);
    let title = part(|response| &response.title);
    let text = part(|response| &response.text);
    let category = part(|response| response.category.as_deref().unwrap_or_default());
    let mine = RwSignal::new(is_mine);
    let submit = by_script(move || {
        let fields = vec![
            ("draft[keyword]", keyword.get_untracked()),
            ("draft[title]", title.get_untracked()),
            ("draft[text]", text.get_untracked()),
            ("draft[category]", category.get_untracked()),
            ("draft[mine]", mine.get_untracked().to_string()),
        ];
        canned.post(form, api::Save::PATH, id, fields, "Response saved.");
    });
    view! {
        <form class="form" on:submit=submit>
            <FormError error=form.general()/>
            <fieldset class="canned-fields" disabled=is_fixed>
                <div class="canned-pair">
                    <TextField
                        label="Keyword"
                        name="keyword"
                        value=keyword
                        placeholder="refund"
                        error=form.about("keyword")
                        autofocus=true
                        help="Typed after / in a reply."
                    />
                    <TextField
                        label="Category"
                        name="category"
                        value=category
                        error=form.about("category")
                        help="If you like: Returns, Shipping …"
                    />
                </div>
                <TextField label="Title" name="title" value=title error=form.about("title")/>
                <TextArea
                    label="Text"
                    name=TEXT
                    value=text
                    max=TEXT_MAX
                    rows=6
                    error=form.about("text")
                />
                {(!is_fixed).then(|| variables(text))}
                {may_share
                    .then(|| {
                        view! {
                            <Toggle
                                label="Only for me"
                                help="Nobody else of the team sees it."
                                checked=mine
                                on_change=move |is_mine| mine.set(is_mine)
                            />
                        }
                    })}
            </fieldset>
            {preview(canned.store, text)}
            <footer class="dialog-foot">
                {if is_fixed {
                    view! {
                        <p class="muted">"The team shares it; owners and admins can change it."</p>
                    }
                        .into_any()
                } else {
                    view! {
                        <Button on_press=move |()| canned.is_editing.set(false)>"Cancel"</Button>
                        <Submit form=*form>"Save"</Submit>
                    }
                        .into_any()
                }}
            </footer>
        </form>
    }
    .into_any()
}

/// Buttons that put a variable in where the cursor is.
fn variables(text: RwSignal<String>) -> AnyView {
    let button = move |variable: Variable| {
        let insert = move |_| {
            // A greeting must read well without a name.
            let otherwise = match variable {
                Variable::CustomerName => "|there",
                // Not everybody has one.
                Variable::AgentSignature => "|",
                _ => "",
            };
            if let Some(area) = browser::text_area(TEXT) {
                let name = variable.as_str();
                browser::type_over(&area, "", &format!("{{{{{name}{otherwise}}}}}"));
                text.set(area.value());
            }
        };
        view! {
            <button class="canned-variable" type="button" on:click=insert>
                {variable.as_str()}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="canned-variables" role="group" aria-label="Put in a variable">
            {Variable::ALL.iter().copied().map(button).collect_view()}
        </div>
    }
    .into_any()
}
