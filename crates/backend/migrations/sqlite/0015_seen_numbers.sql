-- Numbers of the shop's newest orders as far as they were seen: a JSON list. How it writes
-- its numbers is learned from them.
ALTER TABLE order_sources ADD COLUMN seen_numbers TEXT;
