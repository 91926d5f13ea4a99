/** How sure the cause of a recall is: what its opener says of it, and what the makers of the goods reply. */
import type { CauseReply, RecallCause } from './case.types.js';

/** The latest word of each maker counts; one that disputes outweighs the others, and the opener's own. */
export function causeState(
  details: Record<string, unknown>,
  replies: readonly CauseReply[],
): RecallCause['state'] {
  const latest = [...new Map(replies.map((reply) => [reply.partyId, reply.reply])).values()];
  if (latest.includes('DISPUTED')) return 'DISPUTED';
  if (latest.includes('CONFIRMED')) return 'CONFIRMED';
  const told = details.causeState as RecallCause['state'] | undefined;
  return told ?? (details.cause ? 'ALLEGED' : null);
}
