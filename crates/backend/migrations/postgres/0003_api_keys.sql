-- What programs of a store's developers prove themselves with. A key that was revoked stays:
-- what it wrote carries its name.
CREATE TABLE api_keys (
    store_id     TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    -- Words with spaces between them.
    scopes       TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL UNIQUE,
    -- The first characters of the token.
    start        TEXT   NOT NULL,
    created_by   TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at   BIGINT NOT NULL,
    -- To the minute.
    last_used_at BIGINT,
    revoked_at   BIGINT,
    PRIMARY KEY (store_id, id)
);
