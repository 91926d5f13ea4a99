/** The wall: what each database role sees of each table, asked in raw SQL without a filter, is what the matrix says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables, watcherRoles } from '../../src/access/matrix.js';
import { type Database, type Session, withSession } from '../../src/database/index.js';
import { verify } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';
import { differences } from './differences.js';
import { type PartyName, parties, recordChain } from './shared-chain.js';

let database: Database;
const partyId = new Map<PartyName, bigint>();

beforeAll(async () => {
  database = await createTestDatabase();
  await recordChain({ database, vault: testVault() });
  for (const name of Object.keys(parties) as PartyName[]) {
    const { rows } = await database.ownerPool.query<{ party_id: bigint }>(
      'select party_id from party where gln = $1',
      [parties[name]],
    );
    if (rows[0]) partyId.set(name, rows[0].party_id);
  }
});
afterAll(() => database.close());

const asked = <T>(session: Session, statement: string): Promise<T[]> =>
  withSession(database, session, async (client) => (await client.query(statement)).rows);
const all = async (statement: string) => (await database.ownerPool.query(statement)).rows;
const key = (row: object): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
const sorted = (rows: readonly object[]): string[] => rows.map(key).sort();

const existing = async (): Promise<string[]> =>
  (
    await all(
      "select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'mikro_orm_migrations'",
    )
  ).map((row) => row.relname);

describe('the catalogue', () => {
  it('has exactly the tables of the matrix', async () => {
    const place = '`tables` in src/access/matrix.ts, as `call protect_table(...)` in its migration says';
    expect(differences(await existing(), Object.keys(tables), 'table', place)).toEqual([]);
  });

  it('forces row-level security on every table', async () => {
    const open = await all(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity) and relname <> 'mikro_orm_migrations'",
    );
    expect(open).toEqual([]);
  });

  it('has equality policies only', async () => {
    const equality = /^\((\w+) = \(current_setting\('tracewright\.party'::text\)\)::bigint\)$/;
    const direct =
      /^\(\(viewer_id = \(current_setting\('tracewright\.party'::text\)\)::bigint\) AND is_direct\)$/;
    const policies = await all(
      'select tablename, policyname, roles::text[], qual, with_check from pg_policies',
    );
    expect(policies.length).toBeGreaterThan(60);
    for (const { tablename, policyname, qual } of policies) {
      const plain = qual === 'true' || equality.test(qual) || direct.test(qual);
      expect({ tablename, policyname, qual, plain }).toEqual({ tablename, policyname, qual, plain: true });
    }
  });

  it('gives each role the policies of the matrix and no other', async () => {
    const found = await all(
      "select tablename, unnest(roles) as role, qual from pg_policies where cmd in ('SELECT', 'ALL') order by 1, 2",
    );
    const setting = "(current_setting('tracewright.party'::text))::bigint)";
    const wanted = Object.entries(tables).flatMap(([table, access]) => [
      { tablename: table, role: 'tw_engine', qual: 'true' },
      ...access.watchers.map((role) => ({ tablename: table, role, qual: 'true' })),
      ...Object.entries(access.parties).map(([role, column]) => ({
        tablename: table,
        role,
        qual:
          access.supplierOnlyDirect && role === 'tw_supplier'
            ? `((${column} = ${setting} AND is_direct)`
            : `(${column} = ${setting}`,
      })),
    ]);
    expect(sorted(found)).toEqual(sorted(wanted));
  });

  it('lets a role select exactly what the matrix gives it, and change nothing', async () => {
    const granted = await all(
      "select table_name, grantee, privilege_type from information_schema.role_table_grants where grantee like 'tw\\_%' and grantee <> 'tw_engine'",
    );
    const wanted = Object.entries(tables).flatMap(([table, access]) =>
      [...access.watchers, ...Object.keys(access.parties)].map((grantee) => ({
        table_name: table,
        grantee,
        privilege_type: 'SELECT',
      })),
    );
    expect(sorted(granted)).toEqual(sorted(wanted));
  });

  it('lets the login own nothing, and do nothing before it takes a role', async () => {
    expect(await all("select 1 from pg_class where relowner = 'tracewright_app'::regrole")).toEqual([]);
    const [login] = await all(
      "select rolsuper, rolinherit, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = 'tracewright_app'",
    );
    expect(login).toEqual({
      rolsuper: false,
      rolinherit: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolbypassrls: false,
    });
    for (const table of Object.keys(tables))
      await expect(database.pool.query(`select 1 from ${table}`)).rejects.toThrow('permission denied');
  });
});

describe('a table asked without a filter', () => {
  const names = Object.keys(parties) as PartyName[];

  it.each(Object.entries(tables))('%s shows each party its rows and no other', async (table, access) => {
    const every = await all(`select * from ${table}`);
    for (const role of ['tw_holder', 'tw_supplier', 'tw_owner'] as const) {
      const column = access.parties[role];
      for (const name of names) {
        const session: Session = { role, partyId: partyId.get(name) ?? null };
        if (column === undefined) {
          await expect(asked(session, `select * from ${table}`)).rejects.toThrow('permission denied');
          continue;
        }
        const mine = every.filter(
          (row) =>
            row[column] === partyId.get(name) &&
            !(access.supplierOnlyDirect && role === 'tw_supplier' && row.is_direct === false),
        );
        expect(sorted(await asked(session, `select * from ${table}`))).toEqual(sorted(mine));
      }
    }
  });

  it.each(Object.entries(tables))(
    '%s shows regulator and administrator all or nothing',
    async (table, access) => {
      const every = await all(`select * from ${table}`);
      for (const role of watcherRoles) {
        const rows: Promise<object[]> = asked({ role, partyId: null }, `select * from ${table}`);
        if (access.watchers.includes(role)) expect(sorted(await rows)).toEqual(sorted(every));
        else await expect(rows).rejects.toThrow('permission denied');
      }
    },
  );

  it('raises where the session names no party, instead of showing nothing', async () => {
    for (const [table, access] of Object.entries(tables)) {
      for (const role of Object.keys(access.parties)) {
        const client = await database.pool.connect();
        try {
          await client.query(`begin; set local role ${role}`);
          await expect(client.query(`select * from ${table}`)).rejects.toThrow(
            /unrecognized configuration parameter|invalid input syntax for type bigint/,
          );
        } finally {
          await client.query('rollback');
          client.release();
        }
      }
    }
  });

  it('takes no write of a party', async () => {
    const session: Session = { role: 'tw_holder', partyId: partyId.get('cityShop') ?? null };
    const before = await all('select count(*) from leg');
    await expect(asked(session, 'update leg set quantity = 0')).rejects.toThrow('permission denied');
    await expect(asked(session, 'delete from leg')).rejects.toThrow('permission denied');
    expect(await all('select count(*) from leg')).toEqual(before);
  });
});

describe('what lineage lets a party see', () => {
  const seenBy = async (name: PartyName) =>
    (
      await all(
        `select p.name || ' ' || b.lot as batch, v.why from visible_batch v join batch b on b.batch_id = v.batch_id
         join product p on p.product_id = b.product_id where v.viewer_id = ${partyId.get(name)} order by 1, 2`,
      )
    ).map((row) => `${row.why} ${row.batch.replace(/^product 0*952123990*/, '')}`);
  const lots = async (name: PartyName) => (await seenBy(name)).map((text) => text.replace(/ .* /, ' '));

  it('is for a brand owner what went into its products, for a supplier what its goods went into', async () => {
    expect(await lots('alpha')).toEqual(['SUPPLIED C1']);
    expect(await lots('beta')).toEqual(['SUPPLIED C1', 'SUPPLIED C2']);
    expect((await lots('cellmaker')).sort()).toEqual([
      'DOWNSTREAM B1',
      'INTO P1',
      'INTO S1',
      'INTO S2',
      'SUPPLIED N1',
    ]);
    expect((await lots('miner')).sort()).toEqual([
      'DOWNSTREAM B1',
      'DOWNSTREAM P1',
      'DOWNSTREAM S1',
      'DOWNSTREAM S2',
      'INTO C1',
      'INTO C2',
    ]);
    expect(await lots('cityShop')).toEqual([]);
  });

  it('stops at what is direct for the role of a supplier', async () => {
    const session: Session = { role: 'tw_supplier', partyId: partyId.get('miner') ?? null };
    expect(await asked(session, 'select distinct why from visible_batch')).toEqual([{ why: 'INTO' }]);
  });

  it('is what the rows of lineage say, derived again', async () => {
    const checks = await verify({ database, vault: testVault() });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks.map((check) => check.name)).toContain('visible batches follow from lineage');
  });
});
