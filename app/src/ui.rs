//! The design system: the dashboard's controls, on the tokens of
//! `style/tokens.css`. Looks are in `style/dashboard/`.

pub mod badge;
pub mod button;
pub mod card;
pub mod check_list;
pub mod choice;
pub mod confirm;
pub mod confirm_dialog;
#[cfg(test)]
mod contrast_tests;
pub mod copy_box;
pub mod dialog;
pub mod each;
pub mod empty_state;
pub mod field;
pub mod form;
pub mod icon;
pub mod initials;
pub mod leaving;
pub mod loaded;
pub mod menu;
pub mod notice;
pub mod page_header;
pub mod raw_text;
pub mod save_bar;
pub mod shown_once;
pub mod skeleton;
pub mod time;
pub mod toast;
pub mod toggle;

pub use badge::{Badge, Badges, Count, Tone, counted};
pub use button::{Button, IconButton, Look};
pub use card::Card;
pub use check_list::CheckList;
pub use choice::Choice;
pub use confirm::{Question, use_confirm};
pub use copy_box::CopyBox;
pub use dialog::Dialog;
pub use each::Each;
pub use empty_state::{EmptyState, Picture};
pub use field::{TextArea, TextField};
pub use form::{PlainField, PostForm, Posted, ScriptForm, Submit, by_script, post_fields};
pub use icon::{Glyph, Icon};
pub use initials::initials;
pub use leaving::{guard_changes, leave};
pub use loaded::Loaded;
pub use menu::{Menu, MenuItem};
pub use notice::FormError;
pub use page_header::{PageHeader, PageTitle};
pub use save_bar::SaveBar;
pub use shown_once::ShownOnce;
pub use skeleton::{CardSkeleton, RowSkeleton, page_shape};
pub use time::{Ago, Civil};
pub use toast::use_toasts;
pub use toggle::Toggle;
