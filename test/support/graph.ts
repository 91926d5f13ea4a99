/**
 * Graphs for tests of the spread, told in words and solved in memory: `cell/C1` is a lot, `cell` the product's goods without
 * one, `bike/B#1` an item of a lot. Times are hours of one day; what has no time may have happened at any.
 */
import type { Origins } from '../../src/recall/evaluate-rule.js';
import type { BatchFacts } from '../../src/recall/rule-facts.js';
import type { Certainty, Exposure, Share } from '../../src/recall/scope.js';
import { exclusionsOf } from '../../src/recall/spread/exclusions.js';
import {
  emptyGraph,
  type FittingRow,
  type Guess,
  type MadeRow,
  type Need,
} from '../../src/recall/spread/graph.js';
import { type Shares, shareOut } from '../../src/recall/spread/share-out.js';
import { type Solution, solve } from '../../src/recall/spread/solve.js';
import type { Truth } from '../../src/recall/truth.js';

type Hour = number;
type LotFacts = Partial<Omit<BatchFacts, 'quantity' | 'items'>> & {
  quantity?: number | null;
  items?: number;
};
type Drawn = Partial<Omit<MadeRow, 'at' | 'to' | 'quantity' | 'inputItem'>> & {
  at?: Hour;
  to?: Hour;
  quantity?: number;
  item?: string;
};
type Fitted = Partial<Omit<FittingRow, 'fittedAt' | 'fittedTo' | 'removedAt' | 'quantity'>> & {
  at?: Hour;
  to?: Hour;
  out?: Hour;
  quantity?: number | null;
};

/** What was solved, by the names of the graph. */
export interface Answer {
  solution: Solution;
  shares: Shares;
  batches: Record<string, Certainty>;
  items: Record<string, Certainty>;
  /** What is left out, and why. */
  excluded: Record<string, string>;
  share(name: string): string;
  membersShare(name: string): string;
}

export const hour = (at: Hour): Date => new Date(Date.UTC(2026, 0, 1, at));
const hourOrNull = (at: Hour | undefined): Date | null => (at === undefined ? null : hour(at));
const shown = (share: Share | null): string =>
  share === null ? 'unknown' : `${share.numerator}/${share.denominator}`;

export class GraphInWords {
  readonly graph = emptyGraph();
  readonly origins: Origins = { batches: new Map(), items: new Map(), gaps: [], persisting: null };
  readonly #ids = new Map<string, bigint>();

  /** The id of a product, lot or item, given out at its first mention. */
  id(name: string): bigint {
    const id = this.#ids.get(name) ?? BigInt(this.#ids.size + 1);
    this.#ids.set(name, id);
    return id;
  }

  /** The name of a lot or item. */
  nameOf(id: bigint): string | undefined {
    return [...this.#ids].find(([, given]) => given === id)?.[0];
  }

  product = (name: string): bigint => this.id(`product ${name.split(/[/#]/)[0]}`);
  #lotOf = (item: string): string => item.split('#')[0] ?? '';

  lot(name: string, more: LotFacts = {}): bigint {
    const { quantity = null, items = 0, ...facts } = more;
    const batchId = this.id(name);
    this.graph.batches.set(batchId, {
      batchId,
      productId: this.product(name),
      lot: name.split('/')[1] ?? null,
      sourceId: null,
      expiresOn: null,
      runs: [],
      madeHere: false,
      productHasLots: true,
      ...facts,
      quantity: quantity === null ? null : BigInt(quantity),
      items: BigInt(items),
    });
    return batchId;
  }

  #known(name: string): bigint {
    return this.graph.batches.has(this.id(name)) ? this.id(name) : this.lot(name);
  }

  /** The output drew the input. */
  made(output: string, input: string, { at, to, quantity, item, ...more }: Drawn = {}): MadeRow {
    const row: MadeRow = {
      input: this.#known(input),
      output: this.#known(output),
      inputProduct: this.product(input),
      inputItem: item === undefined ? null : this.id(item),
      inputWithoutLot: false,
      relabelled: false,
      mixing: 'DISCRETE',
      pool: null,
      quantity: quantity === undefined ? null : BigInt(quantity),
      at: hourOrNull(at),
      to: hourOrNull(to ?? at),
      eventKey: `made ${this.graph.made.length}`,
      ...more,
    };
    this.graph.made.push(row);
    return row;
  }

