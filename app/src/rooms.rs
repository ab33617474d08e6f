//! The rooms of a store: what each is called, how it is drawn and where it is.
//! Everything that leads to them reads this table.

use crate::{addresses, ui::Glyph};
use domain::{ids::StoreId, inbox::Tab};

/// A room.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Which one it is.
    pub kind: RoomKind,
    /// Its name.
    pub name: &'static str,
    /// Its name where there is little room.
    pub short: &'static str,
    /// What one does there, in a line.
    pub about: &'static str,
    /// Its drawing.
    pub glyph: Glyph,
    /// Whether agents have no business there.
    pub for_admins: bool,
    path: fn(StoreId) -> String,
}

/// See [`Room::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    /// Where one enters a store.
    Overview,
    /// The conversations.
    Inbox,
    /// How the widget looks, and what it may do.
    Widget,
    /// What the AI answers from.
    Faq,
    /// Texts for replies.
    CannedResponses,
    /// What was ordered.
    Orders,
    /// What programs may do.
    ApiKeys,
    /// Which programs are told what happens.
    Webhooks,
    /// Who answers shoppers.
    Team,
}

/// Rooms that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Their common name.
    pub name: &'static str,
    /// The rooms, in order.
    pub rooms: &'static [Room],
    /// Whether they are for what is set once; a phone's bar leaves them out.
    pub is_settings: bool,
}

/// Where one enters a store; it leads to the others.
pub const OVERVIEW: Room = Room {
    kind: RoomKind::Overview,
    name: "Overview",
    short: "Home",
    about: "Everything about this store's customer support.",
    glyph: Glyph::Overview,
    for_admins: false,
    path: addresses::overview,
};

/// The conversations.
pub const INBOX: Room = Room {
    kind: RoomKind::Inbox,
    name: "Chat Inbox",
    short: "Inbox",
    about: "Read and answer your shoppers.",
    glyph: Glyph::Inbox,
    for_admins: false,
    path: |store| addresses::inbox(store, Tab::Open),
};

/// How the widget looks, and what it may do.
pub const WIDGET: Room = Room {
    kind: RoomKind::Widget,
    name: "Widget Settings",
    short: "Widget",
    about: "Looks, greeting, pre-chat form, embed code.",
    glyph: Glyph::Widget,
    for_admins: false,
    path: addresses::widget,
};

/// What the AI answers from.
pub const FAQ: Room = Room {
    kind: RoomKind::Faq,
    name: "FAQ Knowledge Base",
    short: "FAQ",
    about: "What the AI may answer, in your own words.",
    glyph: Glyph::Faq,
    for_admins: false,
    path: addresses::faq,
};

/// Texts for replies.
pub const CANNED_RESPONSES: Room = Room {
    kind: RoomKind::CannedResponses,
    name: "Canned Responses",
    short: "Texts",
    about: "Texts that agents use again, by a keyword.",
    glyph: Glyph::Zap,
    for_admins: false,
    path: addresses::canned_responses,
};

/// What was ordered.
pub const ORDERS: Room = Room {
    kind: RoomKind::Orders,
    name: "Orders",
    short: "Orders",
    about: "What order tracking answers from.",
    glyph: Glyph::Orders,
    for_admins: false,
    path: addresses::orders,
};

/// What programs may do.
pub const API_KEYS: Room = Room {
    kind: RoomKind::ApiKeys,
    name: "API keys",
    short: "API",
    about: "Let your own programs in.",
    glyph: Glyph::Key,
    for_admins: true,
    path: addresses::api_keys,
};

/// Which programs are told what happens.
pub const WEBHOOKS: Room = Room {
    kind: RoomKind::Webhooks,
    name: "Webhooks",
    short: "Hooks",
    about: "Tell your own programs what happens.",
    glyph: Glyph::Send,
    for_admins: true,
    path: addresses::webhooks,
};

/// Who answers shoppers.
pub const TEAM: Room = Room {
    kind: RoomKind::Team,
    name: "Team",
    short: "Team",
    about: "Who answers your shoppers, and what they may do.",
    glyph: Glyph::Team,
    for_admins: false,
    path: addresses::team,
};

/// Every room behind the overview.
pub const SECTIONS: [Section; 2] = [
    Section {
        name: "Customer Support",
        rooms: &[INBOX, WIDGET, FAQ, CANNED_RESPONSES, ORDERS],
        is_settings: false,
    },
    Section {
        name: "Settings",
        rooms: &[TEAM, API_KEYS, WEBHOOKS],
        is_settings: true,
    },
];

impl Room {
    /// Its address in a store.
    #[must_use]
    pub fn address(self, store: StoreId) -> String {
        (self.path)(store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_room_has_an_address_of_its_own_in_its_store() {
        let store = StoreId::generate();
        let rooms: Vec<_> = SECTIONS
            .iter()
            .flat_map(|section| section.rooms)
            .chain([&OVERVIEW])
            .collect();
        let addresses: HashSet<_> = rooms.iter().map(|room| room.address(store)).collect();
        assert_eq!(addresses.len(), rooms.len());
        assert!(
            addresses
                .iter()
                .all(|address| addresses::store_of(address) == Some(store))
        );
    }
}
