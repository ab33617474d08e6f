//! A code by email, which proves that the address is the shopper's. Built element by element,
//! as the rest of a message's contents.

use super::elements::{add, set};
use crate::{browser, chat::Chat, rest::Proof, sync};
use domain::ids::MessageId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Asks for the address, then for the code that was sent there, to prove it to the question
/// `id`. Another page goes on where this one was left.
pub fn proof(body: &Element, chat: Chat, id: MessageId) -> Option<HtmlInputElement> {
    let texts = chat.texts;
    let is_code = chat.memory().awaits_code(id);
    let (name, kind, complete, button) = if is_code {
        (texts.code(), "text", "one-time-code", texts.code_give())
    } else {
        (texts.email(), "email", "email", texts.code_send())
    };
    let form = add(Some(body), "form", "proof", "")?;
    set(&form, "novalidate", "");
    let label = add(Some(&form), "label", "", name)?;
    let field = add(Some(&label), "input", "field", "")?;
    set(&field, "type", kind);
    set(&field, "autocomplete", complete);
    let button = add(Some(&form), "button", "primary", button)?;
    let problem = add(Some(&form), "p", "problem", "")?;
    set(&problem, "role", "status");
    let field: HtmlInputElement = field.unchecked_into();
    if is_code {
        set(&field, "inputmode", "numeric");
    } else {
        let visitor = &chat.state.read_untracked().visitor;
        field.set_value(visitor.email.as_deref().unwrap_or_default());
    }
    let (body, input) = (body.clone(), field.clone());
    browser::listen(&form.clone().into(), "submit", move |event| {
        event.prevent_default();
        set(&button, "disabled", "");
        let (body, form, button) = (body.clone(), form.clone(), button.clone());
        let (field, problem) = (field.clone(), problem.clone());
        browser::spawn(async move {
            let given = field.value();
            let proof = if is_code {
                Proof::Code(given)
            } else {
                Proof::Email(given)
            };
            match sync::prove_email(chat, proof).await {
                Err(wrong) => {
                    problem.set_text_content(Some(wrong));
                    let _ = button.remove_attribute("disabled");
                    let _ = field.focus();
                }
                Ok(()) if is_code => {
                    form.set_text_content(Some(chat.texts.code_right()));
                    chat.focus_writing();
                }
                Ok(()) => {
                    form.remove();
                    chat.memory().set_awaits_code(id);
                    if let Some(field) = self::proof(&body, chat, id) {
                        let _ = field.focus();
                    }
                }
            }
        });
    });
    Some(input)
}
