-- The service's roles, where the keys lie on a server of their own (see ../000-roles.sql).
do $$
begin
  perform pg_advisory_xact_lock(7203);
  if not exists (select 1 from pg_roles where rolname = 'tw_engine') then
    create role tw_engine nologin;
  end if;
  if not exists (select 1 from pg_roles where rolname = 'tracewright_app') then
    create role tracewright_app login noinherit;
  end if;
  grant tw_engine to tracewright_app;
exception
  when duplicate_object or unique_violation then null; -- another database of the server made them a moment ago
end
$$;
