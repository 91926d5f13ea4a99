-- Codes: a lot asked about without its product is found without reading every batch.
create index batch_lot on batch (lot) where lot is not null;
