-- How a customer's message sounds: positive, neutral or negative; NULL: not judged, as all of
-- before. A conversation has had a column for it from the beginning.
ALTER TABLE messages ADD COLUMN sentiment TEXT;

-- What customers wrote and nobody has judged, in its order; noted by the database itself, in the
-- transaction of the message, so that none is forgotten.
CREATE TABLE sentiment_waiting (
    n          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    store_id   TEXT   NOT NULL,
    message_id TEXT   NOT NULL
);

CREATE TRIGGER sentiment_new_messages AFTER INSERT ON messages
WHEN NEW.sender = 'customer' AND NEW.body <> ''
BEGIN
    INSERT INTO sentiment_waiting (store_id, message_id) VALUES (NEW.store_id, NEW.id);
END;
