//! Every server function with another store's ids, and with an agent's role.

use super::{Ids, Tenant, rows_of, tenant, two_tenants};
use crate::{
    common::{Owner, Reply, TestServer, database, people::new_message},
    forms::{Fields, call, fields, section_fields},
    shops::medusa,
};
use domain::{
    ids::{ConversationId, InvitationId, JobId, MessageId, StoreId, TagId, UserId, WebhookId},
    role::Role,
    settings::Chat,
};
use std::collections::BTreeSet;

fn of_tag(id: TagId, name: &str) -> Fields {
    fields([
        ("tag[id]", id.to_string().as_str()),
        ("tag[name]", name),
        ("tag[colour]", "red"),
    ])
}

/// A server function of a store.
struct StoreCall {
    path: &'static str,
    /// The fields besides `store`.
    form: fn(&Ids) -> Fields,
    /// Whoever is less is refused.
    least: Role,
}

const fn everybody(path: &'static str, form: fn(&Ids) -> Fields) -> StoreCall {
    StoreCall {
        path,
        form,
        least: Role::Agent,
    }
}

const fn admins(path: &'static str, form: fn(&Ids) -> Fields) -> StoreCall {
    StoreCall {
        path,
        form,
        least: Role::Admin,
    }
}

const fn owners(path: &'static str, form: fn(&Ids) -> Fields) -> StoreCall {
    StoreCall {
        path,
        form,
        least: Role::Owner,
    }
}

