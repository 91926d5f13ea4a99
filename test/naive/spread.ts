// What is affected: the rule asked of every batch and item, then spread by making and fitting, as the design says it.
import type { Batch, Chain, Fitting, Item, Run } from './chain.js';
import type { Custody, Leg } from './custody.js';

export type Certainty = 'CERTAIN' | 'POSSIBLE';
type Truth = 'TRUE' | 'FALSE' | 'UNKNOWN';

export type NaiveRule =
  | { batch: { gtin: string; lot: string } }
  | { designRevision: { gtin: string; code: string } }
  | { supplier: { gln: string } }
  | { produced: { gtin?: string; site?: string; line?: string; from?: string; to?: string } }
  | { serials: { gtin: string; from: string; to: string } };

export interface Spread {
  batches: Map<Batch, Certainty>;
  items: Map<Item, Certainty>;
}

const is = (condition: boolean): Truth => (condition ? 'TRUE' : 'FALSE');

function every(truths: Truth[]): Truth {
  if (truths.includes('FALSE')) return 'FALSE';
  return truths.includes('UNKNOWN') ? 'UNKNOWN' : 'TRUE';
}

/** One answer for several runs: all alike, or unknown. */
function agreed(truths: Truth[]): Truth {
  return truths.every((truth) => truth === truths[0]) ? (truths[0] as Truth) : 'UNKNOWN';
}

function splitSerial(serial: string): { prefix: string; number: bigint } | undefined {
  const match = /^(.*?)(\d+)$/.exec(serial);
  return match ? { prefix: match[1] as string, number: BigInt(match[2] as string) } : undefined;
}

function ask(rule: NaiveRule, chain: Chain, of: { batch: Batch; item?: Item }, run: Run): Truth {
  if ('batch' in rule) return is(of.batch.gtin === rule.batch.gtin && of.batch.lot === rule.batch.lot);
  if ('designRevision' in rule) {
    if (of.batch.gtin !== rule.designRevision.gtin) return 'FALSE';
    return run.revision === undefined ? 'UNKNOWN' : is(run.revision === rule.designRevision.code);
  }
  if ('supplier' in rule)
    return run.site === undefined ? 'UNKNOWN' : is(chain.sites.get(run.site)?.party === rule.supplier.gln);
  if ('produced' in rule) {
    const { gtin, site, line, from, to } = rule.produced;
    const low = from ? Date.parse(from) : Number.NEGATIVE_INFINITY;
    const high = to ? Date.parse(to) : Number.POSITIVE_INFINITY;
    const truths: Truth[] = [];
    if (gtin) truths.push(is(of.batch.gtin === gtin));
    if (site) truths.push(run.site === undefined ? 'UNKNOWN' : is(run.site === site));
    if (line) truths.push(run.line === undefined ? 'UNKNOWN' : is(run.line === line));
    if (from || to) {
      if (run.from === undefined || run.to === undefined) truths.push('UNKNOWN');
      else if (run.from >= low && run.to <= high) truths.push('TRUE');
      else truths.push(run.to < low || run.from > high ? 'FALSE' : 'UNKNOWN');
    }
    return every(truths);
  }
  if (of.batch.gtin !== rule.serials.gtin) return 'FALSE';
  if (!of.item) return 'UNKNOWN';
  const [low, high, own] = [rule.serials.from, rule.serials.to, of.item.serial].map(splitSerial);
  if (!low || !high || !own || own.prefix !== low.prefix) return 'FALSE';
  return is(own.number >= low.number && own.number <= high.number);
}

function merged(own: Run, run: Run): Run {
  return {
    site: own.site ?? run.site,
    line: own.line ?? run.line,
    revision: own.revision ?? run.revision,
    from: own.from ?? run.from,
    to: own.to ?? run.to,
  };
}

const asCertainty = (truth: Truth): Certainty | undefined =>
  truth === 'TRUE' ? 'CERTAIN' : truth === 'UNKNOWN' ? 'POSSIBLE' : undefined;

function strongest(found: (Certainty | undefined)[]): Certainty | undefined {
  if (found.includes('CERTAIN')) return 'CERTAIN';
  return found.includes('POSSIBLE') ? 'POSSIBLE' : undefined;
}

/** The components a batch's bill of materials wants, for one unit; an unknown revision wants what any revision does. */
function wanted(chain: Chain, batch: Batch): Map<string, number> {
  const revisions = chain.wants.get(batch.gtin);
  const all = new Map<string, number>();
  if (!revisions) return all;
  const codes =
    batch.runs.length === 0 || batch.runs.some((run) => run.revision === undefined)
      ? [...revisions.keys()]
      : batch.runs.map((run) => run.revision as string);
  for (const code of codes)
    for (const [component, quantity] of revisions.get(code) ?? [])
      all.set(component, Math.max(all.get(component) ?? 0, quantity));
  return all;
}

