/** Many digests and a small number for each, in 12 bytes an entry: what a file of ten million rows needs told apart. */

const SLOTS_MIN = 1024;

/**
 * A hash table from the first 8 bytes of a digest to a number of 32 bits. Two digests alike in 8 bytes are taken for one:
 * among ten million that happens once in 400,000 files, and always alike for the same file.
 */
export class Fingerprints {
  #keys = new BigUint64Array(SLOTS_MIN);
  #values = new Uint32Array(SLOTS_MIN);
  #size = 0;

  get(digest: Uint8Array): number | undefined {
    const key = keyOf(digest);
    const slot = this.#slotOf(key);
    return this.#keys[slot] === key ? this.#values[slot] : undefined;
  }

  set(digest: Uint8Array, value: number): void {
    if (this.#size * 2 >= this.#keys.length) this.#grow();
    const key = keyOf(digest);
    const slot = this.#slotOf(key);
    if (this.#keys[slot] !== key) this.#size += 1;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  #slotOf(key: bigint): number {
    const mask = this.#keys.length - 1;
    let slot = Number(key & BigInt(mask));
    while (this.#keys[slot] !== 0n && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new BigUint64Array(keys.length * 2);
    this.#values = new Uint32Array(values.length * 2);
    keys.forEach((key, slot) => {
      if (key === 0n) return;
      const to = this.#slotOf(key);
      this.#keys[to] = key;
      this.#values[to] = values[slot] ?? 0;
    });
  }
}

/** Never zero, which marks a free slot. */
function keyOf(digest: Uint8Array): bigint {
  const key = new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0);
  return key === 0n ? 1n : key;
}

/** 32 bits of a digest, to tell equal content from other content. */
export const shortOf = (digest: Uint8Array): number =>
  new DataView(digest.buffer, digest.byteOffset, 4).getUint32(0);