/// Every server function that belongs to a store, in an order in which its
/// owner can make them all.
static STORE_CALLS: &[StoreCall] = &[
    everybody("stores/overview", |_| vec![]),
    everybody("stores/services", |_| vec![]),
    everybody("stores/failed-jobs", |_| vec![]),
    admins("stores/retry-job", |ids| of_job(ids.retried_job)),
    admins("stores/discard-job", |ids| of_job(ids.discarded_job)),
    everybody("widget/settings", |_| vec![]),
    admins("widget/save", |_| {
        let chat = Chat {
            enabled: true,
            greeting: "Changed".into(),
            ..Chat::default()
        };
        section_fields(chat, 1)
    }),
    everybody("identity/secrets", |_| vec![]),
    admins("identity/make-secret", |_| vec![]),
    admins("identity/revoke-secret", |ids| {
        fields([("secret", ids.secret.to_string().as_str())])
    }),
    everybody("orders/list", |_| fields([("search", ""), ("offset", "0")])),
    everybody("orders/sources", |_| vec![]),
    everybody("orders/test-source", of_source),
    admins("orders/connect", |ids| {
        // Its other name: under the first it is connected already.
        let address = format!("http://localhost:{}", ids.shop.port());
        fields([
            ("shop[kind]", "medusa"),
            ("shop[address]", address.as_str()),
            ("shop[key]", medusa::KEY),
        ])
    }),
    admins("orders/set-publishable-key", |ids| {
        and(
            of_source(ids),
            [("publishable_key", medusa::PUBLISHABLE_KEY)],
        )
    }),
    admins("orders/move-source", |ids| {
        and(of_source(ids), [("up", "true")])
    }),
    everybody("orders/number-forms", |_| vec![]),
    admins("orders/disconnect", of_source),
    admins("api-keys/list", |_| vec![]),
    admins("api-keys/create", |_| {
        fields([("new[name]", "Back office"), ("new[scopes][0]", "faq:read")])
    }),
    admins("api-keys/revoke", |ids| {
        fields([("key", ids.key.to_string().as_str())])
    }),
    admins("webhooks/list", |_| vec![]),
    admins("webhooks/create", |_| {
        let id = WebhookId::generate().to_string();
        fields([
            ("new[id]", id.as_str()),
            ("new[address]", "https://hooks.example.com"),
            ("new[events][0]", "message.created"),
        ])
    }),
    admins("webhooks/deliveries", of_webhook),
    admins("webhooks/replay", |ids| {
        fields([("delivery", ids.delivery.to_string().as_str())])
    }),
    admins("webhooks/delete", of_webhook),
    everybody("orders/get", |_| fields([("number", "1001")])),
    admins("orders/save", |_| {
        fields([
            ("order[number]", "2002"),
            ("order[email]", "mine@example.com"),
            ("order[status]", "delivered"),
            ("order[payment_status]", "paid"),
            ("order[currency]", "USD"),
            ("order[total_minor]", "100"),
            ("order[placed_at]", "1"),
        ])
    }),
    admins("orders/remove", |_| fields([("number", "1001")])),
    everybody("inbox/list", |_| fields([("view[tab]", "open")])),
    everybody("inbox/counts", |_| vec![]),
    everybody("inbox/thread", of_conversation),
    everybody("inbox/orders", of_conversation),
    everybody("inbox/past", of_conversation),
    everybody("inbox/mark-read", |ids| {
        and(of_conversation(ids), [("seq", "1")])
    }),
    everybody("inbox/search", |_| fields([("search[q]", "secret")])),
    everybody("inbox/thread-at", |ids| {
        let message = MessageId::generate().to_string();
        and(of_conversation(ids), [("message", message.as_str())])
    }),
    everybody("inbox/reply", |ids| {
        let id = new_message("").id.to_string();
        and(
            of_conversation(ids),
            [("id", id.as_str()), ("body", "A reply")],
        )
    }),
    everybody("inbox/make-tag", |_| {
        let id = TagId::generate();
        // Several make one: each needs a name of its own.
        of_tag(id, &id.to_string())
    }),
    admins("inbox/change-tag", |ids| of_tag(ids.tag, "Renamed")),
    everybody("inbox/act", |ids| {
        let tag = ids.tag.to_string();
        and(of_conversation(ids), [("action[tag]", tag.as_str())])
    }),
    everybody("inbox/keep-draft", |ids| {
        and(
            of_conversation(ids),
            [("is_note", "false"), ("body", "Not yet")],
        )
    }),
    // What isn't the store's own is named as failed: triage/many.rs.
    everybody("inbox/save-view", |_| {
        fields([("saved[name]", "Theirs"), ("saved[view][tab]", "open")])
    }),
    everybody("inbox/forget-view", |_| fields([("name", "Theirs")])),
    everybody("inbox/act-each", |_| {
        let id = ConversationId::generate().to_string();
        fields([
            ("all[0][conversation]", id.as_str()),
            ("all[0][action]", "read"),
        ])
    }),
    admins("inbox/delete", of_conversation),
    admins("inbox/delete-tag", |ids| {
        fields([("tag", ids.tag.to_string().as_str())])
    }),
    everybody("canned/list", |_| vec![]),
    admins("canned/save", |_| canned("Back to work")),
    everybody("canned/note-use", of_canned),
    admins("canned/save", |ids| {
        [of_canned(ids), canned("Hello again")].concat()
    }),
    admins("canned/delete", of_canned),
    everybody("faq/list", |_| vec![]),
    everybody("faq/try-question", |_| {
        fields([("question", "How do I return an item?")])
    }),
    admins("faq/create-category", |ids| {
        fields([("name", ids.item.to_string().as_str())])
    }),
    admins("faq/add-starter-categories", |_| vec![]),
    admins("faq/rename-category", |ids| {
        and(of_category(ids), [("name", "Renamed")])
    }),
    admins("faq/move-category", |ids| {
        and(of_category(ids), [("position", "0")])
    }),
    admins("faq/add-item", draft),
    admins("faq/update-item", |ids| [of_item(ids), draft(ids)].concat()),
    admins("faq/move-item", |ids| {
        and(
            [of_item(ids), of_category(ids)].concat(),
            [("position", "0")],
        )
    }),
    admins("faq/retry-item", of_item),
    admins("faq/delete-item", of_item),
    admins("faq/delete-category", of_category),
    everybody("team/list", |_| vec![]),
    admins("team/invite", |_| {
        let id = InvitationId::generate().to_string();
        fields([("new[id]", id.as_str()), ("new[role]", "agent")])
    }),
    admins("team/revoke-invitation", |ids| {
        fields([("invitation", ids.invitation.to_string().as_str())])
    }),
    admins("team/change-role", |ids| {
        and(of_user(ids.colleague), [("role", "admin")])
    }),
    admins("team/require-two-factor", |_| {
        fields([("required", "false")])
    }),
    admins("team/remove", |ids| of_user(ids.leaver)),
    owners("team/hand-over", |ids| of_user(ids.colleague)),
    // Last: nobody may do anything afterwards.
    everybody("team/leave", |_| vec![]),
];

