/** Merkle tree hashes and proofs of RFC 6962 (2.1), as pure functions over the hashes of complete subtrees. */
import { createHash } from 'node:crypto';

/** A complete subtree of 2^level leaves, the `position`-th of its level. */
export interface Subtree {
  level: number;
  position: bigint;
}

/** Leaves [from, to). */
interface Range {
  from: bigint;
  to: bigint;
}

export type HashOf = (subtree: Subtree) => Buffer;

export const nodeHash = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();

export const emptyRoot = (): Buffer => createHash('sha256').digest();

/** The largest power of two smaller than n; n > 1. */
function splitOf(n: bigint): bigint {
  let k = 1n;
  while (k * 2n < n) k *= 2n;
  return k;
}

/** The complete subtrees a range is made of, left to right; its start is a multiple of its first subtree's size. */
export function subtreesOf({ from, to }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % (2n << BigInt(level)) === 0n && at + (2n << BigInt(level)) <= to) level += 1;
    subtrees.push({ level, position: at >> BigInt(level) });
    at += 1n << BigInt(level);
  }
  return subtrees;
}

/** The hash of a range from its subtrees: the right ones join first, since the left is always complete. */
export function foldSubtrees(hashes: Buffer[]): Buffer {
  if (hashes.length === 0) return emptyRoot();
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

const hashOfRange = (range: Range, hashOf: HashOf): Buffer => foldSubtrees(subtreesOf(range).map(hashOf));

function inclusionRanges(index: bigint, { from, to }: Range): Range[] {
  const size = to - from;
  if (size <= 1n) return [];
  const split = from + splitOf(size);
  return index < split
    ? [...inclusionRanges(index, { from, to: split }), { from: split, to }]
    : [...inclusionRanges(index, { from: split, to }), { from, to: split }];
}

function consistencyRanges(size: bigint, { from, to }: Range, isWhole: boolean): Range[] {
  if (size === to) return isWhole ? [] : [{ from, to }];
  const split = from + splitOf(to - from);
  return size <= split
    ? [...consistencyRanges(size, { from, to: split }, isWhole), { from: split, to }]
    : [...consistencyRanges(size, { from: split, to }, false), { from, to: split }];
}

/** A proof to be computed: the subtrees it needs, and the proof once their hashes are there. */
export interface ProofPlan {
  needs: Subtree[];
  make(hashOf: HashOf): Buffer[];
}

const planOf = (ranges: Range[]): ProofPlan => ({
  needs: ranges.flatMap(subtreesOf),
  make: (hashOf) => ranges.map((range) => hashOfRange(range, hashOf)),
});

/** PATH(index, D[size]); index < size. */
export const planInclusion = (index: bigint, size: bigint): ProofPlan =>
  planOf(inclusionRanges(index, { from: 0n, to: size }));

/** PROOF(first, D[second]); 0 < first <= second. */
export const planConsistency = (first: bigint, second: bigint): ProofPlan =>
  planOf(first === second ? [] : consistencyRanges(first, { from: 0n, to: second }, true));

export const planRoot = (size: bigint) => ({
  needs: subtreesOf({ from: 0n, to: size }),
  make: (hashOf: HashOf): Buffer => hashOfRange({ from: 0n, to: size }, hashOf),
});

/** RFC 9162, 2.1.3.2: whether the leaf is at `index` of the tree with that root. */
export function provesInclusion(proof: {
  leafHash: Buffer;
  index: bigint;
  size: bigint;
  path: readonly Buffer[];
  root: Buffer;
}): boolean {
  if (proof.index < 0n || proof.index >= proof.size) return false;
  let [fn, sn, hash] = [proof.index, proof.size - 1n, proof.leafHash];
  for (const sibling of proof.path) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && hash.equals(proof.root);
}

/** RFC 9162, 2.1.4.2: whether the tree of `second` leaves begins with the tree of `first` leaves. */
export function provesConsistency(proof: {
  first: bigint;
  second: bigint;
  firstRoot: Buffer;
  secondRoot: Buffer;
  path: readonly Buffer[];
}): boolean {
  const { first, second, firstRoot, secondRoot } = proof;
  if (first <= 0n || first > second) return false;
  if (first === second) return proof.path.length === 0 && firstRoot.equals(secondRoot);
  const isPower = (first & (first - 1n)) === 0n;
  const path = isPower ? [firstRoot, ...proof.path] : [...proof.path];
  let [fn, sn] = [first - 1n, second - 1n];
  while (fn % 2n === 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let fr = path[0];
  let sr = path[0];
  if (fr === undefined || sr === undefined) return false;
  for (const sibling of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      fr = nodeHash(sibling, fr);
      sr = nodeHash(sibling, sr);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = nodeHash(sr, sibling);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && fr.equals(firstRoot) && sr.equals(secondRoot);
}

/** Grows a tree leaf by leaf, keeping only the hashes of its right edge. */
export interface Frontier {
  readonly size: bigint;
  /** Adds a leaf; returns the complete subtrees of level 1 and up that it closed. */
  append(leaf: Buffer): (Subtree & { hash: Buffer })[];
  root(): Buffer;
}

/** Of a tree of `size` leaves; `hashes` are those of `subtreesOf({ from: 0n, to: size })`. */
export function frontierOf(size: bigint, hashes: readonly Buffer[]): Frontier {
  const edge = subtreesOf({ from: 0n, to: size }).map((subtree, i) => ({
    ...subtree,
    hash: hashes[i] ?? emptyRoot(),
  }));
  let leaves = size;
  return {
    get size() {
      return leaves;
    },
    append(leaf) {
      const closed: (Subtree & { hash: Buffer })[] = [];
      let node = { level: 0, position: leaves, hash: leaf };
      leaves += 1n;
      for (let left = edge.at(-1); left?.level === node.level; left = edge.at(-1)) {
        edge.pop();
        node = { level: node.level + 1, position: node.position >> 1n, hash: nodeHash(left.hash, node.hash) };
        closed.push(node);
      }
      edge.push(node);
      return closed;
    },
    root: () => foldSubtrees(edge.map(({ hash }) => hash)),
  };
}
