/** JSON Web Tokens: taken only from the configured issuer, for us, signed by its keys with the one algorithm. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwtReader } from '../../src/access/jwt.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import { parties, recordChain } from './shared-chain.js';

const issuer = 'https://login.example';
const audience = 'tracewright';
let server: TestServer;
let folder: string;
let key: CryptoKey;
let stranger: CryptoKey;
let rsa: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  stranger = (await generateKeyPair('ES256')).privateKey;
  const other = await generateKeyPair('RS256');
  rsa = other.privateKey;
  folder = await mkdtemp(join(tmpdir(), 'tracewright-jwt-'));
  const jwks = join(folder, 'keys.json');
  const keys = [
    { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' },
    { ...(await exportJWK(other.publicKey)), kid: 'two', alg: 'RS256' },
  ];
  await writeFile(jwks, JSON.stringify({ keys }));
  server = await startTestServer({ jwt: { issuer, audience, jwks, algorithm: 'ES256' } });
  await recordChain({ database: server.database, vault: testVault() });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

type Claims = Record<string, unknown>;
const good: Claims = { role: 'RETAILER', party: parties.cityShop };
const sign = (
  claims: Claims,
  more: {
    by?: CryptoKey;
    iss?: string;
    aud?: string;
    exp?: string;
    kid?: string;
    alg?: string;
    iat?: string;
    sub?: string;
  } = {},
) => {
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: more.alg ?? 'ES256', kid: more.kid ?? 'one' })
    .setIssuer(more.iss ?? issuer)
    .setAudience(more.aud ?? audience)
    .setSubject(more.sub ?? 'till-1')
    .setIssuedAt(more.iat);
  if (more.exp !== 'never') token.setExpirationTime(more.exp ?? '10m');
  return token.sign(more.by ?? key);
};
const ask = (token: string) =>
  server.ask('query ($gln: String!) { party(gln: $gln) { gln } }', { gln: parties.cityShop }, token);

describe('a JSON Web Token', () => {
  it('of the issuer speaks for its party in its role', async () => {
    expect((await ask(await sign(good))).data?.party).toEqual({ gln: parties.cityShop });
    expect((await ask(await sign({ role: 'REGULATOR' }))).data?.party).toEqual({ gln: parties.cityShop });
    const other = await sign({ role: 'RETAILER', party: parties.bystander });
    expect((await ask(other)).data?.party).toBeNull();
  });

  it('is the party and the role that it says, under the name of its subject', async () => {
    const reader = createJwtReader({ issuer, audience, jwks: join(folder, 'keys.json'), algorithm: 'ES256' });
    const { rows } = await server.database.ownerPool.query<{ party_id: bigint }>(
      'select party_id from party where gln = $1',
      [parties.cityShop],
    );
    expect(await reader.read(server.database, await sign(good))).toEqual({
      tokenId: 'jwt:till-1',
      partyId: rows[0]?.party_id,
      partyGln: parties.cityShop,
      role: 'RETAILER',
    });
    expect(await reader.read(server.database, await sign({ role: 'ADMIN' }))).toEqual({
      tokenId: 'jwt:till-1',
      partyId: null,
      partyGln: null,
      role: 'ADMIN',
    });
  });

  it.each<[string, () => Promise<string>]>([
    ['signed with a key that is not the issuer’s', () => sign(good, { by: stranger })],
    [
      'signed by another algorithm, with a key of the issuer',
      () => sign(good, { by: rsa, kid: 'two', alg: 'RS256' }),
    ],
    ['of another issuer', () => sign(good, { iss: 'https://evil.example' })],
    ['for another audience', () => sign(good, { aud: 'elsewhere' })],
    ['that is expired', () => sign(good, { exp: '-2m' })],
    ['that is older than a day, whatever its end', () => sign(good, { iat: '-25h', exp: '1h' })],
    ['without an end', () => sign(good, { exp: 'never' })],
    ['that does not say of whom it is', () => sign(good, { sub: '' })],
    ['signed by a key that the issuer has not', () => sign(good, { kid: 'three' })],
    [
      'without a signature',
      async () =>
        new UnsecuredJWT({ ...good, iss: issuer, aud: audience, sub: 'x' })
          .setIssuedAt()
          .setExpirationTime('10m')
          .encode(),
    ],
    ['of a role there is none of', () => sign({ ...good, role: 'OWNER' })],
    ['of a retailer without a party', () => sign({ role: 'RETAILER' })],
    ['of a party that is no text', () => sign({ role: 'RETAILER', party: Number(parties.cityShop) })],
    ['of a party not on record', () => sign({ role: 'RETAILER', party: '9999999999994' })],
    [
      'with another payload under its signature',
      async () => {
        const [head, , signature] = (await sign(good)).split('.');
        const body = Buffer.from(JSON.stringify({ ...good, role: 'ADMIN' })).toString('base64url');
        return `${head}.${body}.${signature}`;
      },
    ],
  ])('%s is refused, like any unknown token', async (_, make) => {
    const answer = await ask(await make());
    expect(answer.status).toBe(401);
    expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(answer.errors?.[0]?.message).toBe((await ask('tw_nothing')).errors?.[0]?.message);
  });
});

describe('keys at an address', () => {
  const keys = createServer((_, response) => {
    if (served === null) response.writeHead(500).end();
    else response.end(JSON.stringify(served));
  });
  let served: object | null = null;
  let remote: TestServer;
  const partyAsSeenBy = async (token: string) =>
    remote.ask('query ($gln: String!) { party(gln: $gln) { gln } }', { gln: parties.cityShop }, token);

  beforeAll(async () => {
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const { port } = keys.address() as AddressInfo;
    const jwks = `http://127.0.0.1:${port}/keys`;
    remote = await startTestServer({ jwt: { issuer, audience, jwks, algorithm: 'ES256' } });
    await recordChain({ database: remote.database, vault: testVault() });
  });
  afterAll(async () => {
    await remote.close();
    keys.close();
  });

  it('that cannot be read are an outage, not a bad token', async () => {
    const answer = await partyAsSeenBy(await sign(good));
    expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([503, 'UNAVAILABLE']);
    expect(answer.errors?.[0]?.message).toBe('the keys of the identity provider cannot be read; try again');
  });

  it('are fetched, and a token by them is taken', async () => {
    served = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8'));
    expect((await partyAsSeenBy(await sign(good))).data?.party).toEqual({ gln: parties.cityShop });
    // a key that the provider has not is the token's fault, and no outage
    for (const forged of [{ by: stranger }, { by: stranger, kid: 'three' }]) {
      const answer = await partyAsSeenBy(await sign(good, forged));
      expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});
