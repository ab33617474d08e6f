-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
CREATE INDEX conversations_spam ON conversations (store_id, last_message_at, id) WHERE spam_at IS NOT NULL;
