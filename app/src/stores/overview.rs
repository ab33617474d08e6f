//! `/stores/:store`: Quick Actions, and the state of the services.

use super::{api, dead_letters::DeadLetterList};
use crate::{
    addresses,
    inbox::counts::use_counts,
    live::use_connection,
    resource::from_server,
    rooms::{OVERVIEW, Room, RoomKind, SECTIONS},
    session::use_store,
    ui::{Badge, CardSkeleton, Count, Glyph, Icon, Loaded, PageHeader, PageTitle, Tone, counted},
};
use domain::{
    events::Noun,
    ids::StoreId,
    job::DeadLetters,
    role::Role,
    store::{Availability, ServiceStatus, StoreOverview},
};
use leptos::prelude::*;

/// The Store overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let store = use_store();
    let counts = use_counts();
    let overview = from_server(move || store.id(), api::overview);
    let services = from_server(move || store.id(), api::services);
    let dead_letters = from_server(move || store.id(), api::failed_jobs);
    let on_change = Callback::new(move |()| {
        services.refetch();
        dead_letters.refetch();
    });
    // The figures follow what happens in the inbox and the FAQ.
    let unread = Memo::new(move |_| counts.unread());
    Effect::new(move |earlier: Option<Option<i64>>| {
        let unread = unread.get();
        if earlier
            .flatten()
            .is_some_and(|earlier| Some(earlier) != unread)
        {
            overview.refetch();
        }
        unread
    });
    use_connection().on_event(move |event| {
        if event.is_change_of(Noun::OrderSources) || event.is_change_of(Noun::Orders) {
            overview.refetch();
            services.refetch();
        }
    });
    view! {
        <div class="page">
            <Loaded
                resource=overview
                skeleton=|| {
                    view! {
                        <PageTitle text="Overview"/>
                        <CardSkeleton/>
                    }
                        .into_any()
                }
                view=|overview| view! { <QuickActions overview/> }
            />
            <Transition>
                {move || {
                    let services = services.get()?.ok()?;
                    let found = dead_letters.get()?.ok()?;
                    Some(view! { <Services store=store.id() services found on_change/> })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn QuickActions(overview: StoreOverview) -> impl IntoView {
    let counts = use_counts();
    let store = overview.id;
    let may_change = overview.role >= Role::Admin;
    let unread_at_first = overview.unread_conversations;
    let unread = Signal::derive(move || counts.unread().unwrap_or(unread_at_first));
    view! {
        <PageHeader title=overview.name.clone() help=OVERVIEW.about/>
        {(may_change && !overview.widget_enabled)
            .then(|| {
                view! {
                    <div class="banner">
                        <Icon glyph=Glyph::Info large=true/>
                        <p>
                            "Shoppers don't see the chat yet. Switch the widget on and put it on your storefront."
                        </p>
                        <a class="button button-primary" href=addresses::widget(store)>
                            "Set up the widget"
                        </a>
                    </div>
                }
            })}
        <h2 class="section-title">"Quick Actions"</h2>
        {SECTIONS
            .iter()
            .map(|section| {
                view! {
                    <h3 class="section-label">{section.name}</h3>
                    <div class="action-grid">
                        {section
                            .rooms
                            .iter()
                            .filter(|room| may_change || !room.for_admins)
                            .map(|room| view! { <ActionCard room=*room overview=overview.clone() unread/> })
                            .collect_view()}
                    </div>
                }
            })
            .collect_view()}
    }
    .into_any()
}

/// The way into a room, with how things stand there.
#[component]
fn ActionCard(room: Room, overview: StoreOverview, unread: Signal<i64>) -> impl IntoView {
    let count = if room.kind == RoomKind::Inbox {
        unread
    } else {
        Signal::stored(0)
    };
    view! {
        <a class="card action-card" href=room.address(overview.id)>
            <span class="action-icon">
                <Icon glyph=room.glyph large=true/>
            </span>
            <span class="action-text">
                <span class="action-title">
                    {room.name} <Count count what="unread conversation"/>
                </span>
                <span class="muted">{room.about}</span>
                <span class="action-badges">{state_of(room.kind, &overview)}</span>
            </span>
        </a>
    }
    .into_any()
}

/// How things stand in a room, as badges.
fn state_of(room: RoomKind, overview: &StoreOverview) -> AnyView {
    let plain = |text: String| view! { <Badge tone=Tone::Neutral text/> };
    match room {
        RoomKind::Overview | RoomKind::ApiKeys | RoomKind::CannedResponses | RoomKind::Team => {
            ().into_any()
        }
        RoomKind::Webhooks => (overview.webhooks_off > 0)
            .then(|| {
                let text = format!("{} switched off", overview.webhooks_off);
                view! { <Badge tone=Tone::Bad glyph=Glyph::Warning text/> }
            })
            .into_any(),
        RoomKind::Inbox => {
            plain(counted(overview.open_conversations, "open conversation")).into_any()
        }
        RoomKind::Widget => {
            let (tone, text) = if overview.widget_enabled {
                (Tone::Good, "Live on your storefront")
            } else {
                (Tone::Neutral, "Off")
            };
            view! { <Badge tone text/> }.into_any()
        }
        RoomKind::Faq => {
            let (tone, text) = if overview.ai_enabled {
                (Tone::Ai, "AI answers from it")
            } else {
                (Tone::Neutral, "AI is off")
            };
            view! {
                {plain(counted(overview.faq_items, "question"))}
                <Badge tone glyph=Glyph::Sparkles text/>
            }
            .into_any()
        }
        RoomKind::Orders => order_badges(overview).into_any(),
    }
}

/// How many orders there are, and the shops that can't be asked for theirs.
fn order_badges(overview: &StoreOverview) -> impl IntoView + use<> {
    let built_in = counted(overview.orders, "order");
    let connected = (overview.shops > 0).then(|| {
        let text = format!("{} in connected shops", overview.shop_orders);
        view! { <Badge tone=Tone::Neutral text/> }
    });
    let troubles = overview.shops_in_trouble.clone().into_iter().map(|name| {
        let text = format!("{name} needs a look");
        view! { <Badge tone=Tone::Bad glyph=Glyph::Warning text/> }
    });
    view! {
        <Badge tone=Tone::Neutral text=built_in/>
        {connected}
        {troubles.collect_view()}
    }
}

/// One line per service: what runs, and what to do where something doesn't.
#[component]
fn Services(
    store: StoreId,
    services: ServiceStatus,
    found: DeadLetters,
    on_change: Callback<()>,
) -> impl IntoView {
    let database = match services.database.as_str() {
        "sqlite" => "SQLite, in the data folder".to_owned(),
        "postgres" => "PostgreSQL".to_owned(),
        other => other.to_owned(),
    };
    let (embeddings_tone, embeddings) = match services.embeddings {
        Availability::Available(model) => (
            Tone::Good,
            format!("Finds answers by what a question means ({model})"),
        ),
        Availability::Unavailable(reason) => (
            Tone::Warning,
            format!("Finds answers by their words only: {reason}"),
        ),
    };
    let (model_tone, model) = match services.language_model {
        Availability::Available(model) => (Tone::Good, format!("Writes answers ({model})")),
        Availability::Unavailable(reason) => (Tone::Neutral, reason),
    };
    let (orders_tone, orders) = match services.orders {
        Availability::Available(sources) => (Tone::Good, sources),
        Availability::Unavailable(reason) => (Tone::Bad, reason),
    };
    let (jobs_tone, jobs) = match services.dead_jobs {
        0 => (Tone::Good, "Nothing is stuck".to_owned()),
        1 => (Tone::Bad, "1 job failed for good".to_owned()),
        n => (Tone::Bad, format!("{n} jobs failed for good")),
    };
    view! {
        <h2 class="section-title">"Services"</h2>
        <dl class="card services">
            <ServiceLine glyph=Glyph::Database name="Database" tone=Tone::Good text=database/>
            <ServiceLine glyph=Glyph::Folder name="Files" tone=Tone::Good text=services.files/>
            <ServiceLine glyph=Glyph::Mail name="Mail" tone=Tone::Good text=services.mail/>
            <ServiceLine glyph=Glyph::Orders name="Orders" tone=orders_tone text=orders/>
            <ServiceLine glyph=Glyph::Globe name="Live events" tone=Tone::Good text=services.bus/>
            <ServiceLine glyph=Glyph::Brain name="FAQ search" tone=embeddings_tone text=embeddings/>
            <ServiceLine glyph=Glyph::Sparkles name="Language model" tone=model_tone text=model/>
            <ServiceLine glyph=Glyph::ListChecks name="Background jobs" tone=jobs_tone text=jobs/>
        </dl>
        {(!found.letters.is_empty())
            .then(|| view! { <DeadLetterList store found on_change/> })}
    }
    .into_any()
}

#[component]
fn ServiceLine(glyph: Glyph, name: &'static str, tone: Tone, text: String) -> impl IntoView {
    let label = match tone {
        Tone::Good => "Running",
        Tone::Warning => "Limited",
        Tone::Bad => "Needs a look",
        _ => "Not set up",
    };
    view! {
        <div class="service">
            <dt>
                <Icon glyph/>
                {name}
            </dt>
            <dd>
                <span class="service-text">{text}</span>
                <Badge tone text=label/>
            </dd>
        </div>
    }
    .into_any()
}
