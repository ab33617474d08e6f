-- 1: what this person sends waits a moment in their browser, so that it can be taken back.
ALTER TABLE users ADD COLUMN hold_replies BIGINT NOT NULL DEFAULT 0;
