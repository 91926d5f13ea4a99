// Which of two facts comes first.
/**
 * At equal times: made < fitted < packed < shipped < received < unpacked < sold < returned, then the event's id. A workshop
 * finds what was built in by then.
 */
export const ranks = [
  'made',
  'fitted',
  'serviced',
  'packed',
  'shipped',
  'received',
  'unpacked',
  'sold',
  'returned',
];
export const rankOf: Record<string, string> = {
  batches: 'made',
  items: 'made',
  consumption: 'made',
  relabels: 'made',
  fittings: 'fitted',
  removals: 'fitted',
  services: 'serviced',
  shipments: 'shipped',
  receipts: 'received',
  sales: 'sold',
  returns: 'returned',
  disposals: 'returned',
};

export const inOrder = (
  a: { at: number; rank: number; id: string },
  b: { at: number; rank: number; id: string },
): number => a.at - b.at || a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
