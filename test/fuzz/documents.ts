/** Documents that are right: every type of EPCIS event with every kind of field, and a part tree. */
import type { Json } from './mutate.js';

const time = { eventTime: '2026-03-01T10:00:00.000Z', eventTimeZoneOffset: '+01:00' };
const plant = { id: 'https://id.gs1.org/414/9521234000044' };
const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const lot = (name: string) => `urn:epc:class:lgtin:9521234.00011.${name}`;
const sscc = 'urn:epc:id:sscc:9521234.0000000001';

const events: Json[] = [
  {
    type: 'ObjectEvent',
    eventID: 'urn:uuid:1',
    ...time,
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'active',
    epcList: [item('A1'), item('A2')],
    quantityList: [{ epcClass: lot('L1'), quantity: 12.5, uom: 'KGM' }],
    bizLocation: plant,
    readPoint: plant,
    ilmd: { 'cbvmda:lotNumber': 'L9', 'cbvmda:itemExpirationDate': '2027-01-31' },
    'example:note': { 'example:inner': ['x', 1, null] },
  },
  {
    type: 'ObjectEvent',
    eventID: 'urn:uuid:2',
    ...time,
    recordTime: '2026-03-01T10:05:00Z',
    action: 'OBSERVE',
    bizStep: 'shipping',
    disposition: 'in_transit',
    epcList: [sscc, item('A1')],
    quantityList: [{ epcClass: lot('L1'), quantity: 3, uom: 'KGM' }],
    sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:9521234.00001' }],
    destinationList: [{ type: 'location', destination: 'urn:epc:id:sgln:9521234.00002.0' }],
    bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9521234000044:1' }],
    sensorElementList: [
      {
        sensorMetadata: { time: '2026-03-01T10:00:00Z', deviceID: 'urn:epc:id:giai:9521234.1' },
        sensorReport: [{ type: 'Temperature', value: 26, uom: 'CEL' }],
      },
    ],
    persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
    certificationInfo: 'https://accreditation.example/1',
  },
  {
    type: 'AggregationEvent',
    eventID: 'urn:uuid:3',
    ...time,
    action: 'ADD',
    bizStep: 'packing',
    parentID: sscc,
    childEPCs: [item('A1')],
    childQuantityList: [{ epcClass: lot('L1'), quantity: 2, uom: 'KGM' }],
    bizLocation: plant,
  },
  {
    type: 'AssociationEvent',
    eventID: 'urn:uuid:4',
    ...time,
    action: 'ADD',
    bizStep: 'assembling',
    parentID: item('A2'),
    childEPCs: ['urn:epc:id:sgtin:9521234.00002.P1'],
    readPoint: plant,
  },
  {
    type: 'TransformationEvent',
    eventID: 'urn:uuid:5',
    ...time,
    transformationID: 'urn:epc:id:gdti:9521234.00001.1',
    inputQuantityList: [{ epcClass: lot('L1'), quantity: 4, uom: 'KGM' }],
    inputEPCList: [item('A1')],
    outputQuantityList: [{ epcClass: lot('L2'), quantity: 4, uom: 'KGM' }],
    outputEPCList: [item('A3')],
    bizStep: 'creating_class_instance',
  },
  {
    type: 'TransactionEvent',
    eventID: 'urn:uuid:6',
    ...time,
    action: 'ADD',
    bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9521234000044:2' }],
    epcList: [item('A2')],
  },
  {
    type: 'ObjectEvent',
    eventID: 'urn:uuid:2',
    ...time,
    action: 'OBSERVE',
    bizStep: 'shipping',
    epcList: [sscc],
    errorDeclaration: {
      declarationTime: '2026-03-02T10:00:00Z',
      reason: 'incorrect_data',
      correctiveEventIDs: ['urn:uuid:7'],
    },
  },
  {
    type: 'ObjectEvent',
    ...time,
    action: 'DELETE',
    bizStep: 'urn:epcglobal:cbv:bizstep:retail_selling',
    disposition: 'urn:epcglobal:cbv:disp:retail_sold',
    epcList: [item('A3')],
    bizLocation: { id: 'urn:epc:id:sgln:9521234.00002.0' },
  },
];

const frame = {
  '@context': [
    'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    { example: 'https://example.com/ns#' },
  ],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T00:00:00Z',
};

const vocabularies: Json = {
  epcisMasterData: {
    vocabularyList: [
      {
        type: 'urn:epcglobal:epcis:vtype:Location',
        vocabularyElementList: [
          {
            id: 'urn:epc:id:sgln:9521234.00002.0',
            attributes: [
              { id: 'cbvmda:name', attribute: 'Store' },
              { id: 'cbvmda:countryCode', attribute: 'NL' },
            ],
          },
        ],
      },
    ],
  },
};

export const epcisDocuments: Json[] = [
  { ...frame, epcisHeader: vocabularies, epcisBody: { eventList: events } },
  ...events.map((event): Json => ({ ...frame, epcisBody: { eventList: [event] } })),
  events[0] as Json,
  {
    ...frame,
    type: 'EPCISQueryDocument',
    epcisBody: {
      queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList: events.slice(0, 3) } },
    },
  },
];

export const partTree: Json = {
  catenaXId: 'urn:uuid:580d3adf-1981-44a0-a214-13d6ceed9379',
  localIdentifiers: [
    { key: 'manufacturerId', value: 'BPNL7588787849VQ' },
    { key: 'partInstanceId', value: 'SN12345678' },
  ],
  manufacturingInformation: {
    date: '2026-02-04T14:48:54',
    country: 'DEU',
    sites: [{ catenaXsiteId: 'BPNS1', function: 'production' }],
  },
  partTypeInformation: { manufacturerPartId: '123-0.740-3434-A', nameAtManufacturer: 'Mirror left' },
  childItems: [
    {
      catenaXId: 'urn:uuid:055c1128-0375-47c8-98de-7cf802c3241d',
      quantity: { value: 2.5, unit: 'unit:litre' },
      businessPartner: 'BPNL50096894aNXY',
      createdOn: '2026-02-03T14:48:54.709Z',
      lastModifiedOn: '2026-02-03T14:48:54.709Z',
      hasAlternatives: false,
    },
  ],
};
