/** Cursors and node ids: only ours open, and only where they were made. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorError, openCursor, openNodeId, sealCursor, sealNodeId } from '../../src/access/index.js';

const secret = Buffer.alloc(32, 7);

describe('a cursor', () => {
  it('opens to its value under its binding, and is the same for the same place', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (binding, value) => {
        const cursor = sealCursor(secret, binding, value);
        expect(openCursor(secret, binding, cursor)).toEqual(value);
        expect(sealCursor(secret, binding, value)).toBe(cursor);
      }),
    );
  });

  it('does not open under another binding or secret', () => {
    const cursor = sealCursor(secret, 'stock of token 1', ['7']);
    expect(() => openCursor(secret, 'stock of token 2', cursor)).toThrow(CursorError);
    expect(() => openCursor(Buffer.alloc(32, 8), 'stock of token 1', cursor)).toThrow(CursorError);
  });

  it('shares its nonce with no other, and with no node id: one key and one nonce for two texts would show both', () => {
    const nonce = (text: string) => Buffer.from(text, 'base64url').subarray(0, 12).toString('hex');
    const all = [
      sealCursor(secret, 'stock', ['7']),
      sealCursor(secret, 'stock', ['8']),
      sealCursor(secret, 'events', ['7']),
      sealCursor(Buffer.alloc(32, 8), 'stock', ['7']),
      sealNodeId(secret, 'Item', '7'),
      sealNodeId(secret, 'Item', '8'),
    ];
    expect(new Set(all.map(nonce)).size).toBe(all.length);
  });

  it('shows nothing of its value', () => {
    expect(Buffer.from(sealCursor(secret, '', ['123456789']), 'base64url').toString('latin1')).not.toContain(
      '123456789',
    );
  });

  it('is a CursorError for any other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => openCursor(secret, '', text)).toThrow(CursorError);
      }),
    );
    const cursor = sealCursor(secret, '', ['7']);
    for (const bad of [
      '',
      `${cursor}=`,
      `${cursor}A`,
      cursor.slice(1),
      cursor.slice(0, -1),
      ` ${cursor}`,
      sealNodeId(secret, 'Item', '7'),
    ]) {
      expect(() => openCursor(secret, '', bad)).toThrow(CursorError);
    }
  });
});

describe('a node id', () => {
  it('names its row, and is the same for the same row alone', () => {
    const id = sealNodeId(secret, 'Batch', '9007199254740993');
    expect(openNodeId(secret, id)).toEqual({ type: 'Batch', id: '9007199254740993' });
    expect(sealNodeId(secret, 'Batch', '9007199254740993')).toBe(id);
    expect(sealNodeId(secret, 'Item', '9007199254740993')).not.toBe(id);
  });

  it('is a CursorError when it is not ours', () => {
    const id = sealNodeId(secret, 'Batch', '1');
    for (const bad of [
      '',
      'Batch:1',
      id.slice(1),
      sealNodeId(Buffer.alloc(32, 8), 'Batch', '1'),
      sealCursor(secret, '', 'Batch 1'),
    ]) {
      expect(() => openNodeId(secret, bad)).toThrow(CursorError);
    }
  });
});