/// Server functions that belong to no store.
const OTHER_CALLS: [&str; 31] = [
    "account/current",
    "account/installation-is-empty",
    "account/start",
    "account/sign-up",
    "account/sign-in",
    "account/sign-in-code",
    "account/forgot-password",
    "account/reset-password",
    "account/two-factor/begin",
    "account/two-factor/confirm",
    "account/two-factor/new-codes",
    "account/two-factor/codes-kept",
    "account/two-factor/switch-off",
    "account/sign-out",
    "account/change-password",
    "account/before-sign-in",
    "account/rename",
    "account/replies",
    "account/notifications",
    "account/push/key",
    "account/push/subscribe",
    "account/push/unsubscribe",
    "account/push/try",
    "account/set-away",
    "account/sessions",
    "account/end-session",
    "account/end-other-sessions",
    "join/offer",
    "join/accept",
    "join/sign-up",
    "stores/create",
];

fn of_conversation(ids: &Ids) -> Fields {
    fields([("conversation", ids.conversation.to_string().as_str())])
}

fn of_category(ids: &Ids) -> Fields {
    fields([("category", ids.category.to_string().as_str())])
}

fn of_item(ids: &Ids) -> Fields {
    fields([("item", ids.item.to_string().as_str())])
}

fn of_canned(ids: &Ids) -> Fields {
    fields([("response", ids.canned.to_string().as_str())])
}

/// One with a keyword that no other call has.
fn canned(title: &str) -> Fields {
    let keyword = title.replace(' ', "-");
    fields([
        ("draft[keyword]", keyword.as_str()),
        ("draft[title]", title),
        ("draft[text]", "It must not get in."),
    ])
}

fn of_source(ids: &Ids) -> Fields {
    fields([("source", ids.source.to_string().as_str())])
}

fn of_webhook(ids: &Ids) -> Fields {
    fields([("webhook", ids.webhook.to_string().as_str())])
}

fn of_user(user: UserId) -> Fields {
    fields([("user", user.to_string().as_str())])
}

fn of_job(job: JobId) -> Fields {
    fields([("job", job.to_string().as_str())])
}

fn draft(ids: &Ids) -> Fields {
    let category = ids.category.to_string();
    fields([
        ("draft[category_id]", category.as_str()),
        ("draft[question]", "Is this another store's?"),
        ("draft[answer]", "It must not get in."),
    ])
}

fn and<const N: usize>(fields: Fields, more: [(&str, &str); N]) -> Fields {
    [fields, self::fields(more)].concat()
}

async fn make(server: &TestServer, cookie: &str, wanted: &StoreCall, ids: &Ids) -> Reply {
    let store = [("store".to_owned(), ids.store.to_string())];
    call(
        server,
        cookie,
        wanted.path,
        &[store.to_vec(), (wanted.form)(ids)].concat(),
    )
    .await
}

#[tokio::test]
async fn every_server_function_is_in_one_of_the_tables() {
    let registered: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    let listed = STORE_CALLS.iter().map(|call| call.path).chain(OTHER_CALLS);
    let listed: BTreeSet<String> = listed.map(|path| format!("/api/app/{path}")).collect();
    assert_eq!(
        registered, listed,
        "a server function is missing here, or gone there"
    );
}

/// Two jobs of a store that failed for good, about an older text of its item.
async fn fail_jobs(server: &TestServer, ids: &Ids) {
    for job in [ids.retried_job, ids.discarded_job] {
        let (store, item) = (ids.store, ids.item);
        let insert = format!(
            r#"INSERT INTO jobs (id, store_id, kind, payload, lane, state, attempts, run_at, lease_until, failure, failed_at, created_at)
             VALUES ('{job}', '{store}', 'embed_faq', '{{"item_id":"{item}","revision":0}}', '{item}', 'dead', 6, 1, 0, 'error', 1, 1)"#
        );
        database::write(&server.ctx, insert).await;
    }
}

