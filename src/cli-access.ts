/** Commands of access: tokens, keys, and the log that shows whether the record was rewritten. */
import { once } from 'node:events';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import {
  checkEvidence,
  createToken,
  evidenceLines,
  listTokens,
  type PrincipalRole,
  principalRoles,
  printPublicKey,
  readPublicKey,
  revokeToken,
  rotateMasterKey,
  sealLog,
  signerOf,
  sweepKeys,
  verifyLog,
} from './access/index.js';
import type { Config } from './config.js';
import { withSession } from './database/index.js';
import { endGrant, type GrantInput, giveGrant, listGrants } from './grants/index.js';
import { type Check, eventKeyOf, readWatermark, type Services, verify } from './record/index.js';

export interface Shell {
  withServices<T>(work: (services: Services, config: Config) => Promise<T>): Promise<T>;
  progress(line: string): void;
  /** Ends the command with this exit code. */
  exit(code: number): never;
}

const engine = { role: 'tw_engine', partyId: null } as const;
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Milliseconds of "90d", "12h" or "30m". */
function durationMs(text: string): number {
  const match = /^(\d{1,6})([dhm])$/.exec(text);
  if (!match) throw new InvalidArgumentError('should be a number and d, h or m, such as 90d');
  return Number(match[1]) * { d: 86_400_000, h: 3_600_000, m: 60_000 }[match[2] as 'd' | 'h' | 'm'];
}

export function oneOf<T extends string>(values: readonly T[]) {
  return (text: string): T => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`should be one of ${values.join(', ')}`);
    return found;
  };
}

export function addAccessCommands(program: Command, shell: Shell): void {
  addVerify(program, shell);
  addTokens(program.command('token').description('API tokens'), shell);
  addGrants(program.command('grant').description('who sees which product beyond its own'), shell);
  addKeys(program.command('keys').description('keys of the vault'), shell);
  addLog(program.command('log').description('the tamper-evident log'), shell);
}

interface VerifyFlags {
  offline?: string;
  key?: string;
}

function addVerify(program: Command, { withServices, exit }: Shell): void {
  program
    .command('verify')
    .description('check that the log, every derived row, balance and ledger equal what the events say')
    .option('--offline <file>', 'check a file of `tracewright log export` with the public key alone')
    .option('--key <key>', 'the public key: a file of PEM or base64, or the key itself in base64')
    .action(async ({ offline, key }: VerifyFlags) => {
      if (offline !== undefined) {
        if (key === undefined) throw new InvalidArgumentError('--offline needs --key');
        const evidence = await checkEvidence(
          createInterface({ input: createReadStream(offline), crlfDelay: Number.POSITIVE_INFINITY }),
          readPublicKey(keyText(key)),
        );
        const { checkpoints, leaves, proofs, problems } = evidence;
        for (const problem of problems) print(`FAIL ${problem}`);
        print(
          `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${checkpoints} checkpoints, ${leaves} leaves, ${proofs} proofs`,
        );
        if (problems.length > 0) exit(1);
        return;
      }
      await withServices(async (services, config) => {
        const checks = [...(await logChecks(services, config, key)), ...(await verify(services))];
        for (const check of checks) print(`${check.ok ? 'ok  ' : 'FAIL'} ${check.name}: ${check.detail}`);
        if (checks.some((check) => !check.ok)) exit(1);
      });
    });
}

function keyText(given: string): string {
  try {
    return readFileSync(given, 'utf8');
  } catch {
    return given;
  }
}

async function logChecks({ database }: Services, config: Config, key: string | undefined): Promise<Check[]> {
  const publicKey =
    key === undefined ? signerOf(config.secrets.signingKey).publicKey : readPublicKey(keyText(key));
  return withSession(
    database,
    engine,
    async (client) => {
      const findings = await verifyLog(client, publicKey);
      const { rows } = await client.query<{ sealed: bigint; events: bigint }>(
        'select (select count(*) from log_entry) as sealed, (select count(*) from event) as events',
      );
      const name = 'the log holds every event as it was recorded';
      const { sealed = 0n, events = 0n } = rows[0] ?? {};
      const told = findings.map(({ code, message }) => ({ name, ok: false, detail: `${code} ${message}` }));
      return told.length > 0
        ? told
        : [{ name, ok: true, detail: `${sealed} of ${events} events sealed, 0 findings` }];
    },
    { snapshot: true },
  );
}

