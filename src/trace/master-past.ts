/** Master data as it was known then: the table itself where the question is about now, else what stood at that moment. */

interface Past {
  /** Columns that name a row. */
  id: readonly string[];
  /** Columns that never change once a row stands, taken from the table itself. */
  fixed: readonly string[];
  /** Columns kept in `<table>_past` whenever they change. */
  kept: readonly string[];
}

const pasts = {
  party: { id: ['party_id'], fixed: ['gln'], kept: ['roles', 'country', 'region', 'stub'] },
  site: { id: ['site_id'], fixed: ['gln'], kept: ['party_id', 'kind', 'country', 'region', 'stub'] },
  product: {
    id: ['product_id'],
    // a measure that is learnt is that of the amounts of before as well
    fixed: ['gtin', 'unit', 'dimension'],
    kept: ['owner_id', 'kind', 'serialised', 'stub'],
  },
  packaging: { id: ['product_id', 'contains_product_id'], fixed: [], kept: ['quantity'] },
  design_revision: {
    id: ['revision_id'],
    fixed: ['product_id', 'code'],
    kept: ['state', 'released_at', 'change_orders'],
  },
  bill_of_materials_line: {
    id: ['revision_id', 'component_id', 'position'],
    fixed: [],
    kept: ['quantity', 'critical'],
  },
  change_effectivity: {
    id: ['change_order', 'product_id', 'site_id', 'line'],
    fixed: [],
    kept: ['not_before', 'not_after', 'first_serial'],
  },
} satisfies Record<string, Past>;

export type MasterTableName = keyof typeof pasts;

/** What stands in a `from` for the table at `known`, a placeholder of the moment asked about; null: now. */
export function masterAt(table: MasterTableName, known: string | null): string {
  if (known === null) return table;
  const { id, fixed, kept }: Past = pasts[table];
  const columns = (kind: string) =>
    [
      ...id.map((name) => `t.${name}`),
      ...fixed.map((name) => `t.${name}`),
      ...kept.map((name) => `${kind}.${name}`),
    ].join(', ');
  return `(
       select ${columns('t')} from ${table} t where t.recorded_at <= ${known}
       union all
       select ${columns('b')} from ${table}_past b join ${table} t on ${id.map((name) => `t.${name} = b.${name}`).join(' and ')}
       where b.recorded_at <= ${known} and b.voided_at > ${known})`;
}
