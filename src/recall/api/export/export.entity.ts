/** An export as it is stored: what was asked and for whom, never the rows. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { PrincipalRole } from '../../../access/index.js';
import type { Exposure } from '../../scope.js';
import type { ExportListName } from './export-lists.js';
import type { ExportFormat } from './write-export.js';

/** The question with its clocks pinned, and a digest of the command as it came. */
export interface StoredQuestion {
  rule: unknown;
  keep: unknown;
  exposure: Exposure;
  asOf: string;
  knownAt: string;
  asked: string;
  isComplete: boolean;
}

export const ExportEntity = defineEntity({
  name: 'ExportEntity',
  tableName: 'export',
  properties: {
    exportId: p.uuid().primary(),
    tokenId: p.string(),
    partyId: p.bigint('bigint').nullable(),
    partyGln: p.string().nullable(),
    role: p.string().$type<PrincipalRole>(),
    idempotencyKey: p.string().nullable(),
    list: p.string().$type<ExportListName>(),
    format: p.string().$type<ExportFormat>(),
    question: p.json<StoredQuestion>(),
    rowCount: p.bigint('bigint'),
    sha256: p.blob().nullable(),
    expiresAt: p.datetime(),
  },
});

export type ExportJob = InferEntity<typeof ExportEntity>;
