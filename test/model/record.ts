/** What a history has recorded so far, kept as plainly as can be: rows, who told them, recalls; and what follows from them. */
import { type NaiveAnswer, naiveAnswer } from '../plain/answer.js';
import { playLedger } from '../plain/ledger.js';
import { buyerKey, type Ledger } from '../plain/movements.js';
import { standingFacts } from '../plain/rows.js';
import { World } from '../plain/world.js';
import { type ChainRow, keyed, keyedRow } from '../property/chain.js';
import { Using } from '../property/using.js';
import { features, ownerOfProduct, partyOfSite, sitesOf, worldRows } from './world.js';

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
  /** Scopes frozen so far, as the plain walk answered then, less what the opener did not see. */
  versions: FrozenAnswer[];
}

export interface FrozenAnswer extends NaiveAnswer {
  /** Its opener saw all of it. */
  isWhole: boolean;
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

  isOwn(gtin: string, party: string): boolean {
    return Object.entries(ownerOfProduct).some(
      ([symbol, owner]) => owner === party && this.key(symbol) === gtin,
    );
  }

  isAt(site: string, party: string): boolean {
    return Object.entries(partyOfSite).some(
      ([symbol, owner]) => owner === party && this.key(symbol) === site,
    );
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

/** Kinds of rows that open an interval and may end it. */
export const intervals: Readonly<Record<string, [start: string, end: string]>> = {
  fittings: ['fitted_at', 'removed_at'],
  packings: ['packed_at', 'unpacked_at'],
  registrations: ['registered_at', 'ended_at'],
};
