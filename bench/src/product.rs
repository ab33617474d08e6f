//! The product as it is served, with the demo shop's data, in this process.

use crate::{
    client::{Door, Target},
    database::{Database, Engine},
    failure::Failure,
    texts::{SMALL_TALK, VARIED},
    watcher::SocketDoor,
};
use backend::{
    Config, Ctx,
    access::Principal,
    auth::{self, SESSION_COOKIE},
    context::Data,
    demo, faq,
    outgoing::PrivateHosts,
    public_url::PublicUrl,
    settings, stores,
};
use domain::{
    events::{CURSORS_MAX, Cursors, Hello},
    faq::FaqItemState,
    ids::ConversationId,
    settings::SectionName,
    widget_api::{ConversationStarted, Page, StartConversation, VisitorDetails},
};
use shopdesk::{
    config::AiOptions,
    connections::Limits,
    start::{self, Server, start},
    state,
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long the demo shop's FAQ may take to be embedded.
const INDEXED_WITHIN: Duration = Duration::from_secs(120);

/// How long requests under way may take when it is stopped.
const DRAIN: Duration = Duration::from_secs(1);

/// A running product: router, job worker, database. To be stopped by
/// [`Product::stop`].
pub struct Product {
    server: Server,
    database: Database,
}

/// The shop's AI.
#[derive(Clone, Copy)]
pub enum Ai<'a> {
    /// Switched off: the jobs still look for order questions, by rule.
    Off,
    /// Switched on, with this embedding model; never with a language model.
    On(&'a AiOptions),
}

impl Ai<'_> {
    /// What shoppers write then.
    pub fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Off => &SMALL_TALK,
            Self::On(_) => &VARIED,
        }
    }
}

impl Product {
    /// Starts one, with the demo shop in a new database and without rate limits.
    ///
    /// # Errors
    /// If the database or the port can't be had.
    pub async fn start(ai: Ai<'_>, engine: &Engine) -> Result<Self, Failure> {
        let database = engine.create().await?;
        let url = database.url.clone();
        Self::start_at(ai, database, url).await
    }

    /// The same without AI, whose merchant may connect shops at `host`, private or not.
    ///
    /// # Errors
    /// If the database or the port can't be had.
    pub async fn start_beside(host: &str, engine: &Engine) -> Result<Self, Failure> {
        let database = engine.create().await?;
        let config = Config {
            private_hosts: PrivateHosts::listed(host),
            ..config(&database, database.url.clone(), Ai::Off)
        };
        Self::start_with(config, database).await
    }

    /// As [`Self::start`], with `database` under another URL.
    ///
    /// # Errors
    /// If the database or the port can't be had.
    pub async fn start_at(
        ai: Ai<'_>,
        database: Database,
        database_url: String,
    ) -> Result<Self, Failure> {
        let config = config(&database, database_url, ai);
        Self::start_with(config, database).await
    }

    async fn start_with(config: Config, database: Database) -> Result<Self, Failure> {
        let server = start(start::Options {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            config,
            door: state::Door {
                demo: true,
                trust_proxy: false,
            },
            demo_public: false,
            worker: true,
            connections: Limits::of_this_process(),
        })
        .await?;
        Ok(Self { server, database })
    }

