/** The vault: what it writes opens only where it was written, and equal contacts are one buyer. */
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, type SealedPerson, VaultError } from '../../src/access/index.js';

const masterKeys = new Map([[1, randomBytes(32)]]);
const hashKey = randomBytes(32);
const vault = createVault({ masterKeys, hashKey });
const seller = '9521234000020';

const sealed = (
  fields: Record<string, string>,
  more: { buyerRef?: string; sellerKey?: string; eventKey?: string } = {},
) =>
  vault.seal({
    eventKey: more.eventKey ?? randomUUID(),
    sellerKey: more.sellerKey ?? seller,
    fields,
    ...more,
  });
const buyerOf = (...input: Parameters<typeof sealed>): string | null =>
  sealed(...input).buyerKey?.toString('hex') ?? null;

function ciphertextOf(person: SealedPerson, field: string): Buffer {
  const found = person.fields.find((one) => one.field === field);
  if (!found) throw new Error(`no ${field}`);
  return found.ciphertext;
}

describe('a sealed field', () => {
  it('opens to the text it was made of, whatever the text', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'grapheme' }), (eventKey, text) => {
        const person = sealed({ note: text }, { eventKey });
        expect(
          vault.open({ eventKey, field: 'note', ciphertext: ciphertextOf(person, 'note') }, person),
        ).toBe(text);
      }),
    );
  });

  it('holds no trace of its text, and differs each time', () => {
    const [one, two] = [sealed({ buyer_name: 'Ann Example' }), sealed({ buyer_name: 'Ann Example' })];
    expect(ciphertextOf(one, 'buyer_name').toString('latin1')).not.toContain('Ann');
    expect(ciphertextOf(one, 'buyer_name').equals(ciphertextOf(two, 'buyer_name'))).toBe(false);
    expect(one.keyId).not.toBe(two.keyId);
  });

  it('does not open in the place of another field of its event', () => {
    const eventKey = randomUUID();
    const person = sealed({ buyer_name: 'Ann', buyer_email: 'ann@example.org' }, { eventKey });
    const swapped = { eventKey, field: 'buyer_name', ciphertext: ciphertextOf(person, 'buyer_email') };
    expect(() => vault.open(swapped, person)).toThrow(VaultError);
    expect(() => vault.open(swapped, person)).toThrow(
      `buyer_name of event ${eventKey}: does not open with key ${person.keyId}`,
    );
  });

  it('does not open in the place of the same field of another event', () => {
    const [eventKey, other] = [randomUUID(), randomUUID()];
    const [ann, bob] = [
      sealed({ buyer_name: 'Ann' }, { eventKey }),
      sealed({ buyer_name: 'Bob' }, { eventKey: other }),
    ];
    const ciphertext = ciphertextOf(bob, 'buyer_name');
    expect(() => vault.open({ eventKey, field: 'buyer_name', ciphertext }, ann)).toThrow(VaultError);
    expect(() => vault.open({ eventKey, field: 'buyer_name', ciphertext }, bob)).toThrow(VaultError);
    expect(vault.open({ eventKey: other, field: 'buyer_name', ciphertext }, bob)).toBe('Bob');
  });

  it('does not open when one bit of it changed, or when it is cut', () => {
    const eventKey = randomUUID();
    const person = sealed({ buyer_name: 'Ann' }, { eventKey });
    const whole = ciphertextOf(person, 'buyer_name');
    for (let at = 0; at < whole.length; at++) {
      const bent = Buffer.from(whole);
      bent.writeUInt8(bent.readUInt8(at) ^ 1, at);
      expect(() => vault.open({ eventKey, field: 'buyer_name', ciphertext: bent }, person)).toThrow(
        VaultError,
      );
      expect(() =>
        vault.open({ eventKey, field: 'buyer_name', ciphertext: whole.subarray(0, at) }, person),
      ).toThrow(VaultError);
    }
  });

  it('opens after the master key got a new version, and new keys are wrapped with the newest', () => {
    const eventKey = randomUUID();
    const old = sealed({ buyer_name: 'Ann' }, { eventKey });
    const rotated = createVault({ masterKeys: new Map([...masterKeys, [2, randomBytes(32)]]), hashKey });
    expect(
      rotated.open({ eventKey, field: 'buyer_name', ciphertext: ciphertextOf(old, 'buyer_name') }, old),
    ).toBe('Ann');
    expect(rotated.seal({ eventKey, sellerKey: seller, fields: {} }).masterVersion).toBe(2);
  });

  it('does not open with a key wrapped for another id, by another master key or by one not given', () => {
    const eventKey = randomUUID();
    const person = sealed({ buyer_name: 'Ann' }, { eventKey });
    const row = { eventKey, field: 'buyer_name', ciphertext: ciphertextOf(person, 'buyer_name') };
    const keyId = randomUUID();
    expect(() => vault.open(row, { ...person, keyId })).toThrow(
      `key ${keyId}: does not open with master key 1`,
    );
    const stranger = createVault({ masterKeys: new Map([[1, randomBytes(32)]]), hashKey });
    expect(() => stranger.open(row, person)).toThrow(`key ${person.keyId}: does not open with master key 1`);
    expect(() => vault.open(row, { ...person, masterVersion: 7 })).toThrow(
      'wrapped by master key 7, which is not given',
    );
  });

  it('needs keys of 32 bytes', () => {
    expect(() => createVault({ masterKeys, hashKey: randomBytes(16) })).toThrow(
      'hash key: 16 bytes, should be 32',
    );
    expect(() => createVault({ masterKeys: new Map([[3, Buffer.alloc(8)]]), hashKey })).toThrow(
      'master key 3: 8 bytes, should be 32',
    );
    expect(() => createVault({ masterKeys: new Map(), hashKey })).toThrow('no master key');
  });
});

