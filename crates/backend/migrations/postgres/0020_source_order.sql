-- The merchant's order of a store's order sources. Without places it is the order in which the
-- shops were connected, and then the built-in orders.
ALTER TABLE order_sources ADD COLUMN position BIGINT;
-- Where the built-in orders stand among them.
ALTER TABLE stores ADD COLUMN built_in_position BIGINT;
-- When the shop last answered as it should.
ALTER TABLE order_sources ADD COLUMN worked_at BIGINT;
-- How many orders it has, and when it said so.
ALTER TABLE order_sources ADD COLUMN order_count BIGINT;
ALTER TABLE order_sources ADD COLUMN counted_at BIGINT;
-- When an order last changed how it stands, as far as that is known.
ALTER TABLE orders ADD COLUMN changed_at BIGINT;
