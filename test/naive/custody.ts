// Where everything went: each movement of the files as one leg from a holding to a holding, in the order of time.
import type { Batch, Chain, Item } from './chain.js';
import { gtin14, moment, type Row, readTable } from './files.js';
import { type Goods, goodsReader } from './goods.js';

export interface Holding {
  site: string;
  state:
    | 'SOURCE'
    | 'ON_HAND'
    | 'IN_TRANSIT'
    | 'SOLD'
    | 'CONSUMED'
    | 'FITTED'
    | 'SCRAPPED'
    | 'RETURNED_TO_MAKER'
    | 'UNKNOWN';
}

export interface Leg {
  batch: Batch;
  item?: Item;
  from: Holding;
  to: Holding;
  quantity: number;
  at: number;
  kind: string;
}

export interface Sale {
  eventId: string;
  gtin: string;
  batch?: Batch;
  item?: Item;
  site: string;
  party: string;
  country: string;
  quantity: number;
  returned: number;
  at: number;
  buyer: string | undefined;
}

export interface Custody {
  legs: Leg[];
  sales: Sale[];
  zeroCounts: { site: string; gtin: string; lot: string; at: number }[];
}

/** Who one buyer is: reference at the seller, else e-mail, else telephone, else the sale itself. */
export function buyerKey(row: Row, party: string, eventId: string): string | undefined {
  if (row.buyer_ref) return `ref:${party}:${row.buyer_ref}`;
  if (row.buyer_email) return `mail:${row.buyer_email.trim().toLowerCase()}`;
  if (row.buyer_phone) return `phone:${row.buyer_phone.replace(/[^0-9]/g, '')}`;
  if (row.buyer_name || row.buyer_address) return `sale:${eventId}`;
  return undefined;
}

const outcomes: Record<string, Holding['state']> = {
  STOCK: 'ON_HAND',
  HOLD: 'ON_HAND',
  RESTOCK: 'ON_HAND',
  SCRAP: 'SCRAPPED',
  MAKER: 'RETURNED_TO_MAKER',
  CUSTOMER: 'SOLD',
  UNKNOWN: 'UNKNOWN',
};

const rank = [
  'made',
  'consumed',
  'fitted',
  'shipped',
  'received',
  'sold',
  'returned',
  'serviced',
  'relabelled',
  'disposed',
];

