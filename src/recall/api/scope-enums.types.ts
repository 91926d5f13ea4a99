/** The closed sets of a scope's answer. */
import { registerEnumType } from 'type-graphql';
import type { DistributionKey as FactKey, StillHolds } from '../facts/facts.js';
import type {
  Exclusion,
  GapKind as HoleKind,
  Certainty as ScopeCertainty,
  Exposure as ScopeExposure,
  ScopeLimit,
  EvidenceKind as StepKind,
} from '../scope.js';

type Closed<T extends string> = { [K in T]: K };

export const certainties: Closed<ScopeCertainty> = { CERTAIN: 'CERTAIN', POSSIBLE: 'POSSIBLE' };
registerEnumType(certainties, {
  name: 'Certainty',
  description: 'How surely the record says that goods are, contain or were made from an origin.',
  valuesConfig: {
    CERTAIN: { description: 'The record shows it for any given unit. Never that the unit is faulty.' },
    POSSIBLE: { description: 'The record cannot exclude it, or only some units are affected.' },
  },
});

export const exposures: Closed<ScopeExposure> = { EVER: 'EVER', CURRENT: 'CURRENT' };
registerEnumType(exposures, {
  name: 'Exposure',
  description: 'Whether a part that was taken out still counts.',
  valuesConfig: {
    EVER: { description: 'What ever contained an origin: the denominator of a recall does not shrink.' },
    CURRENT: { description: 'What contains one at `asOf`: parts removed by then no longer count.' },
  },
});

export const evidenceKinds: Closed<StepKind> = {
  ORIGIN: 'ORIGIN',
  MEMBER: 'MEMBER',
  MADE: 'MADE',
  FITTED: 'FITTED',
  UNLOTTED: 'UNLOTTED',
  MISSING_GENEALOGY: 'MISSING_GENEALOGY',
  UNKNOWN_LOT: 'UNKNOWN_LOT',
  UNKNOWN_SOURCE: 'UNKNOWN_SOURCE',
  STATED: 'STATED',
};
registerEnumType(evidenceKinds, {
  name: 'EvidenceKind',
  description: 'What a step of the chain from an origin rests on.',
  valuesConfig: {
    ORIGIN: { description: 'The rule names it.' },
    MEMBER: { description: 'The item belongs to the batch, or the batch has the item.' },
    MADE: { description: 'The batch was made from it.' },
    FITTED: { description: 'It was built into the item.' },
    UNLOTTED: { description: 'A movement without a lot that it could have been in.' },
    MISSING_GENEALOGY: { description: 'Inputs are not on record, and it lay where it could have been used.' },
    UNKNOWN_SOURCE: { description: 'Who assigned the lot is not on record, and several did.' },
    STATED: { description: 'Its maker stated that none of the affected lot is in it.' },
    UNKNOWN_LOT: { description: 'The lot is not on record, and it could be this one.' },
  },
});

export const gapKinds: Closed<HoleKind> = {
  ATTRIBUTE_MISSING: 'ATTRIBUTE_MISSING',
  TIME_IMPRECISE: 'TIME_IMPRECISE',
  SERIAL_NOT_ON_RECORD: 'SERIAL_NOT_ON_RECORD',
  SUBJECT_NOT_ON_RECORD: 'SUBJECT_NOT_ON_RECORD',
  GENEALOGY_MISSING: 'GENEALOGY_MISSING',
  LOT_MISSING: 'LOT_MISSING',
  AMOUNT_MISSING: 'AMOUNT_MISSING',
  CUSTODY_MISSING: 'CUSTODY_MISSING',
  SHIPMENT_MISSING: 'SHIPMENT_MISSING',
  UNIT_NOT_OPENED: 'UNIT_NOT_OPENED',
  PARTY_SILENT: 'PARTY_SILENT',
  PART_UNDESCRIBED: 'PART_UNDESCRIBED',
};
registerEnumType(gapKinds, {
  name: 'GapKind',
  description: 'What the record lacks.',
  valuesConfig: {
    ATTRIBUTE_MISSING: {
      description: 'A condition of the rule asks for an attribute that is not on record.',
    },
    TIME_IMPRECISE: { description: 'A time is only known to within a stretch that the rule cuts.' },
    SERIAL_NOT_ON_RECORD: { description: 'Numbers of a serial range that no record holds.' },
    SUBJECT_NOT_ON_RECORD: { description: 'What the rule names is not on record.' },
    GENEALOGY_MISSING: { description: 'A batch without the inputs its bill of materials wants.' },
    LOT_MISSING: { description: 'A movement that names no lot, or an item of which nobody told the lot.' },
    AMOUNT_MISSING: { description: 'A quantity that nobody gave.' },
    CUSTODY_MISSING: { description: 'More left a place than the record says came there.' },
    SHIPMENT_MISSING: { description: 'Goods were received that nobody sent.' },
    UNIT_NOT_OPENED: { description: 'A unit with affected goods inside arrived and was never opened.' },
    PARTY_SILENT: { description: 'Affected goods were sent to a site that never reported anything.' },
    PART_UNDESCRIBED: {
      description: 'A product known by its name only: what it is made of is not on record.',
    },
  },
});

