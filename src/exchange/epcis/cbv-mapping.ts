/** Which events of the record an EPCIS event becomes: one table, read from the top, the first rule that fits decides. */

/** What a rule may say happened. KEPT: nothing that a row here says; the event itself is kept and given back. */
export const outcomes = [
  'MADE',
  'SHIPPED',
  'SHIPMENT_VOIDED',
  'RECEIVED',
  'SOLD',
  'RETURNED',
  'INSPECTED_PASS',
  'INSPECTED_FAIL',
  'COUNTED',
  'SERVICED',
  'SCRAPPED',
  'DESTROYED',
  'SAMPLED',
  'LOST',
  'KEPT',
] as const;
export type Outcome = (typeof outcomes)[number];

/** What an event must have for the rule to fit; an absent condition fits all. */
export interface MappingRule {
  /** Bare CBV words or full URIs; "" is an event without business step. */
  bizStep?: readonly string[];
  /** One of them is the disposition or set as persistent. */
  disposition?: readonly string[];
  action?: readonly ('ADD' | 'OBSERVE' | 'DELETE')[];
  /** Whether the event names where the goods come from or go to. */
  source?: boolean;
  destination?: boolean;
  records: Outcome;
}

const lost = ['stolen', 'unknown'];
const gone = ['destroying', 'decommissioning', 'disposing', 'killing', ''];
const back = ['receiving', 'accepting', 'arriving', 'collecting', ''];

/** Of ObjectEvents, and of AggregationEvents as far as they move the whole (SHIPPED, SHIPMENT_VOIDED, RECEIVED). */
export const cbvMapping: readonly MappingRule[] = [
  { bizStep: ['shipping', 'departing', 'consigning'], records: 'SHIPPED' },
  { bizStep: ['void_shipping'], records: 'SHIPMENT_VOIDED' },
  // FSMA 204 tells the shipment by `transporting`; between shipping and receiving it names no destination
  {
    bizStep: ['transporting'],
    disposition: ['in_transit'],
    destination: true,
    source: true,
    records: 'SHIPPED',
  },
  { bizStep: back, disposition: ['returned'], source: false, records: 'RETURNED' },
  { bizStep: ['receiving', 'accepting'], records: 'RECEIVED' },
  { bizStep: ['retail_selling', 'dispensing'], records: 'SOLD' },
  { bizStep: ['', 'other'], disposition: ['retail_sold', 'dispensed'], records: 'SOLD' },
  { bizStep: gone, disposition: lost, records: 'LOST' },
  { bizStep: ['destroying'], records: 'DESTROYED' },
  { bizStep: ['', 'other'], disposition: ['destroyed'], records: 'DESTROYED' },
  { bizStep: ['decommissioning', 'disposing'], records: 'SCRAPPED' },
  { bizStep: ['', 'other'], disposition: ['disposed'], records: 'SCRAPPED' },
  { bizStep: ['sampling'], records: 'SAMPLED' },
  { bizStep: ['commissioning', 'creating_class_instance'], action: ['ADD', 'OBSERVE'], records: 'MADE' },
  {
    bizStep: ['inspecting'],
    action: ['OBSERVE', 'DELETE'],
    disposition: ['non_conformant', 'damaged', 'needs_replacement', 'expired', 'no_pedigree_match'],
    records: 'INSPECTED_FAIL',
  },
  {
    bizStep: ['inspecting'],
    action: ['OBSERVE', 'DELETE'],
    disposition: ['conformant'],
    records: 'INSPECTED_PASS',
  },
  { bizStep: ['repairing', 'replacing'], records: 'SERVICED' },
  { bizStep: ['stock_taking', 'cycle_counting'], action: ['OBSERVE'], records: 'COUNTED' },
  { action: ['ADD'], records: 'MADE' },
  { bizStep: [''], action: ['DELETE'], records: 'SCRAPPED' },
  { records: 'KEPT' },
];

/** Goods in these dispositions may not be sold: their lots are blocked, and released when the disposition is taken back. */
export const blockingDispositions: readonly string[] = [
  'recalled',
  'expired',
  'non_sellable_other',
  'non_conformant',
];

export interface Circumstances {
  step: string;
  dispositions: readonly string[];
  action: string;
  hasSource: boolean;
  hasDestination: boolean;
}

const fits = (rule: MappingRule, event: Circumstances): boolean =>
  (rule.bizStep === undefined || rule.bizStep.includes(event.step)) &&
  (rule.disposition === undefined || rule.disposition.some((word) => event.dispositions.includes(word))) &&
  (rule.action === undefined || rule.action.some((action) => action === event.action)) &&
  (rule.source === undefined || rule.source === event.hasSource) &&
  (rule.destination === undefined || rule.destination === event.hasDestination);

/** What the event says happened by these rules. */
export const outcomeOf = (event: Circumstances, rules: readonly MappingRule[]): Outcome =>
  rules.find((rule) => fits(rule, event))?.records ?? 'KEPT';
