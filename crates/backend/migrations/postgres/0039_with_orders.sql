-- 1: an answer in it has shown orders; the inbox's filter asks for it.
ALTER TABLE conversations ADD COLUMN has_orders BIGINT NOT NULL DEFAULT 0;
UPDATE conversations SET has_orders = 1 WHERE EXISTS (
    SELECT 1 FROM messages m
    WHERE m.store_id = conversations.store_id AND m.conversation_id = conversations.id AND m.kind = 'order_card'
);
