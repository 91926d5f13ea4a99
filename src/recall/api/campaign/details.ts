/** Which data elements each form wants, and the words a text about a danger must not use: data, and two readings of it. */
import type { RecallForm } from './details.types.js';
import type { Recall } from './recall.types.js';

type Element = 'defect' | 'risk' | 'instructions' | `details.${string}`;

/** 49 CFR 573.6; the annexes to the Chinese vehicle and consumer-product recall plans. The scope gives the rest. */
const wanted: Readonly<Record<RecallForm, readonly Element[]>> = {
  NHTSA_573: [
    'defect',
    'risk',
    'details.component',
    'details.partMaker',
    'details.cause',
    'details.warnings',
    'details.percentDefective',
    'details.scopeBasis',
    'details.chronology',
    'details.remedyPlan',
    'details.remedyFrom',
  ],
  CN_VEHICLE_PLAN: [
    'defect',
    'risk',
    'instructions',
    'details.component',
    'details.partMaker',
    'details.cause',
    'details.warnings',
    'details.reports',
    'details.injuries',
    'details.remedyPlan',
    'details.stopMeasures',
    'details.contact',
  ],
  CN_CONSUMER_PLAN: [
    'defect',
    'risk',
    'instructions',
    'details.partMaker',
    'details.cause',
    'details.chronology',
    'details.reports',
    'details.injuries',
    'details.remedyPlan',
    'details.stopMeasures',
    'details.contact',
  ],
  NHTSA_QUARTERLY: [],
  CN_VEHICLE_STAGE: ['details.contact', 'details.deviations', 'details.nextSteps'],
  CN_CONSUMER_STAGE: ['details.contact', 'details.deviations', 'details.nextSteps'],
};

/** Elements of a form that the recall does not have yet, in the order of the form. */
export function missingElements(recall: Recall, form: RecallForm): string[] {
  const told: Record<string, unknown> = {
    defect: recall.defect,
    risk: recall.risk,
    instructions: recall.instructions,
  };
  for (const [name, value] of Object.entries(recall.details)) told[`details.${name}`] = value;
  const isEmpty = (value: unknown) =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return wanted[form].filter((element) => isEmpty(told[element]));
}

const words = [
  'voluntary',
  'voluntarily',
  'precautionary',
  'precaution',
  'discretionary',
  'rare',
  '自愿',
  '预防性',
];

/** The first word of a text that plays a danger down; null: none. */
export function forbiddenWord(text: string): string | null {
  const lower = text.toLowerCase();
  return (
    words.find((word) =>
      /^[a-z]+$/.test(word) ? new RegExp(`\\b${word}\\b`).test(lower) : lower.includes(word),
    ) ?? null
  );
}
