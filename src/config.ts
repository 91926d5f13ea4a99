/** Configuration: the only reader of the environment. Everything is checked at start; a wrong value stops it in one line. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Failpoint, failpoints } from './failpoint.js';
import { type AnswerLimits, answerLimits } from './trace/index.js';

export interface Config {
  production: boolean;
  /** A PostgreSQL of one's own, as its owner; null: the embedded one in `dataDir`. */
  databaseUrl: string | null;
  /** The database of the person keys, as its owner; null: beside the record's, its name and `_keys`. */
  keysUrl?: string | null;
  dataDir: string;
  host: string;
  port: number;
  /** Master keys by version, read again while running; null: the one of `secrets`, as version 1. */
  masterKeysFile?: string | null;
  secrets: {
    masterKey: Buffer | null;
    hashKey: Buffer;
    cursorKey: Buffer;
    /** Seed of the Ed25519 key that signs the checkpoints of the log. */
    signingKey: Buffer;
  };
  logLevel: string;
  /** Web pages of these origins may ask; absent or empty: only the service's own. */
  corsOrigins?: readonly string[];
  /** Whose JSON Web Tokens are taken beside our own tokens; absent: nobody's. */
  jwt?: {
    issuer: string;
    audience: string;
    jwks: string;
    algorithm: (typeof jwtAlgorithms)[number];
  };
  /** Where a test lets this process be killed; never in production. */
  failpoint?: { name: Failpoint; passes: number };
  /** How often recorded events are sealed into the log; undefined: not by this process. */
  sealIntervalMs?: number;
  /** How notices of recalls go out; undefined: not by this process. */
  delivery?: DeliveryConfig;
  /** A file of rules that say which events EPCIS events become; read and checked where the service is composed. */
  epcisMappingFile?: string;
  /** Where answers about the record stop, and say so; absent: as src/trace/limits.ts has it. */
  answerLimits: Partial<AnswerLimits>;
}

export interface DeliveryConfig {
  /** Null: notices by e-mail wait in the queue. */
  mail: { smtpUrl: string; from: string } | null;
  webhooks: {
    /** Endpoint and secret of each party, by its GLN. */
    endpoints: ReadonlyMap<string, { url: string; secret: Buffer }>;
    /** Whether addresses that are not of the public internet, and http, are allowed. */
    allowPrivate: boolean;
  };
}

const jwtAlgorithms = ['EdDSA', 'ES256', 'ES384', 'RS256', 'PS256'] as const;

export class ConfigError extends Error {}

const key = (name: string) =>
  z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, `${name}: should be 32 bytes in base64`);

const count = (name: string) =>
  z.coerce.number(`${name}: should be a number`).int().min(1, `${name}: should be at least 1`);

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'DATABASE_URL: should start with postgres://')
    .optional(),
  TRACEWRIGHT_KEYS_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'TRACEWRIGHT_KEYS_URL: should start with postgres://')
    .optional(),
  TRACEWRIGHT_DATA: z.string().min(1).default('.data'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce
    .number('PORT: should be a number')
    .int()
    .min(0)
    .max(65535, 'PORT: should be 0 to 65535')
    .default(4000),
  TRACEWRIGHT_CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'TRACEWRIGHT_CORS_ORIGINS: should be origins such as https://shop.example, several separated by commas',
    )
    .optional(),
  TRACEWRIGHT_FAILPOINT: z
    .string()
    .regex(
      new RegExp(`^(${failpoints.join('|').replaceAll('.', '\\.')}):[1-9]\\d{0,5}$`),
      `TRACEWRIGHT_FAILPOINT: should be one of ${failpoints.join(', ')} and a number of passes, as ${failpoints[0]}:3`,
    )
    .transform((text) => {
      const [name, passes] = text.split(':');
      return { name: name as Failpoint, passes: Number(passes) };
    })
    .optional(),
  TRACEWRIGHT_EPCIS_MAPPING: z.string().min(1).optional(),
  TRACEWRIGHT_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  TRACEWRIGHT_SCOPE_NODES: count('TRACEWRIGHT_SCOPE_NODES').default(answerLimits.scopeNodes),
  TRACEWRIGHT_SCOPE_DEPTH: count('TRACEWRIGHT_SCOPE_DEPTH').optional(),
  TRACEWRIGHT_SCOPE_MS: count('TRACEWRIGHT_SCOPE_MS').optional(),
  TRACEWRIGHT_MASTER_KEY: key('TRACEWRIGHT_MASTER_KEY').optional(),
  TRACEWRIGHT_HASH_KEY: key('TRACEWRIGHT_HASH_KEY').optional(),
  TRACEWRIGHT_JWT_ISSUER: z.string().min(1).optional(),
  TRACEWRIGHT_JWT_AUDIENCE: z.string().min(1).optional(),
  TRACEWRIGHT_JWT_JWKS: z.string().min(1).optional(),
  TRACEWRIGHT_JWT_ALGORITHM: z
    .enum(jwtAlgorithms, `TRACEWRIGHT_JWT_ALGORITHM: should be one of ${jwtAlgorithms.join(', ')}`)
    .optional(),
  TRACEWRIGHT_SEAL_INTERVAL_MS: z.coerce
    .number('TRACEWRIGHT_SEAL_INTERVAL_MS: should be a number')
    .int()
    .min(50, 'TRACEWRIGHT_SEAL_INTERVAL_MS: should be at least 50')
    .default(1000),
  TRACEWRIGHT_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'TRACEWRIGHT_SMTP_URL: should start with smtp:// or smtps://')
    .optional(),
  TRACEWRIGHT_MAIL_FROM: z
    .string()
    .regex(
      /^[^\s@<>]+@[^\s@<>]+$/,
      'TRACEWRIGHT_MAIL_FROM: should be an address such as recalls@maker.example',
    )
    .optional(),
  TRACEWRIGHT_WEBHOOKS_FILE: z.string().min(1).optional(),
  TRACEWRIGHT_WEBHOOK_PRIVATE: z
    .enum(['true', 'false'], 'TRACEWRIGHT_WEBHOOK_PRIVATE: should be true or false')
    .default('false'),
  TRACEWRIGHT_MASTER_KEYS_FILE: z.string().min(1).optional(),
  TRACEWRIGHT_CURSOR_KEY: key('TRACEWRIGHT_CURSOR_KEY').optional(),
  TRACEWRIGHT_SIGNING_KEY: key('TRACEWRIGHT_SIGNING_KEY').optional(),
});

