-- The wall for what stocktaking found and for visits to a workshop.
call protect_table('stock_count', holder => 'party_id', owner => 'owner_id');
call protect_table('service', holder => 'party_id', owner => 'owner_id');

/*
 * The planner's picture of the tables that recording reads. A bulk import makes them grow a thousandfold before autovacuum
 * looks, and plans made for empty tables then compare every row with every other: 250 rows/s instead of thousands.
 */
create function refresh_statistics() returns void language plpgsql security definer
  set search_path = public set default_statistics_target = 25 as $$
begin
  if pg_try_advisory_xact_lock(7205, 0) then
    analyze event, event_reference, batch, item_key, item, logistic_unit, run, lineage, fitting, containment, leg, balance, sale,
      sale_return, product, site;
  end if;
end
$$;
revoke all on function refresh_statistics() from public;
grant execute on function refresh_statistics() to tw_engine;

-- A sample cannot tell how many references there are: guessed too few, every look-up by reference became a scan of all.
alter table event_reference alter column reference set (n_distinct = -0.25);