/// What a call can name that isn't mine, each with the field that names it: in
/// their store everything of theirs, in mine one thing of theirs at a time.
fn foreign(mine: Ids, theirs: Ids) -> [(&'static str, Ids); 14] {
    let nowhere = Ids {
        store: StoreId::generate(),
        ..mine
    };
    let conversation = Ids {
        conversation: theirs.conversation,
        ..mine
    };
    let category = Ids {
        category: theirs.category,
        ..mine
    };
    let item = Ids {
        item: theirs.item,
        ..mine
    };
    let canned = Ids {
        canned: theirs.canned,
        ..mine
    };
    let secret = Ids {
        secret: theirs.secret,
        ..mine
    };
    let key = Ids {
        key: theirs.key,
        ..mine
    };
    let job = Ids {
        retried_job: theirs.retried_job,
        discarded_job: theirs.discarded_job,
        ..mine
    };
    let source = Ids {
        source: theirs.source,
        ..mine
    };
    let webhook = Ids {
        webhook: theirs.webhook,
        ..mine
    };
    let delivery = Ids {
        delivery: theirs.delivery,
        ..mine
    };
    let user = Ids {
        colleague: theirs.colleague,
        leaver: theirs.leaver,
        ..mine
    };
    let invitation = Ids {
        invitation: theirs.invitation,
        ..mine
    };
    [
        ("store", theirs),
        ("store", nowhere),
        ("conversation", conversation),
        ("category", category),
        ("item", item),
        ("response", canned),
        ("secret", secret),
        ("key", key),
        ("job", job),
        ("source", source),
        ("webhook", webhook),
        ("delivery", delivery),
        ("user", user),
        ("invitation", invitation),
    ]
}

/// Two stores with failed jobs in both.
async fn two_with_failed_jobs(server: &TestServer) -> (Tenant, Tenant) {
    let (mine, theirs) = two_tenants(server).await;
    for tenant in [&mine, &theirs] {
        fail_jobs(server, &tenant.ids).await;
    }
    (mine, theirs)
}

async fn forget_failed_jobs(server: &TestServer) {
    database::write(&server.ctx, "DELETE FROM jobs WHERE state = 'dead'").await;
}

#[tokio::test]
async fn no_server_function_reaches_into_another_store() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_with_failed_jobs(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    for wanted in STORE_CALLS {
        for (field, ids) in foreign(mine.ids, theirs.ids) {
            let form = (wanted.form)(&ids);
            let names_it = |(name, _): &(String, String)| {
                name == field || name.contains(&format!("[{field}_id]"))
            };
            if field != "store" && !form.iter().any(names_it) {
                continue;
            }
            let reply = make(&server, &mine.owner.cookie, wanted, &ids).await;
            let (path, body) = (wanted.path, &reply.body);
            assert_eq!(reply.status, 404, "{path} with a foreign {field}: {body}");
            assert!(!body.contains("theirs"), "{path}: {body}");
        }
    }
    assert_eq!(rows_of(&server, theirs.ids.store).await, before);
    forget_failed_jobs(&server).await;
    server.finish().await;
}

#[tokio::test]
async fn no_server_function_of_a_store_works_without_a_session() {
    let server = TestServer::start().await;
    let store = tenant(&server, "theirs").await;
    fail_jobs(&server, &store.ids).await;
    let before = rows_of(&server, store.ids.store).await;
    for wanted in STORE_CALLS {
        for cookie in ["", "shopdesk_session=made-up"] {
            let reply = make(&server, cookie, wanted, &store.ids).await;
            let (path, body) = (wanted.path, &reply.body);
            assert_eq!(reply.status, 401, "{path} with {cookie:?}: {body}");
        }
    }
    assert_eq!(rows_of(&server, store.ids.store).await, before);
    forget_failed_jobs(&server).await;
    server.finish().await;
}

/// Somebody of this role in a store of their own kind, and what the store holds.
async fn somebody(server: &TestServer, role: Role) -> (Owner, Tenant) {
    let word = role.as_str();
    let store = tenant(server, word).await;
    fail_jobs(server, &store.ids).await;
    if role == Role::Owner {
        return (store.owner.clone(), store);
    }
    let name = format!("the {word}");
    let person = server
        .add_owner(&name, &format!("the-{word}@example.com"))
        .await;
    let (id, user) = (store.ids.store, person.user.id);
    database::write(
        &server.ctx,
        format!(
            "INSERT INTO memberships (store_id, user_id, role) VALUES ('{id}', '{user}', '{word}')"
        ),
    )
    .await;
    (person, store)
}

#[tokio::test]
async fn every_role_may_call_what_is_its_own_and_nothing_above() {
    let server = TestServer::start().await;
    for role in Role::ALL {
        let (person, store) = somebody(&server, role).await;
        for wanted in STORE_CALLS {
            let reply = make(&server, &person.cookie, wanted, &store.ids).await;
            let expected = if role >= wanted.least { 200 } else { 403 };
            let (path, body) = (wanted.path, &reply.body);
            assert_eq!(reply.status, expected, "{path} by an {role:?}: {body}");
        }
    }
    forget_failed_jobs(&server).await;
    server.finish().await;
}
