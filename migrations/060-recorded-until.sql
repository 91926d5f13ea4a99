/*
 * The latest moment at which anything was recorded: the clock of knowing never runs behind it, should the server's own clock be set
 * back. Asked also by the login before it has taken a role, which may read no table; so it is read as the engine.
 */
set local check_function_bodies = off; -- who migrates need not be able to take the role
create function recorded_until() returns timestamptz language sql stable parallel restricted set role = 'tw_engine' as $$
  select greatest(
    (select e.recorded_at from event e order by e.recorded_at desc limit 1),
    (select c.record_time from epcis_event c order by c.record_time desc limit 1))
$$;
revoke all on function recorded_until() from public;
grant execute on function recorded_until() to tracewright_app, tw_engine;
