-- Those of the orders that were there already. In a file of its own: on PostgreSQL the one
-- before holds up all writers of orders until it is committed, this one only who removes one or
-- changes its parcels.
INSERT INTO order_parcels (store_id, number, order_id)
SELECT DISTINCT parcel.store_id, parcel.number, parcel.order_id
FROM (
    SELECT orders.store_id AS store_id, orders.id AS order_id,
        UPPER(REPLACE(REPLACE(shipment.value ->> 'tracking_number', ' ', ''), '-', '')) AS number
    FROM orders, json_each(orders.shipments) AS shipment
    WHERE orders.shipments <> '[]'
) AS parcel
WHERE LENGTH(parcel.number) BETWEEN 8 AND 34
ON CONFLICT DO NOTHING;
