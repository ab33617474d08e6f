//! Owners, their shops, and shoppers.

use super::{Reply, Socket, TestServer};
use backend::{
    access::{Principal, User},
    auth::{self, SESSION_COOKIE, SignUp},
    demo, settings, stores,
};
use domain::{
    conversation::Conversation,
    ids::{ConversationId, MessageId, StoreId},
    message::Message,
    settings::{SectionName, StoreSettings},
    widget_api::{ConversationStarted, History, NewMessage, StartConversation},
};
use serde_json::json;
use std::net::SocketAddr;

/// The password of every owner here.
pub const PASSWORD: &str = "correct horse battery";
/// Where they sign in from.
pub const HERE: auth::Caller<'_> = auth::Caller {
    address: "test",
    device: None,
    user_agent: None,
};

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Owner {
    /// `shopdesk_session=…`, for the Cookie header.
    pub cookie: String,
    /// The account.
    pub user: User,
    /// The store that was made with the account; its widget is off.
    pub first_store: StoreId,
}

/// A store whose widget is on.
#[derive(Clone)]
pub struct Shop {
    /// The store.
    pub id: StoreId,
    /// Its public key.
    pub key: String,
    /// Its owner's proof of belonging.
    pub member: Principal,
}

impl TestServer {
    /// Signs up the first owner.
    pub async fn sign_up(&self) -> Owner {
        let form = SignUp {
            name: "Ada Olsen".to_owned(),
            email: "ada@example.com".to_owned(),
            password: PASSWORD.to_owned(),
            store_name: "First Store".to_owned(),
        };
        let session = auth::sign_up_first_owner(&self.ctx, form, HERE)
            .await
            .expect("the first owner");
        self.owner_of(&session.token).await
    }

    /// Adds another account with a store of its own, and signs it in.
    pub async fn add_owner(&self, name: &str, email: &str) -> Owner {
        auth::add_user(&self.ctx, name, email, PASSWORD, name)
            .await
            .expect("an account");
        self.sign_in(email, PASSWORD).await
    }