  fitted(parent: string, part: string, { at, to, out, quantity = 1, ...more }: Fitted = {}): FittingRow {
    const row: FittingRow = {
      fittingId: BigInt(this.graph.fittings.length + 1),
      parentItem: this.id(parent),
      parentBatch: this.#known(this.#lotOf(parent)),
      partBatch: this.#known(this.#lotOf(part)),
      partProduct: this.product(part),
      partWithoutLot: !part.includes('/'),
      partItem: part.includes('#') ? this.id(part) : null,
      position: null,
      quantity: quantity === null ? null : BigInt(quantity),
      fittedAt: hourOrNull(at),
      fittedTo: hourOrNull(to ?? at),
      removedAt: hourOrNull(out),
      byService: false,
      tookOne: false,
      alternative: false,
      eventKey: `fitted ${this.graph.fittings.length}`,
      ...more,
    };
    this.graph.fittings.push(row);
    return row;
  }

  /** A lot, or an item, could be of the component. */
  guess(
    kind: Guess['kind'],
    to: string,
    component: string,
    { at, end }: { at?: Hour; end?: Hour } = {},
  ): Guess {
    const batchId = this.#known(this.#lotOf(to));
    const guess: Guess = {
      kind,
      component: this.#known(component),
      toBatch: to.includes('#') ? null : batchId,
      toItem: to.includes('#') ? { itemId: this.id(to), batchId } : null,
      eventKey: null,
      at: hourOrNull(at),
      to: hourOrNull(end ?? at),
    };
    this.graph.guesses.push(guess);
    return guess;
  }

  /** What a unit needs of a component: how many, or how many at each position. */
  needs(product: string, component: string, quantity: number | Record<string, number>, revision = 'A'): void {
    const positions = typeof quantity === 'number' ? { '': quantity } : quantity;
    const needs: Need[] = Object.entries(positions).map(([position, count]) => ({
      position,
      quantity: BigInt(count),
    }));
    const revisions = this.graph.bills.get(this.product(product)) ?? new Map<string, Map<bigint, Need[]>>();
    this.graph.bills.set(this.product(product), revisions);
    revisions.set(revision, (revisions.get(revision) ?? new Map()).set(this.product(component), needs));
  }

  /** Its maker said that the component went elsewhere. */
  stated(name: string, component: string, eventKey = 'statement'): void {
    this.graph.stated.push({
      component: this.#known(component),
      batchId: this.#known(this.#lotOf(name)),
      itemId: name.includes('#') ? this.id(name) : null,
      eventKey,
      at: hour(1),
    });
  }

  /** What the rule says of a lot, or of an item that differs from its lot. */
  origin(name: string, truth: Truth = 'TRUE', to: Origins = this.origins): this {
    const batchId = this.#known(this.#lotOf(name));
    if (name.includes('#'))
      to.items.set(this.id(name), {
        batchId,
        productId: this.product(name),
        truth,
        ...(truth === 'FALSE' && { failed: 'line = 2' }),
      });
    else if (truth !== 'FALSE') to.batches.set(batchId, truth);
    return this;
  }

  /** The same, of a defect that stays where the part was taken out. */
  persists(name: string, truth: Truth = 'TRUE'): this {
    this.origins.persisting ??= { batches: new Map(), items: new Map(), gaps: [], persisting: null };
    this.origin(name, truth);
    return this.origin(name, truth, this.origins.persisting);
  }

  solve(exposure: Exposure = 'EVER'): Answer {
    const solution = solve(this.graph, this.origins, exposure);
    const shares = shareOut(solution);
    const names = [...this.#ids.keys()].filter((name) => !name.startsWith('product '));
    const answers = (wanted: readonly string[], certaintyOf: (name: string) => Certainty | null) =>
      Object.fromEntries(
        wanted.flatMap((name) => {
          const certainty = certaintyOf(name);
          return certainty === null ? [] : [[name, certainty]];
        }),
      );
    const batchOf = (item: string) => this.id(this.#lotOf(item));
    return {
      solution,
      shares,
      batches: answers(
        names.filter((name) => !name.includes('#')),
        (name) => solution.overall(this.id(name)),
      ),
      items: answers(
        names.filter((name) => name.includes('#')),
        (name) => solution.item(this.id(name), batchOf(name)),
      ),
      excluded: Object.fromEntries(
        exclusionsOf(solution).excluded.map(({ key, reason }) => [
          this.nameOf(BigInt(key.split(':')[1] ?? '')) ?? key,
          reason,
        ]),
      ),
      share: (name) =>
        shown(name.includes('#') ? shares.item(this.id(name), batchOf(name)) : shares.batch(this.id(name))),
      membersShare: (name) => shown(shares.members(this.id(name))),
    };
  }
}
