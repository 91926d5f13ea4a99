-- Lists of events by who recorded them and by the place they name, in the order of becoming known; and who reported last when.
create index event_recorder on event (recorder_id, recorded_at, event_seq) where recorder_id is not null;
create index event_site on event (site_id, recorded_at, event_seq) where site_id is not null;
create index event_from_site on event (from_site_id, recorded_at, event_seq) where from_site_id is not null;
create index event_to_site on event (to_site_id, recorded_at, event_seq) where to_site_id is not null;
