-- What a rule and a spread look up in the events themselves: what a change order reworked, what serial became of what.
create index event_reworked on event ((body ->> 'change_order')) where kind = 'REWORKED';
create index event_relabelled_item on event (item2_id) where kind = 'RELABELLED' and item2_id is not null;
