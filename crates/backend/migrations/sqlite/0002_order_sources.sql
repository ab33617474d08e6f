-- Shops that a store's orders are looked up in, beside those that are built in.
CREATE TABLE order_sources (
    store_id      TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id            TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    address       TEXT   NOT NULL,
    -- The key, sealed with the installation's secret.
    sealed_key    TEXT   NOT NULL,
    connected_at  BIGINT NOT NULL,
    -- What was wrong when it was last asked, and since when.
    trouble       TEXT,
    trouble_since BIGINT,
    -- When that was last known to be so.
    asked_at      BIGINT NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, address)
);
