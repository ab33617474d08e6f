//! Server functions of the Chat Inbox.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::{ConversationId, MessageId, StoreId, TagId},
    inbox::{
        ConversationSummary, InboxCounts, InboxCursor, InboxPage, InboxView, SavedView, Thread,
        Triage, TriageDone, TriageOf,
    },
    message::Message,
    order_source::ShopperOrders,
    search::{Search, SearchPage},
    tag::Tag,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::request,
    backend::{conversations, search as searches, tags},
    domain::widget_api::NewMessage,
};

/// A page of the list.
#[server(prefix = "/api/app", endpoint = "inbox/list", output = Answer)]
pub async fn list(
    store: StoreId,
    view: InboxView,
    after: Option<InboxCursor>,
) -> Result<InboxPage, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::list(&ctx, &member, view, after)
        .await
        .map_err(request::refuse)
}

/// How many conversations each tab holds, and how many of all something unread.
#[server(prefix = "/api/app", endpoint = "inbox/counts", output = Answer)]
pub async fn counts(store: StoreId) -> Result<InboxCounts, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::counts(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// A conversation with its newest messages, or with those before `before_seq`.
#[server(prefix = "/api/app", endpoint = "inbox/thread", output = Answer)]
pub async fn open_thread(
    store: StoreId,
    conversation: ConversationId,
    before_seq: Option<i64>,
) -> Result<Thread, AppError> {
    let (ctx, member) = request::member(store).await?;
    let thread = conversations::thread(&ctx, &member, conversation, before_seq)
        .await
        .map_err(request::refuse)?;
    lead(conversation, &thread);
    Ok(thread)
}

/// A page of a conversation that was merged into another one is that one's.
#[cfg(feature = "ssr")]
fn lead(asked: ConversationId, thread: &Thread) {
    let at = thread.conversation.id;
    if let Some(path) = crate::response::page_path().filter(|_| at != asked) {
        leptos_axum::redirect(&path.replace(&asked.to_string(), &at.to_string()));
    }
}

/// A conversation with the messages around one of them.
#[server(prefix = "/api/app", endpoint = "inbox/thread-at", output = Answer)]
pub async fn thread_at(
    store: StoreId,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Thread, AppError> {
    let (ctx, member) = request::member(store).await?;
    let thread = conversations::thread_at(&ctx, &member, conversation, message)
        .await
        .map_err(request::refuse)?;
    lead(conversation, &thread);
    Ok(thread)
}

/// Where something was found, the best first; older ones with the `next` of the page before.
#[server(prefix = "/api/app", endpoint = "inbox/search", output = Answer)]
pub async fn find(
    store: StoreId,
    search: Search,
    after: Option<String>,
) -> Result<SearchPage, AppError> {
    let (ctx, member) = request::member(store).await?;
    let after = after.and_then(|after| after.parse().ok());
    searches::find(&ctx, &member, search, after)
        .await
        .map_err(request::refuse)
}

/// Sends a reply, or keeps a note for the team. The same `id` again is the same one.
#[server(prefix = "/api/app", endpoint = "inbox/reply", output = Answer)]
pub async fn reply(
    store: StoreId,
    conversation: ConversationId,
    id: MessageId,
    body: String,
    // A form without script says nothing of it.
    is_note: Option<bool>,
) -> Result<Message, AppError> {
    let (ctx, member) = request::member(store).await?;
    let typed =
        domain::message::parse_body(&body).map_err(|invalid| request::refuse(invalid.into()))?;
    // What a canned response couldn't fill in is no shopper's to read.
    domain::canned::template::check_filled(&typed)
        .map_err(|invalid| request::refuse(invalid.into()))?;
    let reply = NewMessage::text(id, body);
    let said = if is_note == Some(true) {
        conversations::note(&ctx, &member, conversation, reply, None).await
    } else {
        conversations::reply(&ctx, &member, conversation, reply, None).await
    };
    let (message, _) = said.map_err(request::refuse)?;
    // A form of a page out of the browser's history carries an id that was
    // used before: its text must not vanish.
    if message.body == typed {
        Ok(message)
    } else {
        Err(request::refuse(backend::Error::Conflict(
            backend::error::Conflict::FormReused,
        )))
    }
}

/// Keeps what was typed and isn't sent.
#[server(prefix = "/api/app", endpoint = "inbox/keep-draft", output = Answer)]
pub async fn keep_draft(
    store: StoreId,
    conversation: ConversationId,
    is_note: bool,
    body: String,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::keep_draft(&ctx, &member, conversation, is_note, body)
        .await
        .map_err(request::refuse)
}

/// Keeps a view of the list for whoever asks; all of theirs.
#[server(prefix = "/api/app", endpoint = "inbox/save-view", output = Answer)]
pub async fn save_view(store: StoreId, saved: SavedView) -> Result<Vec<SavedView>, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::save_view(&ctx, &member, saved)
        .await
        .map_err(request::refuse)
}

/// Keeps a view no more; those that are left.
#[server(prefix = "/api/app", endpoint = "inbox/forget-view", output = Answer)]
pub async fn forget_view(store: StoreId, name: String) -> Result<Vec<SavedView>, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::forget_view(&ctx, &member, name)
        .await
        .map_err(request::refuse)
}