/** Plays all movements in order of time. */
export function followCustody(chain: Chain): Custody {
  const custody: Custody = { legs: [], sales: [], zeroCounts: [] };
  const where = new Map<Item, Holding>();
  const steps: { at: number; kind: string; play: () => void }[] = [];
  const table = (kind: string): Row[] => readTable(chain.folder, kind);
  const step = (at: string | undefined, kind: string, play: (at: number) => void): void => {
    const time = moment(at) as number;
    steps.push({ at: time, kind, play: () => play(time) });
  };
  const move = (goods: Goods, from: Holding, to: Holding, at: number, kind: string): void => {
    const origin = goods.item ? (where.get(goods.item) ?? from) : from;
    if (goods.item) where.set(goods.item, to);
    custody.legs.push({ ...goods, from: origin, to, at, kind });
  };
  const { item, goodsOf, inside } = goodsReader(chain);

  for (const batch of chain.batches.values()) {
    const [run] = batch.runs;
    if (!run) continue;
    const site = run.site as string;
    const source: Holding = { site, state: 'SOURCE' };
    if (batch.items.length > 0) {
      for (const one of batch.items) {
        steps.push({
          at: one.own.from as number,
          kind: 'made',
          play: () =>
            move(
              { batch, item: one, quantity: 1 },
              source,
              { site, state: 'ON_HAND' },
              one.own.from as number,
              'made',
            ),
        });
      }
    } else if (batch.quantity > 0) {
      steps.push({
        at: run.from as number,
        kind: 'made',
        play: () =>
          move(
            { batch, quantity: batch.quantity },
            source,
            { site, state: 'ON_HAND' },
            run.from as number,
            'made',
          ),
      });
    }
  }
  for (const row of table('consumption')) {
    const site = chain.batch(gtin14(row.gtin as string), row.lot as string).runs[0]?.site as string;
    const goods = goodsOf({
      gtin: row.input_gtin,
      lot: row.input_lot,
      quantity: row.quantity,
      unit: row.unit,
    }) as Goods;
    step(row.at, 'consumed', (at) =>
      move(goods, { site, state: 'ON_HAND' }, { site, state: 'CONSUMED' }, at, 'consumed'),
    );
  }
  for (const row of table('relabels')) {
    const site = row.site_gln as string;
    const goods = goodsOf(row) as Goods;
    step(row.relabelled_at, 'relabelled', (at) =>
      move(goods, { site, state: 'ON_HAND' }, { site, state: 'CONSUMED' }, at, 'consumed'),
    );
  }
  const buildIn = (part: Item, at: number): void => {
    const site = where.get(part)?.site as string;
    move(
      { batch: part.batch, item: part, quantity: 1 },
      { site, state: 'ON_HAND' },
      { site, state: 'FITTED' },
      at,
      'fitted',
    );
  };
  for (const row of table('fittings')) {
    if (row.part_serial)
      step(row.fitted_at, 'fitted', (at) =>
        buildIn(item(row.part_gtin as string, row.part_serial as string), at),
      );
  }
  for (const row of table('services')) {
    step(row.serviced_at, 'serviced', (at) => {
      const out = item(row.part_out_gtin as string, row.part_out_serial as string);
      const site = row.site_gln as string;
      move(
        { batch: out.batch, item: out, quantity: 1 },
        { site, state: 'FITTED' },
        { site, state: outcomes[row.part_out_to as string] as Holding['state'] },
        at,
        'serviced',
      );
      buildIn(item(row.part_in_gtin as string, row.part_in_serial as string), at);
    });
  }
  for (const row of table('shipments')) {
    const to = row.to_gln || `name:${row.to_name}`;
    step(row.shipped_at, 'shipped', (at) => {
      for (const goods of row.sscc ? inside(row.sscc, at) : [goodsOf(row) as Goods])
        move(
          goods,
          { site: row.from_gln as string, state: 'ON_HAND' },
          { site: to, state: 'IN_TRANSIT' },
          at,
          'shipped',
        );
    });
  }
  for (const row of table('receipts')) {
    const site = row.to_gln as string;
    step(row.received_at, 'received', (at) => {
      for (const goods of row.sscc ? inside(row.sscc, at) : [goodsOf(row) as Goods])
        move(goods, { site, state: 'IN_TRANSIT' }, { site, state: 'ON_HAND' }, at, 'received');
    });
  }
  const saleById = new Map<string, Sale>();
  for (const row of table('sales')) {
    const leaves = row.site_gln || (row.ship_from_gln as string);
    const party = row.site_gln
      ? (chain.sites.get(row.site_gln)?.party as string)
      : (row.seller_gln as string);
    const site = row.site_gln || `party:${row.seller_gln}`;
    const goods = goodsOf(row);
    step(row.sold_at, 'sold', (at) => {
      const eventId = row.event_id as string;
      const sale: Sale = {
        eventId,
        gtin: gtin14(row.gtin as string),
        batch: goods?.batch,
        item: goods?.item,
        site,
        party,
        at,
        returned: 0,
        country: row.country || (chain.sites.get(leaves)?.country as string),
        quantity: goods?.quantity ?? Number(row.quantity),
        buyer: buyerKey(row, party, eventId),
      };
      custody.sales.push(sale);
      saleById.set(eventId, sale);
      if (goods) move(goods, { site: leaves, state: 'ON_HAND' }, { site, state: 'SOLD' }, at, 'sold');
    });
  }
  for (const row of table('returns')) {
    step(row.returned_at, 'returned', (at) => {
      const goods = goodsOf(row);
      const sale = saleById.get(row.sale_event_id as string);
      if (sale) sale.returned += goods?.quantity ?? Number(row.quantity);
      const site = row.site_gln as string;
      if (goods)
        move(
          goods,
          { site: sale?.site ?? site, state: 'SOLD' },
          { site, state: outcomes[row.to as string] as Holding['state'] },
          at,
          'returned',
        );
    });
  }
  for (const row of table('disposals')) {
    const site = row.site_gln as string;
    step(row.disposed_at, 'disposed', (at) =>
      move(goodsOf(row) as Goods, { site, state: 'ON_HAND' }, { site, state: 'SCRAPPED' }, at, 'disposed'),
    );
  }
  for (const row of table('counts')) {
    if (Number(row.quantity) === 0)
      custody.zeroCounts.push({
        site: row.site_gln as string,
        gtin: gtin14(row.gtin as string),
        lot: row.lot ?? '',
        at: moment(row.counted_at) as number,
      });
  }
  steps.sort((a, b) => a.at - b.at || rank.indexOf(a.kind) - rank.indexOf(b.kind));
  for (const { play } of steps) play();
  return custody;
}
