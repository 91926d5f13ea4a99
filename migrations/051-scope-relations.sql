-- A further version of a scope may ask another rule: wider, narrower, or in place of the one before.
alter table scope_version add relation text check (relation in ('EXPANDS','NARROWS','REPLACES')); -- null: the same rule, later facts
