-- Up to where each person of the team has read a conversation. The team's own place, which says
-- what nobody has read, stays with the conversation.
CREATE TABLE agent_reads (
    store_id        TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    user_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    read_seq        BIGINT NOT NULL,
    PRIMARY KEY (store_id, conversation_id, user_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX agent_reads_user ON agent_reads (user_id);

-- What somebody of the team had read before that is new to nobody; who joins later begins then.
ALTER TABLE memberships ADD COLUMN seen_from BIGINT;
UPDATE memberships SET seen_from = CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT);
