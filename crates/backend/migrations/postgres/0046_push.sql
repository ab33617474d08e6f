-- Browsers that are told by push while no page is open. Each belongs to a session: who signs out
-- hears nothing any more.
CREATE TABLE push_subscriptions (
    id           TEXT   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_hash TEXT   NOT NULL UNIQUE REFERENCES sessions (token_hash) ON DELETE CASCADE,
    endpoint     TEXT   NOT NULL UNIQUE,
    p256dh       TEXT   NOT NULL,
    auth         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    -- When it was last told of waiting shoppers: there is a pause between two such messages.
    alarmed_at   BIGINT
);
CREATE INDEX push_subscriptions_user ON push_subscriptions (user_id);

-- Of which waits a browser is still to be told by push.
CREATE TABLE alarm_pushes (
    store_id        TEXT   NOT NULL,
    subscription_id TEXT   NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    conversation_id TEXT   NOT NULL,
    since           BIGINT NOT NULL,
    PRIMARY KEY (store_id, subscription_id, conversation_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX alarm_pushes_subscription ON alarm_pushes (subscription_id);
CREATE INDEX alarm_pushes_conversation ON alarm_pushes (store_id, conversation_id);
