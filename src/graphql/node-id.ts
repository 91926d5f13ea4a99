/** Opaque typed ids of rows. */
import { CursorError, openNodeId, sealNodeId } from '../access/index.js';
import type { RequestContext } from './context.js';

export const nodeTypes = [
  'Party',
  'Site',
  'Product',
  'Batch',
  'Item',
  'LogisticUnit',
  'Recall',
  'Hold',
  'Notice',
  'Buyer',
  'DefectAlert',
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** The id of a row, the same for the same row. */
export const nodeId = (context: RequestContext, type: NodeType, id: bigint): string =>
  sealNodeId(context.secret, type, String(id));

/** What an id names, or null for one we did not make. */
export function readNodeId(context: RequestContext, text: string): { type: NodeType; id: bigint } | null {
  try {
    const opened = openNodeId(context.secret, text);
    const type = nodeTypes.find((known) => known === opened.type);
    return type === undefined ? null : { type, id: BigInt(opened.id) };
  } catch (error) {
    if (error instanceof CursorError) return null;
    throw error;
  }
}
