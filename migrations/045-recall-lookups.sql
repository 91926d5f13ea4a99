-- What a rule looks up in the events themselves: what a change order reworked.
create index event_reworked on event ((body ->> 'change_order')) where kind = 'REWORKED';
