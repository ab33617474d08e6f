-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
CREATE INDEX conversations_merged ON conversations (store_id, merged_into) WHERE merged_into IS NOT NULL;
