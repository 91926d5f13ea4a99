-- Keeping periods of more laws, and what an erasure needs.

-- From when the years count. RECALL: from the last move of a published recall whose newest scope has the buyer; of other buyers
-- such a law keeps nothing.
alter table keeping_period add column since text not null default 'DEALING' check (since in ('DEALING','RECALL'));

-- A law of one country says nothing of goods sold elsewhere, and the longest of several that apply holds.
insert into keeping_period (law, country, product_kind, serialised, years, since, verified) values
  -- dealers, lessors and repairers: at least five years, beside the ten of article 9 for the maker's data of first owners
  ('CN State Council 626 (2019), art. 11', 'CN', 'FINISHED', true, 5, 'DEALING', true),
  -- vehicles: what was done in a recall, ten years; not read again in a copy
  ('CN AQSIQ 176 (2016), records of recalls', 'CN', 'FINISHED', true, 10, 'RECALL', false),
  -- other consumer goods: what was done in a recall, five years; not read again in a copy
  ('CN SAMR 19 (2020), records of recalls', 'CN', 'FINISHED', null, 5, 'RECALL', false);

-- What was told under a reference of the recorder's, of no site: complaints and registrations.
create index buyer_mark_told on buyer_mark (reference) where reference is not null and seller_site_id is null;
-- A contact that stands with nobody any more is forgotten with the person.
grant delete on contact to tw_engine;
