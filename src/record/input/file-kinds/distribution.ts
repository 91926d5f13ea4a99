/** Files of the distribution stage: packing, shipping, receiving and stocktaking. */
import {
  column,
  events,
  type FileSpec,
  gtin,
  lot,
  occurred,
  quantity,
  quantityRequired,
  serial,
  site,
  siteRequired,
  sscc,
  unit,
} from './column.js';

const goods = {
  ...gtin,
  required: false,
  description: 'The product moved; absent: the whole logistic unit.',
};

export const distributionFiles: readonly FileSpec[] = [
  events(
    'packings',
    {
      entry: 'packing',
      description:
        'Content put into a logistic unit, taken out of it, or both; without content everything in it was taken out.',
    },
    [
      { ...sscc, required: true },
      column('content_sscc', 'unit', 'The logistic unit inside.'),
      column('content_gtin', 'gtin', 'The product inside.'),
      column('content_lot', 'lot', 'The lot inside; absent: not known.'),
      column('content_serial', 'serial', 'The serial of the item inside.'),
      quantity,
      unit,
      occurred('packed_at', 'it was packed; required unless unpacked_at is given'),
      occurred('unpacked_at', 'it was taken out again'),
      site,
    ],
  ),
  events('shipments', { entry: 'shipment', description: 'A logistic unit or goods that left a site.' }, [
    column('from_gln*', 'gln', 'GLN of the site it left.'),
    column('to_gln', 'gln', 'GLN of the site or party it goes to; absent: one without a GLN.'),
    column('to_name', 'text', 'Name of a consignee without a GLN.'),
    column('to_country', 'text', 'Country of a consignee without a GLN, as an ISO 3166-1 alpha-2 code.'),
    sscc,
    goods,
    lot,
    serial,
    quantity,
    unit,
    occurred('shipped_at*', 'it left'),
  ]),
  events('receipts', { entry: 'receipt', description: 'A logistic unit or goods that reached a site.' }, [
    column('from_gln', 'gln', 'GLN of the site it came from; absent: not known.'),
    column('to_gln*', 'gln', 'GLN of the site it reached.'),
    sscc,
    goods,
    lot,
    serial,
    quantity,
    unit,
    occurred('received_at*', 'it was received'),
  ]),
  events('counts', { entry: 'count', description: 'What stocktaking found of a product or lot at a site.' }, [
    siteRequired,
    gtin,
    lot,
    { ...quantityRequired, description: 'The amount found, zero or more.' },
    unit,
    occurred('counted_at*', 'it was counted'),
  ]),
];
