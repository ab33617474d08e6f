-- Times are Unix milliseconds UTC, ids UUID text, yes/no 0/1, money minor units.
-- Kept line by line like the PostgreSQL folder; what differs: BLOB/BYTEA, and how `n` is given.

-- What belongs to no store. PostgreSQL: the secret that the servers share, if
-- the operator gives them none.
CREATE TABLE installation (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id            TEXT   NOT NULL PRIMARY KEY,
    email         TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE stores (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    public_key  TEXT   NOT NULL UNIQUE,
    faq_version BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
);

-- A section without a row is its default, at version 0.
CREATE TABLE store_settings (
    store_id   TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    section    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    json       TEXT   NOT NULL,
    changed_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (store_id, section)
);

CREATE TABLE memberships (
    store_id TEXT NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role     TEXT NOT NULL,
    PRIMARY KEY (store_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE visitors (
    id           TEXT   NOT NULL PRIMARY KEY,
    store_id     TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    name         TEXT,
    email        TEXT,
    locale       TEXT,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX visitors_store ON visitors (store_id);

-- A visitor may hold several tokens: a retried start gets one of its own.
CREATE TABLE visitor_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    store_id   TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    visitor_id TEXT   NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    -- Moved on by use.
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX visitor_tokens_visitor ON visitor_tokens (store_id, visitor_id);

CREATE TABLE conversations (
    store_id         TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id               TEXT   NOT NULL,
    visitor_id       TEXT   NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,
    status           TEXT   NOT NULL,
    last_seq         BIGINT NOT NULL,
    last_sender      TEXT   NOT NULL,
    last_excerpt     TEXT   NOT NULL,
    last_message_at  BIGINT NOT NULL,
    unread           BIGINT NOT NULL,
    agent_read_seq   BIGINT NOT NULL,
    visitor_read_seq BIGINT NOT NULL,
    -- +1 whenever a person takes over: an AI answer prepared before is dropped.
    owner_epoch      BIGINT NOT NULL,
    ai_active        BIGINT NOT NULL,
    ai_handled       BIGINT NOT NULL,
    needs_human      BIGINT NOT NULL,
    -- The AI asked for an order number or email and waits for the answer.
    awaiting_order   BIGINT NOT NULL,
    -- The number of the last message that changed status or needs_human.
    changed_seq      BIGINT NOT NULL,
    assignee_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
    snoozed_until    BIGINT,
    -- When somebody of the team first replied.
    first_response_at BIGINT,
    -- positive, neutral, negative: of the newest customer message.
    sentiment        TEXT,
    page_url         TEXT,
    page_title       TEXT,
    -- Hash of the request that started it, to know a retry when it comes.
    request_hash     TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    resolved_at      BIGINT,
    -- Who resolved it: a user's id, else ai or system.
    resolved_by      TEXT,
    PRIMARY KEY (store_id, id)
);
CREATE INDEX conversations_inbox ON conversations (store_id, status, last_message_at, id);
CREATE INDEX conversations_unread ON conversations (store_id) WHERE unread > 0;
CREATE INDEX conversations_visitor ON conversations (store_id, visitor_id);

CREATE TABLE conversation_tags (
    store_id        TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    tag             TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (store_id, tag, conversation_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX conversation_tags_conversation ON conversation_tags (store_id, conversation_id);

-- n is the row's stable number, for full-text search.
CREATE TABLE messages (
    n               INTEGER PRIMARY KEY,
    store_id        TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    sender          TEXT   NOT NULL,
    -- What it is; an event's body is empty, it is worded where it is shown.
    kind            TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    -- JSON: what the kind has to say besides, how an AI answer came about.
    data            TEXT,
    -- Who wrote it or caused the event: visitor, user, ai, system.
    author_kind     TEXT   NOT NULL,
    author_id       TEXT,
    created_at      BIGINT NOT NULL,
    read_at         BIGINT,
    UNIQUE (store_id, id),
    UNIQUE (store_id, conversation_id, seq),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX messages_time ON messages (store_id, created_at);

-- A file on its way into a conversation; a message claims it when it is sent.
CREATE TABLE attachments (
    store_id        TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    uploader_kind   TEXT   NOT NULL,
    uploader_id     TEXT,
    message_id      TEXT,
    -- ready: checked, may be sent.
    state           TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    mime            TEXT   NOT NULL,
    size            BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX attachments_conversation ON attachments (store_id, conversation_id, message_id);

-- Work that waits, runs or has failed for good. What is finished is deleted.
CREATE TABLE jobs (
    -- The order in which they were written.
    n               INTEGER NOT NULL PRIMARY KEY,
    id              TEXT   NOT NULL UNIQUE,
    store_id        TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    kind            TEXT   NOT NULL,
    payload         TEXT   NOT NULL,
    -- Jobs of one lane of a store run one after the other, in the order of n.
    lane            TEXT   NOT NULL,
    -- No two unfinished jobs of a kind have the same.
    dedupe_key      TEXT,
    -- queued: behind another of its lane; later: not due yet; ready; running; dead.
    state           TEXT   NOT NULL,
    attempts        BIGINT NOT NULL,
    -- 0: at once, whatever the clock says.
    run_at          BIGINT NOT NULL,
    lease           TEXT,
    lease_until     BIGINT NOT NULL,
    -- For operators; never shown.
    last_error      TEXT,
    failure         TEXT,
    failed_at       BIGINT,
    created_at      BIGINT NOT NULL
);
CREATE INDEX jobs_ready ON jobs (kind, store_id, n) WHERE state = 'ready';
CREATE INDEX jobs_later ON jobs (run_at) WHERE state = 'later';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_lane ON jobs (store_id, lane, n) WHERE state <> 'dead';
CREATE INDEX jobs_dead ON jobs (store_id, n) WHERE state = 'dead';
CREATE UNIQUE INDEX jobs_dedupe ON jobs (store_id, kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state <> 'dead';

CREATE TABLE faq_categories (
    store_id TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id       TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, name)
);

CREATE TABLE faq_items (
    store_id    TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    category_id TEXT   NOT NULL,
    question    TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    -- JSON list of other ways to ask the same.
    variants    TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    error       TEXT,
    -- +1 with each edit: an embedding of an older text is never kept.
    revision    BIGINT NOT NULL,
    -- The store's faq_version when it, or its embedding, last changed.
    version     BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, category_id) REFERENCES faq_categories (store_id, id) ON DELETE CASCADE
);
CREATE INDEX faq_items_category ON faq_items (store_id, category_id, position);
CREATE INDEX faq_items_version ON faq_items (store_id, version);

CREATE TABLE faq_embeddings (
    store_id TEXT   NOT NULL,
    item_id  TEXT   NOT NULL,
    model    TEXT   NOT NULL,
    -- How many vectors, one after the other, 32-bit floats, little-endian.
    count    BIGINT NOT NULL,
    vectors  BLOB   NOT NULL,
    PRIMARY KEY (store_id, item_id),
    FOREIGN KEY (store_id, item_id) REFERENCES faq_items (store_id, id) ON DELETE CASCADE
);

CREATE TABLE unanswered_questions (
    store_id        TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    question        TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX unanswered_questions_conversation ON unanswered_questions (store_id, conversation_id);

CREATE TABLE orders (
    store_id       TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id             TEXT   NOT NULL,
    number         TEXT   NOT NULL,
    email          TEXT   NOT NULL,
    customer_name  TEXT,
    status         TEXT   NOT NULL,
    payment_status TEXT   NOT NULL,
    currency       TEXT   NOT NULL,
    total_minor    BIGINT NOT NULL,
    placed_at      BIGINT NOT NULL,
    items          TEXT   NOT NULL,
    shipments      TEXT   NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, number)
);
CREATE INDEX orders_email ON orders (store_id, email, placed_at);
