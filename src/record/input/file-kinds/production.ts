/** Files of the production stage: batches, what they consumed, items, inspections, holds and fitted parts. */
import {
  choice,
  column,
  events,
  type FileSpec,
  gtin,
  line,
  lot,
  lotRequired,
  occurred,
  quantity,
  serial,
  serialRequired,
  site,
  siteRequired,
  source,
  unit,
} from './column.js';

const revision = column('revision', 'text', 'Code of the design revision it was made to.');

export const productionFiles: readonly FileSpec[] = [
  events(
    'batches',
    {
      entry: 'production',
      description: 'A run that made goods of one lot; a further row of the batch adds a run.',
    },
    [
      gtin,
      lotRequired,
      source,
      revision,
      siteRequired,
      line,
      occurred('produced_from*', 'the run began'),
      occurred('produced_to', 'the run ended'),
      column('expires_on', 'date', 'Last day of use of the goods, a date.'),
      quantity,
      unit,
    ],
  ),
  events(
    'consumption',
    {
      entry: 'consumption',
      description: 'What a batch was made from: a lot, an item, or an unknown lot of a product.',
    },
    [
      { ...gtin, description: 'The product that was made.' },
      { ...lotRequired, description: 'The lot that was made.' },
      source,
      column('input_gtin*', 'gtin', 'The product that was consumed.'),
      column('input_lot', 'lot', 'The lot that was consumed; absent: not known.'),
      column('input_source', 'gln', 'The lot source of the lot that was consumed.'),
      column('input_serial', 'serial', 'The serial of the item that was consumed.'),
      quantity,
      unit,
      occurred('at', 'it was consumed'),
      choice(
        'mixing',
        ['DISCRETE', 'BLENDED', 'CARRYOVER'],
        'How inputs meet in the output; absent: DISCRETE.',
      ),
      column('pool', 'text', 'The tank or silo in which lots mixed.'),
    ],
  ),
  events('items', { entry: 'item', description: 'One serialised item that was made.' }, [
    gtin,
    serialRequired,
    lot,
    source,
    occurred('produced_at', 'the item was made'),
    site,
    line,
    revision,
  ]),
  events(
    'inspections',
    { entry: 'inspection', description: 'A measurement or check of a batch or an item.' },
    [
      gtin,
      lot,
      serial,
      column('characteristic*', 'text', 'What was measured.'),
      column('value', 'decimal', 'The measured value.', { signed: true }),
      column('lower', 'decimal', 'The lowest allowed value.', { signed: true }),
      column('upper', 'decimal', 'The highest allowed value.', { signed: true }),
      choice('verdict*', ['PASS', 'FAIL'], 'What the inspection decided.'),
      occurred('inspected_at*', 'it was inspected'),
    ],
  ),
  events('batch_status', { entry: 'batchStatus', description: 'A hold on a batch, or the release of one.' }, [
    gtin,
    lotRequired,
    source,
    choice('status*', ['BLOCKED', 'RELEASED'], 'Whether the batch is blocked or released.'),
    column('reason*', 'text', 'Why.', { lengthMax: 1000 }),
    occurred('at*', 'the status was set'),
  ]),
  events(
    'fittings',
    {
      entry: 'fitting',
      description: 'A part built into an item; its part is an item, a lot, or an unknown lot of a product.',
    },
    [
      { ...gtin, description: 'The product of the item the part was built into.' },
      { ...serialRequired, description: 'The serial of the item the part was built into.' },
      column('part_gtin*', 'gtin', 'The product of the part.'),
      column('part_serial', 'serial', 'The serial of the part.'),
      column('part_lot', 'lot', 'The lot of the part; absent with part_serial absent: not known.'),
      {
        ...quantity,
        description: 'How much of the part was fitted; absent: an unknown amount, with a part_serial 1.',
      },
      column('position', 'text', 'Where in the item the part sits.'),
      occurred('fitted_at*', 'the part was fitted'),
      occurred('removed_at', 'the part was taken out again'),
      column(
        'alternative',
        'boolean',
        'Whether it is one of several parts of which it is not known which is in; absent: no, this one is.',
      ),
    ],
  ),
  events(
    'use_statements',
    {
      entry: 'useStatement',
      description:
        'What a site used a lot in, up to a moment, and that it is in nothing else made there by then.',
    },
    [
      siteRequired,
      { ...gtin, description: 'The product of the lot that was used, or not.' },
      { ...lotRequired, description: 'The lot that was used, or not.' },
      source,
      column(
        'used_in',
        'text',
        'Every batch it was used in: GTIN/lot by spaces, each percent-encoded; absent: none of it was used.',
        { lengthMax: 100_000 },
      ),
      occurred('stated_at*', 'up to which it speaks'),
    ],
  ),
];
