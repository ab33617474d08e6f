//! Stores, and who belongs to them.

pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal, User},
    auth,
    cache::SEEN_EVERY,
    db::{Kind, Tx},
    error::{Conflict, Error, Forbidden, Noun, Result},
    jobs, notifications, orders, presence, settings, tokens,
};
use domain::{
    Invalid, UnixMillis,
    account::Account,
    ids::{StoreId, UserId},
    role::Role,
    settings::StoreSettings,
    store::{self, Availability, ServiceStatus, StoreOverview, StoreProfile, StoreSummary},
    texts::Texts,
    widget_api,
};
use std::sync::Arc;

/// Most stores that one account may create.
const STORES_MAX: usize = 100;

/// A store as the widget's side knows it.
#[derive(Debug, Clone)]
pub struct PublicStore {
    /// The store's id.
    pub id: StoreId,
    /// The store's name.
    pub name: String,
    /// Its settings.
    pub settings: Arc<StoreSettings>,
}

/// Proof that `user` belongs to `store_id`.
///
/// # Errors
/// [`Error::NotFound`] if they don't, whether the store exists or not;
/// [`Forbidden::TwoFactorNeeded`] if it requires a second factor, and they have none.
pub async fn member(ctx: &Ctx, user: &User, store_id: StoreId) -> Result<Principal> {
    let read = async {
        let mut connection = ctx.db().read().await?;
        queries::membership(&mut connection, store_id, user.id).await
    };
    let member = ctx.caches().members.get(&(user.id, store_id), read).await?;
    let member = member.ok_or(Error::NotFound(Noun::Store))?;
    if member.lacks_two_factor {
        return Err(Error::Forbidden(Forbidden::TwoFactorNeeded));
    }
    note_seen(ctx, user.id, store_id);
    Ok(Principal::member(store_id, user.clone(), member.role))
}

/// Notes that a person uses the store's dashboard. Nobody waits for it.
fn note_seen(ctx: &Ctx, user_id: UserId, store_id: StoreId) {
    let now = ctx.now();
    if !ctx
        .caches()
        .seen
        .is_due(format!("{user_id} in {store_id}"), SEEN_EVERY, now)
    {
        return;
    }
    let db = ctx.db().clone();
    tokio::spawn(async move {
        let noted = db.write(move |tx| {
            Box::pin(async move { queries::note_seen(tx.connection, store_id, user_id, now).await })
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "when a person was last seen could not be noted");
        }
    });
}

/// The account with its stores.
///
/// # Errors
/// If the database fails.
pub async fn account(ctx: &Ctx, user: &User) -> Result<Account> {
    let mut connection = ctx.db().read().await?;
    let profile = auth::queries::profile(&mut connection, user.id).await?;
    Ok(Account {
        id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        signature: profile.signature,
        hold_replies: profile.hold_replies,
        two_factor: profile.two_factor,
        stores: queries::stores_of(&mut connection, user.id).await?,
        notifications: notifications::of(&mut connection, user.id).await?,
        away: presence::queries::is_away(&mut connection, user.id).await?,
        pushed_here: false,
    })
}

/// Creates a store; its widget is disabled.
///
/// # Errors
/// [`Error::Invalid`] for the name; [`Error::Conflict`] if there are too many.
pub async fn create(ctx: &Ctx, user: &User, name: &str) -> Result<StoreSummary> {
    let name = store::parse_name(name)?;
    let (owner, now) = (user.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let mine = queries::stores_of(tx.connection, owner.id).await?;
                if mine.len() >= STORES_MAX {
                    return Err(Error::Conflict(Conflict::StoreLimit));
                }
                insert(tx, &owner, &name, now).await
            })
        })
        .await
}

/// Inserts a store with its owner.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    owner: &User,
    name: &str,
    now: UnixMillis,
) -> Result<StoreSummary> {
    insert_with_key(tx, owner, name, &tokens::random::<12>()?, now).await
}

/// As [`insert`], with a public key of the caller's choice.
pub(crate) async fn insert_with_key(
    tx: &mut Tx<'_>,
    owner: &User,
    name: &str,
    public_key: &str,
    now: UnixMillis,
) -> Result<StoreSummary> {
    let id = StoreId::generate();
    queries::insert(tx.connection, id, name, public_key, now).await?;
    queries::insert_membership(tx.connection, id, owner.id, Role::Owner).await?;
    Ok(StoreSummary {
        id,
        name: name.to_owned(),
        role: Role::Owner,
    })
}

/// The Store overview.
///
/// # Errors
/// If the database fails.
pub async fn overview(ctx: &Ctx, who: &Principal) -> Result<StoreOverview> {
    who.require(Permission::ReadStore)?;
    let mut connection = ctx.db().read().await?;
    let stored = queries::by_id(&mut connection, who.store_id).await?;
    let settings = settings::queries::load(&mut connection, who.store_id)
        .await?
        .settings;
    let counts = queries::counts(&mut connection, who.store_id).await?;
    drop(connection);
    let (shop_orders, shops, shops_in_trouble) =
        orders::connect::summary(ctx, who.store_id).await?;
    Ok(StoreOverview {
        id: who.store_id,
        name: stored.name,
        role: who.role.ok_or(Error::NotFound(Noun::Store))?,
        public_key: stored.public_key,
        widget_enabled: settings.chat.enabled,
        ai_enabled: settings.ai.enabled,
        open_conversations: counts.open_conversations,
        unread_conversations: counts.unread_conversations,
        faq_items: counts.faq_items,
        orders: counts.orders,
        shop_orders,
        shops,
        shops_in_trouble,
        webhooks_off: counts.webhooks_off,
        created_at: stored.created_at,
    })
}