/// The team has read up to `seq`.
#[server(prefix = "/api/app", endpoint = "inbox/mark-read", output = Answer)]
pub async fn mark_read(
    store: StoreId,
    conversation: ConversationId,
    seq: i64,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    match conversations::mark_read(&ctx, &member, conversation, seq).await {
        // It was merged a moment ago, and what was read with it.
        Err(backend::Error::Merged(_)) => Ok(()),
        marked => marked.map_err(request::refuse),
    }
}

/// Does something to a conversation.
#[server(prefix = "/api/app", endpoint = "inbox/act", output = Answer)]
pub async fn act(
    store: StoreId,
    conversation: ConversationId,
    action: Triage,
) -> Result<ConversationSummary, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::triage(&ctx, &member, conversation, action)
        .await
        .map_err(request::refuse)
}

/// Does something to each of several conversations.
#[server(prefix = "/api/app", endpoint = "inbox/act-each", output = Answer)]
pub async fn act_each(store: StoreId, all: Vec<TriageOf>) -> Result<TriageDone, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::triage_each(&ctx, &member, all)
        .await
        .map_err(request::refuse)
}

/// Deletes a conversation for good.
#[server(prefix = "/api/app", endpoint = "inbox/delete", output = Answer)]
pub async fn delete(store: StoreId, conversation: ConversationId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::delete(&ctx, &member, conversation)
        .await
        .map_err(request::refuse)
}

/// Makes a tag. The same `id` again is the same tag.
#[server(prefix = "/api/app", endpoint = "inbox/make-tag", output = Answer)]
pub async fn make_tag(store: StoreId, tag: Tag) -> Result<Tag, AppError> {
    let (ctx, member) = request::member(store).await?;
    let (tag, _) = tags::create(&ctx, &member, tag)
        .await
        .map_err(request::refuse)?;
    Ok(tag)
}

/// Renames or recolours a tag.
#[server(prefix = "/api/app", endpoint = "inbox/change-tag", output = Answer)]
pub async fn change_tag(store: StoreId, tag: Tag) -> Result<Tag, AppError> {
    let (ctx, member) = request::member(store).await?;
    tags::update(&ctx, &member, tag)
        .await
        .map_err(request::refuse)
}

/// Deletes a tag; what has it gets `into` in its place, if that is given.
#[server(prefix = "/api/app", endpoint = "inbox/delete-tag", output = Answer)]
pub async fn delete_tag(store: StoreId, tag: TagId, into: Option<TagId>) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    tags::delete(&ctx, &member, tag, into)
        .await
        .map_err(request::refuse)
}

/// The shopper's other conversations, the latest first.
#[server(prefix = "/api/app", endpoint = "inbox/past", output = Answer)]
pub async fn past(
    store: StoreId,
    conversation: ConversationId,
) -> Result<Vec<ConversationSummary>, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::others_of_visitor(&ctx, &member, conversation)
        .await
        .map_err(request::refuse)
}

/// The latest orders of the shopper, and where more may be.
#[server(prefix = "/api/app", endpoint = "inbox/orders", output = Answer)]
pub async fn orders(
    store: StoreId,
    conversation: ConversationId,
) -> Result<ShopperOrders, AppError> {
    let (ctx, member) = request::member(store).await?;
    conversations::orders_of_shopper(&ctx, &member, conversation)
        .await
        .map_err(request::refuse)
}
