/** Exports, as the API shows them. */
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntText, DateTime } from '../../../graphql/index.js';
import type { Exposure } from '../../scope.js';
import { ScopeRuleInput } from '../rule.types.js';
import { exposures } from '../scope-enums.types.js';
import type { ExportListName } from './export-lists.js';
import type { ExportFormat } from './write-export.js';

export const exportListNames = {
  BATCHES: 'BATCHES',
  ITEMS: 'ITEMS',
  HOLDERS: 'HOLDERS',
  STOCK_LINES: 'STOCK_LINES',
  PROCESSORS: 'PROCESSORS',
  BUYERS: 'BUYERS',
  GAPS: 'GAPS',
  EXCLUDED: 'EXCLUDED',
} as const satisfies Record<ExportListName, ExportListName>;
registerEnumType(exportListNames, {
  name: 'ExportList',
  description: 'Which list of a scope.',
  valuesConfig: {
    BATCHES: { description: 'Affected batches, origins too.' },
    ITEMS: { description: 'Affected serialised items.' },
    HOLDERS: { description: 'Sites that hold, are being sent, sold or held affected goods.' },
    STOCK_LINES: { description: 'What each of these sites has, batch by batch, with quantities.' },
    PROCESSORS: { description: 'Sites that consumed affected goods or built them in.' },
    BUYERS: { description: 'The buyers the caller may list, named by opaque ids.' },
    GAPS: { description: 'What the record lacks.' },
    EXCLUDED: { description: 'What is left out, and by what.' },
  },
});

export const exportFormats = { NDJSON: 'NDJSON', CSV: 'CSV', XLSX: 'XLSX' } as const satisfies Record<
  ExportFormat,
  ExportFormat
>;
registerEnumType(exportFormats, {
  name: 'ExportFormat',
  description: 'How the rows are written.',
  valuesConfig: {
    NDJSON: {
      description: 'A JSON object a line; the last line has `__end`, the number of rows and their SHA-256.',
    },
    CSV: {
      description:
        'RFC 4180, UTF-8, with a header; long digits quoted, cells a spreadsheet would run defused.',
    },
    XLSX: {
      description:
        'A workbook: keys are text cells, whole to the last digit; amounts are numbers. Past 1,048,576 rows a further sheet.',
    },
  },
});

@InputType({ description: 'One list of a scope to be fetched as a file.' })
export class ExportScopeInput {
  @Field(() => ScopeRuleInput, { description: 'Where the defect entered.' })
  rule!: ScopeRuleInput;

  @Field(() => ScopeRuleInput, { nullable: true, description: 'Which members stay after the spread.' })
  keep?: ScopeRuleInput | null;

  @Field(() => exposures, { defaultValue: 'EVER', description: 'Whether parts taken out count.' })
  exposure!: Exposure;

  @Field(() => DateTime, { nullable: true, description: 'What was true then; absent: everything to date.' })
  asOf?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'What was known then; absent: what is known now.' })
  knownAt?: Date | null;

  @Field(() => exportListNames, { description: 'The list.' })
  list!: ExportListName;

  @Field(() => exportFormats, { defaultValue: 'NDJSON', description: 'The form of the file.' })
  format!: ExportFormat;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 100 characters of your making: the same command again answers the same export.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'A list of a scope as a file, the same however often it is fetched.' })
export class Export {
  @Field(() => ID, { description: 'Id of the export.' })
  id!: string;

  @Field(() => exportListNames, { description: 'The list.' })
  list!: ExportListName;

  @Field(() => exportFormats, { description: 'The form of the file.' })
  format!: ExportFormat;

  @Field(() => BigIntText, { description: 'Rows of the file, as the scope counts them.' })
  rows!: bigint;

  @Field(() => String, {
    description:
      'Path to GET the file at, without a token, until `expiresAt`. A broken transfer goes on with the header Range: bytes=N-.',
  })
  url!: string;

  @Field(() => DateTime, { description: 'When the address stops working.' })
  expiresAt!: Date;

  @Field(() => DateTime, { description: 'The moment of knowing the rows are of.' })
  knownAt!: Date;

  @Field(() => Boolean, {
    description: 'As `RecallScope.isComplete` for this list: false when a limit or the view leaves rows out.',
  })
  isComplete!: boolean;
}

@ObjectType({ description: 'What became of the command.' })
export class ExportScopePayload {
  @Field(() => Export, { description: 'The export.' })
  export!: Export;
}