/// The store and its team, for programs.
///
/// # Errors
/// If the database fails.
pub async fn profile(ctx: &Ctx, who: &Principal) -> Result<StoreProfile> {
    who.require(Permission::ReadStore)?;
    let mut connection = ctx.db().read().await?;
    let stored = queries::by_id(&mut connection, who.store_id).await?;
    Ok(StoreProfile {
        id: stored.id,
        name: stored.name,
        public_key: stored.public_key,
        created_at: stored.created_at,
        team: queries::team(&mut connection, who.store_id, ctx.now()).await?,
    })
}

/// The person of the store's team that somebody names in `field`.
///
/// # Errors
/// [`Error::Invalid`] if there is none.
pub(crate) async fn of_team(ctx: &Ctx, who: &Principal, id: UserId, field: &str) -> Result<User> {
    let mut connection = ctx.db().read().await?;
    queries::of_team(&mut connection, who.store_id, id)
        .await?
        .ok_or_else(|| {
            Invalid::new(field, "There is nobody with this id in the store's team.").into()
        })
}

/// Which form of each exchangeable service runs.
///
/// # Errors
/// If the database fails.
pub async fn services(ctx: &Ctx, who: &Principal) -> Result<ServiceStatus> {
    who.require(Permission::ReadStore)?;
    let mut connection = ctx.db().read().await?;
    Ok(ServiceStatus {
        database: match ctx.db().kind() {
            Kind::Sqlite => "SQLite (embedded)".to_owned(),
            Kind::Postgres => "PostgreSQL".to_owned(),
        },
        files: ctx.files().form().to_owned(),
        mail: ctx.mailer().form().to_owned(),
        orders: orders::connect::state(ctx, who.store_id).await?,
        bus: ctx.realtime().bus().name().to_owned(),
        embeddings: match ctx.embedder().health() {
            Ok(()) => Availability::Available(ctx.embedder().model_id().to_owned()),
            // The reason names files of the server, which is the operator's matter.
            Err(_) if ctx.embedder().is_configured() => Availability::Unavailable(
                "the embedding model can't be used; the server's log says why".to_owned(),
            ),
            Err(reason) => Availability::Unavailable(reason.to_string()),
        },
        language_model: match &ctx.config().language_model {
            Some(model) => Availability::Available(model.model.clone()),
            None => Availability::Unavailable(
                "The AI answers in the words of your FAQ. For answers of its own the server needs a language model (OPENAI_API_KEY)."
                    .to_owned(),
            ),
        },
        dead_jobs: jobs::queries::count_dead(&mut connection, who.store_id).await?,
    })
}

/// The store of a public key.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn by_public_key(ctx: &Ctx, key: &str) -> Result<PublicStore> {
    let well_formed = (1..=64).contains(&key.len())
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !well_formed {
        return Err(Error::NotFound(Noun::Store));
    }
    let read = async {
        let mut connection = ctx.db().read().await?;
        let stored = queries::by_public_key(&mut connection, key).await?;
        Ok(stored.map(|stored| Arc::new((stored.id, stored.name))))
    };
    let store = ctx.caches().stores.get(&key.to_owned(), read).await?;
    let store = store.ok_or(Error::NotFound(Noun::Store))?;
    let (id, name) = &*store;
    Ok(PublicStore {
        id: *id,
        name: name.clone(),
        settings: settings::load(ctx, *id).await?,
    })
}

impl PublicStore {
    /// What the widget is told before a chat, in the language of `texts`. A
    /// disabled widget is told no more than that.
    #[must_use]
    pub fn widget_config(&self, texts: &Texts) -> widget_api::Config {
        let disabled = StoreSettings::default();
        let enabled = self.settings.chat.enabled;
        let StoreSettings { look, chat, .. } = if enabled { &*self.settings } else { &disabled };
        widget_api::Config {
            enabled,
            store_name: if enabled {
                self.name.clone()
            } else {
                String::new()
            },
            position: look.position,
            side_spacing: look.side_spacing,
            bottom_spacing: look.bottom_spacing,
            colour: look.colour,
            text_colour: look.colour.text(),
            greeting: chat.greeting.clone(),
            offline_message: chat.offline_message.clone(),
            response_time: chat.response_time.clone(),
            pre_chat_form: chat.pre_chat_form,
            locale: texts.locale.to_owned(),
            texts: texts.widget.clone(),
        }
    }

    /// Refuses pages of origins that the merchant hasn't listed, and widgets
    /// that are switched off.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn admit(&self, origin: Option<&str>) -> Result<()> {
        admit(&self.settings, origin)
    }
}

/// See [`PublicStore::admit`].
pub(crate) fn admit(settings: &StoreSettings, origin: Option<&str>) -> Result<()> {
    if !settings.chat.allows_origin(origin) {
        return Err(Error::Forbidden(Forbidden::PageOrigin));
    }
    if !settings.chat.enabled {
        return Err(Error::Forbidden(Forbidden::ChatOff));
    }
    Ok(())
}
