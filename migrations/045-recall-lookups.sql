-- What a rule looks up in the events themselves: what a change order reworked.
create index event_reworked on event ((body ->> 'change_order')) where kind = 'REWORKED';
-- The rows of one pool join all its inputs to all its outputs: the closure asks for them by pool.
create index lineage_pool on lineage (pool) where pool is not null;
