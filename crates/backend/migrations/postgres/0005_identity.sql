-- Which customer of the storefront a visitor is, as the storefront's server has signed.

-- A customer is one visitor of a store, whichever device they come from.
ALTER TABLE visitors ADD COLUMN customer_id TEXT;
-- When it was last proven who they are; their email is theirs then, not what somebody typed.
ALTER TABLE visitors ADD COLUMN verified_at BIGINT;
CREATE UNIQUE INDEX visitors_customer ON visitors (store_id, customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE identity_secrets (
    store_id TEXT   NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    id       TEXT   NOT NULL,
    -- Sealed with the installation's secret.
    sealed   TEXT   NOT NULL,
    made_at  BIGINT NOT NULL,
    -- It was replaced, and counts until then.
    ends_at  BIGINT,
    PRIMARY KEY (store_id, id)
);

-- A code that was sent to an address, to prove that the one who chats reads its mail. One at
-- a time for a conversation.
CREATE TABLE email_codes (
    store_id        TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    email           TEXT   NOT NULL,
    -- Sealed with the installation's secret.
    sealed          TEXT   NOT NULL,
    -- How often a wrong one was given.
    misses          BIGINT NOT NULL,
    ends_at         BIGINT NOT NULL,
    PRIMARY KEY (store_id, conversation_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
