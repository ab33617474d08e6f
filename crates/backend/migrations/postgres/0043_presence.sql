-- Since when somebody says that they are away; nothing: they aren't.
ALTER TABLE users ADD COLUMN away_since BIGINT;

-- When a page of the store that somebody has open was last heard of, to half a minute; nothing:
-- they have none open, as far as was noticed.
ALTER TABLE memberships ADD COLUMN connected_at BIGINT;
CREATE INDEX memberships_connected ON memberships (connected_at) WHERE connected_at IS NOT NULL;

-- When it was last their turn to be given a conversation, counted in the store; 0: never.
ALTER TABLE memberships ADD COLUMN last_turn BIGINT NOT NULL DEFAULT 0;
