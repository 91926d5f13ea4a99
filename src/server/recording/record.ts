/** Hands rows of a mutation to the one pipeline and shapes what it answers. */
import { Refusal, type RequestContext, requirePrincipal } from '../../graphql/index.js';
import { recordRows } from '../../record/index.js';
import type { InputRow } from '../../record/input/index.js';
import { limits } from '../limits.js';
import { camelCase } from './names.js';
import { type OnProblem, type RecordPayload, RecordStatus } from './payload.js';
import { toProblem } from './problems.js';

export async function record(
  context: RequestContext,
  rows: InputRow[],
  options: { onProblem: OnProblem; dryRun: boolean; pathOf: (index: number) => string[] },
): Promise<RecordPayload> {
  const { partyId, role } = requirePrincipal(context);
  if (rows.length < 1 || rows.length > limits.rows) {
    throw new Refusal('BAD_INPUT', `input: ${rows.length} rows, at least 1 and at most ${limits.rows}`);
  }
  if (role === 'REGULATOR') throw new Refusal('FORBIDDEN', 'role REGULATOR: a regulator records nothing');
  const results = await recordRows(context.services, rows, {
    onProblem: options.onProblem,
    dryRun: options.dryRun,
    recorder: { partyId, role },
    requireEventId: true,
  });
  const count = (status: RecordStatus): number => results.filter((result) => result.status === status).length;
  const firstRefused = results.findIndex(({ problems }) =>
    problems.some(({ code }) => code !== 'NOT_APPLIED'),
  );
  return {
    results: results.map(({ index, status, eventId, problems }) => ({
      index,
      status: RecordStatus[status],
      eventId,
      problems: problems.map((problem) => {
        const field = problem.column === null ? null : camelCase(problem.column);
        const path = [...options.pathOf(index), ...(field === null ? [] : [field])];
        return toProblem({ problem, field, path, firstRefused });
      }),
    })),
    summary: {
      created: count(RecordStatus.CREATED),
      existing: count(RecordStatus.EXISTS),
      conflicting: count(RecordStatus.CONFLICT),
      rejected: count(RecordStatus.REJECTED),
    },
  };
}