export function spread(
  chain: Chain,
  custody: Custody,
  rule: NaiveRule,
  exposure: 'EVER' | 'CURRENT' = 'EVER',
): Spread {
  const legsOf = Map.groupBy(custody.legs, (leg: Leg) => leg.batch);
  const batchesOf = Map.groupBy([...chain.batches.values()], (batch) => batch.gtin);
  const wholeMemo = new Map<Batch, Certainty | undefined>();
  const itemMemo = new Map<Item, Certainty | undefined>();
  const counts = (fitting: Fitting): boolean =>
    exposure === 'EVER' || fitting.to === Number.POSITIVE_INFINITY;

  /** The batch as a whole: by the rule, or by what it consumed. Items of serialised batches answer the rule themselves. */
  function whole(batch: Batch): Certainty | undefined {
    if (wholeMemo.has(batch)) return wholeMemo.get(batch);
    wholeMemo.set(batch, undefined);
    const runs = batch.runs.length > 0 ? batch.runs : [{}];
    const origin =
      batch.items.length > 0
        ? undefined
        : asCertainty(agreed(runs.map((run) => ask(rule, chain, { batch }, run))));
    const found = [origin];
    for (const inputs of Map.groupBy(batch.inputs, (input) => input.batch.gtin).values()) {
      const states = inputs.map((input) => ({ input, state: overall(input.batch) }));
      if (states.every(({ state }) => state === undefined)) continue;
      const certain =
        states.every(({ state }) => state === 'CERTAIN') ||
        states.some(({ input, state }) => state === 'CERTAIN' && input.mixing === 'BLENDED');
      const onlyCarryover = states.every(
        ({ input, state }) => state === undefined || input.mixing === 'CARRYOVER',
      );
      found.push(certain && !onlyCarryover ? 'CERTAIN' : 'POSSIBLE');
    }
    if (
      batch.items.length === 0 &&
      missingComponents(batch).some((component) => couldBeThere(component, batch))
    )
      found.push('POSSIBLE');
    wholeMemo.set(batch, strongest(found));
    return wholeMemo.get(batch);
  }

  /** Wanted components that what was consumed by the batch does not cover. */
  function missingComponents(batch: Batch): string[] {
    return [...wanted(chain, batch)]
      .filter(([component, quantity]) => {
        const recorded = batch.inputs
          .filter((input) => input.batch.gtin === component)
          .reduce((sum, input) => sum + input.quantity, 0);
        return recorded < quantity * batch.quantity;
      })
      .map(([component]) => component);
  }

  /** Whether affected goods of a component could have lain where and while the batch was made. */
  function couldBeThere(component: string, batch: Batch): boolean {
    return (batchesOf.get(component) ?? []).some((candidate) => {
      if (overall(candidate) === undefined) return false;
      const legs = (legsOf.get(candidate) ?? []).filter(
        (leg) => !leg.item || affected(leg.item) !== undefined,
      );
      return batch.runs.some((run) => wasAt(legs, run.site as string, run.from as number, run.to as number));
    });
  }

  function affected(item: Item): Certainty | undefined {
    if (itemMemo.has(item)) return itemMemo.get(item);
    itemMemo.set(item, undefined);
    const { batch } = item;
    const runs = batch.runs.length > 0 ? batch.runs : [{}];
    const origin = asCertainty(
      agreed(runs.map((run) => ask(rule, chain, { batch, item }, merged(item.own, run)))),
    );
    const parts = item.parts.filter(counts).map(partState);
    const found = [origin, whole(batch), ...parts];
    for (const component of missingComponents(batch)) {
      const fitted = item.parts.filter((part) => part.gtin === component).length;
      if (fitted >= (wanted(chain, batch).get(component) as number)) continue;
      const sibling = batch.items.some((other) =>
        other.parts.some((part) => part.gtin === component && counts(part) && partState(part) !== undefined),
      );
      if (sibling || couldBeThere(component, batch)) found.push('POSSIBLE');
    }
    itemMemo.set(item, strongest(found));
    return itemMemo.get(item);
  }

  function partState(part: Fitting): Certainty | undefined {
    return part.partItem ? affected(part.partItem) : overall(part.partBatch as Batch);
  }

  /** A batch seen from outside: certain when all of it is, possible when some of it is or may be. */
  function overall(batch: Batch): Certainty | undefined {
    const state = whole(batch);
    if (batch.items.length === 0 || state === 'CERTAIN') return state;
    const states = batch.items.map(affected);
    if (states.every((one) => one === 'CERTAIN')) return 'CERTAIN';
    return states.some((one) => one !== undefined) ? 'POSSIBLE' : undefined;
  }

  const result: Spread = { batches: new Map(), items: new Map() };
  for (const batch of chain.batches.values()) {
    const state = overall(batch);
    if (state) result.batches.set(batch, state);
    for (const item of batch.items) {
      const own = affected(item);
      if (own) result.items.set(item, own);
    }
  }
  return result;
}

/** Whether any of these goods lay on hand at the site at some moment from `from` to `to`. */
export function wasAt(legs: Leg[], site: string, from: number, to: number): boolean {
  let onHand = 0;
  for (const leg of legs) {
    if (leg.at > to) break;
    const change =
      (leg.to.site === site && leg.to.state === 'ON_HAND' ? leg.quantity : 0) -
      (leg.from.site === site && leg.from.state === 'ON_HAND' ? leg.quantity : 0);
    if (leg.at >= from && onHand > 0) return true;
    onHand += change;
    if (leg.at >= from && onHand > 0) return true;
  }
  return onHand > 0;
}
