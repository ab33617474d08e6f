-- Of a Medusa: its publishable API key, with which its customers' own tokens are taken. The
-- shop's pages have it, too: it is no secret.
ALTER TABLE order_sources ADD COLUMN publishable_key TEXT;
