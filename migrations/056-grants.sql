-- A grant is ended by somebody, who is kept beside when. Rows are never deleted: they are the log of who could see what when.
alter table access_grant
  add column revoked_by bigint references party,   -- null while it stands, and where an administrator ended it
  add check (revoked_by is null or revoked_at is not null);
create index access_grant_product on access_grant (product_id);
