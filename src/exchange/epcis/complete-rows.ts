/** Rows that follow from several captured events together: pools, declarations of what came later, shipments taken back. */
import type { PoolClient } from 'pg';
import { withSession } from '../../database/index.js';
import type { Services } from '../../record/index.js';
import type { MappingRule } from './cbv-mapping.js';
import {
  findAssociations,
  findBrought,
  findPoolMembers,
  findShippingOf,
  findWronglyLive,
} from './epcis-event.sql.js';
import { type JointRow, poolRows } from './pools.js';
import { readCaptured } from './read-epcis.js';
import { removalsOfAll } from './removal-of-all.js';
import type { ReadEvent } from './rows.js';
import { searchKeysOf } from './search-keys.js';
import { shipmentVoids } from './shipment-voids.js';
import { voidId } from './void-row.js';

/** What these events, once kept, bring about with all that was captured before or beside them. */
export async function completeRows(
  services: Services,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
): Promise<JointRow[]> {
  return withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => [
    ...(await ofPools(client, events, rules)),
    ...(await ofDeclarations(client, events)),
  ]);
}

/** What the record should say otherwise now: rows of earlier captures are voided where these events tell better. */
export async function reconcilingRows(
  services: Services,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
): Promise<JointRow[]> {
  return withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => [
    ...(await ofVoidedShipments(client, events, rules)),
    ...(await ofRemovals(client, events, rules)),
  ]);
}

async function ofPools(
  client: PoolClient,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
): Promise<JointRow[]> {
  const pools = [
    ...new Set(events.map((read) => read.transformation?.pool).filter((pool) => pool !== undefined)),
  ];
  if (pools.length === 0) return [];
  const members = await findPoolMembers(client, pools);
  return poolRows(
    members.map((row) => ({ ...readCaptured(row, rules), ...(row.declared ? {} : { declaration: null }) })),
  );
}

const shippingSteps = new Set(['shipping', 'departing', 'consigning', 'void_shipping']);

async function ofVoidedShipments(
  client: PoolClient,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
): Promise<JointRow[]> {
  const moved = events.filter((read) => shippingSteps.has(read.step));
  const keys = moved
    .flatMap(searchKeysOf)
    .filter(({ role }) => ['EPC', 'EPC_CLASS', 'PARENT'].includes(role))
    .map(({ key }) => key);
  if (keys.length === 0) return [];
  const captured = await findShippingOf(client, [...new Set(keys)]);
  if (captured.length === 0) return [];
  const brought = await findBrought(
    client,
    captured.map((row) => row.event_id),
  );
  return shipmentVoids(moved, captured, brought, rules);
}

async function ofRemovals(
  client: PoolClient,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
): Promise<JointRow[]> {
  const parents = events
    .filter((read) => read.type === 'AssociationEvent')
    .flatMap(searchKeysOf)
    .filter(({ role }) => role === 'PARENT');
  if (parents.length === 0) return [];
  const captured = await findAssociations(client, [...new Set(parents.map(({ key }) => key))]);
  const brought = await findBrought(
    client,
    captured.map((row) => row.event_id),
  );
  return removalsOfAll(captured, brought, rules);
}

/** An original that arrives after its declaration, or that was mapped otherwise then, is voided row by row. */
async function ofDeclarations(client: PoolClient, events: readonly ReadEvent[]): Promise<JointRow[]> {
  const live = await findWronglyLive(client, [...new Set(events.map((read) => read.id))]);
  return live.map(({ event_id, declared_at, reason, row_event_id, declaration_key }) => ({
    of: [event_id],
    row: {
      kind: 'voids',
      values: {
        event_id: voidId(row_event_id, declaration_key),
        voided_event_id: row_event_id,
        voided_at: declared_at.toISOString(),
        reason,
      },
    },
  }));
}
