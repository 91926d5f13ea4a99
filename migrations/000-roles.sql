-- Roles of the service. They belong to the whole server, so several databases may make them at once.
do $$
declare
  wanted text;
begin
  perform pg_advisory_xact_lock(7203);
  foreach wanted in array array['tw_engine', 'tw_holder', 'tw_supplier', 'tw_owner', 'tw_regulator', 'tw_administrator'] loop
    if not exists (select 1 from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
  end loop;
  -- the login of the service: owns nothing, may do nothing until it takes one of the roles
  if not exists (select 1 from pg_roles where rolname = 'tracewright_app') then
    create role tracewright_app login noinherit;
  end if;
  grant tw_engine, tw_holder, tw_supplier, tw_owner, tw_regulator, tw_administrator to tracewright_app;
exception
  when duplicate_object or unique_violation then null; -- another database of the server made them a moment ago
end
$$;
