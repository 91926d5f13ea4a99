/** Finds the aspects of a Catena-X text: test data containers, asset lists, IRS jobs, bare aspects; null when it is none. */
import { isObject, type JsonObject, listOf, textOf } from '../epcis/index.js';

export interface Aspect {
  /** Without namespace and version: SerialPart. */
  name: string;
  /** As numbers, [3, 0, 0]; empty when the document does not tell. */
  version: readonly number[];
  payload: JsonObject;
  /** BPN of whose part it is, where the document says it beside the aspect. */
  owner?: string;
}

export interface Tombstone {
  part: string;
  reason: string;
}

export interface CatenaXDocument {
  source: string;
  aspects: Aspect[];
  tombstones: Tombstone[];
}

const container = 'https://catenax.io/schema/TestDataContainer/1.0.0';
const aspectUrn = /^urn:[sb]amm:io\.catenax\.[a-z0-9_.]+:([\d.]+)#(\w+)$/;

function aspectsOf(type: string, payloads: unknown, owner: string | undefined): Aspect[] {
  const match = aspectUrn.exec(type);
  const name = match?.[2] ?? (/^\w+$/.test(type) ? type : undefined);
  if (name === undefined) return [];
  const version = (match?.[1] ?? '').split('.').filter(Boolean).map(Number);
  return listOf(payloads)
    .filter(isObject)
    .map((payload) => ({ name, version, payload, owner }));
}

const ownerOf = (value: unknown) => {
  const bpn = textOf(value);
  return bpn !== undefined && /^BPNL/.test(bpn) ? bpn : undefined;
};

/** One part with all its aspects: by name of aspect (container) or as list of submodels (asset import). */
function aspectsOfPart(part: JsonObject): Aspect[] {
  const owner = ownerOf(part.bpnl);
  const submodels = listOf(part.submodels)
    .filter(isObject)
    .flatMap((submodel) => aspectsOf(textOf(submodel.aspectType) ?? '', submodel.payload, owner));
  return [
    ...Object.entries(part).flatMap(([key, value]) =>
      aspectUrn.test(key) ? aspectsOf(key, value, owner) : [],
    ),
    ...submodels,
  ];
}

/** The relationships of a job are the bills of material of its parts, one line each. */
function aspectsOfRelationship(relationship: JsonObject): Aspect[] {
  const linked = relationship.linkedItem;
  if (!isObject(linked)) return [];
  const item = { ...linked, catenaXId: linked.childCatenaXId, businessPartner: relationship.bpn };
  const planned = textOf(linked.lifecycleContext)?.toLowerCase() === 'asplanned';
  const name =
    textOf(relationship.aspectType) ?? (planned ? 'SingleLevelBomAsPlanned' : 'SingleLevelBomAsBuilt');
  const payload = { catenaXId: relationship.catenaXId, childItems: [item] };
  return aspectsOf(name, payload, undefined);
}

function tombstonesOf(document: JsonObject): Tombstone[] {
  return listOf(document.tombstones)
    .filter(isObject)
    .flatMap((tombstone) => {
      const part = textOf(tombstone.catenaXId) ?? textOf(tombstone.globalAssetId);
      const error = isObject(tombstone.processingError) ? tombstone.processingError : {};
      const reason = [textOf(error.processStep), textOf(error.errorDetail)].filter(Boolean).join(': ');
      return part === undefined ? [] : [{ part, reason: reason || 'no reason given' }];
    });
}

/** An aspect without its name is told by its fields, a part by its keys or by the name of its file. */
function bareAspect(document: JsonObject, source: string): Aspect[] {
  const keys = listOf(document.localIdentifiers)
    .filter(isObject)
    .map((identifier) => (textOf(identifier.key) ?? '').toLowerCase());
  const file = /(\w+)\.json$/.exec(source)?.[1] ?? '';
  const built = /AsPlanned$/.test(file) ? 'AsPlanned' : 'AsBuilt';
  const name = Array.isArray(document.childItems)
    ? `SingleLevelBom${built}`
    : Array.isArray(document.parentItems)
      ? `SingleLevelUsage${built}`
      : !Array.isArray(document.localIdentifiers) || !isObject(document.partTypeInformation)
        ? undefined
        : keys.includes('batchid') || file === 'Batch'
          ? 'Batch'
          : keys.includes('jisnumber') || file === 'JustInSequencePart'
            ? 'JustInSequencePart'
            : 'SerialPart';
  return name === undefined ? [] : aspectsOf(name, document, undefined);
}

/** The aspects of a text, or null when it is no JSON or nothing of Catena-X; then it may be EPCIS. */
export function readCatenaX(text: string, source: string): CatenaXDocument | null {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  if (!isObject(document) || 'epcisBody' in document || 'eventTime' in document) return null;
  const listed = [
    ...listOf(document[container]),
    ...listOf(document.assets),
    ...(textOf(document['@type']) === undefined && isObject(document.assetMetaInfo) ? [document] : []),
  ].filter(isObject);
  const submodels = listOf(document.submodels).filter(isObject);
  const relationships = listOf(document.relationships).filter(isObject);
  const tombstones = tombstonesOf(document);
  const aspects = [
    ...listed.flatMap(aspectsOfPart),
    ...submodels.flatMap((one) => aspectsOf(textOf(one.aspectType) ?? '', one.payload, undefined)),
    ...relationships.flatMap(aspectsOfRelationship),
  ];
  const known = listed.length + submodels.length + relationships.length + tombstones.length > 0;
  if (!known) aspects.push(...bareAspect(document, source));
  return aspects.length + tombstones.length === 0 ? null : { source, aspects, tombstones };
}
