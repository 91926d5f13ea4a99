/** A frozen scope beside what is known now, or a later version, and the events that made the difference. */
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import type { Scope } from '../../scope.js';
import { askScope } from '../scope-question.js';
import { readVersions } from './frozen-scope.sql.js';
import { openerOf } from './opener.js';
import { readRecall } from './recall.sql.js';
import type { ScopeVersion } from './recall.types.js';
import { type Change, causesOf, changesBetween } from './scope-changes.js';
import { storedScope } from './stored-scope.sql.js';

interface Compared {
  /** Every difference, in the order of keys. */
  changes: Change[];
  /** The later scope, with its chains of evidence. */
  after: Scope;
}

/**
 * The stored members beside the same question asked now (`until` null), in the sight of who opened the recall, or beside the
 * later version of that number. Errors: BAD_INPUT where there is none.
 */
export const compareVersions = (
  context: RequestContext,
  version: ScopeVersion,
  until: number | null,
): Promise<Compared> =>
  context.memo(`changes of scope version ${version.versionId} until ${until}`, async () => {
    const later = until === null ? null : await laterVersion(context, version, until);
    const after =
      later === null ? (await askAgain(context, version, null)).scope : await asFrozen(context, later);
    return context.snapshot.read(engine, async (client) => {
      const before = await storedScope(client, version.versionId);
      const now = later === null ? after : await storedScope(client, later.versionId);
      return { changes: await changesBetween(client, before, now), after };
    });
  });

/** By key of a change, the id of the event recorded since that did it; for who reads the campaign. */
export async function causesSince(
  context: RequestContext,
  version: ScopeVersion,
  until: number | null,
  changes: readonly Change[],
): Promise<Map<string, string>> {
  const { after } = await compareVersions(context, version, until);
  const before = changes.some((change) => change.kind === 'REMOVED')
    ? await context.memo(`scope version ${version.versionId} as frozen`, () => asFrozen(context, version))
    : null;
  return context.snapshot.read(engine, (client) =>
    causesOf(client, changes, version.knownAt, ({ kind, node }) =>
      kind === 'REMOVED' ? (before?.why(node) ?? []) : after.why(node),
    ),
  );
}

async function laterVersion(
  context: RequestContext,
  version: ScopeVersion,
  until: number,
): Promise<ScopeVersion> {
  const versions = await context.snapshot.read(engine, (client) => readVersions(client, [version.recallId]));
  const later = versions.find(({ number }) => number === until);
  if (later === undefined || until <= version.number)
    throw new Refusal(
      'BAD_INPUT',
      `until: ${until}, should be the number of a version after ${version.number}`,
    );
  return later;
}

const asFrozen = async (context: RequestContext, version: ScopeVersion): Promise<Scope> =>
  (await askAgain(context, version, version.knownAt)).scope;

async function askAgain(context: RequestContext, version: ScopeVersion, knownAt: Date | null) {
  const recall = await context.snapshot.read(engine, (client) => readRecall(client, version.recallId));
  if (recall === null) throw new Error(`recall ${version.recallId}: gone`);
  const { rule, keep, exposure, asOf } = version;
  const opener = openerOf(recall, requirePrincipal(context));
  return askScope(context, { rule, keep, exposure, asOf, knownAt }, opener);
}