    /// Sets the shop's AI, waits until its FAQ is embedded if there is a model,
    /// starts as many conversations as one agent's socket can follow, and says
    /// where messages go.
    ///
    /// # Errors
    /// If the product refuses.
    pub async fn open(&self, ai: Ai<'_>) -> Result<Target, Failure> {
        let Owner { session, member } = owner(self.ctx()).await?;
        let stored = settings::stored(self.ctx(), &member).await?;
        let section = domain::settings::Ai {
            enabled: matches!(ai, Ai::On(_)),
            ..stored.settings.ai.clone()
        };
        let version = stored.revision(SectionName::Ai).version;
        settings::save(self.ctx(), &member, section, version).await?;
        self.wait_until_indexed(&member).await?;

        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut doors = Vec::with_capacity(CURSORS_MAX);
        for _ in 0..CURSORS_MAX {
            doors.push(start_conversation(&client, self.server.addr).await?);
        }
        let cursors: Cursors = doors.iter().map(|door| (door.conversation_id, 0)).collect();
        Ok(Target {
            doors,
            socket: SocketDoor {
                url: format!("ws://{}/ws", self.server.addr),
                cookie: Some(format!("{SESSION_COOKIE}={session}")),
                hello: Hello {
                    token: None,
                    store: Some(member.store_id),
                    cursors,
                },
            },
            has_jobs: true,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// The backend it runs on.
    pub fn ctx(&self) -> &Ctx {
        &self.server.ctx
    }

    /// Ends everything and leaves the data.
    pub async fn stop(self) -> Database {
        self.server.stop(DRAIN).await;
        self.database
    }

    /// Items that can't be embedded are left as they are: found by keywords.
    async fn wait_until_indexed(&self, member: &Principal) -> Result<(), Failure> {
        let started = Instant::now();
        loop {
            let categories = faq::list(self.ctx(), member).await?;
            let mut items = categories.iter().flat_map(|category| &category.items);
            if !items.any(|item| item.state == FaqItemState::Indexing) {
                return Ok(());
            }
            if started.elapsed() > INDEXED_WITHIN {
                return Err("the demo shop's FAQ was not embedded in time".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A backend with the demo shop, alone: no server, no worker.
///
/// # Errors
/// If the database can't be used.
pub async fn backend(database: &Database) -> Result<Ctx, Failure> {
    let ctx = Ctx::connect(config(database, database.url.clone(), Ai::Off)).await?;
    demo::seed(&ctx).await?;
    Ok(ctx)
}

/// The demo shop's owner, signed in.
pub struct Owner {
    /// The session's token.
    pub session: String,
    pub member: Principal,
}

/// Signs the demo shop's owner in.
///
/// # Errors
/// If there is no demo shop.
pub async fn owner(ctx: &Ctx) -> Result<Owner, Failure> {
    let from = auth::Caller {
        address: "127.0.0.1",
        device: None,
        user_agent: None,
    };
    let signed_in = auth::sign_in(ctx, demo::EMAIL, demo::PASSWORD, from).await?;
    let session = signed_in
        .session()
        .ok_or("the demo's owner has a second factor")?;
    let user = auth::user_of_session(ctx, &session.token)
        .await?
        .ok_or("the demo's owner could not sign in")?;
    let account = stores::account(ctx, &user).await?;
    let store = account
        .stores
        .first()
        .ok_or("the demo's owner has no store")?;
    Ok(Owner {
        session: session.token,
        member: stores::member(ctx, &user, store.id).await?,
    })
}

/// Starts a conversation of a new shopper in the demo shop at `addr`.
///
/// # Errors
/// If it is refused.
pub async fn start_conversation(
    client: &reqwest::Client,
    addr: SocketAddr,
) -> Result<Door, Failure> {
    let request = StartConversation {
        id: ConversationId::generate(),
        visitor: VisitorDetails::default(),
        page: Page::default(),
        message: None,
        identity: None,
    };
    let key = demo::PUBLIC_KEY;
    let response = client
        .post(format!(
            "http://{addr}/widget/v1/stores/{key}/conversations"
        ))
        .json(&request)
        .send()
        .await?
        .error_for_status()?;
    let started: ConversationStarted = response.json().await?;
    Ok(Door {
        url: format!(
            "http://{addr}/widget/v1/conversations/{}/messages",
            request.id
        ),
        token: started.token,
        conversation_id: request.id,
    })
}

fn config(database: &Database, database_url: String, ai: Ai<'_>) -> Config {
    let (embedding_model_dir, onnx_runtime) = match ai {
        Ai::Off => (None, None),
        Ai::On(ai) => (ai.embedding_model_dir.clone(), ai.ort_dylib_path.clone()),
    };
    Config {
        database_url,
        data: Data::Folder(database.folder.path().to_path_buf()),
        secret: None,
        public_url: PublicUrl::listening_on(SocketAddr::from(([127, 0, 0, 1], 3000))),
        redis_url: None,
        embedding_model_dir,
        onnx_runtime,
        language_model: None,
        secure_cookies: false,
        private_hosts: PrivateHosts::default(),
        rate_limits: false,
        demo: true,
        demo_api_key: false,
        mails_are_read: false,
    }
}
