-- Addresses of a store's own programs, and what they were told.

CREATE TABLE webhooks (
    store_id        TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id              TEXT   NOT NULL,
    address         TEXT   NOT NULL,
    -- The events' names, with spaces between.
    events          TEXT   NOT NULL,
    -- The secret, sealed with the installation's.
    sealed          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    -- Since when nothing has arrived.
    failing_since   BIGINT,
    -- It is told nothing more.
    switched_off_at BIGINT,
    PRIMARY KEY (store_id, id)
);

CREATE TABLE webhook_deliveries (
    store_id        TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    webhook_id      TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    event           TEXT   NOT NULL,
    -- What is sent, as it was when it happened: each try sends the same.
    body            TEXT   NOT NULL,
    -- 'waiting', 'delivered' or 'failed'
    state           TEXT   NOT NULL,
    tries           BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    -- The last try: when, the answer's status or why there was none, how the answer begins.
    tried_at        BIGINT,
    status          BIGINT,
    trouble         TEXT,
    answer          TEXT   NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, webhook_id) REFERENCES webhooks (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
-- For a webhook's log, and for the end of what is old in it.
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (store_id, webhook_id, id);
-- For the end of a conversation.
CREATE INDEX webhook_deliveries_conversation ON webhook_deliveries (store_id, conversation_id);
