//! `/account/two-factor`

use super::{api, qr_code::qr_code};
use crate::{
    account::Doorstep,
    addresses, cookies,
    error::AppError,
    plain::loaded,
    request,
    ui::{
        Badge, FormError, Glyph, Icon, Look, PageTitle, PlainField, PostForm, Posted, Submit, Tone,
        form::Form,
    },
};
use backend::auth::two_factor::{self, RECOVERY_CODES, State, TwoFactor};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const HELP: &str =
    "Your password, and a code from your phone: a stolen password alone opens nothing.";

/// How it stands, and the one thing to do next.
#[component]
pub fn TwoFactorPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    view! {
        <PageTitle text="Two-factor sign-in"/>
        {loaded(stands(), move |(two_factor, codes)| shown(two_factor, codes, next))}
    }
    .into_any()
}

/// With the recovery codes that are to be shown now.
async fn stands() -> Result<(TwoFactor, Option<Vec<String>>), AppError> {
    let (ctx, user) = request::user().await?;
    let stands = two_factor::two_factor(&ctx, &user)
        .await
        .map_err(request::refuse)?;
    let codes = cookies::codes_shown();
    let codes = codes.and_then(|cookie| two_factor::codes_shown(&ctx, &user, &cookie));
    Ok((stands, codes))
}

fn shown(two_factor: TwoFactor, codes: Option<Vec<String>>, next: String) -> AnyView {
    let TwoFactor { state, required_by } = two_factor;
    match (state, codes) {
        (State::On { .. }, Some(codes)) => recovery_codes(codes, next),
        (State::On { recovery_codes }, None) => switched_on(recovery_codes, &required_by),
        (State::Begun { key, address }, _) => set_up(&key, &address, next),
        (State::Off, _) => switched_off(&required_by, next),
    }
}

fn back() -> AnyView {
    view! {
        <p class="doorstep-foot">
            <a href=addresses::ACCOUNT>"Back to your account"</a>
        </p>
    }
    .into_any()
}

/// Which stores want it.
fn requirement(required_by: &[String]) -> Option<AnyView> {
    let text = match required_by {
        [] => return None,
        [one] => format!("{one} requires it of everybody in its team."),
        several => format!(
            "{} require it of everybody in their teams.",
            several.join(", ")
        ),
    };
    let notice = view! {
        <div class="banner" role="status">
            <Icon glyph=Glyph::Lock large=true/>
            <p dir="auto">{text}</p>
        </div>
    };
    Some(notice.into_any())
}

fn switched_off(required_by: &[String], next: String) -> AnyView {
    let form = PostForm::to::<api::Begin>();
    let requirement = requirement(required_by);
    view! {
        <Doorstep title="Two-factor sign-in" help=HELP>
            {requirement}
            <p>
                "You need an authenticator app, such as Aegis, 2FAS, Google Authenticator or a password manager."
            </p>
            <Posted form>
                <FormError error=form.general()/>
                {password(*form)}
                <input type="hidden" name="next" value=next/>
                <Submit form=*form>"Set it up"</Submit>
            </Posted>
            {back()}
        </Doorstep>
    }
    .into_any()
}

fn set_up(key: &str, address: &str, next: String) -> AnyView {
    let form = PostForm::to::<api::Confirm>();
    let drawing = match qr_code(address, "QR code of the key") {
        Ok(drawing) => drawing,
        // The key can be typed.
        Err(_) => ().into_any(),
    };
    let key = spaced(key);
    view! {
        <Doorstep title="Set up your app" help="Scan this with your authenticator app.">
            {drawing}
            <p>
                "Or type this key: " <code class="key-text">{key}</code>
            </p>
            <Posted form>
                <FormError error=form.general()/>
                <PlainField
                    form=*form
                    label="Code"
                    name="code"
                    kind="text"
                    autocomplete="one-time-code"
                    help="The six digits that the app shows now. All other browsers will be signed out.".to_owned()
                    autofocus=true
                />
                <input type="hidden" name="next" value=next/>
                <Submit form=*form>"Switch it on"</Submit>
            </Posted>
            {back()}
        </Doorstep>
    }
    .into_any()
}

