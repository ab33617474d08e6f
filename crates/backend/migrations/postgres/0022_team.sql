-- Invitations into a store's team, each good for one person.
CREATE TABLE invitations (
    store_id   TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL,
    token_hash TEXT   NOT NULL UNIQUE,
    role       TEXT   NOT NULL,
    -- Whom it is for, as far as that was said; whoever has the link may use it.
    email      TEXT,
    invited_by TEXT   REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    used_by    TEXT   REFERENCES users (id) ON DELETE SET NULL,
    revoked_at BIGINT,
    PRIMARY KEY (store_id, id)
);

-- Nothing for those of before, who are in the team since the store was made.
ALTER TABLE memberships ADD COLUMN joined_at BIGINT;
-- To a few minutes.
ALTER TABLE memberships ADD COLUMN last_seen_at BIGINT;

-- What the browser said of itself, and where it signed in from: for its owner to know it by.
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN last_seen_at BIGINT;
