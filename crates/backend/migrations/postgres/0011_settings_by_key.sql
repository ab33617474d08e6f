-- The API key that saved a section, where it was no person. Keys stay when they are revoked.
ALTER TABLE store_settings ADD COLUMN changed_by_key TEXT;
