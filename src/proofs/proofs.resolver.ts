/** Checkpoints and proofs of the tamper-evident log. */
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { latestCheckpoint, proveConsistency, proveInclusion } from '../access/index.js';
import { BigIntText, engine, type RequestContext, requirePrincipal, seesAll } from '../graphql/index.js';
import { eventKeyOf } from '../record/index.js';
import { LogCheckpoint, LogConsistencyProof, LogInclusionProof } from './proofs.types.js';

const base64 = (bytes: Buffer): string => bytes.toString('base64');

@Resolver()
export class ProofsResolver {
  @Query(() => LogCheckpoint, {
    nullable: true,
    description: 'The latest checkpoint of the log; null while nothing is sealed. Needs a token.',
  })
  async checkpoint(@Ctx() context: RequestContext): Promise<LogCheckpoint | null> {
    requirePrincipal(context);
    const found = await context.snapshot.read(engine, latestCheckpoint);
    return found && { ...found, rootHash: base64(found.rootHash), publicKey: context.logPublicKey };
  }

  @Query(() => LogInclusionProof, {
    nullable: true,
    description:
      'That an event is in the log of the latest checkpoint, or of another size; null when it is not sealed into that, or the caller neither recorded it nor sees the chain as a whole. Needs a token.',
  })
  async inclusionProof(
    @Arg('eventId', () => String, { description: 'The event.' }) eventId: string,
    @Arg('treeSize', () => BigIntText, {
      nullable: true,
      description: 'Entries of the tree; absent: the latest checkpoint.',
    })
    treeSize: bigint | null,
    @Ctx() context: RequestContext,
  ): Promise<LogInclusionProof | null> {
    const principal = requirePrincipal(context);
    const eventKey = eventKeyOf(eventId);
    const proof = await context.snapshot.read(engine, async (client) => {
      const found = await client.query<{ mine: boolean }>(
        'select recorder_id is not distinct from $2 as mine from event where event_key = $1',
        [eventKey, principal.partyId],
      );
      if (!seesAll(principal) && found.rows[0]?.mine !== true) return null;
      return proveInclusion(client, eventKey, treeSize ?? undefined);
    });
    return proof && { ...proof, leafHash: base64(proof.leafHash), path: proof.path.map(base64) };
  }

  @Query(() => LogConsistencyProof, {
    nullable: true,
    description:
      'That the log of one size begins with the log of a smaller one; null when there are no such logs. Needs a token.',
  })
  async consistencyProof(
    @Arg('first', () => BigIntText, { description: 'Entries of the earlier tree, at least 1.' })
    first: bigint,
    @Arg('second', () => BigIntText, { description: 'Entries of the later tree.' }) second: bigint,
    @Ctx() context: RequestContext,
  ): Promise<LogConsistencyProof | null> {
    requirePrincipal(context);
    const proof = await context.snapshot.read(engine, (client) => proveConsistency(client, first, second));
    return proof && { ...proof, path: proof.path.map(base64) };
  }
}
