/** One stream of events: answered when its watch wakes it, and only as long as its caller may ask. */
import type { Interest } from '../../graphql/index.js';
import type { Looker } from './looker.js';

/** An answer to one event, as GraphQL gives it. */
export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: readonly { message: string; extensions?: { code?: unknown } }[];
}

export interface Streaming {
  looker: Looker;
  /** Answers as the caller sees it now; tells what to watch. */
  answer(noticeIds: readonly bigint[], watch: (interest: Interest) => void): Promise<Answer>;
  /** Refuses when the caller may not ask any more. */
  check(): Promise<Answer | null>;
  checkMs: number;
  refreshMs: number;
}

/** What woke a stream. */
type Wake = 'told' | 'time' | 'over';

const codesOf = ({ errors = [] }: Answer): unknown[] => errors.map(({ extensions }) => extensions?.code);
/** The record or the caller's budget gave no answer now; the next one may. */
const passes = (answer: Answer): boolean =>
  codesOf(answer).some((code) => code === 'UNAVAILABLE' || code === 'THROTTLED' || code === 'TIMEOUT');
const isRefused = (answer: Answer): boolean => answer.data == null && codesOf(answer).length > 0;

export class Stream {
  #told: bigint[] = [];
  #changed = false;
  #isOver = false;
  #wake: ((why: Wake) => void) | null = null;
  #unwatch: (() => void) | null = null;

  constructor(readonly streaming: Streaming) {}

  /** Ends it: the caller hung up, or the service stops. */
  end(): void {
    this.#isOver = true;
    this.#unwatch?.();
    this.#wake?.('over');
  }

  /** The first answer, and what it wants to be woken for. A refusal is all there is. */
  async begin(): Promise<Answer> {
    let interest: Interest | null = null;
    const ask = () =>
      this.streaming.answer([], (wanted) => {
        interest = wanted;
      });
    const first = await ask();
    if (isRefused(first) || interest === null) return first;
    this.#unwatch = await this.streaming.looker.watch({
      interest,
      wake: (noticeIds) => {
        this.#told.push(...noticeIds);
        this.#changed = true;
        this.#wake?.('told');
      },
    });
    if (this.#isOver) this.#unwatch();
    // asked once more: what changed between the answer and the watch would be told by nobody
    return 'recallId' in (interest as Interest) ? ask() : first;
  }

  /** The answers after the first that differ from the one before; those to no news are left out. */
  async *answers(first: Answer): AsyncGenerator<Answer> {
    const { streaming } = this;
    let last = JSON.stringify(first.data);
    let refreshedAt = performance.now();
    if (!isNoNews(first)) yield first;
    if (this.#unwatch === null) return;
    try {
      while (!this.#isOver) {
        const why = await this.#sleep(streaming.checkMs);
        if (why === 'over') return;
        const isDue = performance.now() - refreshedAt >= streaming.refreshMs;
        if (!this.#changed && !isDue) {
          const refused = await streaming.check();
          if (refused === null || passes(refused)) continue;
          yield refused;
          return;
        }
        const told = this.#told;
        this.#told = [];
        this.#changed = false;
        const answer = await streaming.answer(told, () => undefined);
        if (this.#isOver) return;
        if (passes(answer)) {
          this.#told = [...told, ...this.#told];
          this.#changed = true;
          await this.#pause(streaming.checkMs);
          continue;
        }
        refreshedAt = performance.now();
        const text = JSON.stringify(answer.data);
        if (isRefused(answer) || (text !== last && !isNoNews(answer))) yield answer;
        if (isRefused(answer)) return;
        if (!isNoNews(answer)) last = text;
      }
    } finally {
      this.#unwatch();
    }
  }

  /** Until something is told, it ends, or the time is over. */
  #sleep(ms: number): Promise<Wake> {
    if (this.#isOver) return Promise.resolve('over');
    if (this.#changed) return Promise.resolve('told');
    return this.#pause(ms);
  }

  #pause(ms: number): Promise<Wake> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.('time'), ms);
      this.#wake = (why) => {
        clearTimeout(timer);
        this.#wake = null;
        resolve(why);
      };
    });
  }
}

/** A list with nothing in it. */
const isNoNews = ({ data, errors = [] }: Answer): boolean =>
  errors.length === 0 &&
  Object.values(data ?? {}).every((field) => Array.isArray(field) && field.length === 0);
