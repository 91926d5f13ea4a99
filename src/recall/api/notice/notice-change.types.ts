/** What differs between a notice and the one before it to the same recipient. */
import { Field, ObjectType } from 'type-graphql';
import { connectionOf } from '../../../graphql/index.js';
import type { Certainty } from '../../scope.js';
import { changeKinds } from '../campaign/scope-change.resolver.js';
import type { ChangeKind } from '../campaign/scope-changes.js';
import { certainties } from '../scope-enums.types.js';

@ObjectType({ description: "One line of the recipient's own goods that differs from the notice before." })
export class NoticeChange {
  /** The notice that tells it. */
  of!: bigint;
  recallId!: bigint;
  partyId!: bigint;
  batchId!: bigint;
  itemId!: bigint | null;
  unit!: string;
  /** Numbers of the frozen scopes of the notice before and of this one. */
  versionBefore!: number;
  version!: number;
  /** The event that brought the goods to the recipient, or whose taking back took them away; null: custody did not change. */
  custodyEvent!: { eventId: string; isShownToParty: boolean } | null;
  /** On hand by the recipient's book, in smallest units. */
  onHand!: bigint;

  @Field(() => changeKinds, { description: 'What became of the line.' })
  kind!: ChangeKind;

  @Field(() => certainties, {
    nullable: true,
    description: 'How surely it was affected by the notice before; null: it was not named.',
  })
  before!: Certainty | null;

  @Field(() => certainties, {
    nullable: true,
    description: 'How surely it is affected; null: it is no longer.',
  })
  after!: Certainty | null;
}

export const NoticeChangeConnection = connectionOf(() => NoticeChange, 'NoticeChange');
