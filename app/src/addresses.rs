//! Every address of the dashboard. Pages link to one another through these, so
//! this file knows none of them.

use domain::{
    ids::{ConversationId, StoreId},
    inbox::{InboxView, Narrow, Sort, Tab},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Prefix of all server functions.
pub const API: &str = "/api/app";

/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// The sign-up page of an empty installation.
pub const SIGN_UP: &str = "/sign-up";
/// Where the code of a sign-in is given. A plain page.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// Where a second factor is set up. A plain page.
pub const TWO_FACTOR: &str = "/account/two-factor";
/// Where a link for a new password is asked for. A plain page.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// Where it is said that a new password is set; links to set one are below it. Plain pages.
#[cfg(any(feature = "ssr", test))]
pub const PASSWORD_RESET: &str = "/reset-password";
/// The list of stores.
pub const STORES: &str = "/stores";
/// The account page.
pub const ACCOUNT: &str = "/account";

/// What is said when a link for a new password is on its way, or isn't.
#[cfg(feature = "ssr")]
#[must_use]
pub fn forgot_password_sent() -> String {
    format!("{FORGOT_PASSWORD}?sent")
}

/// Where the code of a sign-in is given, which leads on to `path`.
#[cfg(any(feature = "ssr", test))]
#[must_use]
pub fn code_and_return(path: &str) -> String {
    format!("{SIGN_IN_CODE}?next={}", encode(path))
}

/// Where a second factor is set up, which leads back to `path`.
#[must_use]
pub fn two_factor_and_return(path: &str) -> String {
    format!("{TWO_FACTOR}?next={}", encode(path))
}

/// Whether the page at `path` is one that no script takes over: the browser has to load it.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    [SIGN_IN_CODE, TWO_FACTOR].contains(&path)
}

/// A store's overview.
#[must_use]
pub fn overview(store: StoreId) -> String {
    format!("/stores/{store}")
}

/// A store's Chat Inbox.
#[must_use]
pub fn inbox(store: StoreId, view: impl Into<InboxView>) -> String {
    format!("/stores/{store}/inbox{}", view_query(view.into()))
}

/// A conversation in the Chat Inbox.
#[must_use]
pub fn conversation(store: StoreId, conversation: ConversationId, view: InboxView) -> String {
    let path = domain::waiting::conversation_path(store, conversation);
    format!("{path}{}", view_query(view))
}

/// A store's Widget Settings.
#[must_use]
pub fn widget(store: StoreId) -> String {
    format!("/stores/{store}/widget")
}

/// A store's FAQ Knowledge Base.
#[must_use]
pub fn faq(store: StoreId) -> String {
    format!("/stores/{store}/faq")
}

/// A store's canned responses.
#[must_use]
pub fn canned_responses(store: StoreId) -> String {
    format!("/stores/{store}/canned-responses")
}

/// A store's orders.
#[must_use]
pub fn orders(store: StoreId) -> String {
    format!("/stores/{store}/orders")
}

/// A store's API keys.
#[must_use]
pub fn api_keys(store: StoreId) -> String {
    format!("/stores/{store}/api-keys")
}

/// A store's team.
#[must_use]
pub fn team(store: StoreId) -> String {
    format!("/stores/{store}/team")
}

/// Where an invitation is accepted.
#[must_use]
pub fn join(token: &str) -> String {
    domain::team::join_path(&encode(token))
}

/// Where somebody is led who isn't of the team any more.
#[must_use]
pub fn stores_after_end() -> String {
    format!("{STORES}?ended")
}

/// A store's webhooks.
#[must_use]
pub fn webhooks(store: StoreId) -> String {
    format!("/stores/{store}/webhooks")
}

/// A search in a store's orders, from the `offset`th hit on.
#[must_use]
pub fn orders_search(store: StoreId, search: &str, offset: i64) -> String {
    let mut query = Vec::new();
    if !search.is_empty() {
        query.push(format!("q={}", encode(search)));
    }
    if offset > 0 {
        query.push(format!("from={offset}"));
    }
    match query.as_slice() {
        [] => orders(store),
        parts => format!("{}?{}", orders(store), parts.join("&")),
    }
}

/// One order.
#[must_use]
pub fn order(store: StoreId, number: &str) -> String {
    format!("{}/{}", orders(store), encode(number))
}

/// Where orders are imported. No order has such a number.
#[must_use]
pub fn orders_import(store: StoreId) -> String {
    format!("{}/import", orders(store))
}

