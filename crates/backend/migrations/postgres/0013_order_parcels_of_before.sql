-- Those of the orders that were there already. In a file of its own: on PostgreSQL the one
-- before holds up all writers of orders until it is committed, this one only who removes one or
-- changes its parcels.
INSERT INTO order_parcels (store_id, number, order_id)
SELECT DISTINCT parcel.store_id, parcel.number, parcel.order_id
FROM (
    SELECT orders.store_id AS store_id, orders.id AS order_id,
        UPPER(REPLACE(REPLACE(shipment.value ->> 'tracking_number', ' ', ''), '-', '') COLLATE "C") AS number
    -- One that is removed meanwhile is left out, and none of these can be.
    FROM (SELECT store_id, id, shipments FROM orders WHERE shipments <> '[]' FOR KEY SHARE) AS orders,
        json_array_elements(CAST(orders.shipments AS JSON)) AS shipment (value)
) AS parcel
WHERE LENGTH(parcel.number) BETWEEN 8 AND 34
ON CONFLICT DO NOTHING;
