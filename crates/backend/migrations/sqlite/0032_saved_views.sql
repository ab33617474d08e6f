-- Views of an inbox that a person keeps for themselves.
CREATE TABLE saved_views (
    store_id   TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    -- JSON: tab, filters, order.
    shows      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (store_id, user_id, name)
);
CREATE INDEX saved_views_user ON saved_views (user_id);
