-- A scope asks whether the site of a batch stated what a suspected lot was used in.
create index event_uses_stated on event (product_id, lot) where kind = 'USES_STATED';
