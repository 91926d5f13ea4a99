-- The tamper-evident log (RFC 6962): events in the order of their recording, sealed afterwards and never waited for.
create table log_entry (
  log_index bigint primary key,                  -- contiguous from 0
  event_key uuid not null unique,
  leaf_hash bytea not null,
  recorded_at timestamptz(3) not null,           -- with event_seq the order of the log
  event_seq bigint not null
);

-- Hashes of complete subtrees of 2^level leaves, level 1 and up; level 0 are the leaves themselves.
create table log_node (
  level smallint not null,
  position bigint not null,
  hash bytea not null,
  primary key (level, position)
);

-- Signed notes (C2SP tlog-checkpoint): whoever keeps one can prove later that nothing before it was changed.
create table log_checkpoint (
  tree_size bigint primary key,
  root_hash bytea not null,
  note text not null,
  signed_at timestamptz(3) not null
);

call protect_table('log_entry');
call protect_table('log_node');
call protect_table('log_checkpoint');
