/** What a history has recorded so far, kept as plainly as can be: rows, who told them, recalls; and what follows from them. */
import { type NaiveAnswer, naiveAnswer } from '../plain/answer.js';
import { playLedger } from '../plain/ledger.js';
import { buyerKey, type Ledger } from '../plain/movements.js';
import { standingFacts } from '../plain/rows.js';
import { World } from '../plain/world.js';
import { type ChainRow, keyed, keyedRow } from '../property/chain.js';
import { Using } from '../property/using.js';
import { features, ownerOfProduct, partyOfSite, principals, sitesOf, worldRows } from './world.js';

export interface Told {
  row: ChainRow;
  /** Who told it. */
  party: string;
  /** Whom it named is erased. */
  erased: boolean;
  /** Who it is now, where nobody else told of that person: somebody nobody knows. */
  nobody?: string;
}

export interface Recall {
  number: string;
  opener: string;
  gtin: string;
  lot: string;
  withdrawn: boolean;
  /** Scopes frozen so far, as the plain walk answered then. */
  versions: NaiveAnswer[];
}

export interface HoldPlaced {
  id: string;
  party: string;
  gtin: string;
  lot: string;
  released: boolean;
}

/** An operation has 20 root fields at most. */
const LOTS_MAX = 18;

export class Model {
  readonly builder = new Using(features);
  readonly told: Told[] = [];
  readonly recalls: Recall[] = [];
  readonly holds: HoldPlaced[] = [];
  /** Items remedied, with the recall. */
  readonly remedied: { recall: string; gtin: string; serial: string }[] = [];
  /** Captured documents, to be sent again. */
  readonly documents: { party: string; document: unknown }[] = [];
  private numbers = 0;

  constructor(readonly chain: number) {}

  /** A number nobody used in this history. */
  next(): number {
    this.numbers += 1;
    return this.numbers;
  }

  key(symbol: string): string {
    return keyed(symbol, this.chain);
  }

  /** Rows as the plain walk reads them: who was erased is still one buyer, whom no later sale joins. */
  rows(): ReturnType<typeof keyedRow>[] {
    const told = this.told.map(({ row, nobody }) =>
      nobody ? { kind: row.kind, values: { ...row.values, buyer_email: nobody } } : row,
    );
    return [...worldRows, ...told].map((row) => keyedRow(row, this.chain));
  }

  played(): { world: World; ledger: Ledger } {
    const world = new World(standingFacts(this.rows()));
    return { world, ledger: playLedger(world) };
  }

  scope(gtin: string, lot: string): NaiveAnswer {
    return naiveAnswer(this.rows(), {
      rule: { batch: { gtin: this.key(gtin), lot } },
      exposure: 'EVER',
      asOf: Number.POSITIVE_INFINITY,
    });
  }

  /** Whether anything that stands names a lot: else no rule can ask for it. */
  knows(gtin: string, lot: string): boolean {
    return this.played().world.batches.has(`${this.key(gtin)}/${lot}/-`);
  }

  /** Ids of the events a party reads: its own, and those that name a site of it; of a row with both ends, both. */
  eventsOf(party: string): string[] {
    return this.told
      .filter((one) => one.party === party || sitesOf(one.row).some((site) => partyOfSite[site] === party))
      .flatMap(({ row: { kind, values } }) => {
        const id = this.key(values.event_id ?? '');
        const [start, end] = intervals[kind] ?? [];
        if (!start || !end || !values[end]) return [id];
        return values[start] ? [id, `${id}#end`] : [id];
      })
      .sort();
  }

  /**
   * On hand at the sites of a party, by site and lot: the least and the most. Where the record contradicts itself, units known
   * there by their serial may be more than the account has.
   */
  stockOf(party: string): Map<string, [least: number, most: number]> {
    const accounts = new Map<string, Map<string, number>>();
    for (const { batch, item, quantity, from, to } of this.played().ledger.legs)
      for (const [holding, sign] of [
        [from, -1],
        [to, 1],
      ] as const) {
        if (holding.state !== 'ON_HAND' || !this.isAt(holding.site, party)) continue;
        const key = `${holding.site} ${batch.gtin}/${batch.lot}`;
        const account = accounts.get(key) ?? new Map<string, number>();
        accounts.set(key, account);
        const goods = item?.serial ?? '';
        account.set(goods, (account.get(goods) ?? 0) + sign * quantity);
      }
    return new Map(
      [...accounts].map(([key, account]) => {
        const amounts = [...account.values()];
        const least = Math.max(
          0,
          amounts.reduce((sum, one) => sum + one, 0),
        );
        const items = [...account].reduce((sum, [serial, one]) => sum + (serial ? Math.max(0, one) : 0), 0);
        return [key, [least, Math.max(least, items)]];
      }),
    );
  }

