/**
 * Rows of Catena-X documents, read together: what one company says of a part and another of what is in it meets by the
 * part's UUID, in one import or over many. Both directions of a relation are one fact.
 */
import type { InputProblem, InputRow } from '../../record/input/index.js';
import type { Aspect, CatenaXDocument } from './find-aspects.js';
import { identityOf } from './identity.js';
import { unknownPartner } from './keys.js';
import type { KnownParts, Wanted } from './known-parts.sql.js';
import { isPartAspect, type Part, readPart } from './part.js';
import { plannedAspect, plannedRows } from './planned-rows.js';
import { isRelationAspect, type Relation, readRelations } from './relation.js';
import { correctedId, relationId, relationIds, relationOf, relationRow } from './relation-row.js';

export interface CatenaXRows {
  rows: InputRow[];
  problems: InputProblem[];
  /** What was read otherwise than it stands, left out, or is not known. */
  repairs: string[];
}

interface Reading {
  parts: Map<string, Part>;
  relations: Relation[];
  planned: Aspect[];
  tombstones: Map<string, string>;
  problems: InputProblem[];
  repairs: string[];
}

const newerFirst = (a: Aspect, b: Aspect) => {
  const difference = a.version.map((number, index) => (b.version[index] ?? 0) - number).find((d) => d !== 0);
  return difference ?? 0;
};

function read(documents: readonly CatenaXDocument[]): Reading {
  const reading: Reading = {
    parts: new Map(),
    relations: [],
    planned: [],
    tombstones: new Map(),
    problems: [],
    repairs: [],
  };
  for (const { source, aspects, tombstones } of documents) {
    const fault = (message: string) => {
      reading.problems.push({
        index: -1,
        code: 'CATENA_X',
        column: null,
        value: null,
        message,
        file: source,
      });
    };
    const passed = new Map<string, number>();
    for (const aspect of [...aspects].sort(newerFirst)) {
      if (isPartAspect(aspect)) {
        const part = readPart(aspect);
        if (typeof part === 'string') fault(part);
        else if (!reading.parts.has(part.uri)) reading.parts.set(part.uri, part);
        else
          reading.repairs.push(
            `${source}: ${aspect.name} ${part.uri}: described before or in a newer version, left out`,
          );
      } else if (isRelationAspect(aspect)) {
        const { relations, faults } = readRelations(aspect);
        reading.relations.push(...relations);
        faults.forEach(fault);
      } else if (aspect.name === plannedAspect) reading.planned.push(aspect);
      else passed.set(aspect.name, (passed.get(aspect.name) ?? 0) + 1);
    }
    for (const { part, reason } of tombstones) reading.tombstones.set(part, reason);
    for (const [name, times] of passed)
      reading.repairs.push(`${source}: left out: ${times} times ${name}, which has no home here`);
  }
  return reading;
}

/** One relation a pair: the parent's owner knows best, the child's word stands where that one says nothing. */
function builtRelations({ relations }: Reading): Relation[] {
  const pairs = new Map<string, Relation>();
  for (const told of ['bom', 'usage'] as const) {
    for (const relation of relations) {
      const pair = `${relation.parent}>${relation.child}`;
      if (relation.life === 'built' && relation.told === told && !pairs.has(pair)) pairs.set(pair, relation);
    }
  }
  return [...pairs.values()];
}

/** The maker's site, else the maker itself, which stands for its only or an unnamed site. */
const siteOf = (part: Part) => part.site ?? part.maker;

/** What has to be looked up on record before the rows can be written. */
export function wantedOf(documents: readonly CatenaXDocument[]): Wanted {
  const reading = read(documents);
  const relations = builtRelations(reading);
  const parts = [...reading.parts.values()];
  return {
    parts: [...new Set([...reading.parts.keys(), ...relations.flatMap((one) => [one.parent, one.child])])],
    eventIds: relations.flatMap((one) =>
      (['bom', 'usage'] as const).flatMap((told) => relationIds({ ...one, told })),
    ),
    products: [
      ...parts.map((part) => part.product),
      ...reading.relations.flatMap((one) => [one.parent, one.child]),
    ],
    partners: parts.flatMap((part) => [part.maker, siteOf(part)]),
  };
}

function partRows(parts: readonly Part[], units: ReadonlyMap<string, string>, known: KnownParts): InputRow[] {
  const rows: InputRow[] = [];
  const partners = new Map(parts.map((part) => [part.maker, part]));
  for (const [gln] of partners) {
    const name = gln.replace(/^urn:bpn:/, '');
    if (!known.described.has(gln))
      rows.push({ kind: 'parties', values: { gln, name, roles: 'MANUFACTURER;SUPPLIER' } });
  }
  const sites = new Map(parts.flatMap((part) => (part.site === null ? [] : [[part.site, part]])));
  for (const [gln, part] of sites) {
    const values = { gln, party_gln: part.maker, name: gln.replace(/^urn:bpn:/, ''), kind: 'PLANT' };
    if (!known.described.has(gln)) rows.push({ kind: 'sites', values });
  }
  for (const [gtin, part] of new Map(parts.map((one) => [one.product, one]))) {
    const kind = part.classification === 'product' ? 'FINISHED' : 'COMPONENT';
    const serialised = String(part.kind === 'item');
    const { name, model, maker } = part;
    const values = { gtin, owner_gln: maker, name, model, kind, unit: units.get(gtin), serialised };
    if (!known.units.has(gtin)) rows.push({ kind: 'products', values });
  }
  return rows;
}

