/** What GS1's JSON schema refuses, and what it lets through though the standard forbids it, is caught with path, value and rule. */
import { describe, expect, it } from 'vitest';
import { readEpcis } from '../../src/exchange/index.js';

const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const lot = 'https://id.gs1.org/01/09521234000112/10/L';
const sscc = 'https://id.gs1.org/00/340123451111111111';

const objectEvent = {
  type: 'ObjectEvent',
  eventTime: '2026-03-01T10:00:00Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'shipping',
  epcList: [item('A')],
  readPoint: { id: 'https://id.gs1.org/414/9521234000044' },
};
const aggregation = {
  ...objectEvent,
  type: 'AggregationEvent',
  epcList: undefined,
  action: 'ADD',
  bizStep: 'packing',
};
const association = { ...aggregation, type: 'AssociationEvent', bizStep: 'assembling' };
const transformation = {
  ...objectEvent,
  type: 'TransformationEvent',
  epcList: undefined,
  action: undefined,
  bizStep: 'commissioning',
};

/** Kind, path and message of every remark that is no note. */
function remarksOf(event: object): string[] {
  const document = {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisBody: { eventList: [event] },
  };
  const { events } = readEpcis(JSON.stringify(document), 'test');
  return events.flatMap(({ remarks }) =>
    remarks
      .filter(({ kind }) => kind !== 'NOTE')
      .map(({ kind, path, message }) => `${kind} ${path.replace('epcisBody.eventList[0].', '')}: ${message}`),
  );
}

describe('a valid event', () => {
  it.each([
    ['of objects', objectEvent],
    [
      'with CBV words as web URIs',
      {
        ...objectEvent,
        bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
        disposition: 'cbv:Disp-in_transit',
      },
    ],
    ['with a business step of its own', { ...objectEvent, bizStep: 'https://example.com/steps/weighing' }],
    ['with a missing quantity', { ...objectEvent, quantityList: [{ epcClass: lot }] }],
    [
      'with a quantity written as text',
      { ...objectEvent, quantityList: [{ epcClass: lot, quantity: '12.5', uom: 'KGM' }] },
    ],
    ['of unpacking everything', { ...aggregation, action: 'DELETE', bizStep: 'unpacking', parentID: sscc }],
    [
      'of observing goods whose unit is not named',
      { ...aggregation, action: 'OBSERVE', childEPCs: [item('A')] },
    ],
    [
      'of a part in a place',
      { ...association, parentID: 'https://id.gs1.org/414/9521234000044', childEPCs: [item('A')] },
    ],
    [
      'of sensor data about no goods',
      {
        ...objectEvent,
        epcList: [],
        bizStep: 'sensor_reporting',
        sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 4 }] }],
      },
    ],
  ])('%s has nothing against it', (_, event) => {
    expect(remarksOf(event)).toEqual([]);
  });
});

describe('what the schema lets through', () => {
  it.each<[string, object, string]>([
    [
      'packing without a parent',
      { ...aggregation, childEPCs: [item('A')] },
      'FAULT parentID: parentID: should name a logistic unit or an item that holds others',
    ],
    [
      'an event about nothing',
      { ...objectEvent, epcList: [] },
      'FAULT epcList: epcList and quantityList: both are missing or empty, the event is about nothing',
    ],
    [
      'a negative quantity',
      { ...objectEvent, quantityList: [{ epcClass: lot, quantity: -1 }] },
      'FAULT quantityList[0].quantity: quantity -1: should be zero or more',
    ],
    [
      'a wrong check digit',
      { ...objectEvent, epcList: ['https://id.gs1.org/01/09521234000014/21/A'] },
      'KEY epcList[0]: GTIN 09521234000014: check digit should be 3; kept as private key https://id.gs1.org/01/09521234000014',
    ],
    [
      'an EPC that addresses a mailbox',
      { ...objectEvent, epcList: ['mailto:a@example.com'] },
      'FAULT epcList[0]: epcList "mailto:a@example.com": names no object',
    ],
    [
      'a serial in a class',
      { ...objectEvent, epcList: undefined, quantityList: [{ epcClass: item('A') }] },
      `REPAIR quantityList[0].epcClass: ${item('A')}: has a serial, so it is one item and no class, read as one`,
    ],
    [
      'a unit packed into itself',
      { ...aggregation, parentID: sscc, childEPCs: [sscc] },
      'FAULT childEPCs: childEPCs: names its own parent 340123451111111111',
    ],
    [
      'an item fitted into itself',
      { ...association, parentID: item('A'), childEPCs: [item('A')] },
      'FAULT childEPCs: childEPCs: names its own parent 09521234000013 A',
    ],
    [
      'an object that is input and output',
      { ...transformation, inputEPCList: [item('A'), item('P')], outputEPCList: [item('A')] },
      'REPAIR outputEPCList: 09521234000013 A: is input and output, read as changed and not as made',
    ],
    [
      'an object twice, as URN and as Digital Link',
      { ...objectEvent, epcList: [item('A'), 'urn:epc:id:sgtin:9521234.000001.A'] },
      'REPAIR epcList[1]: urn:epc:id:sgtin:9521234.000001.A: is in the list twice, read once',
    ],
    [
      'corrective events of what did not occur',
      {
        ...objectEvent,
        errorDeclaration: {
          declarationTime: '2026-03-02T00:00:00Z',
          reason: 'did_not_occur',
          correctiveEventIDs: ['urn:x:1'],
        },
      },
      'REPAIR errorDeclaration.correctiveEventIDs: correctiveEventIDs: an event that did not occur has none, kept and not read',
    ],
  ])('%s is caught', (_, event, remark) => {
    expect(remarksOf(event)).toContain(remark);
  });
});

