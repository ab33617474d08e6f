-- The carriers' numbers of the parcels of built-in orders, without blanks and hyphens and in
-- capitals, to look orders up by. Kept by the database itself with every write of an order, so
-- that an older server that runs beside a newer one keeps it, too.
CREATE TABLE order_parcels (
    store_id TEXT NOT NULL,
    number   TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (store_id, number, order_id),
    FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, id) ON DELETE CASCADE
);
-- For the end of an order, and for its other parcels.
CREATE INDEX order_parcels_order ON order_parcels (store_id, order_id);

CREATE TRIGGER order_parcels_of_new AFTER INSERT ON orders WHEN NEW.shipments <> '[]'
BEGIN
    INSERT INTO order_parcels (store_id, number, order_id)
    SELECT DISTINCT NEW.store_id, parcel.number, NEW.id
    FROM (
        SELECT UPPER(REPLACE(REPLACE(value ->> 'tracking_number', ' ', ''), '-', '')) AS number
        FROM json_each(NEW.shipments)
    ) AS parcel
    WHERE LENGTH(parcel.number) BETWEEN 8 AND 34
    ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER order_parcels_of_changed AFTER UPDATE OF shipments ON orders
WHEN NEW.shipments <> OLD.shipments
BEGIN
    DELETE FROM order_parcels WHERE store_id = NEW.store_id AND order_id = NEW.id;
    INSERT INTO order_parcels (store_id, number, order_id)
    SELECT DISTINCT NEW.store_id, parcel.number, NEW.id
    FROM (
        SELECT UPPER(REPLACE(REPLACE(value ->> 'tracking_number', ' ', ''), '-', '')) AS number
        FROM json_each(NEW.shipments)
    ) AS parcel
    WHERE LENGTH(parcel.number) BETWEEN 8 AND 34
    ON CONFLICT DO NOTHING;
END;