function addTokens(token: Command, { withServices, exit }: Shell): void {
  token
    .command('create')
    .description('make a token and print it; it is shown once')
    .requiredOption('--role <role>', principalRoles.join(', '), oneOf(principalRoles))
    .option('--party <gln>', 'the party it acts for; REGULATOR and ADMIN may omit it')
    .option('--expires <duration>', 'such as 90d, 12h, 30m; without it never', durationMs)
    .action((options: { role: PrincipalRole; party?: string; expires?: number }) =>
      withServices(async ({ database }) => {
        print(
          await createToken(database, {
            gln: options.party ?? null,
            role: options.role,
            expiresInMs: options.expires,
          }),
        );
      }),
    );
  token
    .command('list')
    .description(
      'every token by its id: role, party, made, expires, revoked, last used; never the token itself',
    )
    .action(() =>
      withServices(async ({ database }) => {
        for (const row of await listTokens(database)) print(JSON.stringify(row));
      }),
    );
  token
    .command('revoke')
    .description('end a token now')
    .argument('<id>', 'its id, as `token list` prints it')
    .action((id: string) =>
      withServices(async ({ database }) => {
        if (await revokeToken(database, id)) return print(`${id} revoked`);
        print(`${id}: no such token, or revoked before`);
        exit(1);
      }),
    );
}

function addGrants(grant: Command, { withServices, exit }: Shell): void {
  const administrator = { role: 'ADMIN', partyId: null } as const;
  const named = (command: Command): Command =>
    command
      .requiredOption('--viewer <gln>', 'the party that is to see')
      .requiredOption('--gtin <gtin>', 'the product');
  named(grant.command('give'))
    .description('let a party see batches and items of a product by name')
    .action((input: GrantInput) =>
      withServices(async ({ database }) => {
        await withSession(database, engine, (client) => giveGrant(client, administrator, input));
        print(`${input.viewer} sees ${input.gtin}`);
      }),
    );
  named(grant.command('revoke'))
    .description('end a grant now')
    .action((input: GrantInput) =>
      withServices(async ({ database }) => {
        if (await withSession(database, engine, (client) => endGrant(client, administrator, input)))
          return print(`${input.viewer} sees ${input.gtin} no more`);
        print(`${input.viewer}, ${input.gtin}: no grant stands`);
        exit(1);
      }),
    );
  grant
    .command('list')
    .description('every grant, ended ones too: who sees what, given and ended when and by whom')
    .action(() =>
      withServices(async ({ database }) => {
        for (const row of await withSession(database, engine, listGrants)) print(JSON.stringify(row));
      }),
    );
}

function addKeys(keys: Command, { withServices, progress }: Shell): void {
  keys
    .command('rotate')
    .description(
      'a new master key; person keys are wrapped anew and the old master keys retired, while servers run',
    )
    .action(() =>
      withServices(async ({ database }, config) => {
        if (!config.masterKeysFile)
          throw new Error(
            'keys rotate: the master key comes from the environment; put it into a file as {"1": "<base64>"} and name that in TRACEWRIGHT_MASTER_KEYS_FILE',
          );
        const { hashKey } = config.secrets;
        print(
          JSON.stringify(await rotateMasterKey(database, { file: config.masterKeysFile, hashKey }, progress)),
        );
      }),
    );
  keys
    .command('sweep')
    .description('take away keys, older than an hour, that no record came to use')
    .action(() =>
      withServices(async ({ database }) => print(JSON.stringify({ swept: await sweepKeys(database) }))),
    );
}

function addLog(log: Command, { withServices, progress }: Shell): void {
  log
    .command('key')
    .description('print the public key that checkpoints are signed with')
    .action(() =>
      withServices(async (_, config) => print(printPublicKey(signerOf(config.secrets.signingKey).publicKey))),
    );
  log
    .command('seal')
    .description('seal what is recorded and sign a checkpoint; a server does it by itself')
    .action(() =>
      withServices(async ({ database }, config) => {
        const sealed = await sealLog(database, signerOf(config.secrets.signingKey), () =>
          readWatermark(database.pool),
        );
        print(JSON.stringify({ sealed }));
      }),
    );
  log
    .command('export')
    .description('write checkpoints, leaves and proofs, to be checked elsewhere by `verify --offline`')
    .argument('<file>', 'file to write, one JSON object a line')
    .option('--event <id...>', 'events whose place in the log is proven')
    .action((file: string, options: { event?: string[] }) =>
      withServices(async ({ database }) => {
        const out = createWriteStream(file, { mode: 0o600 });
        const lines = await withSession(
          database,
          engine,
          async (client) => {
            let count = 0;
            for await (const line of evidenceLines(client, (options.event ?? []).map(eventKeyOf))) {
              count += 1;
              if (!out.write(`${line}\n`)) await once(out, 'drain');
            }
            return count;
          },
          { snapshot: true },
        );
        out.end();
        await once(out, 'finish');
        progress(`${lines} lines written to ${file}`);
      }),
    );
}
