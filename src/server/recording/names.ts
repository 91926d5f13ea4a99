/** How the kinds of the record are called in the API: mutations, list fields and enums. */
import type { FileKind } from '../../record/input/index.js';

export interface RecordingName {
  mutation: string;
  kinds: FileKind[];
  description: string;
}

const own = 'Needs a token of the party whose site it is, or of an administrator.';

export const recordingNames: readonly RecordingName[] = [
  {
    mutation: 'registerParties',
    kinds: ['parties'],
    description: 'Registers organisations of the chain, or changes what is known of them.',
  },
  {
    mutation: 'registerSites',
    kinds: ['sites'],
    description: 'Registers places of a party, or changes what is known of them.',
  },
  {
    mutation: 'defineProducts',
    kinds: ['products'],
    description: 'Defines products of a brand owner, or changes them.',
  },
  {
    mutation: 'definePackaging',
    kinds: ['packaging'],
    description: 'Says how many of a product a case product contains.',
  },
  {
    mutation: 'releaseDesignRevisions',
    kinds: ['design_revisions', 'bill_of_materials', 'documents', 'certificates'],
    description: 'Releases design revisions with their bill of materials, documents and certificates.',
  },
  {
    mutation: 'setChangeEffectivity',
    kinds: ['change_effectivity'],
    description: 'Says from when a change order holds at a site and line.',
  },
  {
    mutation: 'recordProduction',
    kinds: ['batches'],
    description: `Records runs that made goods of a lot. ${own}`,
  },
  {
    mutation: 'recordConsumption',
    kinds: ['consumption'],
    description: `Records what batches were made from. ${own}`,
  },
  {
    mutation: 'recordItems',
    kinds: ['items'],
    description: `Records serialised items that were made. ${own}`,
  },
  {
    mutation: 'recordInspection',
    kinds: ['inspections'],
    description: `Records measurements and checks. ${own}`,
  },
  {
    mutation: 'setBatchStatus',
    kinds: ['batch_status'],
    description: `Blocks batches or releases them. ${own}`,
  },
  {
    mutation: 'recordFitting',
    kinds: ['fittings'],
    description: `Records parts built into items, and taken out. ${own}`,
  },
  {
    mutation: 'recordUseStatement',
    kinds: ['use_statements'],
    description: `Records what sites used lots in, and that these are in nothing else. ${own}`,
  },
  {
    mutation: 'recordPacking',
    kinds: ['packings'],
    description: `Records content put into logistic units. ${own}`,
  },
  {
    mutation: 'recordUnpacking',
    kinds: ['packings'],
    description: `Records content taken out of logistic units. ${own}`,
  },
  {
    mutation: 'recordShipment',
    kinds: ['shipments'],
    description: `Records goods that left a site. ${own}`,
  },
  {
    mutation: 'recordReceipt',
    kinds: ['receipts'],
    description: `Records goods that reached a site. ${own}`,
  },
  {
    mutation: 'recordCount',
    kinds: ['counts'],
    description: `Records what stocktaking found. ${own}`,
  },
  {
    mutation: 'recordSale',
    kinds: ['sales'],
    description: `Records sales; buyers' data is encrypted at once. ${own}`,
  },
  {
    mutation: 'recordReturn',
    kinds: ['returns'],
    description: `Records goods that buyers brought back. ${own}`,
  },
  {
    mutation: 'recordRegistration',
    kinds: ['registrations'],
    description: `Records keepers of items; their data is encrypted at once. ${own}`,
  },
  {
    mutation: 'recordService',
    kinds: ['services'],
    description: `Records repairs: a part out, a part in, or neither. ${own}`,
  },
  {
    mutation: 'recordRework',
    kinds: ['reworks'],
    description: `Records goods changed under a change order. ${own}`,
  },
  {
    mutation: 'recordRelabel',
    kinds: ['relabels'],
    description: `Records a new product, lot or serial of the same goods. ${own}`,
  },
  {
    mutation: 'recordDisposal',
    kinds: ['disposals'],
    description: `Records goods that are gone. ${own}`,
  },
  {
    mutation: 'fileComplaint',
    kinds: ['complaints'],
    description: `Files what users report; their words are encrypted at once. ${own}`,
  },
  {
    mutation: 'voidEvent',
    kinds: ['voids'],
    description:
      'Says that recorded events did not happen. Needs a token of their recorder, or of an administrator.',
  },
];

/** The field that holds the rows of a kind, where that is not the name of the kind. */
export const listFields: Partial<Record<FileKind, string>> = {
  design_revisions: 'revisions',
  bill_of_materials: 'billOfMaterials',
  documents: 'documents',
  certificates: 'certificates',
  change_effectivity: 'changeEffectivity',
};

export { columnToField as camelCase } from '../../record/input/index.js';
export const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
