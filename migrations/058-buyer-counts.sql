-- Counting buyers asks of every sold item whether anything ended its buyer's having it; very few are.
create index leg_item_ended on leg (item_id)
  where (state = 'SCRAPPED' and quantity > 0) or (kind = 'RETURNED' and state <> 'SOLD');
-- A return that names neither sale nor item could be of any sale of its product.
create index sale_return_loose on sale_return (batch_id) where sale_event_key is null and item_id is null;
