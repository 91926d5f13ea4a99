// Names the things of the demo chain that its questions and its tests speak of.
import { gln, gtin } from './generate/keys.js';

/** Parties by role in the story. */
export const parties = {
  maker: gln(100000),
  cellMaker: gln(200000),
  cathodeMaker: gln(210000),
  resinMaker: gln(220000),
  motorMaker: gln(230000),
  frameMaker: gln(240000),
  chargerMaker: gln(250000),
  workshops: gln(500000),
  platform: gln(600000),
  fulfilment: gln(610000),
  regulator: gln(700000),
} as const;

/** Sites the story returns to. */
export const sites = {
  eindhoven: gln(100001),
  porto: gln(100002),
  venlo: gln(100003),
  cellPlant: gln(200001),
  cathodePlant: gln(210001),
  resinPlant: gln(220001),
  motorPlant: gln(230001),
  framePlantTaiwan: gln(240001),
  framePlantVietnam: gln(240002),
  chargerPlant: gln(250001),
  workshopUtrecht: gln(500001),
  workshopHamburg: gln(500002),
  fulfilmentCentre: gln(610001),
} as const;

/** Products, as GTIN-14. */
export const products = {
  urban: gtin(1001),
  trail: gtin(1002),
  pack500: gtin(2001),
  pack630: gtin(2002),
  cell: gtin(3001),
  cathode: gtin(3002),
  resin: gtin(3003),
  motor: gtin(3004),
  screw: gtin(3005),
  frameUrban: gtin(3006),
  frameTrail: gtin(3007),
  charger: gtin(4001),
  chargerCase: gtin(4001, 1),
  chargerBritish: gtin(4002),
  firmware: gtin(5001),
} as const;

/** The defect of the story: one lot of cells whose separator tears when charged in the cold. */
export const defectiveCellLot = 'HC25-05';

/** The software version whose charging limit was wrong. */
export const faultyFirmware = '2.4.1';

/** The change order whose date of effect on the line is only known to within three weeks. */
export const blurredChangeOrder = 'CO-2025-07';

/** The revision of the city bicycle that the change order led to. */
export const changedRevision = 'C';

/** A resin lot that went into battery packs and chargers alike. */
export const blendedResinLot = 'RP25-03';

/** The retailer whose stock list the demo asks for. */
export const retailer = gln(402000);

/** Line and days of a wrongly set torque wrench; the window cuts through a lot. */
export const torqueWindow = {
  site: sites.eindhoven,
  line: 'L2',
  from: '2025-07-01T00:00:00+02:00',
  to: '2025-09-09T12:00:00+02:00',
} as const;

/** Frame numbers of the city bicycle with a bad weld. */
export const weldedSerials = { gtin: products.urban, from: '100150', to: '100189' } as const;
