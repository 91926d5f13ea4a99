/** Amounts of events in the smallest unit, told anew when their product's measure is learnt. */
import type { PoolClient } from 'pg';
import { measureTable, QUANTITY_MAX } from './input/index.js';

/**
 * Works out the amounts of all events that these products measure from what the events say. An amount that the measure
 * cannot hold (2.5 pieces, kilograms of what is counted) is an unknown amount.
 */
export async function rescaleEvents(client: PoolClient, productIds: bigint[]): Promise<void> {
  if (productIds.length === 0) return;
  const units = measureTable();
  await client.query(
    `with unit_of_measure as (
       select * from unnest($2::text[], $3::text[], $4::numeric[], $5::numeric[]) as u(unit, dimension, numerator, denominator)
     ),
     told as (
       select e.event_key, (e.body ->> 'quantity')::numeric * u.numerator / u.denominator as amount, u.dimension = p.dimension as fits,
         u.denominator = 1 as is_exact
       from product p
       join event_reference r on r.reference = hashtextextended('p:' || p.product_id, 0)
       join event e on e.event_key = r.event_key and e.body ->> 'quantity' is not null
         and case when e.kind in ('CONSUMED', 'FITTED') then e.product2_id else e.product_id end = p.product_id
       join unit_of_measure u on u.unit = coalesce(e.body ->> 'unit', p.unit)
       where p.product_id = any($1::bigint[])
     )
     update event e
     set quantity = case when t.fits and t.amount <= $6::numeric and (not t.is_exact or t.amount = trunc(t.amount)) then round(t.amount)::bigint end
     from told t where t.event_key = e.event_key`,
    [
      productIds,
      units.map((unit) => unit.unit),
      units.map((unit) => unit.dimension),
      units.map((unit) => unit.numerator),
      units.map((unit) => unit.denominator),
      QUANTITY_MAX,
    ],
  );
}

/** Quantities of a bill of materials are in the component's unit: of another dimension, they mean as many of the new one. */
export async function rescaleBills(
  client: PoolClient,
  remeasured: { productId: bigint; unitBefore: string; unit: string }[],
): Promise<void> {
  const smallest = new Map(measureTable().map((unit) => [unit.unit, unit]));
  for (const { productId, unitBefore, unit } of remeasured) {
    const [then, now] = [smallest.get(unitBefore), smallest.get(unit)];
    if (!then || !now || then.dimension === now.dimension) continue;
    for (const table of ['bill_of_materials_line', 'bill_of_materials_line_past'])
      await client.query(
        `update ${table} l set quantity = round(l.quantity * $2::numeric / $3::numeric)::bigint where l.component_id = $1`,
        [productId, now.numerator * then.denominator, then.numerator * now.denominator],
      );
  }
}
