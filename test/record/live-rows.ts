/** The live rows by natural key, without row ids and clocks of knowing: equal when two records say the same. */
import type pg from 'pg';

const batch = (alias: string) => `(select p.gtin || '/' || coalesce(b.lot, '-') || '/' || coalesce(s.gln, '-')
  from batch b join product p on p.product_id = b.product_id left join site s on s.site_id = b.source_id where b.batch_id = ${alias})`;
const item = (column: string) =>
  `(select p.gtin || '/' || k.serial from item_key k join product p on p.product_id = k.product_id where k.item_id = ${column})`;
const site = (column: string) => `(select gln from site where site_id = ${column})`;
const party = (column: string) => `(select gln from party where party_id = ${column})`;
const unit = (column: string) => `(select unit_key from logistic_unit where unit_id = ${column})`;
const event = (column: string) => `(select event_id from event e where e.event_key = ${column})`;

const statements: Record<string, string> = {
  item: `select ${batch('t.batch_id')}, ${item('t.item_id')}, ${party('t.owner_id')}, produced_at, ${site('t.site_id')}, line, revision, known from item t where voided_at is null`,
  run: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${site('t.site_id')}, line, revision, produced_from, produced_to, quantity from run t where voided_at is null`,
  lineage: `select ${batch('t.input_batch_id')}, ${batch('t.output_batch_id')}, kind, mixing, pool, quantity, occurred_at from lineage t where voided_at is null`,
  fitting: `select ${batch('t.batch_id')}, ${item('t.parent_item_id')}, ${batch('t.part_batch_id')}, ${item('t.part_item_id')}, position, quantity, fitted_at, removed_at, removed_to from fitting t where voided_at is null`,
  containment: `select ${unit('t.unit_id')}, ${unit('t.content_unit_id')}, ${batch('t.content_batch_id')}, ${item('t.content_item_id')}, quantity, packed_at, unpacked_at from containment t where voided_at is null`,
  leg: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${item('t.item_id')}, ${site('t.site_id')}, ${party('t.party_id')}, state, quantity, unknown_amount, ${party('t.owner_id')}, ${party('t.counterparty_id')}, occurred_at from leg t where voided_at is null`,
  balance: `select ${batch('t.batch_id')}, ${site('t.site_id')}, ${party('t.party_id')}, state, quantity, unknown_legs from balance t where quantity <> 0 or unknown_legs <> 0`,
  sale: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${item('t.item_id')}, ${site('t.site_id')}, ${party('t.party_id')}, quantity, returned, (select encode(buyer_key, 'hex') from buyer where buyer_id = t.buyer_id), receipt, country, region from sale t where voided_at is null`,
  sale_return: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${event('t.sale_event_key')}, ${item('t.item_id')}, ${site('t.site_id')}, quantity from sale_return t where voided_at is null`,
  registration: `select ${batch('t.batch_id')}, ${item('t.item_id')}, kind, registered_at, ended_at, (select encode(buyer_key, 'hex') from buyer where buyer_id = t.buyer_id) from registration t where voided_at is null`,
  service: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${item('t.item_id')}, ${site('t.site_id')}, ${party('t.party_id')}, occurred_at from service t where voided_at is null`,
  stock_count: `select ${batch('t.batch_id')}, ${event('t.event_key')}, ${site('t.site_id')}, quantity, occurred_at from stock_count t where voided_at is null`,
  batch_hold: `select ${batch('t.batch_id')}, status, reason, occurred_at from batch_hold t where voided_at is null`,
  inspection: `select ${batch('t.batch_id')}, ${item('t.item_id')}, characteristic, value, verdict, occurred_at from inspection t where voided_at is null`,
};

/** Every derived table as sorted lines. */
export async function liveRows(pool: pg.Pool): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const [table, statement] of Object.entries(statements)) {
    const found = await pool.query({ text: statement, rowMode: 'array' });
    tables[table] = found.rows
      .map((row) =>
        row.map((cell: unknown) => (cell instanceof Date ? cell.toISOString() : String(cell))).join(' | '),
      )
      .sort();
  }
  return tables;
}
