/** Where items and units are, and inside what: a few statements for all that are asked about in a level. */
import DataLoader from 'dataloader';
import { custodyView, type Principal, seenItems, seenUnits } from '../../access/index.js';
import { engine, type RequestContext, readAsCaller, requirePrincipal } from '../../graphql/index.js';
import {
  type AnswerLimits,
  type Birthplace,
  birthplacesOf,
  type Clocks,
  type Container,
  containersOf,
  type Holding,
  pageHoldings,
  placesOfUnits,
  type UnitPlace,
} from '../index.js';
import { shownState } from './custody.js';
import type { ContainerType, Place, Whereabouts } from './custody.types.js';

type Kind = 'ITEM' | 'UNIT';

export function whereaboutsOf(
  context: RequestContext,
  kind: Kind,
  id: bigint,
  clocks: Clocks,
): Promise<Whereabouts> {
  const loader = context.memo(
    `whereabouts:${kind}:${clocks.asOf?.toISOString()}:${clocks.knownAt?.toISOString()}`,
    () => new DataLoader<bigint, Whereabouts>((ids) => readWhereabouts(context, kind, [...ids], clocks)),
  );
  return loader.load(id);
}

interface Found {
  containers: Container[];
  seenUnitIds: Set<bigint>;
  seenItemIds: Set<bigint>;
  births: Birthplace[];
  unitPlaces: UnitPlace[];
  holdings: Holding[];
}

async function readWhereabouts(
  context: RequestContext,
  kind: Kind,
  ids: bigint[],
  clocks: Clocks,
): Promise<Whereabouts[]> {
  const principal = requirePrincipal(context);
  const { answerLimits: limits } = context;
  const watermark = await context.snapshot.watermark();
  const found = await context.snapshot.read(engine, async (client): Promise<Omit<Found, 'holdings'>> => {
    const containers = await containersOf(client, kind, ids, clocks, limits.containers + 1);
    const unitIds = containers.flatMap(({ unitId }) => unitId ?? []);
    const itemIds = containers.flatMap(({ itemId }) => itemId ?? []);
    return {
      containers,
      seenUnitIds: await seenUnits(client, principal, [...new Set(unitIds)]),
      seenItemIds: await seenItems(client, principal, [...new Set(itemIds)]),
      births: await birthplacesOf(client, kind === 'ITEM' ? [...ids, ...itemIds] : itemIds, clocks),
      unitPlaces: await placesOfUnits(client, kind === 'UNIT' ? ids : [], clocks, principal),
    };
  });
  const items = [...(kind === 'ITEM' ? ids : []), ...found.containers.flatMap(({ itemId }) => itemId ?? [])];
  const holdings = await readAsCaller(
    context,
    (client) =>
      pageHoldings(client, { of: 'ITEM', ids: items, clocks, after: null, limit: limits.places + 1 }),
    (row) => `${row.of}:${row.siteId}:${row.state}`,
  );
  const asked = { principal, kind, limits, asOf: clocks.asOf ?? watermark };
  return ids.map((id) => assemble(asked, id, { ...found, holdings }));
}

interface Asked {
  principal: Principal;
  kind: Kind;
  limits: AnswerLimits;
  asOf: Date;
}

function assemble({ principal, kind, limits, asOf }: Asked, id: bigint, found: Found): Whereabouts {
  const all = found.containers.filter((container) => container.of === id);
  const around = all.filter(({ depth }) => depth <= limits.containers);
  const shown = around.filter(({ unitId, itemId }) =>
    unitId === null ? itemId !== null && found.seenItemIds.has(itemId) : found.seenUnitIds.has(unitId),
  );
  const outer = outermostItem(id, around);
  const { places, hidden } =
    kind === 'UNIT' ? placesOfUnit(principal, id, found) : placesOfItem(principal, outer, found);
  const viewLimited = hidden || shown.length < around.length;
  const holdings = kind === 'UNIT' ? [] : found.holdings.filter((holding) => holding.of === outer);
  const isCut = around.length < all.length || holdings.length > limits.places;
  return {
    asOf,
    places: places.slice(0, limits.places),
    inside: shown.map((row): ContainerType => ({ row, depth: row.depth, since: row.since })),
    viewLimited,
    isComplete: !viewLimited && !isCut,
  };
}

/** What is built in goes where that goes which it is built into. */
const outermostItem = (id: bigint, around: readonly Container[]): bigint =>
  around.reduce((outer, { itemId }) => itemId ?? outer, id);

interface Places {
  places: Place[];
  hidden: boolean;
}

function placesOfItem(principal: Principal, id: bigint, { holdings, births }: Found): Places {
  const held = holdings.filter((holding) => holding.of === id && holding.quantity > 0n);
  if (held.length > 0) {
    const places = held.map(({ siteId, state, since }) => ({ siteId, state: shownState(state), since }));
    return { places, hidden: false };
  }
  // no movement of its own yet: it lies where it was made
  const birth = births.find(({ itemId }) => itemId === id);
  const view = custodyView(principal);
  if (birth === undefined || birth.moved)
    return { places: [], hidden: view !== 'ALL' && birth !== undefined };
  const mine =
    birth.partyId === principal.partyId || (view === 'OWNER' && birth.ownerId === principal.partyId);
  if (view !== 'ALL' && !mine) return { places: [], hidden: true };
  return { places: [{ siteId: birth.siteId, state: 'ON_HAND', since: birth.since }], hidden: false };
}

function placesOfUnit(principal: Principal, id: bigint, { unitPlaces }: Found): Places {
  const place = unitPlaces.find(({ of }) => of === id);
  if (place === undefined || place.siteId === null) return { places: [], hidden: false };
  const { siteId, state, since } = place;
  return place.isOwn || custodyView(principal) !== 'HOLDER'
    ? { places: [{ siteId, state, since }], hidden: false }
    : { places: [], hidden: true };
}
