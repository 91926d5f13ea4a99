-- Person keys, each wrapped by a master key. A database of its own with short backups: a key destroyed is gone for good.
create table master_version (
  version integer primary key,
  fingerprint bytea not null,                    -- tells a wrong key at start
  announced_at timestamptz(3) not null default now(),
  retired_at timestamptz(3)                      -- no new key is wrapped with it
);
create table person_key (
  key_id uuid primary key,
  master_version integer not null references master_version,
  wrapped_key bytea not null,
  created_at timestamptz(3) not null default now(),
  settled boolean not null default false         -- the record is known to have committed what it encrypts
);
create index person_key_unsettled on person_key (created_at) where not settled;
create index person_key_master on person_key (master_version);

grant usage on schema public to tw_engine;
grant select, insert, update on master_version to tw_engine;
grant select, insert, update, delete on person_key to tw_engine;
do $$
declare
  protected text;
begin
  foreach protected in array array['master_version', 'person_key'] loop
    execute format('alter table %I enable row level security', protected);
    execute format('alter table %I force row level security', protected);
    execute format('create policy engine on %I to tw_engine using (true) with check (true)', protected);
  end loop;
end
$$;
