//! A shop with an open widget, for the tests of use cases.

use super::TestCtx;
use crate::{
    access::Principal,
    auth::{self, SignUp},
    conversations, settings, stores, visitors,
};
use domain::{
    ids::{ConversationId, MessageId},
    settings::Chat,
    widget_api::{NewMessage, StartConversation},
};

/// A shop whose customers' messages enqueue jobs that nobody works on yet.
pub(crate) struct Shop {
    /// Its database.
    pub test: TestCtx,
    /// Its owner.
    pub member: Principal,
    /// What its website knows of it.
    pub public: stores::PublicStore,
}

impl Shop {
    /// A new one.
    pub async fn new() -> Self {
        let test = TestCtx::with(|config| {
            config.embedding_model_dir = None;
            config.rate_limits = false;
        })
        .await
        .expect("a database");
        let ctx = &test.ctx;
        let form = SignUp {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            password: "correct horse battery".to_owned(),
            store_name: "Lamps".to_owned(),
        };
        let session = auth::sign_up_first_owner(ctx, form, auth::Caller::UNKNOWN)
            .await
            .expect("an owner");
        let user = auth::user_of_session(ctx, &session.token)
            .await
            .expect("a database");
        let user = user.expect("a session");
        let account = stores::account(ctx, &user).await.expect("an account");
        let member = stores::member(ctx, &user, account.stores[0].id)
            .await
            .expect("a member");
        let chat = Chat {
            enabled: true,
            ..Chat::default()
        };
        settings::save(ctx, &member, chat, 0)
            .await
            .expect("settings");
        let overview = stores::overview(ctx, &member).await.expect("a store");
        let public = stores::by_public_key(ctx, &overview.public_key)
            .await
            .expect("a store");
        Self {
            test,
            member,
            public,
        }
    }

    /// A new conversation of a new visitor.
    pub async fn conversation(&self) -> (visitors::Session, ConversationId) {
        let request = StartConversation {
            id: ConversationId::generate(),
            visitor: Default::default(),
            page: Default::default(),
            message: None,
            identity: None,
        };
        let ctx = &self.test.ctx;
        let client = ctx.limits().client("192.0.2.1");
        let (started, _) = conversations::start(ctx, &self.public, None, request, client)
            .await
            .expect("a start");
        let session = visitors::session(ctx, &started.token, None)
            .await
            .expect("a session");
        (session, started.conversation.id)
    }

    /// A question that the AI always answers.
    pub async fn ask(&self, (session, id): &(visitors::Session, ConversationId)) {
        let message = NewMessage::text(MessageId::generate(), "Where is my order?");
        let ctx = &self.test.ctx;
        let client = ctx.limits().client("192.0.2.1");
        conversations::send(ctx, session, *id, message, client)
            .await
            .expect("a message");
    }
}