describe('a buyer', () => {
  it('is the reference in the books of its seller, whatever else is told', () => {
    const told = buyerOf({ buyer_ref: 'K1', buyer_email: 'ann@example.org' }, { buyerRef: 'K1' });
    expect(buyerOf({ buyer_email: 'bob@example.org' }, { buyerRef: ' K1 ' })).toBe(told);
    expect(buyerOf({}, { buyerRef: 'K2' })).not.toBe(told);
    expect(buyerOf({}, { buyerRef: 'K1', sellerKey: '9521234000013' })).not.toBe(told);
    expect(buyerOf({ buyer_email: 'ann@example.org' })).not.toBe(told);
  });

  it('is not shared by equal references of unknown sellers', () => {
    expect(buyerOf({}, { buyerRef: 'K1', sellerKey: '' })).not.toBe(
      buyerOf({}, { buyerRef: 'K1', sellerKey: '' }),
    );
    expect(buyerOf({ buyer_email: 'ann@example.org' }, { buyerRef: 'K1', sellerKey: '' })).toBe(
      buyerOf({ buyer_email: 'ann@example.org' }),
    );
  });

  it('is one e-mail address across sellers and spellings', () => {
    const ann = buyerOf({ buyer_email: 'ann@example.org', buyer_phone: '0301' });
    expect(buyerOf({ buyer_email: '  Ann@Example.ORG ' }, { sellerKey: 'urn:other' })).toBe(ann);
    expect(buyerOf({ buyer_email: 'ａnn@example.org' })).toBe(ann);
    expect(buyerOf({ buyer_email: 'ann@example.com' })).not.toBe(ann);
  });

  it('is else one telephone number across sellers and spellings', () => {
    const phone = buyerOf({ buyer_phone: '+31 20 555 0001', buyer_name: 'Ann' });
    for (const same of ['0031 (20) 555-0001', '+31205550001', ' 00 31 20 5550001 '])
      expect(buyerOf({ buyer_phone: same })).toBe(phone);
    expect(buyerOf({ buyer_phone: '31205550001' })).not.toBe(phone);
    expect(buyerOf({ buyer_phone: '020 555 0001' })).not.toBe(phone);
  });

  it('with only a name or an address is the sale itself', () => {
    const eventKey = randomUUID();
    const once = buyerOf({ buyer_name: 'Ann' }, { eventKey });
    expect(once).not.toBeNull();
    expect(buyerOf({ buyer_address: 'Main Street 1' }, { eventKey })).toBe(once);
    expect(buyerOf({ buyer_name: 'Ann' })).not.toBe(once);
    expect(buyerOf({ buyer_name: 'Ann', buyer_phone: 'none', buyer_email: ' ' }, { eventKey })).toBe(once);
  });

  it('is nobody where only a note or a description is personal', () => {
    expect(buyerOf({})).toBeNull();
    expect(buyerOf({ note: 'called twice', description: 'smoke in the garage' })).toBeNull();
    expect(buyerOf({ buyer_name: ' ' }, { buyerRef: ' ' })).toBeNull();
  });

  it('has another key under another hash key, and its key is not its plain hash', () => {
    const input = { eventKey: randomUUID(), sellerKey: seller, fields: { buyer_email: 'ann@example.org' } };
    const other = createVault({ masterKeys, hashKey: randomBytes(32) });
    expect(other.seal(input).buyerKey).not.toEqual(vault.seal(input).buyerKey);
    expect(vault.seal(input).buyerKey).toHaveLength(32);
  });
});

describe('a digest', () => {
  it('tells equal personal fields from changed ones, in any order', () => {
    expect(vault.digest({ a: '1', b: '2' })).toBe(vault.digest({ b: '2', a: '1' }));
    expect(vault.digest({ a: '1', b: '2' })).not.toBe(vault.digest({ a: '12', b: '' }));
    expect(vault.digest({ a: '1' })).toMatch(/^[0-9a-f]{64}$/);
  });
});
