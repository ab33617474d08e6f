-- Texts that agents put into the reply box by a keyword.
CREATE TABLE canned_responses (
    store_id     TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id           TEXT   NOT NULL,
    -- One meaning for the whole team, whoever has it.
    keyword      TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    category     TEXT,
    -- Whose own it is; without one the team shares it. It goes with their place in the team,
    -- so that it doesn't keep a keyword that nobody can see.
    owner_id     TEXT,
    uses         BIGINT NOT NULL,
    last_used_at BIGINT,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, keyword),
    FOREIGN KEY (store_id, owner_id) REFERENCES memberships (store_id, user_id) ON DELETE CASCADE
);
-- For the end of somebody's place in the team.
CREATE INDEX canned_responses_owner ON canned_responses (store_id, owner_id);
