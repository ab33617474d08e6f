//! The settings while they are being edited.

use domain::{
    Invalid,
    colour::Colour,
    widget_settings::{OrderLookupCheck, Position, SPACING_MAX, WidgetSettings, WithoutModel},
};
use leptos::prelude::*;

/// Every setting as its input holds it: texts may be wrong for a while.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// See [`WidgetSettings::enabled`].
    pub enabled: RwSignal<bool>,
    /// See [`WidgetSettings::position`].
    pub position: RwSignal<Position>,
    /// See [`WidgetSettings::side_spacing`].
    pub side_spacing: RwSignal<String>,
    /// See [`WidgetSettings::bottom_spacing`].
    pub bottom_spacing: RwSignal<String>,
    /// See [`WidgetSettings::colour`].
    pub colour: RwSignal<String>,
    /// See [`WidgetSettings::greeting`].
    pub greeting: RwSignal<String>,
    /// See [`WidgetSettings::offline_message`].
    pub offline_message: RwSignal<String>,
    /// See [`WidgetSettings::response_time`].
    pub response_time: RwSignal<String>,
    /// See [`WidgetSettings::pre_chat_form`].
    pub pre_chat_form: RwSignal<bool>,
    /// See [`WidgetSettings::ai_enabled`].
    pub ai_enabled: RwSignal<bool>,
    /// See [`WidgetSettings::without_model`].
    pub without_model: RwSignal<WithoutModel>,
    /// See [`WidgetSettings::order_lookup_check`].
    pub order_lookup_check: RwSignal<OrderLookupCheck>,
    /// See [`WidgetSettings::allowed_origins`]; one per line.
    pub allowed_origins: RwSignal<String>,
    /// What is wrong, after an attempt to save.
    pub wrong: RwSignal<Option<Invalid>>,
}

impl Form {
    /// Makes the form available to all components below.
    pub fn provide(settings: &WidgetSettings) -> Self {
        let form = Self {
            enabled: RwSignal::new(false),
            position: RwSignal::new(Position::default()),
            side_spacing: RwSignal::new(String::new()),
            bottom_spacing: RwSignal::new(String::new()),
            colour: RwSignal::new(String::new()),
            greeting: RwSignal::new(String::new()),
            offline_message: RwSignal::new(String::new()),
            response_time: RwSignal::new(String::new()),
            pre_chat_form: RwSignal::new(false),
            ai_enabled: RwSignal::new(false),
            without_model: RwSignal::new(WithoutModel::default()),
            order_lookup_check: RwSignal::new(OrderLookupCheck::default()),
            allowed_origins: RwSignal::new(String::new()),
            wrong: RwSignal::new(None),
        };
        form.fill(settings);
        provide_context(form);
        form
    }

    /// Shows `settings`.
    pub fn fill(self, settings: &WidgetSettings) {
        self.enabled.set(settings.enabled);
        self.position.set(settings.position);
        self.side_spacing.set(settings.side_spacing.to_string());
        self.bottom_spacing.set(settings.bottom_spacing.to_string());
        self.colour.set(settings.colour.to_string());
        self.greeting.set(settings.greeting.clone());
        self.offline_message.set(settings.offline_message.clone());
        self.response_time.set(settings.response_time.clone());
        self.pre_chat_form.set(settings.pre_chat_form);
        self.ai_enabled.set(settings.ai_enabled);
        self.without_model.set(settings.without_model);
        self.order_lookup_check.set(settings.order_lookup_check);
        self.allowed_origins
            .set(settings.allowed_origins.join("\n"));
        self.wrong.set(None);
    }

    /// What the inputs hold, tracked.
    ///
    /// # Errors
    /// The first input whose text can't be read.
    pub fn read(self) -> Result<WidgetSettings, Invalid> {
        let spacing = |field: &str, text: RwSignal<String>| {
            text.with(|text| text.trim().parse::<u16>()).map_err(|_| {
                Invalid::new(
                    field,
                    format!("Please give a number from 0 to {SPACING_MAX}."),
                )
            })
        };
        Ok(WidgetSettings {
            enabled: self.enabled.get(),
            position: self.position.get(),
            side_spacing: spacing("side_spacing", self.side_spacing)?,
            bottom_spacing: spacing("bottom_spacing", self.bottom_spacing)?,
            colour: self.colour.with(|text| Colour::parse(text))?,
            greeting: self.greeting.get(),
            offline_message: self.offline_message.get(),
            response_time: self.response_time.get(),
            pre_chat_form: self.pre_chat_form.get(),
            ai_enabled: self.ai_enabled.get(),
            without_model: self.without_model.get(),
            order_lookup_check: self.order_lookup_check.get(),
            allowed_origins: self.allowed_origins.with(|text| {
                text.lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect()
            }),
        })
    }

    /// The colour, or the default while its text can't be read. Tracked.
    #[must_use]
    pub fn colour_or_default(self) -> Colour {
        self.colour
            .with(|text| Colour::parse(text))
            .unwrap_or(domain::colour::PRESETS[0].1)
    }

    /// What is wrong with one input.
    #[must_use]
    pub fn about(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.wrong.with(|wrong| {
                wrong
                    .as_ref()
                    .filter(|invalid| invalid.field == field)
                    .map(|invalid| invalid.message.clone())
            })
        })
    }
}

/// The page's [`Form`].
#[must_use]
pub fn use_form() -> Form {
    expect_context()
}
