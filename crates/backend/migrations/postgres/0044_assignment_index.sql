-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
-- Who waits and is nobody's yet, the longest first: looking for them costs nothing for all others.
CREATE INDEX conversations_unassigned ON conversations (store_id, waiting_since)
    WHERE status = 'open' AND assignee_id IS NULL AND waiting_since IS NOT NULL AND spam_at IS NULL;
-- What each person of a team has open.
CREATE INDEX conversations_assigned ON conversations (store_id, assignee_id)
    WHERE status = 'open' AND assignee_id IS NOT NULL AND spam_at IS NULL;
