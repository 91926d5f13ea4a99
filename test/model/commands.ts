/** What can happen in a history, as plain data: a kind and numbers to pick by, so that a kept history stays what it was. */
import fc from 'fast-check';
import { happenings } from '../property/generate.js';

/** Facts of the chain, each told by who may tell it. */
export type Happening = (typeof happenings)[number];

const weights = {
  make: 6,
  consume: 6,
  item: 6,
  fit: 7,
  pack: 2,
  unpack: 1,
  ship: 4,
  receive: 4,
  sell: 5,
  takeBack: 2,
  register: 1,
  service: 4,
  relabel: 2,
  dispose: 1,
  count: 1,
  hold: 1,
  inspect: 1,
  /** Told late: an event of an earlier hour. */
  late: 3,
  endFitting: 4,
  void: 3,
  correct: 2,
  resend: 3,
  conflict: 2,
  foreign: 2,
  bad: 2,
  nobody: 1,
  regulator: 1,
  csv: 3,
  csvBad: 2,
  capture: 3,
  captureAgain: 2,
  captureForeign: 1,
  recall: 4,
  foreignRecall: 1,
  freeze: 2,
  withdraw: 1,
  holdStock: 2,
  releaseStock: 1,
  acknowledge: 2,
  remedy: 2,
  recallCheck: 2,
  erase: 2,
} as const;
export type Kind = keyof typeof weights;
const kinds = Object.keys(weights) as Kind[];

export interface Command {
  kind: Kind;
  /** Numbers from 0 to 41 to pick by. */
  n: [number, number, number, number, number];
  /** Hours since the command before. */
  later: number;
}

const small = fc.nat({ max: 41 });
const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) }))),
  n: fc.tuple(small, small, small, small, small),
  later: fc.nat({ max: 5 }),
});

export const histories: fc.Arbitrary<Command[]> = fc.array(command, {
  minLength: 6,
  maxLength: 28,
  size: 'max',
});
