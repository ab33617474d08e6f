//! Emoji for replies: those that support uses, found by their names.

use super::draft::Draft;
use crate::ui::{Glyph, Menu};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A line each: the emoji, and the words by which it is found.
const EMOJI: &str = "\
😀 grinning happy
😄 smile happy
😉 wink
😊 blush smile thanks
😍 love heart eyes
😂 tears of joy laugh
😅 sweat phew
🤔 thinking hmm
😕 confused
😔 sad sorry
😢 cry sad
😬 grimace oops
😮 surprised wow
😎 cool sunglasses
🤗 hug
🙈 see no evil oops
👋 wave hello hi bye
👍 thumbs up yes ok
👎 thumbs down no
👌 ok perfect
👏 clap bravo
🙏 thanks please
💪 strong
🤝 handshake deal
✌️ victory peace
🤞 fingers crossed luck
👉 point right
👇 point down
❤️ red heart love
💜 purple heart
💙 blue heart
💚 green heart
✨ sparkles new
🎉 party celebrate
🎁 gift present
⭐ star
🔥 fire hot
💡 idea light bulb
✅ done check yes
❌ no cross
⚠️ warning
❓ question
❗ important
⏳ wait hourglass
⏰ alarm clock time
📦 parcel package order
🚚 truck delivery shipping
✈️ plane air mail
🏠 home address
🏪 store shop
🛒 cart basket
🛍️ shopping bags
🏷️ label price tag
💳 card payment
💶 euro money
💵 dollar money
💷 pound money
🧾 receipt invoice
↩️ return back
🔄 exchange refresh
📧 email mail
📞 phone call
📷 camera photo
📎 paperclip file
🔗 link
📅 calendar date
📍 place pin
🔍 search look
🔒 lock secure
🌍 world earth
☀️ sun
🎄 christmas tree
👕 shirt clothes size
👟 shoe sneaker size
💍 ring jewellery
🪑 chair furniture
🌱 plant eco
☕ coffee";

/// Emoji in a row of the list.
const COLUMNS: usize = 8;

/// The button that opens them.
#[component]
pub fn EmojiPicker(
    /// What one is put into.
    draft: Draft,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let list = NodeRef::<html::Div>::new();
    let shown = Memo::new(move |_| query.with(|query| fitting(query)));
    let pick = move |emoji: &str| {
        query.set(String::new());
        draft.type_over("", emoji);
    };
    let at = move |index: usize| {
        let buttons = list.get_untracked()?.children();
        let button = buttons.item(u32::try_from(index).ok()?)?;
        button.dyn_into::<HtmlElement>().ok()
    };
    let go = move |index: Option<usize>| {
        if let Some(button) = index.and_then(at) {
            // Can't fail for an element in the page.
            let _ = button.focus();
        }
    };
    let on_query_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            go(Some(0));
        }
        // It would send the reply.
        "Enter" => {
            event.prevent_default();
            if let Some((emoji, _)) = shown.with_untracked(|shown| shown.first().copied()) {
                pick(emoji);
            }
        }
        _ => {}
    };
    view! {
        <div class="emoji">
            <Menu label="Emoji" name="emoji" glyph=Glyph::Smile>
                <input
                    type="search"
                    class="emoji-search"
                    placeholder="Find an emoji"
                    aria-label="Find an emoji"
                    autocomplete="off"
                    prop:value=query
                    on:input=move |event| query.set(event_target_value(&event))
                    on:keydown=on_query_key
                />
                <div class="emoji-list" role="group" aria-label="Emoji" node_ref=list>
                    {move || {
                        shown
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(index, (emoji, name))| {
                                let on_key = move |event: ev::KeyboardEvent| {
                                    let next = match event.key().as_str() {
                                        "ArrowRight" => index.checked_add(1),
                                        "ArrowLeft" => index.checked_sub(1),
                                        "ArrowDown" => index.checked_add(COLUMNS),
                                        "ArrowUp" => index.checked_sub(COLUMNS),
                                        _ => return,
                                    };
                                    event.prevent_default();
                                    go(next);
                                };
                                view! {
                                    <button
                                        type="button"
                                        title=name
                                        aria-label=name
                                        tabindex=if index == 0 { "0" } else { "-1" }
                                        on:click=move |_| pick(emoji)
                                        on:keydown=on_key
                                    >
                                        {emoji}
                                    </button>
                                }
                            })
                            .collect_view()
                    }}
                </div>
                <p class="muted" hidden=move || !shown.with(Vec::is_empty)>
                    "No emoji of that name."
                </p>
            </Menu>
        </div>
    }
    .into_any()
}

/// Those with a word that begins with `query`, and their names.
fn fitting(query: &str) -> Vec<(&'static str, &'static str)> {
    let query = query.trim().to_lowercase();
    let all = EMOJI.lines().filter_map(|line| line.split_once(' '));
    all.filter(|(_, name)| name.split(' ').any(|word| word.starts_with(&query)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_found_by_the_beginning_of_each_of_its_words() {
        let found = |query| -> Vec<_> { fitting(query).into_iter().map(|(one, _)| one).collect() };
        assert_eq!(found(" Deliv"), ["🚚"]);
        assert_eq!(found("truck"), ["🚚"]);
        assert!(found("uck").is_empty());
        assert_eq!(found("").len(), EMOJI.lines().count());
    }
}