    /// The demo's owner, signed in.
    pub async fn demo_owner(&self) -> Owner {
        self.sign_in(demo::EMAIL, demo::PASSWORD).await
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Owner {
        let session = auth::sign_in(&self.ctx, email, password, HERE)
            .await
            .expect("the right password")
            .session()
            .expect("no second factor");
        self.owner_of(&session.token).await
    }

    async fn owner_of(&self, token: &str) -> Owner {
        let user = auth::user_of_session(&self.ctx, token)
            .await
            .expect("a database");
        let user = user.expect("a session");
        let account = stores::account(&self.ctx, &user).await.expect("an account");
        Owner {
            cookie: format!("{SESSION_COOKIE}={token}"),
            first_store: account.stores.first().expect("a store").id,
            user,
        }
    }

    /// A new store of `owner` with the widget on and `change` made to its
    /// settings.
    pub async fn open_shop(
        &self,
        owner: &Owner,
        name: &str,
        change: impl FnOnce(&mut StoreSettings),
    ) -> Shop {
        let store = stores::create(&self.ctx, &owner.user, name)
            .await
            .expect("a store");
        let shop = self.shop(owner, store.id).await;
        self.set_up(&shop, |settings| {
            settings.chat.enabled = true;
            change(settings);
        })
        .await;
        shop
    }

    /// An existing store of `owner`, as it is.
    pub async fn shop(&self, owner: &Owner, id: StoreId) -> Shop {
        let member = stores::member(&self.ctx, &owner.user, id)
            .await
            .expect("a member");
        let overview = stores::overview(&self.ctx, &member).await.expect("a store");
        Shop {
            id,
            key: overview.public_key,
            member,
        }
    }

    /// Changes a shop's settings.
    pub async fn set_up(&self, shop: &Shop, change: impl FnOnce(&mut StoreSettings)) {
        let stored = settings::stored(&self.ctx, &shop.member)
            .await
            .expect("settings");
        let mut changed = stored.settings.clone();
        change(&mut changed);
        for name in SectionName::ALL {
            let section = changed.section(name);
            if section != stored.settings.section(name) {
                let version = stored.revision(name).version;
                settings::save(&self.ctx, &shop.member, section, version)
                    .await
                    .expect("good settings");
            }
        }
    }

    /// Signs up an owner and opens a shop.
    pub async fn owner_with_shop(&self) -> (Owner, Shop) {
        let owner = self.sign_up().await;
        let shop = self.open_shop(&owner, "Lamps & Light", |_| {}).await;
        (owner, shop)
    }

    /// A new shopper with an empty conversation.
    pub async fn shopper(&self, shop: &Shop) -> Shopper {
        self.shopper_with(shop, &start_request()).await
    }

    /// A shopper who starts their conversation with this request.
    pub async fn shopper_with(&self, shop: &Shop, request: &StartConversation) -> Shopper {
        let reply = self.start_conversation(&shop.key, request).await;
        let started: ConversationStarted = reply.json(201);
        Shopper {
            http: self.http.clone(),
            addr: self.addr,
            token: started.token,
            conversation: started.conversation.id,
        }
    }

    /// `POST /stores/{key}/conversations`, without a token.
    pub async fn start_conversation(&self, key: &str, request: &StartConversation) -> Reply {
        self.post(&format!("/widget/v1/stores/{key}/conversations"), request)
            .await
    }

    /// An agent's socket that follows the store and the given conversations,
    /// each from a `seq` on, and has been greeted.
    pub async fn agent_socket(
        &self,
        owner: &Owner,
        store: StoreId,
        cursors: &[(ConversationId, i64)],
    ) -> Socket {
        let headers = [("cookie", owner.cookie.as_str())];
        let mut socket = Socket::connect(self.addr, "/ws", &headers)
            .await
            .expect("an agent's socket");
        let cursors: serde_json::Map<_, _> = cursors
            .iter()
            .map(|(id, seq)| (id.to_string(), json!(seq)))
            .collect();
        socket
            .send_json(&json!({"hello": {"store": store, "cursors": cursors}}))
            .await;
        socket
    }
}

/// A start without details or a message.
pub fn start_request() -> StartConversation {
    StartConversation {
        id: ConversationId::generate(),
        visitor: Default::default(),
        page: Default::default(),
        message: None,
        identity: None,
    }
}

/// A message with a new id.
pub fn new_message(body: impl Into<String>) -> NewMessage {
    NewMessage::text(MessageId::generate(), body)
}

/// A shopper in a conversation, as their browser knows it.
#[derive(Clone)]
pub struct Shopper {
    /// The client they use.
    pub http: reqwest::Client,
    /// The server.
    pub addr: SocketAddr,
    /// Their token.
    pub token: String,
    /// Their conversation.
    pub conversation: ConversationId,
}

impl Shopper {
    /// The address of their conversation, with `rest` behind it.
    pub fn url(&self, rest: &str) -> String {
        format!(
            "http://{}/widget/v1/conversations/{}{rest}",
            self.addr, self.conversation
        )
    }

    /// Posts `body` below the conversation, with the token.
    pub async fn post(&self, rest: &str, body: &impl serde::Serialize) -> Reply {
        Reply::to(
            self.http
                .post(self.url(rest))
                .bearer_auth(&self.token)
                .json(body),
        )
        .await
    }

    /// Gets something below the conversation, with the token.
    pub async fn get(&self, rest: &str) -> Reply {
        Reply::to(self.http.get(self.url(rest)).bearer_auth(&self.token)).await
    }

    /// Sends a new message, which must be stored.
    pub async fn send(&self, body: &str) -> Message {
        self.post("/messages", &new_message(body)).await.json(201)
    }

    /// Sends `message`, whatever comes of it.
    pub async fn post_message(&self, message: &NewMessage) -> Reply {
        self.post("/messages", message).await
    }

    /// Everything after `after_seq` that one reply holds.
    pub async fn history(&self, after_seq: i64) -> History {
        self.get(&format!("?after_seq={after_seq}&limit=200"))
            .await
            .json(200)
    }

    /// The conversation as the shopper sees it.
    pub async fn conversation(&self) -> Conversation {
        self.history(i64::MAX).await.conversation
    }

    /// A socket that follows the conversation from `after_seq` on. Not yet
    /// greeted: what is replayed comes first, then `ready`.
    pub async fn socket(&self, after_seq: i64) -> Socket {
        let mut socket = Socket::connect(self.addr, "/widget/v1/ws", &[])
            .await
            .expect("a socket");
        socket.send_json(&self.hello(after_seq)).await;
        socket
    }

    /// The first frame of such a socket.
    pub fn hello(&self, after_seq: i64) -> serde_json::Value {
        json!({"hello": {"token": self.token, "cursors": {self.conversation.to_string(): after_seq}}})
    }
}