/// In groups of four, as keys are typed.
fn spaced(key: &str) -> String {
    let letters: Vec<_> = key.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join(" ")
}

fn recovery_codes(codes: Vec<String>, next: String) -> AnyView {
    let form = PostForm::to::<api::CodesKept>();
    let codes = codes
        .into_iter()
        .map(|code| {
            view! {
                <li>
                    <code>{code}</code>
                </li>
            }
        })
        .collect_view();
    view! {
        <Doorstep
            title="Keep your recovery codes"
            help="Each signs you in once, should you lose your app. They are never shown again."
        >
            <ul class="recovery-codes">{codes}</ul>
            <p class="muted">
                "Print them, or put them where you keep your passwords. Not only on the phone that has the app."
            </p>
            <Posted form>
                <FormError error=form.general()/>
                <input type="hidden" name="next" value=next/>
                <Submit form=*form>"I have kept them"</Submit>
            </Posted>
        </Doorstep>
    }
    .into_any()
}

fn switched_on(left: i64, required_by: &[String]) -> AnyView {
    let (new_codes, off) = (
        PostForm::to::<api::NewCodes>(),
        PostForm::to::<api::SwitchOff>(),
    );
    let (tone, text) = match left {
        0 => (Tone::Bad, "No recovery code is left".to_owned()),
        1 => (Tone::Warning, "1 recovery code is left".to_owned()),
        2 | 3 => (Tone::Warning, format!("{left} recovery codes are left")),
        _ => (Tone::Neutral, format!("{left} recovery codes are left")),
    };
    let after = match required_by {
        [] => "Your password alone is enough then.".to_owned(),
        stores => format!(
            "Your password alone is enough then, and you can't open {} without it.",
            stores.join(", ")
        ),
    };
    view! {
        <Doorstep title="Two-factor sign-in" help=HELP>
            <p class="two-factor-state">
                <Badge tone=Tone::Good glyph=Glyph::Check text="On"/>
                <Badge tone text/>
            </p>
            <details class="disclosure" open=new_codes.error().get_untracked().is_some()>
                <summary>"Make new recovery codes"</summary>
                <p class="muted">{format!("You get {RECOVERY_CODES}. The old ones end.")}</p>
                <Posted form=new_codes>
                    <FormError error=new_codes.general()/>
                    {password_and_code(*new_codes, ["codes-password", "codes-code"])}
                    <Submit form=*new_codes look=Look::Plain>
                        "New codes"
                    </Submit>
                </Posted>
            </details>
            <details class="disclosure" open=off.error().get_untracked().is_some()>
                <summary>"Switch it off"</summary>
                <p class="muted" dir="auto">
                    {after}
                </p>
                <Posted form=off>
                    <FormError error=off.general()/>
                    {password_and_code(*off, ["off-password", "off-code"])}
                    <Submit form=*off look=Look::Danger>
                        "Switch off"
                    </Submit>
                </Posted>
            </details>
            {back()}
        </Doorstep>
    }
    .into_any()
}

fn password(form: Form) -> AnyView {
    view! {
        <PlainField
            form
            label="Your password"
            name="password"
            kind="password"
            autocomplete="current-password"
        />
    }
    .into_any()
}

/// Two forms on one page have these: their ids tell them apart.
fn password_and_code(form: Form, ids: [&'static str; 2]) -> AnyView {
    let [password, code] = ids;
    view! {
        <PlainField
            form
            label="Your password"
            name="password"
            id=password
            kind="password"
            autocomplete="current-password"
        />
        <PlainField
            form
            label="Code"
            name="code"
            id=code
            kind="text"
            autocomplete="one-time-code"
            help="Of your app, or a recovery code.".to_owned()
        />
    }
    .into_any()
}