describe('what the schema refuses', () => {
  it.each<[string, object, string]>([
    [
      'a word that is no CBV word',
      { ...objectEvent, bizStep: 'transforming' },
      "FAULT bizStep: bizStep transforming: is no business step of CBV 2.0, and one of one's own is a URI",
    ],
    [
      'a CBV word as URN',
      { ...objectEvent, disposition: 'urn:epcglobal:cbv:disp:active' },
      'REPAIR disposition: disposition urn:epcglobal:cbv:disp:active: should be the bare word, read as active',
    ],
    [
      'an unknown action',
      { ...objectEvent, action: 'CREATE' },
      'FAULT action: action CREATE: should be ADD, OBSERVE or DELETE',
    ],
    [
      'an action of a transformation',
      { ...transformation, action: 'ADD', outputEPCList: [item('A')], inputEPCList: [item('P')] },
      'REPAIR action: action: is no field of a TransformationEvent, kept and not read',
    ],
    [
      'ilmd of observed goods',
      { ...objectEvent, ilmd: { 'cbvmda:lotNumber': 'L' } },
      'REPAIR ilmd: ilmd: belongs to goods that an event adds, kept and not read',
    ],
    [
      'an ilmd field without namespace',
      { ...objectEvent, action: 'ADD', ilmd: { materialType: 'soil' } },
      'FAULT ilmd.materialType: materialType: a field of ilmd needs a namespace',
    ],
    [
      "a field of one's own without namespace",
      { ...objectEvent, colour: 'red' },
      "FAULT colour: colour: is no field of a ObjectEvent, and a field of one's own needs a namespace",
    ],
    [
      'a source of no type',
      { ...objectEvent, sourceList: [{ source: 'urn:x:1' }] },
      'FAULT sourceList[0].type: type: is missing, a source has one',
    ],
    [
      'certification that is no URI',
      { ...objectEvent, certificationInfo: [{ a: 1 }] },
      'FAULT certificationInfo[0]: certificationInfo: should be a URI or a list of URIs',
    ],
    [
      'an association without parent',
      { ...association, childEPCs: [item('A')] },
      'FAULT parentID: parentID: is missing, an association has a parent',
    ],
    [
      'packing of nothing',
      { ...aggregation, parentID: sscc, childEPCs: [] },
      'REPAIR childEPCs: childEPCs: should name what was packed; nothing was',
    ],
    [
      'one side of a transformation without an id',
      { ...transformation, outputEPCList: [item('A')] },
      'REPAIR transformationID: transformationID: an event with inputs or outputs alone should have one',
    ],
    [
      'an unknown type',
      { ...objectEvent, type: 'QuantityEvent' },
      'FAULT type: type QuantityEvent: should be ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent',
    ],
  ])('%s is caught', (_, event, remark) => {
    expect(remarksOf(event)).toContain(remark);
  });
});
