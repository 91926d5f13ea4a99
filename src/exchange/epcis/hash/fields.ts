/** The fields of an event in the order in which CBV 2.0 (clause 8.9) hashes them, and how each value is written there. */
import type { Vocabulary } from '../cbv-words.js';

/** `id`: a GS1 key or URI; `word`: a CBV word; `term`: a word of the GS1 web vocabulary; `time`: an instant. */
export type Field =
  | { name: string; kind: 'text' | 'id' | 'term' | 'time' }
  | { name: string; kind: 'word'; vocabulary: Vocabulary }
  | { name: string; kind: 'object'; fields: readonly Field[] }
  /** A list whose entries stand under a name of their own in the XML binding, which the hash keeps. */
  | { name: string; kind: 'list'; entry: Field }
  /** A list whose entries have no name: their fields stand one after the other. */
  | { name: string; kind: 'records'; fields: readonly Field[] };

const text = (name: string): Field => ({ name, kind: 'text' });
const id = (name: string): Field => ({ name, kind: 'id' });
const time = (name: string): Field => ({ name, kind: 'time' });
const word = (name: string, vocabulary: Vocabulary): Field => ({ name, kind: 'word', vocabulary });
const object = (name: string, fields: readonly Field[]): Field => ({ name, kind: 'object', fields });
const list = (name: string, entry: Field): Field => ({ name, kind: 'list', entry });
const epcs = (name: string): Field => list(name, id('epc'));
const quantities = (name: string): Field =>
  list(name, object('quantityElement', [id('epcClass'), text('quantity'), text('uom')]));
const records = (name: string, fields: readonly Field[]): Field => ({ name, kind: 'records', fields });

const device = [id('deviceID'), id('deviceMetadata'), id('rawData'), id('dataProcessingMethod')];

const sensorMetadata = object('sensorMetadata', [
  time('time'),
  time('startTime'),
  time('endTime'),
  ...device,
  id('bizRules'),
]);

const sensorReport = object('sensorReport', [
  { name: 'type', kind: 'term' },
  { name: 'exception', kind: 'term' },
  ...device,
  time('time'),
  id('microorganism'),
  id('chemicalSubstance'),
  text('value'),
  word('component', 'Comp'),
  text('stringValue'),
  text('booleanValue'),
  text('hexBinaryValue'),
  id('uriValue'),
  text('minValue'),
  text('maxValue'),
  text('meanValue'),
  text('sDev'),
  text('percRank'),
  text('percValue'),
  text('uom'),
  id('coordinateReferenceSystem'),
]);

/** The written standard and its published vectors differ in places (parentID, certificationInfo, `type` first): the vectors hold. */
export const eventFields: readonly Field[] = [
  time('eventTime'),
  text('eventTimeZoneOffset'),
  id('certificationInfo'),
  id('parentID'),
  epcs('epcList'),
  epcs('inputEPCList'),
  epcs('childEPCs'),
  quantities('quantityList'),
  quantities('childQuantityList'),
  quantities('inputQuantityList'),
  epcs('outputEPCList'),
  quantities('outputQuantityList'),
  text('action'),
  id('transformationID'),
  word('bizStep', 'BizStep'),
  word('disposition', 'Disp'),
  object('persistentDisposition', [word('set', 'Disp'), word('unset', 'Disp')]),
  object('readPoint', [id('id')]),
  object('bizLocation', [id('id')]),
  records('bizTransactionList', [word('type', 'BTT'), id('bizTransaction')]),
  records('sourceList', [word('type', 'SDT'), id('source')]),
  records('destinationList', [word('type', 'SDT'), id('destination')]),
  list('sensorElementList', object('sensorElement', [sensorMetadata, sensorReport])),
];

/** What makes no other event: the server's fields, and the declaration that repeats its original. */
export const unhashed: ReadonlySet<string> = new Set([
  'type',
  'eventID',
  'recordTime',
  'errorDeclaration',
  '@context',
]);