/// Where an order is written by hand. No order has such a number.
#[must_use]
pub fn new_order(store: StoreId) -> String {
    format!("{}/new", orders(store))
}

/// All orders as a file, `csv` or `json`.
#[must_use]
pub fn orders_export(store: StoreId, format: &str) -> String {
    format!("{API}/stores/{store}/orders/export?format={format}")
}

/// Canned responses as a file, `csv` or `json`.
#[must_use]
pub fn canned_export(store: StoreId, format: &str) -> String {
    format!("{API}/stores/{store}/canned-responses/export?format={format}")
}

/// Takes in a file of canned responses.
#[must_use]
pub fn canned_file(store: StoreId) -> String {
    format!("{API}/stores/{store}/canned-responses/import")
}

/// Takes in a file of orders.
#[must_use]
pub fn orders_file(store: StoreId) -> String {
    format!("{API}/stores/{store}/orders/import")
}

/// The sign-in page that leads back to `path`.
#[must_use]
pub fn sign_in_and_return(path: &str) -> String {
    if path == "/" {
        SIGN_IN.to_owned()
    } else {
        format!("{SIGN_IN}?next={}", encode(path))
    }
}

/// What stays as it is in a value of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A text as a value in a query, or a part of a path.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// `next` if it is a page of the dashboard, else the start page: a link to the
/// sign-in page must not lead to somebody else's site.
#[cfg(any(feature = "ssr", test))]
#[must_use]
pub fn safe_return(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with(API)
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if local { next } else { "/" }
}

/// The id of the store that `path` belongs to.
#[must_use]
pub fn store_of(path: &str) -> Option<StoreId> {
    let (id, _) = path
        .strip_prefix("/stores/")
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    id.parse().ok()
}

fn view_query(view: InboxView) -> String {
    let mut query = String::new();
    let mut say = |name: &str, word: &str| {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(name);
        query.push('=');
        query.push_str(word);
    };
    if view.tab != Tab::default() {
        say("tab", view.tab.as_str());
    }
    if let Some(who) = view.who {
        say("who", who.as_str());
    }
    if let Some(tag) = view.tag {
        say("tag", &tag.to_string());
    }
    for narrow in Narrow::EACH {
        if view.is_narrowed(narrow) {
            say(narrow.as_str(), "1");
        }
    }
    if view.sort != Sort::default() {
        say("sort", view.sort.as_str());
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::inbox::Who;

    #[test]
    fn signing_in_leads_back_and_nowhere_else() {
        assert_eq!(
            sign_in_and_return("/stores/1?tab=a b"),
            "/sign-in?next=/stores/1%3Ftab%3Da%20b"
        );
        assert_eq!(
            safe_return("/stores/1?tab=resolved"),
            "/stores/1?tab=resolved"
        );
        for elsewhere in [
            "",
            "https://evil.test",
            "//evil.test",
            "/\\evil.test",
            "/a\r\nb",
            "/\u{1}",
            "/\u{7f}",
            "/ä",
            "/api/app/x",
        ] {
            assert_eq!(safe_return(elsewhere), "/", "{elsewhere}");
        }
    }

    #[test]
    fn what_the_inbox_shows_stands_in_its_address() {
        let (store, id) = (StoreId::generate(), ConversationId::generate());
        let view = |tab, who| InboxView {
            tab,
            who,
            ..InboxView::default()
        };
        let waiting = InboxView {
            needs_human: true,
            sort: Sort::Waiting,
            ..view(Tab::Open, None)
        };
        for (view, query) in [
            (view(Tab::Open, None), ""),
            (view(Tab::Snoozed, None), "?tab=snoozed"),
            (view(Tab::Open, Some(Who::None)), "?who=none"),
            (view(Tab::All, Some(Who::Me)), "?tab=all&who=me"),
            (waiting, "?needs_human=1&sort=waiting"),
        ] {
            assert_eq!(inbox(store, view), format!("/stores/{store}/inbox{query}"));
            let address = format!("/stores/{store}/inbox/{id}{query}");
            assert_eq!(conversation(store, id, view), address);
        }
    }

    #[test]
    fn a_store_is_known_by_its_address() {
        let store = StoreId::generate();
        assert_eq!(store_of(&inbox(store, InboxView::default())), Some(store));
        assert_eq!(store_of(&overview(store)), Some(store));
        assert_eq!(store_of("/stores"), None);
        assert_eq!(store_of("/stores/x/inbox"), None);
    }
}
