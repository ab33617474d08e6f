-- What is nobody's to answer: when somebody of the team said so. It rests as resolved, whatever
-- its shopper writes.
ALTER TABLE conversations ADD COLUMN spam_at BIGINT;

-- Whose conversations are all spam from now on.
ALTER TABLE visitors ADD COLUMN blocked_at BIGINT;
