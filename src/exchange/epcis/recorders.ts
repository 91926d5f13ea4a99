/** Who may change what whose event says: events of several recorders meet in a pool, a declaration, a shipment taken back. */

type RecorderId = bigint | null | undefined;

/** An event takes back another's effect when both are one recorder's, or it is an administrator's. */
export const mayTakeBack = (by: RecorderId, of: RecorderId): boolean => by === null || by === of;

/** Events of a pool belong together when they are one recorder's; an administrator's belong with anybody's. */
export const mayJoin = (one: RecorderId, other: RecorderId): boolean =>
  one === other || one === null || other === null;
