-- Whom a note speaks to, and whether they have seen it.
CREATE TABLE mentions (
    store_id        TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    message_id      TEXT   NOT NULL,
    user_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The note's place in its conversation.
    seq             BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    seen_at         BIGINT,
    PRIMARY KEY (message_id, user_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX mentions_conversation ON mentions (store_id, conversation_id, user_id);
CREATE INDEX mentions_unseen ON mentions (user_id, store_id) WHERE seen_at IS NULL;
