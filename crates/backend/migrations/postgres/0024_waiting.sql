-- Since when a shopper waits: the first message that nobody has answered, neither a person nor
-- the AI.
ALTER TABLE conversations ADD COLUMN waiting_since BIGINT;

-- Those whose last word was a shopper's, or who wait for a person. Where several were, the last one counts: the first can't
-- be told without reading their messages, and a message more sets nothing back.
UPDATE conversations SET waiting_since = last_message_at
WHERE status <> 'resolved' AND (last_sender = 'customer' OR needs_human = 1);
