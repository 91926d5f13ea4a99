/** What shows that the record was not rewritten: checkpoints of the log and proofs against them. */
import { Field, ObjectType } from 'type-graphql';
import { BigIntText, DateTime } from '../graphql/index.js';

@ObjectType({
  description: 'Where the log stood, signed. Keep it: it proves later that nothing before it was changed.',
})
export class LogCheckpoint {
  @Field(() => BigIntText, { description: 'Entries of the log.' })
  treeSize!: bigint;

  @Field(() => String, { description: 'Root of its Merkle tree (RFC 6962), in base64.' })
  rootHash!: string;

  @Field(() => DateTime, { description: 'When it was signed.' })
  signedAt!: Date;

  @Field(() => String, { description: 'The signed note (C2SP tlog-checkpoint, Ed25519).' })
  note!: string;

  @Field(() => String, {
    description: 'Public key of the service, 32 bytes in base64. Check it against one had by another way.',
  })
  publicKey!: string;
}

@ObjectType({ description: 'That an event is in the log (RFC 6962, 2.1.1).' })
export class LogInclusionProof {
  @Field(() => String, { description: 'The event.' })
  eventId!: string;

  @Field(() => BigIntText, { description: 'Its place in the log, from 0.' })
  index!: bigint;

  @Field(() => BigIntText, { description: 'Entries of the tree that the proof is for.' })
  treeSize!: bigint;

  @Field(() => String, { description: 'Hash of its leaf, in base64.' })
  leafHash!: string;

  @Field(() => [String], { description: 'Hashes beside it, from the leaf to the root, in base64.' })
  path!: string[];
}

@ObjectType({ description: 'That the log only grew from one size to another (RFC 6962, 2.1.2).' })
export class LogConsistencyProof {
  @Field(() => BigIntText, { description: 'Entries of the earlier tree.' })
  first!: bigint;

  @Field(() => BigIntText, { description: 'Entries of the later tree.' })
  second!: bigint;

  @Field(() => [String], { description: 'Hashes, in base64.' })
  path!: string[];
}
