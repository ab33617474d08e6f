-- What a team calls kinds of conversations. Which have a tag is in conversation_tags, by its id.

CREATE TABLE tags (
    store_id   TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    -- The name in small letters: no two of a store are the same.
    name_key   TEXT   NOT NULL,
    -- A word of the palette.
    colour     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, name_key)
);
