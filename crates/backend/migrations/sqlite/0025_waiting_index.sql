-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
-- The order "longest waiting": who waits first, then the rest, the newest first.
CREATE INDEX conversations_waiting
    ON conversations (store_id, status, (COALESCE(waiting_since, 9000000000000000 - last_message_at)), id DESC);
