//! `/account`

use super::{api, notifications::NotificationsCard, presence::PresenceCard, sessions::Sessions};
use crate::{
    addresses, browser,
    session::use_account,
    ui::{
        Button, Card, CardSkeleton, FormError, Glyph, Loaded, Look, PageHeader, PlainField,
        PostForm, Posted, Submit, TextArea, initials, toggle::PlainToggle, use_toasts,
    },
};
use domain::account::{Account, PASSWORD_MIN, SIGNATURE_MAX};
use leptos::prelude::*;

/// Where the choice of a theme is kept; the document's head reads it.
const THEME_KEY: &str = "shopdesk.theme";

/// Name, password, notifications, sessions, appearance, signing out.
#[component]
pub fn AccountPage() -> impl IntoView {
    let account = use_account();
    let toasts = use_toasts();
    let renamed = Callback::new(move |()| {
        toasts.say("Profile saved.");
        account.refetch();
    });
    let chosen = Callback::new(move |()| {
        toasts.say("Notifications saved.");
        account.refetch();
    });
    let held = Callback::new(move |()| {
        toasts.say("Replies saved.");
        account.refetch();
    });
    view! {
        <div class="page">
            <PageHeader title="Your account" help="Who you are to your team and to shoppers."/>
            <Loaded
                resource=account
                skeleton=|| view! { <CardSkeleton cards=2/> }.into_any()
                view=move |mut shown| {
                    let notifications = std::mem::take(&mut shown.notifications);
                    let hold = shown.hold_replies;
                    let (user, pushed_here) = (shown.id, shown.pushed_here);
                    let of_presence = shown.clone();
                    view! {
                        <Profile account=shown renamed/>
                        <PresenceCard account=of_presence/>
                        <Replies hold on_done=held/>
                        <NotificationsCard user pushed_here chosen=notifications on_done=chosen/>
                    }
                }
            />
            <ChangePassword/>
            <TwoFactor/>
            <Sessions/>
            <Appearance/>
            <SignOut/>
        </div>
    }
    .into_any()
}

#[component]
fn Profile(account: Account, renamed: Callback<()>) -> impl IntoView {
    let form = PostForm::to::<api::Rename>().kept();
    let signature = RwSignal::new(account.signature);
    view! {
        <Card title="Profile" why="Shoppers see your name beside your replies.">
            <div class="profile">
                <span class="avatar avatar-large" aria-hidden="true">
                    {initials(&account.name)}
                </span>
                <div class="profile-text">
                    <p class="profile-name" dir="auto">{account.name.clone()}</p>
                    <p class="muted">{account.email.to_string()}</p>
                </div>
                <a class="button" href=addresses::STORES>
                    {match account.stores.len() {
                        1 => "1 store".to_owned(),
                        n => format!("{n} stores"),
                    }}
                </a>
            </div>
            <Posted form class="form form-narrow" on_done=renamed>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Name"
                    name="name"
                    kind="text"
                    autocomplete="name"
                    value=account.name
                />
                <TextArea
                    label="Signature"
                    name="signature"
                    value=signature
                    max=SIGNATURE_MAX
                    error=form.about("signature")
                    help="Canned responses have it as {{agent.signature}}."
                />
                <div>
                    <Submit form=*form look=Look::Plain>
                        "Save profile"
                    </Submit>
                </div>
            </Posted>
        </Card>
    }
    .into_any()
}

#[component]
fn ChangePassword() -> impl IntoView {
    let toasts = use_toasts();
    let form = PostForm::to::<api::ChangePassword>();
    let on_done = Callback::new(move |()| {
        toasts.say("Password changed. Other browsers have been signed out.");
    });
    view! {
        <Card title="Password" why="Changing it signs out every other browser.">
            <Posted form class="form form-narrow" on_done>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Current password"
                    name="current"
                    kind="password"
                    autocomplete="current-password"
                />
                <PlainField
                    form=*form
                    label="New password"
                    name="new"
                    kind="password"
                    autocomplete="new-password"
                    help=format!("At least {PASSWORD_MIN} characters.")
                />
                <div>
                    <Submit form=*form look=Look::Plain>
                        "Change password"
                    </Submit>
                </div>
            </Posted>
        </Card>
    }
    .into_any()
}

#[component]
fn TwoFactor() -> impl IntoView {
    let account = use_account();
    let state = move || {
        let account = account.get()?.ok()?;
        let (state, action) = match account.two_factor {
            true => ("It is on.", "Change"),
            false => ("It is off.", "Set up"),
        };
        Some(view! {
            <p>{state}</p>
            <div>
                <a class="button" href=addresses::TWO_FACTOR rel="external">
                    {action}
                </a>
            </div>
        })
    };
    view! {
        <Card
            title="Two-factor sign-in"
            why="A code from your phone beside your password: a stolen password alone opens nothing."
        >
            <Transition>{state}</Transition>
        </Card>
    }
    .into_any()
}

/// How replies go out. Its form works without any script.
#[component]
fn Replies(hold: bool, on_done: Callback<()>) -> impl IntoView {
    let form = PostForm::to::<api::ChooseReplies>().kept();
    view! {
        <Card title="Replies" why="In all your stores.">
            <Posted form class="form" on_done>
                <FormError error=form.general()/>
                <PlainToggle
                    name="hold"
                    label="Undo send"
                    help="A reply waits five seconds before it goes out, so that you can take it back."
                    on=hold
                />
                <div>
                    <Submit form=*form look=Look::Plain>
                        "Save replies"
                    </Submit>
                </div>
            </Posted>
        </Card>
    }
    .into_any()
}

#[component]
fn Appearance() -> impl IntoView {
    let theme = RwSignal::new(String::new());
    Effect::new(move |_| theme.set(browser::stored(THEME_KEY).unwrap_or_default()));
    let choose = move |choice: &'static str| {
        theme.set(choice.to_owned());
        browser::store(THEME_KEY, choice);
        if let Some(root) = document().document_element() {
            let _ = if choice.is_empty() {
                root.remove_attribute("data-theme")
            } else {
                root.set_attribute("data-theme", choice)
            };
        }
    };
    let option = move |choice: &'static str, label: &'static str| {
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || if theme.with(|theme| theme == choice) { "true" } else { "false" }
                on:click=move |_| choose(choice)
            >
                {label}
            </button>
        }
    };
    view! {
        <Card title="Appearance" why="For this browser only.">
            <div class="segments" role="group" aria-label="Theme">
                {option("", "System")}
                {option("light", "Light")}
                {option("dark", "Dark")}
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn SignOut() -> impl IntoView {
    let form = PostForm::to::<api::SignOut>();
    view! {
        <Card title="Sign out" why="Ends your session in this browser.">
            <Posted form class="">
                <Button look=Look::Plain glyph=Glyph::SignOut submit=true busy=form.busy()>
                    "Sign out"
                </Button>
            </Posted>
        </Card>
    }
    .into_any()
}
