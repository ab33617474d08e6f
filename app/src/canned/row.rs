//! One canned response in the list.

use super::state::CannedState;
use crate::ui::{Ago, Badge, Glyph, Menu, MenuItem, Tone};
use domain::canned::CannedResponse;
use leptos::prelude::*;

/// A response as a row; pressing it opens it.
pub fn response_row(canned: CannedState, response: CannedResponse) -> AnyView {
    let CannedResponse {
        id,
        keyword,
        title,
        text,
        category,
        mine,
        uses,
        last_used_at,
        ..
    } = response;
    let label = format!("More for /{keyword}");
    let may_change = mine || canned.may_share;
    let edit = move || canned.edit(Some(id));
    view! {
        <li class="canned-row">
            <button class="canned-row-text" type="button" on:click=move |_| edit()>
                <span class="canned-row-name">
                    <code class="canned-keyword">"/" {keyword}</code>
                    <span dir="auto">{title}</span>
                </span>
                <span class="canned-row-excerpt muted" dir="auto">{text}</span>
            </button>
            <span class="canned-row-facts muted">
                <span class="badges">
                    {mine.then(|| view! { <Badge tone=Tone::Accent glyph=Glyph::Lock text="Only you"/> })}
                    {category.map(|text| view! { <Badge tone=Tone::Neutral text/> })}
                </span>
                <span>
                    {match uses {
                        0 => "Never used".to_owned(),
                        1 => "Used once".to_owned(),
                        uses => format!("Used {uses} times"),
                    }}
                    {last_used_at.map(|at| view! { ", " <Ago at/> })}
                </span>
            </span>
            {if may_change {
                view! {
                    <Menu label>
                        <MenuItem glyph=Glyph::Pencil label="Edit" on_press=move |()| edit()/>
                        <MenuItem
                            glyph=Glyph::Trash
                            label="Delete"
                            danger=true
                            on_press=move |()| canned.delete(id)
                        />
                    </Menu>
                }
                    .into_any()
            } else {
                ().into_any()
            }}
        </li>
    }
    .into_any()
}
