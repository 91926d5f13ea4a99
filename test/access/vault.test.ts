/** The vault: what it writes opens only where it was written, and equal contacts are one buyer. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, type SealedPerson, VaultError } from '../../src/access/index.js';

const masterKeys = new Map([[1, Buffer.alloc(32, 1)]]);
const hashKey = Buffer.alloc(32, 3);
const vault = createVault({ masterKeys, hashKey });
const sealed = (fields: Record<string, string>, { eventKey = randomUUID() }: { eventKey?: string } = {}) =>
  vault.seal({ eventKey, fields });

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
    const rotated = createVault({ masterKeys: new Map([...masterKeys, [2, Buffer.alloc(32, 2)]]), hashKey });
    expect(
      rotated.open({ eventKey, field: 'buyer_name', ciphertext: ciphertextOf(old, 'buyer_name') }, old),
    ).toBe('Ann');
    expect(rotated.seal({ eventKey, fields: {} }).masterVersion).toBe(2);
    const rewrapped = rotated.rewrap(old);
    expect(rewrapped?.masterVersion).toBe(2);
    const row = { eventKey, field: 'buyer_name', ciphertext: ciphertextOf(old, 'buyer_name') };
    expect(rewrapped && rotated.open(row, rewrapped)).toBe('Ann');
    expect(rewrapped && rotated.rewrap(rewrapped)).toBeNull();
  });

  it('does not open with a key wrapped for another id, by another master key or by one not given', () => {
    const eventKey = randomUUID();
    const person = sealed({ buyer_name: 'Ann' }, { eventKey });
    const row = { eventKey, field: 'buyer_name', ciphertext: ciphertextOf(person, 'buyer_name') };
    const keyId = randomUUID();
    expect(() => vault.open(row, { ...person, keyId })).toThrow(
      `key ${keyId}: does not open with master key 1`,
    );
    const stranger = createVault({ masterKeys: new Map([[1, Buffer.alloc(32, 4)]]), hashKey });
    expect(() => stranger.open(row, person)).toThrow(`key ${person.keyId}: does not open with master key 1`);
    expect(() => vault.open(row, { ...person, masterVersion: 7 })).toThrow(
      'wrapped by master key 7, which is not given',
    );
  });

  it('needs keys of 32 bytes', () => {
    expect(() => createVault({ masterKeys, hashKey: Buffer.alloc(16) })).toThrow(
      'hash key: 16 bytes, should be 32',
    );
    expect(() => createVault({ masterKeys: new Map([[3, Buffer.alloc(8)]]), hashKey })).toThrow(
      'master key 3: 8 bytes, should be 32',
    );
    expect(() => createVault({ masterKeys: new Map(), hashKey })).toThrow('no master key');
  });
});

describe('what marks a buyer', () => {
  const marks = (fields: Record<string, string>) => sealed(fields).marks;
  const email = (text: string) => marks({ buyer_email: text })?.email?.toString('hex');
  const phone = (text: string) => marks({ buyer_phone: text })?.phone?.toString('hex');

  it('is one e-mail address in all its spellings', () => {
    const ann = email('ann@example.org');
    expect(ann).toMatch(/^[0-9a-f]{64}$/);
    expect(email('  Ann@Example.ORG ')).toBe(ann);
    expect(email('ａnn@example.org')).toBe(ann);
    expect(email('ann@example.com')).not.toBe(ann);
    expect(vault.contactHashes({ email: 'ANN@example.org' }).map((hash) => hash.toString('hex'))).toEqual([
      ann,
    ]);
  });

  it('is one telephone number in all its spellings', () => {
    const number = phone('+31 20 555 0001');
    for (const same of ['0031 (20) 555-0001', '+31205550001', ' 00 31 20 5550001 '])
      expect(phone(same)).toBe(number);
    expect(phone('31205550001')).not.toBe(number);
    expect(phone('020 555 0001')).not.toBe(number);
    expect(phone('none')).toBeUndefined();
  });

  it('is the reference, each contact, each word of the name and the event, each where it is told', () => {
    const one = marks({ buyer_ref: 'K1', buyer_name: 'Ann Maria' });
    const other = marks({ buyer_ref: 'K2', buyer_phone: '+31 20 555 0001' });
    expect([one?.email, one?.phone, other?.email, other?.name]).toEqual([null, null, null, []]);
    expect(one?.reference).toHaveLength(32);
    expect(one?.reference).toEqual(marks({ buyer_ref: ' K1 ' })?.reference);
    expect(one?.reference).not.toEqual(other?.reference);
    expect(marks({ buyer_email: 'ann@example.org' })?.reference).toBeNull();
    expect(one?.name.map((word) => word.length)).toEqual([16, 16]);
    expect(one?.own).not.toEqual(other?.own);
  });

  it('is a word of a name beside its first letter, so that a letter can be told to fit', () => {
    const [ann] = marks({ buyer_name: 'Ann' })?.name ?? [];
    const [a] = marks({ buyer_name: 'A.' })?.name ?? [];
    const [bob] = marks({ buyer_name: 'Bob' })?.name ?? [];
    expect(ann?.subarray(8)).toEqual(a?.subarray(0, 8));
    expect(a?.subarray(8)).toEqual(a?.subarray(0, 8));
    expect(bob?.subarray(8)).not.toEqual(ann?.subarray(8));
    expect(ann?.subarray(0, 8)).not.toEqual(ann?.subarray(8));
  });

  it('is found by the contacts that are told, and by no other', () => {
    const [mail, number] = ['ann@example.org', '+31 20 555 0001'];
    const hashes = (contact: { email?: string | null; phone?: string | null }) =>
      vault.contactHashes(contact).map((hash) => hash.toString('hex'));
    expect(hashes({ email: mail })).toEqual([email(mail)]);
    expect(hashes({ phone: number, email: null })).toEqual([phone(number)]);
    expect(hashes({ email: mail, phone: number })).toEqual([email(mail), phone(number)]);
    expect(hashes({ email: ' ', phone: 'none' })).toEqual([]);
  });

  it('is nothing where only a note or a description is personal', () => {
    expect(marks({})).toBeNull();
    expect(marks({ note: 'called twice', description: 'smoke in the garage' })).toBeNull();
    expect(marks({ buyer_name: ' ', buyer_ref: ' ' })).toBeNull();
  });

  it('has other hashes under another hash key, none of them the plain hash', () => {
    const other = createVault({ masterKeys, hashKey: Buffer.alloc(32, 5) });
    const input = { eventKey: randomUUID(), fields: { buyer_email: 'ann@example.org' } };
    expect(other.seal(input).marks?.email).not.toEqual(vault.seal(input).marks?.email);
  });
});

describe('what the log commits to', () => {
  it('is the same for the same fields and key alone, so that it tells nothing once the key is gone', () => {
    const fields = { buyer_name: 'Ann', buyer_email: 'ann@example.org' };
    const [one, two] = [sealed(fields), sealed(fields)];
    expect(one.commitment.equals(two.commitment)).toBe(false);
    expect(vault.commitment({ buyer_email: 'ann@example.org', buyer_name: 'Ann' }, one)).toEqual(
      one.commitment,
    );
    expect(vault.commitment({ ...fields, buyer_name: 'Bob' }, one)).not.toEqual(one.commitment);
  });
});

describe('what was written by an earlier version', () => {
  const eventKey = '0a0b0c0d-0000-4000-8000-00000000abcd';
  const stored = {
    keyId: '677d1076-8845-40df-b8a1-1e31b322274b',
    wrappedKey: Buffer.from(
      'WW48Mt/CBUU1sso3BdRGgiAPoZB7iow08lMRpC8AUr8xDti3Zl+SH2bUMbq0LdB+1WdeVBDGHbNy3VQ/',
      'base64',
    ),
    masterVersion: 1,
  };

  it('still opens, in any spelling of its ids', () => {
    const ciphertext = Buffer.from('iAPIGTVyRfj047/kx4Zuggg8/ESHQ1aAusaLP3BciA==', 'base64');
    expect(vault.open({ eventKey, field: 'note', ciphertext }, stored)).toBe('Ann');
    const loud = { ...stored, keyId: stored.keyId.toUpperCase() };
    expect(vault.open({ eventKey: eventKey.toUpperCase(), field: 'note', ciphertext }, loud)).toBe('Ann');
  });

  it('has the digest and the commitment that are on record', () => {
    const fields = { b: '2', a: '1', c: '3' };
    expect(vault.digest(fields)).toBe('991e25dddbe4b0aece2b5d36856f1c76a07d05d369dec0fdfed7b6c522058c2b');
    expect(vault.commitment(fields, stored).toString('hex')).toBe(
      'd8497c03375d4ca69e753a7bc1b79cf7add63532b38b4f55f1387447488759c7',
    );
  });
});

describe('a digest', () => {
  it('tells equal personal fields from changed ones, in any order', () => {
    expect(vault.digest({ a: '1', b: '2' })).toBe(vault.digest({ b: '2', a: '1' }));
    expect(vault.digest({ a: '1', b: '2' })).not.toBe(vault.digest({ a: '12', b: '' }));
    expect(vault.digest({ a: '1' })).toMatch(/^[0-9a-f]{64}$/);
  });
});
