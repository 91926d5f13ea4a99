-- At an earlier clock the closed rows of an item are read too: item_live has only those that stand.
create index item_closed on item (item_id) where voided_at is not null;
-- Items with a place of making of their own, for rules that name a site or a supplier.
create index item_site on item (site_id) where site_id is not null;
