/** The tree of RFC 6962: roots as the definition gives them, proofs that hold and no others. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyRoot,
  frontierOf,
  type HashOf,
  nodeHash,
  planConsistency,
  planInclusion,
  planRoot,
  provesConsistency,
  provesInclusion,
} from '../../src/access/log/merkle.js';

const leafOf = (entry: Buffer) => createHash('sha256').update(Buffer.of(0)).update(entry).digest();
// the entries of the test vectors that Certificate Transparency publishes with RFC 6962
const entries = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const leaves = entries.map((hex) => leafOf(Buffer.from(hex, 'hex')));
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** MTH of the RFC, word for word. */
function definedRoot(of: readonly Buffer[]): Buffer {
  const [only] = of;
  if (only === undefined) return emptyRoot();
  if (of.length === 1) return only;
  let k = 1;
  while (k * 2 < of.length) k *= 2;
  return nodeHash(definedRoot(of.slice(0, k)), definedRoot(of.slice(k)));
}

const hashesOver =
  (of: readonly Buffer[]): HashOf =>
  ({ level, position }) => {
    const width = 2 ** level;
    return definedRoot(of.slice(Number(position) * width, Number(position) * width + width));
  };
const many = (n: number) => Array.from({ length: n }, (_, i) => leafOf(Buffer.from(`entry ${i}`)));

describe('the root', () => {
  it('is that of the published vectors', () => {
    expect(emptyRoot().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    roots.forEach((root, i) => {
      const size = BigInt(i + 1);
      expect(planRoot(size).make(hashesOver(leaves)).toString('hex')).toBe(root);
    });
  });

  it('grows leaf by leaf as the definition says, from any size on', () => {
    const all = many(70);
    for (const start of [0, 1, 7, 32, 33]) {
      const edge = planRoot(BigInt(start)).needs.map(hashesOver(all));
      const frontier = frontierOf(BigInt(start), edge);
      for (let size = start; size < 70; size += 1) {
        expect(frontier.root()).toEqual(definedRoot(all.slice(0, size)));
        for (const node of frontier.append(all[size] as Buffer))
          expect(node.hash).toEqual(hashesOver(all)(node));
      }
    }
  });
});

describe('a proof', () => {
  const all = many(130);
  const root = (size: bigint) => definedRoot(all.slice(0, Number(size)));

  it('of inclusion holds for its leaf, place and tree, and for no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), fc.nat(), (n, at, bit) => {
        const [size, index] = [BigInt(n), BigInt(at % n)];
        const path = planInclusion(index, size).make(hashesOver(all));
        const proof = { leafHash: all[at % n] as Buffer, index, size, path, root: root(size) };
        expect(provesInclusion(proof)).toBe(true);
        expect(provesInclusion({ ...proof, leafHash: leafOf(Buffer.from('another')) })).toBe(false);
        expect(provesInclusion({ ...proof, root: nodeHash(proof.root, proof.root) })).toBe(false);
        expect(provesInclusion({ ...proof, path: [...path, proof.root] })).toBe(false);
        if (n > 1) expect(provesInclusion({ ...proof, index: (index + 1n) % size })).toBe(false);
        if (path.length > 0) {
          const bent = path.map((hash) => Buffer.from(hash));
          const one = bent[bit % bent.length] as Buffer;
          one.writeUInt8(one.readUInt8(bit % 32) ^ 1, bit % 32);
          expect(provesInclusion({ ...proof, path: bent })).toBe(false);
          expect(provesInclusion({ ...proof, path: path.slice(1) })).toBe(false);
        }
      }),
    );
  });

  it('of consistency holds for a tree that grew, and for no tree with another past', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 130 }), (a, b) => {
        const [first, second] = [BigInt(Math.min(a, b)), BigInt(Math.max(a, b))];
        const path = planConsistency(first, second).make(hashesOver(all));
        const proof = { first, second, firstRoot: root(first), secondRoot: root(second), path };
        expect(provesConsistency(proof)).toBe(true);
        const rewritten = [leafOf(Buffer.from('rewritten')), ...all.slice(1, Number(first))];
        expect(provesConsistency({ ...proof, firstRoot: definedRoot(rewritten) })).toBe(false);
        expect(provesConsistency({ ...proof, path: [...path, proof.secondRoot] })).toBe(false);
      }),
    );
  });
});
