-- Codes: a lot asked about without its product is found without reading every batch.
create index batch_lot on batch (lot) where lot is not null;

-- EPCIS queries by time of event.
create index event_occurred on event (occurred_at, event_seq);

-- GS1 company prefixes that EPC URNs told: only they say where a key is cut.
create table company_prefix (
  prefix text primary key check (prefix ~ '^[0-9]{6,12}$')
);
grant select, insert on company_prefix to tw_engine;
call protect_table('company_prefix', watchers => false);
