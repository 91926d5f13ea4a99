-- Exports of a scope: what was asked, pinned to one moment of knowing, so that its file is the same however often it is fetched.
create table export (
  export_id uuid primary key,
  token_id text not null,
  party_id bigint references party,              -- null: a regulator or administrator without a party
  party_gln text,
  role text not null,
  idempotency_key text,
  list text not null check (list in ('BATCHES','ITEMS','HOLDERS','STOCK_LINES','PROCESSORS','BUYERS','GAPS','EXCLUDED')),
  format text not null check (format in ('NDJSON','CSV')),
  question jsonb not null,                       -- rule, keep, exposure, both clocks
  row_count bigint not null,                     -- as the scope counts them; a file with another number is never finished
  sha256 bytea,                                  -- of the whole file, once it was sent to its end
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null
);
create unique index export_idempotency on export (token_id, idempotency_key) where idempotency_key is not null;
call protect_table('export', watchers => false);
