-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
-- The waits of which no alarm was raised yet, the longest first: looking for those that are due
-- costs nothing for all others.
CREATE INDEX conversations_unalarmed ON conversations (store_id, status, waiting_since)
    WHERE COALESCE(alarmed_since, 0) <> waiting_since;
