/** What marks a buyer, before anything on record decides: spellings, and which names could be one person's. */
import { describe, expect, it } from 'vitest';
import {
  areAlike,
  buyerMarks,
  isShared,
  nameWords,
  normaliseEmail,
  normalisePhone,
  REFERENCES_MAX,
} from '../../src/access/buyer-identity.js';

const digest = (name: string) => nameWords(name).map((word) => ({ word, initial: word.slice(0, 1) }));

describe('a spelling', () => {
  it.each([
    [' Ann@Example.ORG ', 'ann@example.org'],
    ['ａnn@example.org', 'ann@example.org'],
    ['', ''],
  ])('of a mailbox: %s is %s', (text, normal) => {
    expect(normaliseEmail(text)).toBe(normal);
  });

  it.each([
    ['+31 20 555-0001', '+31205550001'],
    ['(+31) 20 5550001', '+31205550001'],
    ['0031 20 5550001', '+31205550001'],
    ['０031205550001', '+31205550001'],
    ['020 5550001', '0205550001'],
    ['1 + 2', '12'],
    ['+', ''],
    ['none', ''],
  ])('of a telephone number: %s is %s', (text, normal) => {
    expect(normalisePhone(text)).toBe(normal);
  });

  it.each([
    ['Ann Example', 'ann example'],
    [' EXAMPLE,  Ann ', 'ann example'],
    ['Zoë Öztürk-Müller', 'muller ozturk zoe'],
    ['Ann Ann', 'ann'],
    ['王 小明 3', '3 小明 王'],
    ['--', ''],
  ])('of a name: %s is the words %s', (text, words) => {
    expect(nameWords(text).join(' ')).toBe(words);
  });
});

describe('the marks of a row', () => {
  it('are its reference, its contacts and its name, each null where it is not told', () => {
    expect(
      buyerMarks({
        buyer_ref: ' Ｋ1 ',
        buyer_email: 'A@b.c',
        buyer_phone: '00 1',
        buyer_name: 'Ann',
        note: 'late',
      }),
    ).toEqual({ reference: 'K1', email: 'a@b.c', phone: '+1', name: ['ann'] });
    expect(buyerMarks({ buyer_address: 'Main Street 1' })).toEqual({
      reference: null,
      email: null,
      phone: null,
      name: [],
    });
  });

  it.each(['buyer_ref', 'buyer_name', 'buyer_address', 'buyer_email', 'buyer_phone'])(
    'are some where %s alone is told, and none where it is blank',
    (field) => {
      expect(buyerMarks({ [field]: '1' })).not.toBeNull();
      expect(buyerMarks({ [field]: ' ' })).toBeNull();
    },
  );

  it('are none of a note', () => {
    expect([buyerMarks({}), buyerMarks({ note: 'called twice' })]).toEqual([null, null]);
  });
});

describe('two names', () => {
  it.each([
    ['Ann Example', 'Example, Ann', true],
    ['A. Example', 'Ann Example', true],
    ['A. E.', 'Ann Example', true],
    ['A.', 'A.', true],
    ['Ann', 'Ann Maria Example', true],
    ['', 'Bob', true],
    ['Ann Example', 'Bob Example', false],
    ['B. Example', 'Ann Example', false],
    ['Ann Example', 'Ann Sample', false],
    ['Ann', 'Adam', false],
    ['Ann Example', 'Ann Example Bob', true],
    ['Ann Zed', 'Ann Example Bob', false],
  ])('%s and %s: alike %s', (one, other, alike) => {
    expect(areAlike(digest(one), digest(other))).toBe(alike);
    expect(areAlike(digest(other), digest(one))).toBe(alike);
  });
});

describe('a contact', () => {
  const found = (...names: [string, string | null][]) =>
    names.map(([name, reference]) => ({ name: digest(name), reference }));
  const references = (count: number) =>
    found(...Array.from({ length: count }, (_, i): [string, string] => ['Ann', `K${i}`]));

  it('is shared when it was found with more references than one person has', () => {
    expect(isShared(references(REFERENCES_MAX))).toBe(false);
    expect(isShared(references(REFERENCES_MAX + 1))).toBe(true);
  });

  it('is not shared by the same reference, or by none, again and again', () => {
    expect(isShared([...references(REFERENCES_MAX), ...references(REFERENCES_MAX)])).toBe(false);
    expect(isShared([...references(REFERENCES_MAX), ...found(['Ann', null])])).toBe(false);
  });

  it('is shared when any two names are unlike', () => {
    expect(isShared(found(['Ann', null], ['Ann', null], ['Bob', null]))).toBe(true);
    expect(isShared(found(['A.', null], ['Ann', null], ['Ann Example', null]))).toBe(false);
    expect(isShared(found(['A.', null], ['Ann', null], ['Adam', null]))).toBe(true);
    expect(isShared([])).toBe(false);
  });
});
