-- The second factor of an account: who has no row, or one that nothing has confirmed, signs in
-- with the password alone.
CREATE TABLE two_factor (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- What the codes are made of, sealed with the installation's secret.
    sealed_key   TEXT   NOT NULL,
    begun_at     BIGINT NOT NULL,
    -- When the first code was right.
    confirmed_at BIGINT,
    -- The 30 seconds, counted from 1970, whose code was used last: each is good once.
    last_step    BIGINT NOT NULL
);

-- Codes for those who have lost the device that makes the others, each good once.
CREATE TABLE recovery_codes (
    user_id   TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT   NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

-- 1: nobody of the team sees anything of the store without a second factor.
ALTER TABLE stores ADD COLUMN requires_two_factor BIGINT NOT NULL DEFAULT 0;
