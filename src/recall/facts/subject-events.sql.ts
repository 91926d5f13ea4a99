/** The events that a reader needs to check what the conditions answer: how the subject was made, and what became of it. */
import type pg from 'pg';
import { type AnswerLimits, statement } from '../../trace/index.js';
import { leavesOf } from '../rule.js';
import type { BatchFacts, ItemFacts } from '../rule-facts.js';
import type { Scope } from '../scope.js';

export interface SubjectEvent {
  eventKey: string;
  eventId: string;
  kind: string;
  occurredAt: Date | null;
}

/** What is told of the subject by more than its making is read where a condition asks for it. */
const ASKED_BY = {
  inspection: 'INSPECTED',
  changeOrder: 'REWORKED',
  installed: 'INSTALLED',
  sold: 'SOLD',
  registered: 'REGISTERED',
} as const;
type Told = (typeof ASKED_BY)[keyof typeof ASKED_BY];

function toldBy({ request }: Scope): Set<Told> {
  const rules = [request.rule, ...(request.keep == null ? [] : [request.keep])];
  const kinds = rules.flatMap((rule) => leavesOf(rule)).flatMap(({ leaf }) => Object.keys(leaf));
  return new Set(Object.entries(ASKED_BY).flatMap(([kind, told]) => (kinds.includes(kind) ? [told] : [])));
}

/**
 * In order of time, as many as the limit allows: its runs and its own making, and as far as rule and keep ask for
 * them its inspections, reworks, installations, sales and registrations, those of what it was built into too.
 */
export async function subjectEvents(
  client: pg.ClientBase,
  scope: Scope,
  { batch, item, limits }: { batch: BatchFacts; item: ItemFacts | null; limits: AnswerLimits },
): Promise<{ events: SubjectEvent[]; isWhole: boolean }> {
  const told = toldBy(scope);
  const ended = told.has('SOLD') || told.has('REGISTERED');
  const alone = { itemIds: item === null ? [] : [item.itemId], isWhole: true };
  const { itemIds, isWhole } =
    ended && item !== null ? await itemAndParents(client, scope, item.itemId, limits.claimLevels) : alone;
  const sql = statement(scope.clocks);
  const batchId = `${sql.bind(batch.batchId)}::bigint`;
  const itemId = `${sql.bind(item?.itemId ?? null)}::bigint`;
  const among = (column: string) => `${column} = any(${sql.bind(itemIds)}::bigint[])`;
  const ofIt = (alias: string) =>
    `(${itemId} is null or ${alias}.item_id is null or ${alias}.item_id = ${itemId})`;
  /** Of the item and what it was built into; of the batch where no item is asked about. */
  const fates = (alias: string) =>
    item === null ? `${alias}.batch_id = ${batchId}` : among(`${alias}.item_id`);
  const selects = [
    `select r.event_key from run r where r.batch_id = ${batchId} and ${sql.live('r')} and ${sql.happened('r.produced_from')}`,
    `select i.event_key from item i where i.batch_id = ${batchId} and i.item_id = ${itemId} and ${sql.live('i')}`,
    `select l.event_key from lineage l join event e on e.event_key = l.event_key and e.kind = 'RELABELLED'
     where l.output_batch_id = ${batchId} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}`,
  ];
  if (told.has('INSPECTED'))
    selects.push(
      `select n.event_key from inspection n where n.batch_id = ${batchId} and ${ofIt('n')} and ${sql.live('n')} and ${sql.happened('n.occurred_at')}`,
    );
  if (told.has('REWORKED'))
    selects.push(
      `select e.event_key from event_reference r join event e on e.event_key = r.event_key and e.kind = 'REWORKED'
       where r.reference in (hashtextextended('i:' || ${itemId}, 0), hashtextextended('l:' || ${sql.bind(batch.productId)}::bigint || ':' || ${sql.bind(batch.lot)}::text, 0))
         and ${ofIt('e')} and ${sql.live('e')} and ${sql.happened('e.occurred_at')}`,
    );
  if (told.has('INSTALLED'))
    selects.push(
      `select f.event_key from fitting f join batch b on b.batch_id = f.part_batch_id
       join product p on p.product_id = b.product_id and p.kind = 'SOFTWARE'
       where f.parent_item_id = ${itemId} and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`,
    );
  if (ended && item !== null)
    selects.push(
      `select f.event_key from fitting f where ${among('f.part_item_id')} and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`,
    );
  if (told.has('SOLD'))
    selects.push(
      `select w.event_key from sale w where ${fates('w')} and ${sql.live('w')} and ${sql.happened('w.occurred_at')}`,
    );
  if (told.has('REGISTERED'))
    selects.push(
      `select g.event_key from registration g where ${fates('g')} and ${sql.live('g')} and ${sql.happened('g.registered_at')}`,
    );
  const { rows } = await client.query<SubjectEvent>(
    `select e.event_key as "eventKey", e.event_id as "eventId", e.kind, nullif(e.occurred_at, 'epoch') as "occurredAt"
     from (${selects.join('\n union ')}) as told join event e on e.event_key = told.event_key
     order by e.occurred_at, e.event_id limit ${sql.bind(limits.claimEvents + 1)}`,
    sql.values,
  );
  return { events: rows.slice(0, limits.claimEvents), isWhole: isWhole && rows.length <= limits.claimEvents };
}

/** The item and what it was built into, level by level. */
async function itemAndParents(
  client: pg.ClientBase,
  { clocks }: Scope,
  itemId: bigint,
  levelsMax: number,
): Promise<{ itemIds: bigint[]; isWhole: boolean }> {
  const found = new Set([itemId]);
  let level = [itemId];
  for (let depth = 0; level.length > 0 && depth < levelsMax; depth += 1) {
    const sql = statement(clocks);
    const { rows } = await client.query<{ item_id: bigint }>(
      `select distinct f.parent_item_id as item_id from fitting f
       where f.part_item_id = any(${sql.bind(level)}::bigint[]) and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`,
      sql.values,
    );
    level = rows.map((row) => BigInt(row.item_id)).filter((id) => !found.has(id));
    for (const id of level) found.add(id);
  }
  return { itemIds: [...found], isWhole: level.length === 0 };
}
