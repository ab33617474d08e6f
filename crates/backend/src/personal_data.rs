//! Which tables hold data about people, and how a row leads to the person: the
//! map for whoever exports or erases what is known of somebody. A test holds
//! it against the database's own schema, so that a new table can't be
//! forgotten.

/// A table and whose data is in it.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What it holds about people.
    pub holds: Holds,
}

/// What a table holds about people.
#[derive(Debug)]
pub enum Holds {
    /// Data about those that these columns lead to.
    Data(&'static [Tie]),
    /// Nothing; why.
    Nothing(&'static str),
}

/// How a row leads to a person.
#[derive(Debug)]
pub struct Tie {
    /// The column.
    pub column: &'static str,
    /// Whom it leads to.
    pub to: Person,
}

/// Whom a column leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// The visitor of this id.
    Visitor,
    /// The visitor of the conversation of this id, in the row's store.
    VisitorOfConversation,
    /// Whoever has this email address, in the row's store.
    Shopper,
    /// The user of this id. Another word than an id is nobody's.
    User,
    /// The visitor or user of this id; the column of the kind beside it says
    /// which.
    Author,
}

const fn tie(column: &'static str, to: Person) -> Tie {
    Tie { column, to }
}

/// Every table of the schema.
pub const TABLES: &[Table] = &[
    Table {
        name: "installation",
        holds: Holds::Nothing("what the servers share"),
    },
    Table {
        name: "users",
        holds: Holds::Data(&[tie("id", Person::User)]),
    },
    Table {
        name: "sessions",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "two_factor",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "recovery_codes",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "password_resets",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "stores",
        holds: Holds::Nothing("the merchant's names and keys"),
    },
    Table {
        name: "store_settings",
        holds: Holds::Data(&[tie("changed_by", Person::User)]),
    },
    Table {
        name: "memberships",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "invitations",
        holds: Holds::Data(&[
            tie("email", Person::Shopper),
            tie("invited_by", Person::User),
            tie("used_by", Person::User),
        ]),
    },
    Table {
        name: "email_codes",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("email", Person::Shopper),
        ]),
    },
    Table {
        name: "identity_secrets",
        holds: Holds::Nothing("the merchant's keys"),
    },
    Table {
        name: "visitors",
        holds: Holds::Data(&[tie("id", Person::Visitor), tie("email", Person::Shopper)]),
    },
    Table {
        name: "visitor_tokens",
        holds: Holds::Data(&[tie("visitor_id", Person::Visitor)]),
    },
    Table {
        name: "conversations",
        holds: Holds::Data(&[
            tie("visitor_id", Person::Visitor),
            tie("assignee_id", Person::User),
            tie("resolved_by", Person::User),
        ]),
    },
    Table {
        name: "merges",
        holds: Holds::Data(&[
            tie("from_id", Person::VisitorOfConversation),
            tie("into_id", Person::VisitorOfConversation),
        ]),
    },
    Table {
        name: "conversation_tags",
        holds: Holds::Data(&[tie("conversation_id", Person::VisitorOfConversation)]),
    },
    Table {
        name: "drafts",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("user_id", Person::User),
        ]),
    },
    Table {
        name: "mentions",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("user_id", Person::User),
        ]),
    },
    Table {
        name: "agent_reads",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("user_id", Person::User),
        ]),
    },
    Table {
        name: "saved_views",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "notification_settings",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "alarm_mails",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("user_id", Person::User),
        ]),
    },
    Table {
        name: "push_subscriptions",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "alarm_pushes",
        holds: Holds::Data(&[tie("conversation_id", Person::VisitorOfConversation)]),
    },
    Table {
        name: "alarm_mail_turns",
        holds: Holds::Data(&[tie("user_id", Person::User)]),
    },
    Table {
        name: "tags",
        holds: Holds::Nothing("the merchant's words"),
    },
    Table {
        name: "messages",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("author_id", Person::Author),
        ]),
    },
    Table {
        name: "attachments",
        holds: Holds::Data(&[
            tie("conversation_id", Person::VisitorOfConversation),
            tie("uploader_id", Person::Author),
        ]),
    },
    Table {
        name: "jobs",
        holds: Holds::Nothing(
            "ids of what is to be done; they are listed where they lead to. Until it is done, sealed, the address of who has forgotten a password",
        ),
    },
    Table {
        name: "faq_categories",
        holds: Holds::Nothing("the merchant's texts"),
    },
    Table {
        name: "faq_items",
        holds: Holds::Nothing("the merchant's texts"),
    },
    Table {
        name: "faq_embeddings",
        holds: Holds::Nothing("computed from the merchant's texts"),
    },
    Table {
        name: "canned_responses",
        holds: Holds::Data(&[tie("owner_id", Person::User)]),
    },
    Table {
        name: "unanswered_questions",
        holds: Holds::Data(&[tie("conversation_id", Person::VisitorOfConversation)]),
    },
    Table {
        name: "search_messages",
        holds: Holds::Nothing("words that stand in messages, and end with them"),
    },
    Table {
        name: "search_names",
        holds: Holds::Nothing("words that stand in visitors and orders, and end with them"),
    },
    Table {
        name: "search_waiting",
        holds: Holds::Nothing("ids of what is to be indexed; they are listed where they lead to"),
    },
    Table {
        name: "sentiment_waiting",
        holds: Holds::Nothing(
            "ids of messages that are to be judged; they are listed where they lead to",
        ),
    },
    Table {
        name: "search_backfill",
        holds: Holds::Nothing("how far the index has got"),
    },
    Table {
        name: "order_sources",
        holds: Holds::Nothing(
            "addresses of the merchant's shops, their keys, and a few of their orders' numbers",
        ),
    },
    Table {
        name: "orders",
        holds: Holds::Data(&[tie("email", Person::Shopper)]),
    },
    Table {
        name: "order_parcels",
        holds: Holds::Nothing("numbers that stand in orders, and end with them"),
    },
    Table {
        name: "webhooks",
        holds: Holds::Nothing("addresses of the merchant's programs, and their keys"),
    },
    Table {
        name: "webhook_deliveries",
        holds: Holds::Data(&[tie("conversation_id", Person::VisitorOfConversation)]),
    },
    Table {
        name: "api_keys",
        holds: Holds::Data(&[tie("created_by", Person::User)]),
    },
];

#[cfg(test)]
mod tests;