const secretNames = [
  'TRACEWRIGHT_MASTER_KEY',
  'TRACEWRIGHT_HASH_KEY',
  'TRACEWRIGHT_CURSOR_KEY',
  'TRACEWRIGHT_SIGNING_KEY',
] as const;

/**
 * Reads and checks the configuration. Secrets missing in development are made once and kept in the data directory;
 * in production they are an error, since data encrypted with a lost key is lost.
 */
export function readConfig(
  environment: NodeJS.ProcessEnv = process.env,
  notice: (line: string) => void = () => {},
): Config {
  const parsed = schema.safeParse(
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')),
  );
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue?.path.join('.') ?? '';
    const message = issue?.message ?? 'wrong';
    throw new ConfigError(message.startsWith(name) ? message : `${name}: ${message}`);
  }
  const values = parsed.data;
  if (values.NODE_ENV === 'production' && values.TRACEWRIGHT_FAILPOINT)
    throw new ConfigError('TRACEWRIGHT_FAILPOINT: kills the process, and is for tests alone');
  const dataDir = resolve(values.TRACEWRIGHT_DATA);
  const made =
    values.NODE_ENV === 'production'
      ? new Map<string, string>()
      : developmentSecrets(dataDir, values, notice);
  const secret = (name: (typeof secretNames)[number]): Buffer => {
    const text = values[name] ?? made.get(name);
    if (text === undefined)
      throw new ConfigError(`${name}: missing; in production every secret is given, 32 bytes in base64`);
    return Buffer.from(text, 'base64');
  };
  return {
    production: values.NODE_ENV === 'production',
    databaseUrl: values.DATABASE_URL ?? null,
    keysUrl: values.TRACEWRIGHT_KEYS_URL ?? null,
    dataDir,
    masterKeysFile:
      values.TRACEWRIGHT_MASTER_KEYS_FILE ??
      (values.TRACEWRIGHT_MASTER_KEY === undefined && values.NODE_ENV !== 'production'
        ? developmentMasterKeys(dataDir, secret('TRACEWRIGHT_MASTER_KEY'))
        : null),
    host: values.HOST,
    port: values.PORT,
    secrets: {
      masterKey: values.TRACEWRIGHT_MASTER_KEYS_FILE ? null : secret('TRACEWRIGHT_MASTER_KEY'),
      hashKey: secret('TRACEWRIGHT_HASH_KEY'),
      cursorKey: secret('TRACEWRIGHT_CURSOR_KEY'),
      signingKey: secret('TRACEWRIGHT_SIGNING_KEY'),
    },
    logLevel: values.TRACEWRIGHT_LOG,
    corsOrigins: values.TRACEWRIGHT_CORS_ORIGINS ?? [],
    sealIntervalMs: values.TRACEWRIGHT_SEAL_INTERVAL_MS,
    delivery: deliveryOf(values),
    ...jwtOf(values),
    ...(values.TRACEWRIGHT_FAILPOINT && { failpoint: values.TRACEWRIGHT_FAILPOINT }),
    ...(values.TRACEWRIGHT_EPCIS_MAPPING && { epcisMappingFile: values.TRACEWRIGHT_EPCIS_MAPPING }),
    answerLimits: {
      scopeNodes: values.TRACEWRIGHT_SCOPE_NODES,
      scopeDepth: values.TRACEWRIGHT_SCOPE_DEPTH ?? null,
      scopeMs: values.TRACEWRIGHT_SCOPE_MS ?? null,
    },
  };
}

