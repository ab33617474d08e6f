-- What a search looks in. Texts become tokens outside of the database, by one rule for both
-- databases; a job that catches up writes them here. What is still to be written is noted by the
-- database itself, in the transaction of what was written, so that nothing is lost, and an older
-- server that runs beside a newer one notes it, too.

-- The tokens of messages by their n. Each begins with its store, so that no search meets another's.
CREATE TABLE search_messages (
    store_id TEXT     NOT NULL,
    n        BIGINT   NOT NULL,
    tokens   TSVECTOR NOT NULL,
    PRIMARY KEY (store_id, n)
);
-- What waits to be merged into the index is read by every search, so it stays short.
CREATE INDEX search_messages_tokens ON search_messages USING gin (tokens) WITH (gin_pending_list_limit = 256);

-- The words of visitors' names and emails, and of orders' numbers. Compared by their bytes, in
-- whichever language the database sorts.
CREATE TABLE search_names (
    store_id  TEXT   NOT NULL,
    word      TEXT   COLLATE "C" NOT NULL,
    -- visitor or order
    kind      TEXT   NOT NULL,
    -- Whose word it is: its id.
    subject   TEXT   NOT NULL,
    -- The word from its end to its beginning: a typing error is in one half of a word, and the
    -- other half finds it.
    backwards TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (store_id, word, subject)
);
CREATE INDEX search_names_backwards ON search_names (store_id, backwards);
CREATE INDEX search_names_subject ON search_names (store_id, subject);

-- What was written or removed since, in its order. No number is given twice: who has read a row takes that one.
CREATE TABLE search_waiting (
    n        BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    store_id TEXT   NOT NULL,
    -- message, visitor or order
    kind     TEXT   NOT NULL,
    -- A message's n, another's id.
    subject  TEXT   NOT NULL
);

-- Messages that were there before: those up to `upto` are to be indexed yet, the newest first.
CREATE TABLE search_backfill (
    name  TEXT   NOT NULL PRIMARY KEY,
    upto  BIGINT NOT NULL,
    total BIGINT NOT NULL
);

-- Once for each statement: several messages go together.
CREATE FUNCTION search_note_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject)
    SELECT store_id, 'message', CAST(n AS TEXT) FROM written WHERE body <> '' OR kind = 'attachments';
    RETURN NULL;
END
$$;
CREATE TRIGGER search_new_messages AFTER INSERT ON messages
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_note_messages();

-- Also noted: it may just be on its way into the index.
CREATE FUNCTION search_forget_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_messages USING gone
    WHERE search_messages.store_id = gone.store_id AND search_messages.n = gone.n;
    INSERT INTO search_waiting (store_id, kind, subject) SELECT store_id, 'message', CAST(n AS TEXT) FROM gone;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_old_messages AFTER DELETE ON messages
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION search_forget_messages();

-- The kind of the subject is the trigger's argument.
CREATE FUNCTION search_note_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, TG_ARGV[0], NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION search_forget_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_names WHERE store_id = OLD.store_id AND subject = OLD.id;
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (OLD.store_id, TG_ARGV[0], OLD.id);
    RETURN NULL;
END
$$;

CREATE TRIGGER search_new_visitors AFTER INSERT ON visitors
FOR EACH ROW WHEN (NEW.name IS NOT NULL OR NEW.email IS NOT NULL) EXECUTE FUNCTION search_note_name('visitor');

CREATE TRIGGER search_changed_visitors AFTER UPDATE OF name, email ON visitors
FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.email IS DISTINCT FROM OLD.email)
EXECUTE FUNCTION search_note_name('visitor');

CREATE TRIGGER search_old_visitors AFTER DELETE ON visitors
FOR EACH ROW EXECUTE FUNCTION search_forget_name('visitor');

CREATE TRIGGER search_new_orders AFTER INSERT ON orders
FOR EACH ROW EXECUTE FUNCTION search_note_name('order');

CREATE TRIGGER search_changed_orders AFTER UPDATE OF number ON orders
FOR EACH ROW WHEN (NEW.number <> OLD.number) EXECUTE FUNCTION search_note_name('order');

CREATE TRIGGER search_old_orders AFTER DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION search_forget_name('order');

INSERT INTO search_backfill (name, upto, total) SELECT 'messages', COALESCE(MAX(n), 0), COALESCE(MAX(n), 0) FROM messages;
INSERT INTO search_waiting (store_id, kind, subject)
SELECT store_id, 'visitor', id FROM visitors WHERE name IS NOT NULL OR email IS NOT NULL;
INSERT INTO search_waiting (store_id, kind, subject) SELECT store_id, 'order', id FROM orders;
