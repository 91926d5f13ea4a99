/** The items of one batch that are affected by themselves, with what they say of the batch kept at hand. */
import type { Since } from './times.js';

export class OwnItems {
  readonly #items = new Map<bigint, Since>();
  #any = Infinity;
  /** Null: to be folded again. */
  #lastCertain: number | null = null;

  get size(): number {
    return this.#items.size;
  }

  /** Since the first of them. */
  get any(): number {
    return this.#any;
  }

  /** Since all of them are certain. */
  get lastCertain(): number {
    if (this.#lastCertain === null) {
      let last = -Infinity;
      for (const { certain } of this.#items.values()) if (certain > last) last = certain;
      this.#lastCertain = last;
    }
    return this.#lastCertain;
  }

  set(itemId: bigint, since: Since): void {
    this.#items.set(itemId, since);
    this.#any = Math.min(this.#any, since.any);
    this.#lastCertain = null;
  }
}
