//! A push service, and browsers that are reached by it.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::push::PushMessage;
use p256::{
    SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
    elliptic_curve::sec1::ToEncodedPoint,
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU16, AtomicU64, Ordering},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A request to it.
#[derive(Clone)]
pub struct Asked {
    path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The server. It ends with the value.
pub struct PushService {
    address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    status: AtomicU16,
    browsers: AtomicU64,
    asked: Mutex<Vec<Asked>>,
}

impl PushService {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            status: AtomicU16::new(201),
            browsers: AtomicU64::new(0),
            asked: Mutex::default(),
        });
        let app = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("a test server");
        });
        Self {
            address: format!("http://{addr}"),
            shared,
            task,
        }
    }

    /// From now on it answers so.
    pub fn answers(&self, status: u16) {
        self.shared.status.store(status, Ordering::Relaxed);
    }

    /// A browser that it reaches.
    pub fn browser(&self) -> Browser {
        let number = self.shared.browsers.fetch_add(1, Ordering::Relaxed) + 1;
        let mut key = [7; 32];
        key[24..].copy_from_slice(&number.to_be_bytes());
        Browser {
            endpoint: format!("{}/send/{number}", self.address),
            key: SecretKey::from_slice(&key).expect("a key"),
            auth: [9; 16],
        }
    }

    /// All that it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.shared.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a browser can read of it.
    pub fn messages(&self, browser: &Browser) -> Vec<PushMessage> {
        let asked = self.asked();
        let own = asked
            .iter()
            .filter(|asked| browser.endpoint.ends_with(&asked.path));
        own.map(|asked| browser.read(&asked.body)).collect()
    }

    /// Checks the signature as RFC 8292 says.
    pub fn assert_signed_by(&self, asked: &Asked, key: &str) {
        let header = asked.headers["authorization"].to_str().expect("text");
        let token = header.strip_prefix("vapid t=").expect("a token");
        let (token, shown) = token.split_once(", k=").expect("a key");
        assert_eq!(shown, key);
        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let decoded = |text: &str| BASE64.decode(text).expect("base64");
        let verifier = VerifyingKey::from_sec1_bytes(&decoded(key)).expect("a key");
        let signature = Signature::from_slice(&decoded(signature)).expect("a signature");
        verifier
            .verify(signed.as_bytes(), &signature)
            .expect("signed by that key");
        let (_, claims) = signed.split_once('.').expect("claims");
        let claims: serde_json::Value = serde_json::from_slice(&decoded(claims)).expect("JSON");
        assert_eq!(claims["aud"], self.address);
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let asked = Asked {
        path: uri.path().to_owned(),
        headers,
        body,
    };
    let all = shared.asked.lock();
    all.unwrap_or_else(PoisonError::into_inner).push(asked);
    StatusCode::from_u16(shared.status.load(Ordering::Relaxed)).expect("a status")
}

/// A browser's subscription, with the keys that it keeps for itself.
pub struct Browser {
    endpoint: String,
    key: SecretKey,
    auth: [u8; 16],
}

impl Browser {
    /// What it gives to the page: address, public key and shared secret.
    pub fn gives(&self) -> [String; 3] {
        let point = self.key.public_key().to_encoded_point(false);
        [
            self.endpoint.clone(),
            BASE64.encode(point.as_bytes()),
            BASE64.encode(self.auth),
        ]
    }

    fn read(&self, body: &[u8]) -> PushMessage {
        let text = web_push_native::decrypt(body.to_vec(), &self.key, &self.auth.into());
        serde_json::from_slice(&text.expect("for this browser")).expect("a message")
    }
}
