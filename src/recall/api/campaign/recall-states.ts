/** The states of a recall and who may move it from one to the next: data, checked when the program starts. */

export const recallStates = {
  DRAFT: 'DRAFT',
  FILED: 'FILED',
  PUBLISHED: 'PUBLISHED',
  IN_PROGRESS: 'IN_PROGRESS',
  COMPLETED: 'COMPLETED',
  CLOSED: 'CLOSED',
  WITHDRAWN: 'WITHDRAWN',
} as const;
export type RecallState = keyof typeof recallStates;

export type RecallMove = 'FILE' | 'PUBLISH' | 'START' | 'COMPLETE' | 'CLOSE' | 'WITHDRAW';

interface Transition {
  from: readonly RecallState[];
  to: RecallState;
  /** The one side that may: who opened it, or an authority. SERVICE: the program itself, by the first remedy or notice. */
  by: 'OPENER' | 'AUTHORITY' | 'SERVICE';
}

export const transitions: Readonly<Record<RecallMove, Transition>> = {
  FILE: { from: ['DRAFT'], to: 'FILED', by: 'OPENER' },
  PUBLISH: { from: ['DRAFT', 'FILED'], to: 'PUBLISHED', by: 'OPENER' },
  START: { from: ['PUBLISHED'], to: 'IN_PROGRESS', by: 'SERVICE' },
  COMPLETE: { from: ['PUBLISHED', 'IN_PROGRESS'], to: 'COMPLETED', by: 'OPENER' },
  CLOSE: { from: ['COMPLETED'], to: 'CLOSED', by: 'AUTHORITY' },
  WITHDRAW: { from: ['DRAFT', 'FILED', 'PUBLISHED', 'IN_PROGRESS'], to: 'WITHDRAWN', by: 'OPENER' },
};

const order: readonly RecallState[] = [
  'DRAFT',
  'FILED',
  'PUBLISHED',
  'IN_PROGRESS',
  'COMPLETED',
  'CLOSED',
  'WITHDRAWN',
];

/** Whether a state is that one, or one after it; what was withdrawn keeps nobody waiting. */
export const hasCome = (state: RecallState, to: RecallState): boolean =>
  order.indexOf(state) >= order.indexOf(to);

/** States in which its members are recalled: also after closing, until each is remedied. */
export const recalledStates: readonly RecallState[] = ['PUBLISHED', 'IN_PROGRESS', 'COMPLETED', 'CLOSED'];

/** Every state is reached from DRAFT, and no move leads to where it starts. */
function checkTransitions(): void {
  const reached = new Set<RecallState>(['DRAFT']);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const [move, { from, to }] of Object.entries(transitions)) {
      if (from.includes(to)) throw new Error(`recall states: ${move} leads from ${to} to ${to}`);
      if (from.some((state) => reached.has(state))) reached.add(to);
    }
  }
  const missed = Object.keys(recallStates).filter((state) => !reached.has(state as RecallState));
  if (missed.length > 0) throw new Error(`recall states: ${missed.join(', ')} cannot be reached`);
}
checkTransitions();
