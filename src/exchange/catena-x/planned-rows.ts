/** Parts as planned: each is a product, its single-level bill of material the one revision of its design. */
import type { InputRow } from '../../record/input/index.js';
import { isObject, textOf } from '../epcis/index.js';
import type { Aspect } from './find-aspects.js';
import { partnerUri, partUri, unknownPartner } from './keys.js';
import type { KnownParts } from './known-parts.sql.js';
import type { Relation } from './relation.js';

export const plannedAspect = 'PartAsPlanned';

/** Catena-X gives plans no revision; ours needs a code. */
const revision = 'as-planned';

const kinds: Readonly<Record<string, string>> = { product: 'FINISHED', component: 'COMPONENT' };

function productRow(aspect: Aspect, uri: string, owner: string | null, unit: string): InputRow {
  const type = isObject(aspect.payload.partTypeInformation) ? aspect.payload.partTypeInformation : {};
  const model = textOf(type.manufacturerPartId);
  const values = {
    gtin: uri,
    owner_gln: partnerUri(aspect.owner) ?? owner ?? unknownPartner,
    name: textOf(type.nameAtManufacturer) ?? model ?? uri,
    model,
    kind: kinds[textOf(type.classification) ?? ''] ?? 'MATERIAL',
    unit,
  };
  return { kind: 'products', values };
}

/** One line of a bill, whoever told it: the parent's word before the child's. */
function linesOf(relations: readonly Relation[]): Map<string, Relation> {
  const lines = new Map<string, Relation>();
  for (const told of ['bom', 'usage'] as const) {
    for (const relation of relations.filter((one) => one.told === told)) {
      const line = `${relation.parent}>${relation.child}`;
      if (!lines.has(line)) lines.set(line, relation);
    }
  }
  return lines;
}

/** Products, revisions and bill lines of the plans; components without description become products by their id. */
export function plannedRows(
  aspects: readonly Aspect[],
  relations: readonly Relation[],
  known: KnownParts,
): InputRow[] {
  const lines = [...linesOf(relations).values()];
  const unitOf = (uri: string) =>
    known.units.get(uri) ?? lines.find((line) => line.child === uri && line.unit !== null)?.unit ?? 'PCE';
  const ownerOf = (uri: string) =>
    partnerUri(lines.find((line) => line.child === uri && line.told === 'bom')?.partner);
  const products = new Map<string, InputRow>();
  for (const aspect of aspects) {
    const uri = partUri(textOf(aspect.payload.catenaXId) ?? textOf(aspect.payload.globalAssetId));
    if (uri !== null && !products.has(uri))
      products.set(uri, productRow(aspect, uri, ownerOf(uri), unitOf(uri)));
  }
  for (const uri of lines.flatMap((line) => [line.parent, line.child])) {
    if (products.has(uri) || known.units.has(uri)) continue;
    const values = {
      gtin: uri,
      owner_gln: ownerOf(uri) ?? unknownPartner,
      name: uri,
      kind: 'MATERIAL',
      unit: unitOf(uri),
    };
    products.set(uri, { kind: 'products', values });
  }
  const parents = new Set(lines.map((line) => line.parent));
  const revisions = [...parents].map(
    (gtin): InputRow => ({ kind: 'design_revisions', values: { gtin, code: revision, state: 'RELEASED' } }),
  );
  const bill = lines.map((line): InputRow => {
    const quantity = line.unit === unitOf(line.child) ? (line.quantity ?? '1') : '1';
    return {
      kind: 'bill_of_materials',
      values: { gtin: line.parent, revision, component_gtin: line.child, quantity },
    };
  });
  return [...products.values(), ...revisions, ...bill];
}
