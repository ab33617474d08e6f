-- What a search looks in. Texts become tokens outside of the database, by one rule for both
-- databases; a job that catches up writes them here. What is still to be written is noted by the
-- database itself, in the transaction of what was written, so that nothing is lost, and an older
-- server that runs beside a newer one notes it, too.

-- The tokens of messages by their n. Each begins with its store, so that no search meets another's.
CREATE VIRTUAL TABLE search_messages USING fts5 (
    tokens, content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'none'
);

-- The words of visitors' names and emails, and of orders' numbers.
CREATE TABLE search_names (
    store_id  TEXT   NOT NULL,
    word      TEXT   NOT NULL,
    -- visitor or order
    kind      TEXT   NOT NULL,
    -- Whose word it is: its id.
    subject   TEXT   NOT NULL,
    -- The word from its end to its beginning: a typing error is in one half of a word, and the
    -- other half finds it.
    backwards TEXT   NOT NULL,
    PRIMARY KEY (store_id, word, subject)
);
CREATE INDEX search_names_backwards ON search_names (store_id, backwards);
CREATE INDEX search_names_subject ON search_names (store_id, subject);

-- What was written or removed since, in its order. No number is given twice: who has read a row takes that one.
CREATE TABLE search_waiting (
    n        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
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

CREATE TRIGGER search_new_messages AFTER INSERT ON messages
WHEN NEW.body <> '' OR NEW.kind = 'attachments'
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'message', CAST(NEW.n AS TEXT));
END;

-- Also noted: it may just be on its way into the index.
CREATE TRIGGER search_old_messages AFTER DELETE ON messages
BEGIN
    DELETE FROM search_messages WHERE rowid = OLD.n;
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (OLD.store_id, 'message', CAST(OLD.n AS TEXT));
END;

CREATE TRIGGER search_new_visitors AFTER INSERT ON visitors
WHEN NEW.name IS NOT NULL OR NEW.email IS NOT NULL
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'visitor', NEW.id);
END;

CREATE TRIGGER search_changed_visitors AFTER UPDATE OF name, email ON visitors
WHEN NEW.name IS NOT OLD.name OR NEW.email IS NOT OLD.email
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'visitor', NEW.id);
END;

CREATE TRIGGER search_old_visitors AFTER DELETE ON visitors
BEGIN
    DELETE FROM search_names WHERE store_id = OLD.store_id AND subject = OLD.id;
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (OLD.store_id, 'visitor', OLD.id);
END;

CREATE TRIGGER search_new_orders AFTER INSERT ON orders
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'order', NEW.id);
END;

CREATE TRIGGER search_changed_orders AFTER UPDATE OF number ON orders
WHEN NEW.number <> OLD.number
BEGIN
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'order', NEW.id);
END;

CREATE TRIGGER search_old_orders AFTER DELETE ON orders
BEGIN
    DELETE FROM search_names WHERE store_id = OLD.store_id AND subject = OLD.id;
    INSERT INTO search_waiting (store_id, kind, subject) VALUES (OLD.store_id, 'order', OLD.id);
END;

INSERT INTO search_backfill (name, upto, total) SELECT 'messages', COALESCE(MAX(n), 0), COALESCE(MAX(n), 0) FROM messages;
INSERT INTO search_waiting (store_id, kind, subject)
SELECT store_id, 'visitor', id FROM visitors WHERE name IS NOT NULL OR email IS NOT NULL;
INSERT INTO search_waiting (store_id, kind, subject) SELECT store_id, 'order', id FROM orders;
