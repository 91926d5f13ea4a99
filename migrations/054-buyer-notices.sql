-- A buyer is told of its own purchases, found again by the event that put it in; an authority without a party may be the sender.
drop table scope_purchase;
create table scope_purchase (
  batch_id bigint not null references batch,
  version_id bigint not null references scope_version,
  event_key uuid not null,                       -- the sale, or the registration of a keeper
  item_id bigint not null default 0,
  buyer_id bigint not null,
  party_id bigint references party,              -- who sold or registered
  certain boolean not null,
  still_holds text not null check (still_holds in ('YES','NO','UNKNOWN')),
  country text,
  primary key (batch_id, version_id, event_key, item_id)
);
create index scope_purchase_version on scope_purchase (version_id, buyer_id);
call protect_table('scope_purchase', watchers => false);

alter table buyer_notice alter column sender_id drop not null;
create index buyer_notice_buyer on buyer_notice (recall_id, buyer_id, buyer_notice_id);
drop index buyer_notice_recall;
