-- What somebody of the team has typed in a conversation and not sent: another device goes on
-- with it.
CREATE TABLE drafts (
    store_id        TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    user_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 1: a note for the team.
    is_note         BIGINT NOT NULL,
    body            TEXT   NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (store_id, conversation_id, user_id, is_note),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX drafts_user ON drafts (user_id);
