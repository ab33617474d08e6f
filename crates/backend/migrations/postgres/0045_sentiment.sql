-- How a customer's message sounds: positive, neutral or negative; NULL: not judged, as all of
-- before. A conversation has had a column for it from the beginning.
ALTER TABLE messages ADD COLUMN sentiment TEXT;

-- What customers wrote and nobody has judged, in its order; noted by the database itself, in the
-- transaction of the message, so that none is forgotten.
CREATE TABLE sentiment_waiting (
    n          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store_id   TEXT   NOT NULL,
    message_id TEXT   NOT NULL
);

CREATE FUNCTION sentiment_note_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sentiment_waiting (store_id, message_id) VALUES (NEW.store_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER sentiment_new_messages AFTER INSERT ON messages
FOR EACH ROW WHEN (NEW.sender = 'customer' AND NEW.body <> '') EXECUTE FUNCTION sentiment_note_message();
