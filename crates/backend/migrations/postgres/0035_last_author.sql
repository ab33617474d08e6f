-- Which person of the team the newest message is from, for the inbox's rows. Nobody
-- for what a shopper, the AI, a program or an earlier version wrote.
ALTER TABLE conversations ADD COLUMN last_author_id TEXT;
