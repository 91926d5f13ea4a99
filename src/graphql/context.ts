/** What every resolver is given: who asks, the snapshot it reads in, and what this request found out already. */
import type { Principal } from '../access/index.js';
import type { EntitiesOn } from '../database/index.js';
import type { Services } from '../record/index.js';
import type { AnswerLimits } from '../trace/index.js';
import { Refusal } from './refusal.js';
import type { Snapshot } from './snapshot.js';

/** One event of a stream: what it was woken for, and what its answer wants to be woken for. */
export interface LiveEvent {
  /** Notices that were sent since the last event. */
  noticeIds: readonly bigint[];
  /** Wakes the stream when this changes; asked with every event, so that what is watched is what the caller may see. */
  watch(interest: Interest): void;
}
export type Interest = { recallId: bigint } | { partyId: bigint };

export interface RequestContext {
  /** Null: anonymous. */
  principal: Principal | null;
  /** Where the request comes from: address of the peer, bytes of its body, the languages it reads. */
  caller: { address: string; bytes: number; acceptLanguage?: string };
  services: Services;
  snapshot: Snapshot;
  /** MikroORM on a connection of ours: for rows read by id and written one at a time. */
  entities: EntitiesOn;
  /** Key of cursors and opaque ids. */
  secret: Buffer;
  /** Public key that the log's checkpoints are signed with, 32 bytes in base64. */
  logPublicKey: string;
  /** Where answers about the record stop, and say so. */
  answerLimits: AnswerLimits;
  /** How notices can go out: whether there is a mail server, GLNs of parties with a webhook. */
  outlets: { mail: boolean; webhooks: ReadonlySet<string> };
  /** Of an event of a stream alone. */
  live?: LiveEvent;
  /** Answers the same key with the same value for the length of the request. */
  memo<T>(key: string, make: () => T): T;
}

export function createMemo(): RequestContext['memo'] {
  const known = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as T;
  };
}

/** The caller, or UNAUTHENTICATED. */
export function requirePrincipal(context: RequestContext): Principal {
  if (context.principal === null) {
    throw new Refusal('UNAUTHENTICATED', 'this needs a token: send the header Authorization: Bearer <token>');
  }
  return context.principal;
}

/** True for who sees everything of the chain. */
export const seesAll = ({ role }: Principal): boolean => role === 'REGULATOR' || role === 'ADMIN';

/** The party of a caller that acts for one, or FORBIDDEN. */
export function requireParty(principal: Principal): bigint {
  if (principal.partyId === null)
    throw new Refusal('FORBIDDEN', `role ${principal.role}: this token acts for no party`);
  return principal.partyId;
}