function makingRow(part: Part): InputRow {
  const shared = {
    event_id: `catenax:part:${part.uri}`,
    gtin: part.product,
    reference: part.reference ?? undefined,
  };
  const at = part.madeAt ?? undefined;
  return part.kind === 'item'
    ? { kind: 'items', values: { ...shared, serial: part.uri, produced_at: at, site_gln: siteOf(part) } }
    : { kind: 'batches', values: { ...shared, lot: part.uri, produced_from: at, site_gln: siteOf(part) } };
}

/** A product measures in what its goods are first related in; what is described keeps its unit. */
function unitsOf(reading: Reading, relations: readonly Relation[], known: KnownParts): Map<string, string> {
  const units = new Map(known.units);
  for (const relation of relations) {
    const { kind, product } = identityOf(relation.child, reading.parts, known);
    if (kind === 'batch' && relation.unit !== null && !units.has(product)) units.set(product, relation.unit);
  }
  return units;
}

/** Rows of documents that belong together, given what the record knows of their parts (see `wantedOf`). */
export function catenaXRows(documents: readonly CatenaXDocument[], known: KnownParts): CatenaXRows {
  const reading = read(documents);
  const relations = builtRelations(reading);
  const parts = [...reading.parts.values()];
  const units = unitsOf(reading, relations, known);
  const identify = (uri: string) => identityOf(uri, reading.parts, known);
  const endsOf = ({ parent, child }: Relation) => {
    const identity = identify(child);
    return { parent: identify(parent), child: identity, childUnit: units.get(identity.product) ?? 'PCE' };
  };
  const { repairs, problems } = reading;
  const planned = reading.relations.filter((one) => one.life === 'planned');
  const rows = [
    ...partRows(parts, units, known),
    ...plannedRows(reading.planned, planned, known),
    ...parts.map(makingRow),
  ];
  const voidOf = (eventId: string, reason: string): InputRow => ({
    kind: 'voids',
    values: {
      event_id: `${eventId}~void`,
      voided_event_id: eventId,
      voided_at: new Date().toISOString(),
      reason,
    },
  });
  const corrections = correctionsOf(reading, known, endsOf, voidOf);
  for (const relation of relations) {
    const live = (told: Relation['told']) =>
      relationIds({ ...relation, told }).find((id) => known.liveIds.has(id));
    if (relation.told === 'usage' && live('bom') !== undefined) {
      repairs.push(
        `usage ${relation.parent}>${relation.child}: the bill of material on record says it already`,
      );
      continue;
    }
    const replaced = relation.told === 'bom' ? live('usage') : undefined;
    if (replaced !== undefined) {
      corrections.delete(replaced);
      rows.push(voidOf(replaced, 'told by the bill of material too'));
    }
    const id = live(relation.told) ?? relationId(relation);
    if (!corrections.has(id)) rows.push(relationRow(relation, endsOf(relation), id));
  }
  rows.push(...[...corrections.values()].flat());

  const related = new Set(relations.flatMap((one) => [one.parent, one.child]));
  for (const [part, reason] of reading.tombstones)
    repairs.push(`tombstone ${part}: ${reason}; what it is and what is in it is a gap`);
  for (const uri of related) {
    if (identify(uri).product === uri && !reading.tombstones.has(uri))
      repairs.push(`part ${uri}: known by its id alone; what it is and what else is in it is a gap`);
  }
  const unknownMaker = parts.filter((part) => part.maker === unknownPartner).length;
  if (unknownMaker > 0)
    repairs.push(`${unknownMaker} parts without manufacturerId: ${unknownPartner} stands for it`);
  return { rows, problems, repairs };
}

/** What the record said of placeholders that are described now, said again of the goods they are; by event id. */
function correctionsOf(
  reading: Reading,
  known: KnownParts,
  endsOf: (relation: Relation) => Parameters<typeof relationRow>[1],
  voidOf: (eventId: string, reason: string) => InputRow,
): Map<string, InputRow[]> {
  const rows = new Map<string, InputRow[]>();
  for (const [uri, events] of known.events) {
    if (!reading.parts.has(uri)) continue;
    for (const event of events) {
      const relation = relationOf(event);
      const again = relation ? [relationRow(relation, endsOf(relation), correctedId(event.eventId))] : [];
      rows.set(event.eventId, [voidOf(event.eventId, `${uri} is described now`), ...again]);
    }
  }
  return rows;
}
