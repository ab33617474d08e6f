-- Two conversations of one shopper that were made one. The newer one has no message any more; it
-- stays, so that what leads to it leads on: to the conversation that has them.
ALTER TABLE conversations ADD COLUMN merged_into TEXT;
-- Its messages follow this number there.
ALTER TABLE conversations ADD COLUMN merged_after BIGINT;
ALTER TABLE conversations ADD COLUMN merged_at BIGINT;

-- What takes a merge back, as long as that can be done; and where messages were meanwhile, of
-- which a client may ask again.
CREATE TABLE merges (
    store_id  TEXT   NOT NULL,
    -- That of the message that tells of it.
    id        TEXT   NOT NULL,
    from_id   TEXT   NOT NULL,
    into_id   TEXT   NOT NULL,
    after_seq BIGINT NOT NULL,
    -- How many numbers were moved.
    count     BIGINT NOT NULL,
    -- JSON: what both were like before.
    kept      TEXT,
    merged_at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, from_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, into_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX merges_from ON merges (store_id, from_id, merged_at);
CREATE INDEX merges_into ON merges (store_id, into_id);
CREATE INDEX merges_kept ON merges (store_id, merged_at) WHERE kept IS NOT NULL;
