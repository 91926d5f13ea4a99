/** Rules of one's own, read from a JSON file at start; they stand before the table of cbv-mapping.ts. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cbvMapping, type MappingRule, outcomes } from './cbv-mapping.js';

const words = z.array(z.string()).min(1);

const rule = z.strictObject({
  bizStep: words.optional(),
  disposition: words.optional(),
  action: z
    .array(z.enum(['ADD', 'OBSERVE', 'DELETE']))
    .min(1)
    .optional(),
  source: z.boolean().optional(),
  destination: z.boolean().optional(),
  records: z.enum(outcomes),
});

export class MappingFileError extends Error {}

/**
 * The table with the file's rules before it; without a file the table. Throws MappingFileError naming the variable, the
 * file, the rule, the field and what is wrong.
 */
export function readMapping(path: string | undefined): readonly MappingRule[] {
  if (path === undefined) return cbvMapping;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new MappingFileError(
      `TRACEWRIGHT_EPCIS_MAPPING: ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = z.array(rule).max(1000).safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const [index, ...field] = issue?.path ?? [];
    const where =
      index === undefined
        ? ''
        : `rule ${Number(index) + 1}: ${field.length > 0 ? `${field.join('.')}: ` : ''}`;
    throw new MappingFileError(
      `TRACEWRIGHT_EPCIS_MAPPING: ${path}: ${where}${issue?.message ?? 'should be a list of rules'}`,
    );
  }
  return [...parsed.data, ...cbvMapping];
}
