-- Who sees what, enforced by the database: row-level security, forced, equality policies only.
-- Measured: an `or` on the role or a sub-select of grants in a policy costs 75 to 260 times an equality on 20 million rows.

grant usage on schema public to tw_engine, tw_holder, tw_owner, tw_regulator, tw_administrator;

-- the engine records and walks; it deletes nothing and owns nothing
grant select, insert, update on all tables in schema public to tw_engine;
grant usage on all sequences in schema public to tw_engine;
revoke all on mikro_orm_migrations from tw_engine;

-- what names things rather than holdings is read by everyone who reads at all; the service filters what it shows
grant select on party, site, product, packaging, design_revision, bill_of_materials_line, document, certificate,
  change_effectivity, batch, item_key, logistic_unit
  to tw_regulator, tw_administrator;
grant select on batch, product, site, party to tw_holder, tw_owner;

grant select on event, event_reference, item, run, lineage, fitting, containment, leg, balance, buyer, sale, sale_return,
  registration, batch_hold, inspection, recall to tw_regulator, tw_administrator;
grant select on leg, balance, sale, sale_return, registration, event to tw_holder;
grant select on item, fitting, leg, balance, sale, sale_return, registration, inspection to tw_owner;
grant select on api_token to tw_administrator;

do $$
declare
  protected text;
begin
  foreach protected in array array['event', 'event_reference', 'item', 'run', 'lineage', 'fitting', 'containment', 'leg',
    'balance', 'buyer', 'sale', 'sale_return', 'registration', 'batch_hold', 'inspection', 'recall', 'person_field',
    'person_key', 'api_token'] loop
    execute format('alter table %I enable row level security', protected);
    execute format('alter table %I force row level security', protected);
    execute format('create policy engine on %I to tw_engine using (true) with check (true)', protected);
  end loop;
  -- people's data is in no one's view but the engine's, which opens it for a recorded reason only
  foreach protected in array array['event', 'event_reference', 'item', 'run', 'lineage', 'fitting', 'containment', 'leg',
    'balance', 'buyer', 'sale', 'sale_return', 'registration', 'batch_hold', 'inspection', 'recall'] loop
    execute format('create policy regulator on %I for select to tw_regulator using (true)', protected);
    execute format('create policy administrator on %I for select to tw_administrator using (true)', protected);
  end loop;
  -- current_setting without a default raises where the session names no party: a forgotten setting is never "no rows"
  foreach protected in array array['leg', 'balance', 'sale', 'sale_return', 'registration'] loop
    execute format('create policy holder on %I for select to tw_holder using (party_id = current_setting(''tracewright.party'')::bigint)', protected);
  end loop;
  foreach protected in array array['item', 'fitting', 'leg', 'balance', 'sale', 'sale_return', 'registration', 'inspection'] loop
    execute format('create policy owner on %I for select to tw_owner using (owner_id = current_setting(''tracewright.party'')::bigint)', protected);
  end loop;
end
$$;
create policy holder on event for select to tw_holder using (recorder_id = current_setting('tracewright.party')::bigint);
create policy administrator on api_token for select to tw_administrator using (true);
