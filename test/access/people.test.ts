/** People over the API: who may read whom, what is left behind, and what an erasure leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getKeys, sealNodeId } from '../../src/access/index.js';
import { recordRows } from '../../src/record/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';
import { goods, type PartyName, parties, planted, recordChain } from './shared-chain.js';

let server: TestServer;
const tokens: Record<string, string> = {};
let buyerOfBike: string;
let buyerOfScooter: string;

const buyerIdOf = async (event: string): Promise<bigint> =>
  (await server.database.ownerPool.query('select buyer_id from event where event_id = $1', [event])).rows[0]
    .buyer_id;
const nodeOf = async (event: string): Promise<string> =>
  sealNodeId(testSecrets.cursorKey, 'Buyer', String(await buyerIdOf(event)));
const count = async (of: string): Promise<bigint> =>
  (await server.database.ownerPool.query(`select count(*) as n from ${of}`)).rows[0].n;

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  for (const name of ['cityShop', 'hillShop', 'hub', 'workshop'] as PartyName[])
    tokens[name] = await server.token('RETAILER', parties[name]);
  for (const name of ['alpha', 'beta'] as PartyName[])
    tokens[name] = await server.token('MANUFACTURER', parties[name]);
  tokens.cellmaker = await server.token('SUPPLIER', parties.cellmaker);
  tokens.regulator = await server.token('REGULATOR', null);
  tokens.admin = await server.token('ADMIN', null);
  buyerOfBike = await nodeOf('sale-BK1');
  buyerOfScooter = await nodeOf('sale-SC2');
});
afterAll(() => server.close());

const reveal = (who: string, buyer: string, more: Record<string, unknown> = {}) =>
  server.ask(
    `mutation ($input: RevealBuyerInput!) { revealBuyer(input: $input) { person { names emails phones addresses references erased } } }`,
    { input: { buyer, purpose: 'CUSTOMER_REQUEST', reason: 'asked about the warranty', ...more } },
    tokens[who] ?? null,
  );
const erase = (who: string, buyer: string) =>
  server.ask(
    `mutation ($input: EraseBuyerInput!) { eraseBuyer(input: $input) { erasedEvents problems { code message } } }`,
    { input: { buyer, reason: 'asked to be forgotten' } },
    tokens[who] ?? null,
  );
const accesses = async (who: string) =>
  server.ask(
    '{ personAccesses(first: 10) { edges { node { role purpose reason fields reader { gln } } } } }',
    {},
    tokens[who] ?? null,
  );

const zuzanna = {
  names: [planted.names[0]],
  emails: [planted.emails[0]],
  phones: [planted.phones[0]],
  addresses: [planted.addresses[0]],
  references: [],
  erased: false,
};
const notFound = 'buyer: not on record, or not yours to see';

describe('a buyer', () => {
  it.each(['hillShop', 'hub', 'beta', 'cellmaker'])(
    'is not there for %s, who did not sell to them',
    async (who) => {
      const before = await count('person_access');
      const answer = await reveal(who, buyerOfBike);
      expect(answer.data).toBeNull();
      expect(answer.errors?.map(({ message, extensions }) => [extensions.code, message])).toEqual([
        ['NOT_FOUND', notFound],
      ]);
      expect(await count('person_access')).toBe(before);
    },
  );

  it('that does not exist is the same answer, and so is an id of another kind', async () => {
    for (const id of [
      sealNodeId(testSecrets.cursorKey, 'Buyer', '999999'),
      sealNodeId(testSecrets.cursorKey, 'Batch', '1'),
      'made up',
    ])
      expect((await reveal('cityShop', id)).errors?.[0]?.message).toBe(notFound);
  });

  it('is shown to its seller, with the reading on record', async () => {
    expect((await reveal('cityShop', buyerOfBike)).data?.revealBuyer.person).toEqual(zuzanna);
    const node = {
      role: 'RETAILER',
      purpose: 'CUSTOMER_REQUEST',
      reason: 'asked about the warranty',
      fields: ['buyer_address', 'buyer_email', 'buyer_name', 'buyer_phone'],
      reader: { gln: parties.cityShop },
    };
    for (const who of ['cityShop', 'alpha', 'regulator'])
      expect((await accesses(who)).data?.personAccesses.edges).toEqual([{ node }]);
    for (const who of ['hillShop', 'beta', 'cellmaker'])
      expect((await accesses(who)).data?.personAccesses.edges).toEqual([]);
  });

  it('is shown to a regulator for a reason, and to no administrator', async () => {
    const given = { purpose: 'INVESTIGATION', reason: 'fire in Plantstadt, file 7' };
    expect((await reveal('regulator', buyerOfBike, given)).data?.revealBuyer.person).toEqual(zuzanna);
    expect((await reveal('regulator', buyerOfBike, { reason: 'why' })).errors?.[0]?.extensions.code).toBe(
      'BAD_INPUT',
    );
    expect((await reveal('admin', buyerOfBike)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await accesses('admin')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('is shown to the brand owner only for a recall it published and the buyer is certain in', async () => {
    const asked = () => reveal('alpha', buyerOfBike, { purpose: 'RECALL_NOTICE', recall: 'ALPHA-1' });
    expect((await asked()).errors?.[0]?.message).toBe(notFound);
    const opened = await server.ask(
      `mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { message } recall { version } } }`,
      {
        input: {
          number: 'ALPHA-1',
          title: 'Smoke',
          kind: 'SAFETY_DEFECT',
          rule: { batch: { gtin: goods.bike, lot: 'B1' } },
        },
      },
      tokens.alpha ?? null,
    );
    expect(opened.errors).toBeUndefined();
    for (const move of ['fileRecall', 'publishRecall']) {
      expect((await asked()).errors?.[0]?.message).toBe(notFound);
      const moved = await server.ask(
        `mutation ($input: ${move.charAt(0).toUpperCase()}${move.slice(1)}Input!) { ${move}(input: $input) { problems { message } recall { state } } }`,
        { input: { number: 'ALPHA-1' } },
        tokens.alpha ?? null,
      );
      expect([moved.errors, moved.data?.[move]?.problems]).toEqual([undefined, []]);
    }
    expect((await asked()).data?.revealBuyer.person).toEqual(zuzanna);
    const become = (state: string) =>
      server.database.ownerPool.query("update recall set state = $1 where number = 'ALPHA-1'", [state]);
    await become('WITHDRAWN');
    expect((await asked()).errors?.[0]?.message).toBe(notFound);
    await become('PUBLISHED');
    expect((await reveal('beta', buyerOfBike, { recall: 'ALPHA-1' })).errors?.[0]?.message).toBe(notFound);
    expect((await reveal('alpha', buyerOfScooter, { recall: 'ALPHA-1' })).errors?.[0]?.message).toBe(
      notFound,
    );
  });

  it('is found by exact contact, by its seller and by a regulator alone', async () => {
    const found = async (who: string, email: string) =>
      (
        await server.ask(
          'query ($email: String) { buyersByContact(email: $email) { id } }',
          { email },
          tokens[who] ?? null,
        )
      ).data?.buyersByContact;
    const spelled = ` ${planted.emails[0].toUpperCase()}`;
    expect(await found('cityShop', spelled)).toEqual([{ id: buyerOfBike }]);
    expect(await found('regulator', spelled)).toEqual([{ id: buyerOfBike }]);
    for (const who of ['hillShop', 'alpha', 'cellmaker']) expect(await found(who, spelled)).toEqual([]);
    expect(await found('regulator', planted.emails[0].slice(1))).toEqual([]);
  });
});

describe('an erasure', () => {
  it('is rejected while an open recall has to reach the person, and changes nothing', async () => {
    const answer = await erase('cityShop', buyerOfBike);
    expect(answer.data?.eraseBuyer).toEqual({
      erasedEvents: 0,
      problems: [{ code: 'RECALL_OPEN', message: 'recall ALPHA-1: open, and has to reach this buyer' }],
    });
    expect(await count('erasure')).toBe(0n);
    expect((await reveal('cityShop', buyerOfBike)).data?.revealBuyer.person).toEqual(zuzanna);
  });

  it('is rejected while a law keeps the person', async () => {
    const sale = {
      event_id: 'sale-cn',
      site_gln: parties.hillShop,
      gtin: goods.scooter,
      serial: 'SC5',
      sold_at: '2026-03-15T10:00:00Z',
      country: 'CN',
      buyer_name: 'Li',
      buyer_phone: '+86 10 555',
    };
    await recordRows({ database: server.database, vault: testVault() }, [{ kind: 'sales', values: sale }], {
      onProblem: 'REJECT_ALL',
      dryRun: false,
      recorder: { partyId: null, role: 'ADMIN' },
      requireEventId: true,
    });
    const message = 'CN State Council 626 (2019), art. 9: the person is kept until 2036-03-15';
    expect((await erase('hillShop', await nodeOf('sale-cn'))).data?.eraseBuyer.problems).toEqual([
      { code: 'KEEPING_REQUIRED', message },
    ]);
  });

  it('is not for who did not sell, nor for a regulator', async () => {
    for (const who of ['cityShop', 'beta', 'regulator'])
      expect((await erase(who, buyerOfScooter)).errors?.[0]?.message).toBe(notFound);
  });

  it('leaves the sale, and nothing that an older copy of the record could be read with', async () => {
    const { ownerPool } = server.database;
    const copy = (
      await ownerPool.query(
        "select f.* from person_field f join event e using (event_key) where e.event_id = 'sale-SC2'",
      )
    ).rows;
    const marks = (
      await ownerPool.query(
        "select m.* from buyer_mark m join event e using (event_key) where e.event_id = 'sale-SC2'",
      )
    ).rows;
    expect([copy.length, marks.length]).toEqual([5, 1]);
    expect((await erase('hillShop', buyerOfScooter)).data?.eraseBuyer).toEqual({
      erasedEvents: 1,
      problems: [],
    });

    const person = (await reveal('hillShop', buyerOfScooter)).data?.revealBuyer.person;
    expect(person).toEqual({
      names: [],
      emails: [],
      phones: [],
      addresses: [],
      references: [],
      erased: true,
    });
    const sale = await ownerPool.query(
      "select s.buyer_id from sale s join event e using (event_key) where e.event_id = 'sale-SC2' and s.voided_at is null",
    );
    expect(sale.rows).toHaveLength(1);

    // the older copy is put back, the keys are today's
    await ownerPool.query(
      "delete from person_field f using event e where e.event_key = f.event_key and e.event_id = 'sale-SC2'",
    );
    for (const row of copy)
      await ownerPool.query(
        'insert into person_field (event_key, field, key_id, ciphertext) values ($1, $2, $3, $4)',
        [row.event_key, row.field, row.key_id, row.ciphertext],
      );
    expect(
      await getKeys(
        server.database,
        copy.map((row) => row.key_id),
      ),
    ).toEqual(new Map());
    expect((await reveal('hillShop', buyerOfScooter)).data?.revealBuyer.person).toEqual(person);
  });

  it('is not undone by the same sale sent again', async () => {
    const again = {
      event_id: 'sale-SC2',
      site_gln: parties.hillShop,
      gtin: goods.scooter,
      serial: 'SC2',
      sold_at: '2026-03-14T08:00:00Z',
      receipt: 'H-1',
      buyer_name: planted.names[1],
    };
    const before = await count('person_field');
    const [result] = await recordRows(
      { database: server.database, vault: testVault() },
      [{ kind: 'sales', values: again }],
      {
        onProblem: 'REJECT_ALL',
        dryRun: false,
        recorder: { partyId: null, role: 'ADMIN' },
        requireEventId: true,
      },
    );
    expect(result?.status).toBe('EXISTS');
    expect(await count('person_field')).toBe(before);
  });
});

describe('ciphertexts in the record', () => {
  it('that changed places cannot be read', async () => {
    const { ownerPool } = server.database;
    const swap = `update person_field f set ciphertext = o.ciphertext from person_field o
      where f.event_key = o.event_key and f.event_key = (select event_key from event where event_id = 'sale-BK1')
        and (f.field, o.field) in (('buyer_name', 'buyer_email'), ('buyer_email', 'buyer_name'))`;
    await ownerPool.query(swap);
    const answer = await reveal('cityShop', buyerOfBike);
    expect(answer.data).toBeNull();
    expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(JSON.stringify(answer)).not.toContain('Quellworth');
    await ownerPool.query(swap);
    expect((await reveal('cityShop', buyerOfBike)).data?.revealBuyer.person).toEqual(zuzanna);
  });
});
