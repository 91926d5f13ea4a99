/** Reads what is in what: bills of material and usages, single level, as built and as planned, each line one relation. */
import { isObject, type JsonObject, listOf, textOf } from '../epcis/index.js';
import type { Aspect } from './find-aspects.js';
import { partUri, unitOf } from './keys.js';
import { timeOf } from './part.js';

export interface Relation {
  parent: string;
  child: string;
  /** Who tells it: the owner of the parent (bill of material) or of the child (usage). */
  told: 'bom' | 'usage';
  life: 'built' | 'planned';
  /** Decimal text; null: an unknown amount. */
  quantity: string | null;
  /** UN/ECE code; null: none that is known. */
  unit: string | null;
  at: string | null;
  /** One of several, not known which: `hasAlternatives`, `isOnlyPotentialParent`. */
  alternative: boolean;
  /** BPN of the partner on the other side. */
  partner: string | undefined;
}

const relationAspects: Readonly<Record<string, Pick<Relation, 'told' | 'life'>>> = {
  SingleLevelBomAsBuilt: { told: 'bom', life: 'built' },
  AssemblyPartRelationship: { told: 'bom', life: 'built' },
  SingleLevelUsageAsBuilt: { told: 'usage', life: 'built' },
  SingleLevelBomAsPlanned: { told: 'bom', life: 'planned' },
  SingleLevelUsageAsPlanned: { told: 'usage', life: 'planned' },
};

export const isRelationAspect = ({ name }: Aspect): boolean => Object.hasOwn(relationAspects, name);

/** Newer: {value, unit}; older: {quantityNumber, measurementUnit}, the unit as text or as {lexicalValue}. */
function amountOf(item: JsonObject): Pick<Relation, 'quantity' | 'unit'> {
  const given = isObject(item.quantity) ? item.quantity : {};
  const number = given.value ?? given.quantityNumber;
  const measure = given.unit ?? given.measurementUnit;
  const unit = unitOf(isObject(measure) ? textOf(measure.lexicalValue) : textOf(measure));
  const known = typeof number === 'number' && Number.isFinite(number) && number >= 0 && unit !== null;
  return { quantity: known ? String(number) : null, unit };
}

const idOf = (item: JsonObject, side: 'child' | 'parent') =>
  partUri(textOf(item.globalAssetId ?? item.catenaXId ?? item[`${side}CatenaXId`]));

/** The relations of an aspect, and what of it could not be read. */
export function readRelations({ name, payload }: Aspect): { relations: Relation[]; faults: string[] } {
  const kind = relationAspects[name] ?? { told: 'bom', life: 'built' };
  const own = partUri(textOf(payload.globalAssetId) ?? textOf(payload.catenaXId));
  if (own === null) return { relations: [], faults: [`${name}: its catenaXId should be a UUID`] };
  const side = kind.told === 'bom' ? 'child' : 'parent';
  const items = listOf(payload[`${side}Items`] ?? payload[`${side}Parts`]).filter(isObject);
  const relations: Relation[] = [];
  const faults: string[] = [];
  for (const item of items) {
    const other = idOf(item, side);
    if (other === null) {
      faults.push(`${name} ${own}: a ${side} without a UUID`);
      continue;
    }
    const planned = textOf(item.lifecycleContext)?.toLowerCase() === 'asplanned';
    relations.push({
      ...kind,
      life: planned ? 'planned' : kind.life,
      parent: side === 'child' ? own : other,
      child: side === 'child' ? other : own,
      ...amountOf(item),
      at: timeOf(item.createdOn ?? item.assembledOn ?? item.lastModifiedOn),
      alternative: item.hasAlternatives === true || item.isOnlyPotentialParent === true,
      partner: textOf(item.businessPartner),
    });
  }
  return { relations, faults };
}
