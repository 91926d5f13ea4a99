// Traps of parts that are one of several: a part tree that does not know which one is in.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.close());

//  K1 holds pack P1 or P2, not known which; K2 surely holds P1; K3 holds P2 or P3
test('a part that is one of several makes its item possible, never certain, and acquits nothing', async () => {
  const c = createChain(database);
  c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  c.product('bike', 'FINISHED', { serialised: 'true' });
  c.product('pack', 'COMPONENT', { serialised: 'true' });
  c.product('cell', 'COMPONENT');
  c.revision('bike', 'R1', { pack: 1 });
  c.made('cell/C1', 9, 'maker', '01-01 08:00');
  for (const serial of ['P1', 'P2', 'P3']) c.item(`pack#${serial}`, null, '01-02 08:00');
  c.fitted('pack#P1', 'cell/C1', '01-02 09:00', { quantity: 1 });
  c.made('bike/B1', 3, 'maker', '01-03 08:00', { revision: 'R1' });
  for (const serial of ['K1', 'K2', 'K3']) c.item(`bike#${serial}`, 'bike/B1', '01-03 09:00');
  c.fitted('bike#K1', 'pack#P1', '01-03 10:00', { alternative: 'true' });
  c.fitted('bike#K1', 'pack#P2', '01-03 10:00', { alternative: 'true' });
  c.fitted('bike#K2', 'pack#P1', '01-03 10:00');
  c.fitted('bike#K3', 'pack#P2', '01-03 10:00', { alternative: 'true' });
  c.fitted('bike#K3', 'pack#P3', '01-03 10:00', { alternative: 'true' });
  await c.record();
  const answer = await recall(c, { batch: 'cell/C1' });
  expect(answer.items).toEqual({ 'bike#K1': 'POSSIBLE', 'bike#K2': 'CERTAIN', 'pack#P1': 'CERTAIN' });
  expect(answer.why('bike#K1')).toEqual([
    'ORIGIN cell/C1 CERTAIN',
    'FITTED pack#P1 CERTAIN',
    'FITTED bike#K1 POSSIBLE',
  ]);
});

//  bike lot B1 consumed pack lots P1 (affected) and P2: K1 names a P2 pack, but only as one of several
test('an unaffected alternative does not clear an item of what its batch may have', async () => {
  const c = createChain(database);
  c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  c.product('bike', 'FINISHED', { serialised: 'true' });
  c.product('pack', 'COMPONENT');
  c.revision('bike', 'R1', { pack: 1 });
  c.made('pack/P1', 5, 'maker', '01-01 08:00');
  c.made('pack/P2', 5, 'maker', '01-01 08:00');
  c.made('bike/B1', 2, 'maker', '01-03 08:00', { revision: 'R1' });
  c.used('bike/B1', 'pack/P1', 1, '01-03 08:00');
  c.used('bike/B1', 'pack/P2', 1, '01-03 08:00');
  for (const serial of ['K1', 'K2']) c.item(`bike#${serial}`, 'bike/B1', '01-03 09:00');
  c.fitted('bike#K1', 'pack/P2', '01-03 10:00', { quantity: 1, alternative: 'true' });
  c.fitted('bike#K2', 'pack/P2', '01-03 10:00', { quantity: 1 });
  await c.record();
  const answer = await recall(c, { batch: 'pack/P1' });
  expect(answer.items).toEqual({ 'bike#K1': 'POSSIBLE 1/2' });
  expect(answer.excluded).toMatchObject({ 'bike#K2': expect.stringMatching(/^AS_BUILT/) });
});
