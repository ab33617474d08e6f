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
