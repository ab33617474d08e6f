-- Not concurrently: the table is small beside its messages, and an index that is broken off
-- halfway would keep every later start from running this again.
-- A store's visitors page by page, all of them or those with one address.
CREATE INDEX visitors_by_id ON visitors (store_id, id);
CREATE INDEX visitors_by_email ON visitors (store_id, email, id) WHERE email IS NOT NULL;
DROP INDEX visitors_store;
