//! The REST interface for developers, `/api/v1`.

mod canned;
mod conversations;
mod faq;
mod keys;
mod orders;
mod settings;
mod team;
mod webhooks;

use crate::common::{Owner, Reply, Shop, TestServer};
use backend::api_keys;
use domain::api_key::{CreatedApiKey, NewApiKey, Scope};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A shop with a key that may do all that keys may do.
struct Api {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    key: CreatedApiKey,
}

impl Api {
    async fn start() -> Self {
        Self::on(TestServer::start().await).await
    }

    async fn on(server: TestServer) -> Self {
        let (owner, shop) = server.owner_with_shop().await;
        let key = new_key(&server, &shop, Scope::ALL).await;
        Self {
            server,
            owner,
            shop,
            key,
        }
    }

    /// A call with another token, or with none.
    async fn call_with(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let url = self.server.url(&format!("/api/v1{path}"));
        let mut request = self.server.http.request(method, url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Reply::to(request).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.call_with(Some(&self.key.token), Method::GET, path, None)
            .await
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call_with(Some(&self.key.token), Method::POST, path, Some(body))
            .await
    }

    async fn put(&self, path: &str, body: &Value) -> Reply {
        self.call_with(Some(&self.key.token), Method::PUT, path, Some(body))
            .await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.call_with(Some(&self.key.token), Method::DELETE, path, None)
            .await
    }

    /// Every item of a list, read in pages of two.
    async fn all<T: DeserializeOwned>(&self, path: &str) -> Vec<T> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let mut page: Value = self.get(&format!("{path}?limit=2{after}")).await.json(200);
            let of_page: Vec<T> = serde_json::from_value(page["items"].take()).expect("items");
            assert!(of_page.len() <= 2);
            items.extend(of_page);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }
}

async fn new_key(server: &TestServer, shop: &Shop, scopes: &[Scope]) -> CreatedApiKey {
    let new = NewApiKey {
        name: "Back office".to_owned(),
        scopes: scopes.to_vec(),
    };
    api_keys::create(&server.ctx, &shop.member, new)
        .await
        .expect("a key")
}
