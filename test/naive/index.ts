// A second opinion on every recall: the design's words walked plainly over the files, without a database or the engine.
export {
  type NaiveAnswer,
  type NaiveBuyer,
  type NaiveHolder,
  naiveAnswer,
  type Quantities,
} from './answer.js';
export type { Certainty, NaiveRule } from './spread.js';