export const exclusionReasons: Closed<Exclusion['reason']> = {
  AS_BUILT: 'AS_BUILT',
  ALL_ITEMS_EXCLUDED: 'ALL_ITEMS_EXCLUDED',
  STATED: 'STATED',
  RULE: 'RULE',
  KEEP: 'KEEP',
};
registerEnumType(exclusionReasons, {
  name: 'ExclusionReason',
  description: 'Why something is left out.',
  valuesConfig: {
    AS_BUILT: { description: 'Its recorded parts are unaffected and cover every affected component.' },
    ALL_ITEMS_EXCLUDED: { description: 'All its items are excluded and account for its whole quantity.' },
    STATED: { description: 'Its maker stated that none of the affected lot is in it.' },
    RULE: { description: 'The rule itself leaves it out.' },
    KEEP: { description: 'It is affected, and `keep` leaves it out.' },
  },
});

export const scopeLimitKinds: Closed<ScopeLimit['kind']> = {
  DEPTH: 'DEPTH',
  NODES: 'NODES',
  TIME: 'TIME',
  DERIVATION: 'DERIVATION',
};
registerEnumType(scopeLimitKinds, {
  name: 'ScopeLimitKind',
  description: 'What stopped a walk, or what it could not rely on.',
  valuesConfig: {
    DEPTH: { description: 'The deepest level was reached.' },
    NODES: { description: 'The most nodes were reached.' },
    TIME: { description: 'The time was up.' },
    DERIVATION: {
      description:
        'Rows that an older version of the service derived, and that have not been derived again, or had not at `knownAt`.',
    },
  },
});

export const stillHolds: Closed<StillHolds> = { YES: 'YES', NO: 'NO', UNKNOWN: 'UNKNOWN' };
registerEnumType(stillHolds, {
  name: 'YesNoUnknown',
  description: 'A question that the record answers, or does not.',
  valuesConfig: {
    YES: { description: 'So says the record.' },
    NO: { description: 'The record says otherwise.' },
    UNKNOWN: { description: 'The record does not say.' },
  },
});

export const distributionKeys: Closed<FactKey> = {
  COUNTRY: 'COUNTRY',
  REGION: 'REGION',
  PARTY: 'PARTY',
  ROLE: 'ROLE',
};
registerEnumType(distributionKeys, {
  name: 'DistributionKey',
  description: 'By what a scope is divided.',
  valuesConfig: {
    COUNTRY: { description: 'Country, an ISO 3166-1 alpha-2 code.' },
    REGION: { description: 'Country and region, as "NL/Utrecht".' },
    PARTY: { description: 'The party that holds or sold the goods.' },
    ROLE: { description: 'What the site is in the chain.' },
  },
});

export const verdictsOfMembership = { IN: 'IN', OUT: 'OUT' } as const;
registerEnumType(verdictsOfMembership, {
  name: 'MembershipVerdict',
  description: 'Whether the subject is in the scope.',
  valuesConfig: { IN: { description: 'It is.' }, OUT: { description: 'It is not.' } },
});

export const failers = { RULE: 'RULE', KEEP: 'KEEP', EVIDENCE: 'EVIDENCE', LIMIT: 'LIMIT' } as const;
registerEnumType(failers, {
  name: 'FailedBy',
  description: 'What keeps a subject out of a scope.',
  valuesConfig: {
    RULE: { description: 'A condition of the rule is false of it, and nothing leads to it from an origin.' },
    KEEP: { description: 'It is affected, but a condition of `keep` is false of it.' },
    EVIDENCE: { description: 'It was suspected, and the record clears it.' },
    LIMIT: { description: 'A limit stopped the walk before it was reached: it may well be affected.' },
  },
});

export const truths = { TRUE: 'TRUE', FALSE: 'FALSE', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(truths, {
  name: 'Truth',
  description: 'What a condition of the rule answers about a subject.',
  valuesConfig: {
    TRUE: { description: 'It holds.' },
    FALSE: { description: 'It does not hold.' },
    UNKNOWN: { description: 'The record lacks what would decide it.' },
  },
});
