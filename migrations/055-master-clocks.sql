-- Master data under the clock of knowing: what it said before stays beside it, so that an answer of then can be had again.
-- The tables themselves hold what is known now and keep their keys; a question about now reads them alone.
-- What stood before this migration counts as known since ever. A product's measure is not kept: when it is learnt, the
-- amounts of all its events are told anew, those of before too.

alter table party add recorded_at timestamptz(3) not null default '-infinity';
alter table site add recorded_at timestamptz(3) not null default '-infinity';
alter table product add recorded_at timestamptz(3) not null default '-infinity';
alter table packaging add recorded_at timestamptz(3) not null default '-infinity';
alter table design_revision add recorded_at timestamptz(3) not null default '-infinity';
alter table bill_of_materials_line add recorded_at timestamptz(3) not null default '-infinity';
alter table change_effectivity add recorded_at timestamptz(3) not null default '-infinity';

create table party_past (
  party_id bigint not null references party,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  roles text[] not null, country text, region text, stub boolean not null
);
create index party_past_key on party_past (party_id, voided_at);

create table site_past (
  site_id bigint not null references site,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  party_id bigint not null, kind text, country text, region text, stub boolean not null
);
create index site_past_key on site_past (site_id, voided_at);

create table product_past (
  product_id bigint not null references product,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  owner_id bigint, kind text not null, serialised boolean not null, stub boolean not null
);
create index product_past_key on product_past (product_id, voided_at);

create table packaging_past (
  product_id bigint not null, contains_product_id bigint not null,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  quantity bigint not null
);
create index packaging_past_key on packaging_past (product_id, contains_product_id, voided_at);

create table design_revision_past (
  revision_id bigint not null references design_revision,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  state text not null, released_at timestamptz(3), change_orders text[] not null
);
create index design_revision_past_key on design_revision_past (revision_id, voided_at);

create table bill_of_materials_line_past (
  revision_id bigint not null, component_id bigint not null, position text not null,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  quantity bigint not null, critical boolean not null
);
create index bill_of_materials_line_past_key on bill_of_materials_line_past (revision_id, component_id, voided_at);

create table change_effectivity_past (
  change_order text not null, product_id bigint not null, site_id bigint not null, line text not null,
  voided_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  not_before timestamptz(3) not null, not_after timestamptz(3) not null, first_serial text
);
create index change_effectivity_past_key on change_effectivity_past (change_order, product_id, voided_at);

call protect_table('party_past');
call protect_table('site_past');
call protect_table('product_past');
call protect_table('packaging_past');
call protect_table('design_revision_past');
call protect_table('bill_of_materials_line_past');
call protect_table('change_effectivity_past');
