//! The settings while they are being edited.

use crate::ui::ScriptForm;
use domain::{
    Invalid,
    colour::Colour,
    settings::{
        Ai, Assignment, Chat, Look, OrderLookupCheck, Orders, Position, SPACING_MAX, Section,
        SectionName, StoreSettings, WithoutModel,
    },
    waiting::parse_promise,
};
use leptos::prelude::*;

/// Every setting as its input holds it: texts may be wrong for a while.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// See [`Chat::enabled`].
    pub enabled: RwSignal<bool>,
    /// See [`Look::position`].
    pub position: RwSignal<Position>,
    /// See [`Look::side_spacing`].
    pub side_spacing: RwSignal<String>,
    /// See [`Look::bottom_spacing`].
    pub bottom_spacing: RwSignal<String>,
    /// See [`Look::colour`].
    pub colour: RwSignal<String>,
    /// See [`Chat::greeting`].
    pub greeting: RwSignal<String>,
    /// See [`Chat::offline_message`].
    pub offline_message: RwSignal<String>,
    /// See [`Chat::response_time`].
    pub response_time: RwSignal<String>,
    /// See [`Chat::response_promise_minutes`].
    pub response_promise: RwSignal<String>,
    /// See [`Chat::pre_chat_form`].
    pub pre_chat_form: RwSignal<bool>,
    /// See [`Ai::enabled`].
    pub ai_enabled: RwSignal<bool>,
    /// See [`Ai::without_model`].
    pub without_model: RwSignal<WithoutModel>,
    /// See [`Orders::lookup_check`].
    pub order_lookup_check: RwSignal<OrderLookupCheck>,
    /// See [`Orders::full_details_for_number_alone`].
    pub full_details_for_number_alone: RwSignal<bool>,
    /// See [`Orders::number_examples`]; with commas between.
    pub number_examples: RwSignal<String>,
    /// See [`Chat::allowed_origins`]; one per line.
    pub allowed_origins: RwSignal<String>,
    /// What the team page edits; it is kept as it is.
    assignment: RwSignal<Assignment>,
    /// How saving it goes, and what is wrong after an attempt.
    pub sending: ScriptForm,
}

impl Form {
    /// Makes the form available to all components below.
    pub fn provide(settings: &StoreSettings) -> Self {
        let form = Self {
            enabled: RwSignal::new(false),
            position: RwSignal::new(Position::default()),
            side_spacing: RwSignal::new(String::new()),
            bottom_spacing: RwSignal::new(String::new()),
            colour: RwSignal::new(String::new()),
            greeting: RwSignal::new(String::new()),
            offline_message: RwSignal::new(String::new()),
            response_time: RwSignal::new(String::new()),
            response_promise: RwSignal::new(String::new()),
            pre_chat_form: RwSignal::new(false),
            ai_enabled: RwSignal::new(false),
            without_model: RwSignal::new(WithoutModel::default()),
            order_lookup_check: RwSignal::new(OrderLookupCheck::default()),
            full_details_for_number_alone: RwSignal::new(false),
            number_examples: RwSignal::new(String::new()),
            allowed_origins: RwSignal::new(String::new()),
            assignment: RwSignal::new(Assignment::default()),
            sending: ScriptForm::new(),
        };
        form.fill(settings);
        provide_context(form);
        form
    }

    /// Shows `settings`.
    pub fn fill(self, settings: &StoreSettings) {
        for name in SectionName::ALL {
            self.fill_section(settings.section(name));
        }
    }

    /// Shows `section`, and leaves the other inputs as they are.
    pub fn fill_section(self, section: Section) {
        match section {
            Section::Assignment(assignment) => self.assignment.set(assignment),
            Section::Look(look) => {
                self.position.set(look.position);
                self.side_spacing.set(look.side_spacing.to_string());
                self.bottom_spacing.set(look.bottom_spacing.to_string());
                self.colour.set(look.colour.to_string());
            }
            Section::Chat(chat) => {
                self.enabled.set(chat.enabled);
                self.greeting.set(chat.greeting);
                self.offline_message.set(chat.offline_message);
                self.response_time.set(chat.response_time);
                let promise = chat.response_promise_minutes;
                self.response_promise
                    .set(promise.map_or_else(String::new, |minutes| minutes.to_string()));
                self.pre_chat_form.set(chat.pre_chat_form);
                self.allowed_origins.set(chat.allowed_origins.join("\n"));
            }
            Section::Ai(ai) => {
                self.ai_enabled.set(ai.enabled);
                self.without_model.set(ai.without_model);
            }
            Section::Orders(orders) => {
                self.order_lookup_check.set(orders.lookup_check);
                self.full_details_for_number_alone
                    .set(orders.full_details_for_number_alone);
                self.number_examples.set(orders.number_examples.join(", "));
            }
        }
    }

    /// What the inputs of a section hold, tracked.
    ///
    /// # Errors
    /// The first input whose text can't be read.
    pub fn read(self, name: SectionName) -> Result<Section, Invalid> {
        let spacing = |field: &str, text: RwSignal<String>| {
            text.with(|text| text.trim().parse::<u16>()).map_err(|_| {
                Invalid::new(
                    field,
                    format!("Please give a number from 0 to {SPACING_MAX}."),
                )
            })
        };
        Ok(match name {
            SectionName::Assignment => self.assignment.get().into(),
            SectionName::Look => Look {
                position: self.position.get(),
                side_spacing: spacing("side_spacing", self.side_spacing)?,
                bottom_spacing: spacing("bottom_spacing", self.bottom_spacing)?,
                colour: self.colour.with(|text| Colour::parse(text))?,
            }
            .into(),
            SectionName::Chat => Chat {
                enabled: self.enabled.get(),
                greeting: self.greeting.get(),
                offline_message: self.offline_message.get(),
                response_time: self.response_time.get(),
                response_promise_minutes: self.response_promise.with(|text| parse_promise(text))?,
                pre_chat_form: self.pre_chat_form.get(),
                allowed_origins: listed(self.allowed_origins, '\n'),
            }
            .into(),
            SectionName::Ai => Ai {
                enabled: self.ai_enabled.get(),
                without_model: self.without_model.get(),
            }
            .into(),
            SectionName::Orders => Orders {
                lookup_check: self.order_lookup_check.get(),
                full_details_for_number_alone: self.full_details_for_number_alone.get(),
                number_examples: listed(self.number_examples, ','),
            }
            .into(),
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
        self.sending.about(field)
    }
}

/// The parts of a text between `mark`s that aren't empty. Tracked.
fn listed(text: RwSignal<String>, mark: char) -> Vec<String> {
    text.with(|text| {
        text.split(mark)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    })
}

/// The page's [`Form`].
#[must_use]
pub fn use_form() -> Form {
    expect_context()
}