/** All four settings or none: a token checked by half of them would be taken from anybody. */
function jwtOf(values: z.infer<typeof schema>): Pick<Config, 'jwt'> {
  const {
    TRACEWRIGHT_JWT_ISSUER: issuer,
    TRACEWRIGHT_JWT_AUDIENCE: audience,
    TRACEWRIGHT_JWT_JWKS: jwks,
    TRACEWRIGHT_JWT_ALGORITHM: algorithm,
  } = values;
  if (!issuer && !audience && !jwks && !algorithm) return {};
  if (issuer && audience && jwks && algorithm) return { jwt: { issuer, audience, jwks, algorithm } };
  const missing = { ISSUER: issuer, AUDIENCE: audience, JWKS: jwks, ALGORITHM: algorithm };
  const name = Object.entries(missing).find(([, value]) => !value)?.[0];
  throw new ConfigError(
    `TRACEWRIGHT_JWT_${name}: missing; issuer, audience, key set and algorithm go together`,
  );
}

function deliveryOf(values: z.infer<typeof schema>): DeliveryConfig {
  const { TRACEWRIGHT_SMTP_URL: smtpUrl, TRACEWRIGHT_MAIL_FROM: from } = values;
  if (smtpUrl && !from)
    throw new ConfigError('TRACEWRIGHT_MAIL_FROM: missing; TRACEWRIGHT_SMTP_URL wants it');
  return {
    mail: smtpUrl && from ? { smtpUrl, from } : null,
    webhooks: {
      endpoints: endpointsOf(values.TRACEWRIGHT_WEBHOOKS_FILE),
      allowPrivate: values.TRACEWRIGHT_WEBHOOK_PRIVATE === 'true',
    },
  };
}

/** 24 bytes: what the Standard Webhooks specification asks of a secret at least. */
const WEBHOOK_SECRET_BYTES_MIN = 24;

const endpoints = z.record(
  z.string().min(1),
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    secret: z.string().refine((text) => Buffer.from(text, 'base64').length >= WEBHOOK_SECRET_BYTES_MIN, {
      message: `should be at least ${WEBHOOK_SECRET_BYTES_MIN} bytes in base64`,
    }),
  }),
);

function endpointsOf(file: string | undefined): DeliveryConfig['webhooks']['endpoints'] {
  if (file === undefined) return new Map();
  const fail = (why: string) => new ConfigError(`TRACEWRIGHT_WEBHOOKS_FILE: ${file}: ${why}`);
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw fail('should be a file that can be read, of JSON');
  }
  const parsed = endpoints.safeParse(text);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw fail(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  return new Map(
    Object.entries(parsed.data).map(([gln, { url, secret }]) => [
      gln,
      { url, secret: Buffer.from(secret, 'base64') },
    ]),
  );
}

function developmentSecrets(
  dataDir: string,
  values: Record<string, unknown>,
  notice: (line: string) => void,
): Map<string, string> {
  if (secretNames.every((name) => values[name] !== undefined)) return new Map();
  const file = join(dataDir, 'development-secrets.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  if (secretNames.every((name) => known[name] !== undefined)) return new Map(Object.entries(known));
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const secrets = Object.fromEntries(
    secretNames.map((name) => [name, known[name] ?? randomBytes(32).toString('base64')]),
  );
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  notice(`secrets for development made in ${file}; production takes them from the environment`);
  return new Map(Object.entries(secrets));
}

/** In development the master keys lie in a file from the start, so that they can be rotated. */
function developmentMasterKeys(dataDir: string, first: Buffer): string {
  const file = join(dataDir, 'master-keys.json');
  if (!existsSync(file))
    writeFileSync(file, JSON.stringify({ 1: first.toString('base64') }), { mode: 0o600 });
  return file;
}
