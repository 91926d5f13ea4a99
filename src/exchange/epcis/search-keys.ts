/** What an event names, in the one canonical form by which it is found. */
import { canonicalUri } from '../gs1/index.js';
import { expandCurie } from './context.js';
import { isObject, listOf, textOf } from './json.js';
import { wordOf } from './reading.js';
import type { ReadEvent } from './rows.js';

export type KeyRole =
  | 'EPC'
  | 'CHILD'
  | 'PARENT'
  | 'INPUT'
  | 'OUTPUT'
  | 'EPC_CLASS'
  | 'CHILD_CLASS'
  | 'INPUT_CLASS'
  | 'OUTPUT_CLASS'
  | 'BIZ_TRANSACTION'
  | 'SOURCE'
  | 'DESTINATION';

export interface SearchKey {
  role: KeyRole;
  type: string;
  key: string;
}

const instances: readonly [string, KeyRole][] = [
  ['epcList', 'EPC'],
  ['childEPCs', 'CHILD'],
  ['parentID', 'PARENT'],
  ['inputEPCList', 'INPUT'],
  ['outputEPCList', 'OUTPUT'],
];
const classes: readonly [string, KeyRole][] = [
  ['quantityList', 'EPC_CLASS'],
  ['childQuantityList', 'CHILD_CLASS'],
  ['inputQuantityList', 'INPUT_CLASS'],
  ['outputQuantityList', 'OUTPUT_CLASS'],
];

/** A URI in canonical form: a GS1 key as its Digital Link, any other as it is. */
export function searchKey(read: ReadEvent, value: unknown): string | null {
  const text = textOf(isObject(value) ? (value.id ?? value['@id']) : value);
  if (text === undefined) return null;
  const uri = expandCurie(text, read.context);
  return canonicalUri(uri) ?? uri;
}

/** Goods in their roles, and documents, sources and destinations with their types; each once. */
export function searchKeysOf(read: ReadEvent): SearchKey[] {
  const { event } = read;
  const found: SearchKey[] = [];
  const add = (role: KeyRole, value: unknown, type = '') => {
    const key = searchKey(read, value);
    if (key !== null) found.push({ role, type, key });
  };
  for (const [field, role] of instances) for (const value of listOf(event[field])) add(role, value);
  for (const [field, role] of classes)
    for (const value of listOf(event[field])) add(role, isObject(value) ? value.epcClass : value);
  const typed = (list: string, field: string, role: KeyRole, vocabulary: 'BTT' | 'SDT') => {
    for (const entry of listOf(event[list]))
      if (isObject(entry)) add(role, entry[field] ?? entry.id, wordOf(entry.type, vocabulary, read.context));
  };
  typed('bizTransactionList', 'bizTransaction', 'BIZ_TRANSACTION', 'BTT');
  typed('sourceList', 'source', 'SOURCE', 'SDT');
  typed('destinationList', 'destination', 'DESTINATION', 'SDT');
  return [...new Map(found.map((key) => [JSON.stringify(key), key])).values()];
}