  /** Lots that are asked for by name: those on record, fewer than an operation may ask for. */
  lots(): [gtin: string, lot: string][] {
    return [...this.played().world.batches.values()]
      .filter(({ lot }) => lot !== '')
      .map(({ gtin, lot }): [string, string] => [gtin, lot])
      .slice(0, LOTS_MAX);
  }

  /** Whether a party ever had any of a lot, voided events apart. */
  ever(party: string, gtin: string, lot: string): boolean {
    return this.played().ledger.legs.some(
      ({ batch, from, to }) =>
        batch.gtin === this.key(gtin) &&
        batch.lot === lot &&
        (this.isAt(from.site, party) || this.isAt(to.site, party)),
    );
  }

  isAt(site: string, party: string): boolean {
    return Object.entries(partyOfSite).some(
      ([symbol, owner]) => owner === party && this.key(symbol) === site,
    );
  }

  /** Batches a party sees, by the table of the design: its own, one step up and what is downstream, what it holds or held. */
  batchesOf(name: string): string[] {
    const { party, role } = principals[name] ?? { party: null, role: 'ADMIN' };
    const { world, ledger } = this.played();
    const all = [...world.batches.values()].filter(({ lot }) => lot !== '');
    const asked = new Set(this.lots().map(([gtin, lot]) => `${gtin}/${lot}/-`));
    if (party === null) return [...asked];
    const seen = new Set<string>();
    const isOwn = (gtin: string) => this.isOwn(gtin, party);
    for (const { batch, from, to } of ledger.legs)
      if (this.isAt(from.site, party) || this.isAt(to.site, party)) seen.add(batch.key);
    for (const { v } of world.of('services'))
      if (this.isAt(v.site_gln ?? '', party)) seen.add(world.item(v.gtin ?? '', v.serial ?? '').batch.key);
    if (role === 'MANUFACTURER' || role === 'SUPPLIER') {
      for (const { key, gtin } of all) if (isOwn(gtin)) seen.add(key);
      const steps = this.steps(world, ledger);
      for (const [input, output] of steps) {
        if (isOwn(gtinOf(output))) seen.add(input);
        if (isOwn(gtinOf(input))) seen.add(output);
      }
      if (role === 'MANUFACTURER') {
        const below = new Set(all.filter(({ gtin }) => isOwn(gtin)).map(({ key }) => key));
        for (let before = -1; before < below.size; ) {
          before = below.size;
          for (const [input, output] of steps) if (below.has(input)) below.add(output);
        }
        for (const key of below) seen.add(key);
      }
    }
    return [...seen].filter((key) => asked.has(key));
  }

  private isOwn(gtin: string, party: string): boolean {
    return Object.entries(ownerOfProduct).some(
      ([symbol, owner]) => owner === party && this.key(symbol) === gtin,
    );
  }

  private steps(world: World, ledger: Ledger): [input: string, output: string][] {
    return [
      ...world
        .of('consumption')
        .map(({ v }): [string, string] => [
          world.goods({ gtin: v.input_gtin ?? '', lot: v.input_lot, serial: v.input_serial }).batch.key,
          world.batch(v.gtin ?? '', v.lot ?? '').key,
        ]),
      ...world
        .of('relabels')
        .map(({ v }): [string, string] => [
          world.goods({ gtin: v.gtin ?? '', lot: v.lot, serial: v.serial }).batch.key,
          world.goods({ gtin: v.new_gtin ?? '', lot: v.new_lot, serial: v.new_serial }).batch.key,
        ]),
      ...ledger.fittings.map(({ partBatch, parent }): [string, string] => [partBatch.key, parent.batch.key]),
    ];
  }

  /** Forgets whom the sales of one seller name; who told nobody else is found no more. */
  erase(seller: string, mail: string): void {
    const all = this.told.filter((told) => this.mailOf(told) === mail && !told.nobody);
    const own = all.filter(({ party }) => party === seller);
    const nobody = `nobody${this.next()}@x.example`;
    for (const told of own) {
      told.erased = true;
      if (own.length === all.length) told.nobody = nobody;
    }
  }

  private mailOf({ row: { values } }: Told): string | undefined {
    const key = buyerKey({ ...values }, '', '');
    return key?.startsWith('mail:') ? this.key(key.slice('mail:'.length)) : undefined;
  }
}

const gtinOf = (batch: string): string => batch.split('/')[0] ?? '';

/** Kinds of rows that open an interval and may end it. */
export const intervals: Readonly<Record<string, [start: string, end: string]>> = {
  fittings: ['fitted_at', 'removed_at'],
  packings: ['packed_at', 'unpacked_at'],
  registrations: ['registered_at', 'ended_at'],
};
