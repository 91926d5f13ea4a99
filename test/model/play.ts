/** Plays a history against the service and the model, command by command, and tells the first thing in which they differ. */
import { type ChainRow, keyedRow } from '../property/chain.js';
import { happenings } from '../property/generate.js';
import type { TestServer } from '../server/server.js';
import { expectSaid, leavesNoTrace, type Outcome, type Play, pick } from './acting.js';
import { conservation, scope, visibility } from './checks.js';
import { Client } from './client.js';
import type { Command, Happening, Kind } from './commands.js';
import { documentOf } from './epcis.js';
import { recallCommands } from './recalls.js';
import { Model, type Told } from './record.js';
import { partyOfSite, recorderOf } from './world.js';

export type Counts = Partial<Record<Kind, number>>;

/** Histories so far: each gets keys of its own, so that many live in one database. */
let histories = 0;

export async function playHistory(
  server: TestServer,
  commands: readonly Command[],
  counts: Counts,
): Promise<string[]> {
  histories += 1;
  const client = new Client(server, histories);
  const model = new Model(histories);
  await client.begin();
  for (const [at, command] of commands.entries()) {
    const told = model.told.length;
    const found = await playOne({ server, client, model, command });
    if (found === undefined) continue;
    counts[command.kind] = (counts[command.kind] ?? 0) + 1;
    const lines = [...found, ...(await conservation(server)), ...(await visibility(client, model))];
    const of = model.told.at(model.told.length > told ? -1 : command.n[0] % Math.max(1, model.told.length));
    const { gtin, lot } = of?.row.values ?? {};
    if (gtin?.match(/^@g[1-5]$/) && lot) lines.push(...(await scope(client, model, gtin, lot)));
    if (lines.length > 0) return [`command ${at} (${command.kind})`, ...lines, ...shown(model)];
  }
  return [];
}

const shown = (model: Model): string[] =>
  model.told.map(({ row, party, erased }) => {
    const { kind, values } = keyedRow(row, model.chain);
    return `  ${party}${erased ? ' (erased)' : ''} ${kind} ${Object.entries(values)
      .map(([column, value]) => `${column}=${value}`)
      .join(' ')}`;
  });

const isHappening = (kind: Kind): kind is Happening => (happenings as readonly string[]).includes(kind);

async function playOne(play: Play): Promise<Outcome> {
  const { model, command } = play;
  model.builder.hour += command.later;
  model.builder.minute = (model.builder.minute + 1) % 60;
  if (isHappening(command.kind)) {
    const rows = happen(model, command.kind, command.n);
    return rows.length === 0 ? undefined : recorded(play, rows);
  }
  return { ...recordCommands, ...recallCommands }[command.kind](play);
}

/** Rows of something that happens, by the builder of the property tests: each refers to what happened before where it can. */
function happen(model: Model, kind: Happening, [a, b, c, d, e]: Command['n']): ChainRow[] {
  const { builder } = model;
  const before = builder.rows.length;
  builder[kind](a, b, c, d, e);
  return builder.rows.slice(before).map(({ kind, values }) =>
    // a packing that names no place is told at the warehouse, a service at the workshop
    kind === 'packings' || kind === 'services'
      ? {
          kind,
          values: { ...values, site_gln: values.site_gln || (kind === 'packings' ? '@l13' : '@l16') },
        }
      : { kind, values },
  );
}

const tell = (model: Model, rows: readonly ChainRow[], party?: string): void => {
  model.told.push(...rows.map((row): Told => ({ row, party: party ?? recorderOf(row), erased: false })));
};

/** Records rows by who may, and expects that they are taken. */
async function recorded({ client, model }: Play, rows: readonly ChainRow[]): Promise<string[]> {
  const lines: string[] = [];
  for (const row of rows) {
    const said = await client.record(client.nameOf(recorderOf(row)), [row]);
    lines.push(...expectSaid('taken', said, ['CREATED']));
    tell(model, [row]);
  }
  return lines;
}

/** A row told before, with an id of its own. */
function another(model: Model, { row }: Told): ChainRow {
  return { kind: row.kind, values: { ...row.values, event_id: `@e${900 + model.next()}` } };
}

const notVoids = (model: Model): Told[] => model.told.filter(({ row }) => row.kind !== 'voids');
/** Kinds that anybody may tell of anybody's goods. */
const tellable = (told: Told): boolean => told.row.kind !== 'registrations';

/** Who has nothing to do with a row: no site it names is its own, and it makes nothing. */
function strangerTo({ row, party }: Told): string {
  const retailers = ['@l4', '@l6'];
  return retailers.find((one) => one !== party && partyOfSite[row.values.site_gln ?? ''] !== one) ?? '@l5';
}

/** A wrong cell by kind of mistake. */
const spoiled = (row: ChainRow, how: number): ChainRow => {
  const values = { ...row.values };
  const time = Object.keys(values).find((column) => /(_at|_from|^at)$/.test(column));
  // any text is an event id: what tells no time has its product spoiled
  if (time === undefined) values.gtin = '09520000000001';
  else if (how % 3 === 0) values[time] = '2026-13-45T00:00:00Z';
  else if (how % 3 === 1 && values.quantity) values.quantity = '-1';
  else if (how % 3 === 2 && values.gtin) values.gtin = '09520000000001';
  else values[time] = 'yesterday';
  return { kind: row.kind, values };
};

const refusedRow = (
  play: Play,
  by: string | null,
  change: (told: Told) => ChainRow,
  expected: [status: string, problem?: string],
  which = notVoids(play.model),
): Promise<string[]> | undefined => {
  const told = pick(which, play.command.n[0]);
  if (!told) return undefined;
  const { client, server, command } = play;
  const name =
    by === 'stranger' ? client.nameOf(strangerTo(told)) : by === 'recorder' ? client.nameOf(told.party) : by;
  return leavesNoTrace(server, async () =>
    expectSaid(command.kind, await client.record(name, [change(told)]), [expected[0]], expected[1]),
  );
};

const recordCommands = {
  async late(play: Play): Promise<Outcome> {
    const { model, command } = play;
    const { hour } = model.builder;
    model.builder.hour = Math.max(0, hour - 1 - command.n[4]);
    const rows = happen(model, pick(happenings, command.n[3] + command.n[4]) as Happening, command.n);
    model.builder.hour = hour;
    return rows.length === 0 ? undefined : recorded(play, rows);
  },

  /** Filling in the end of a fitting later is no conflict; another end is one. */
  async endFitting({ client, model, command, server }: Play): Promise<Outcome> {
    const open = model.told.filter(
      ({ row }) => row.kind === 'fittings' && !row.values.removed_at && !isVoided(model, row.values.event_id),
    );
    const told = pick(open, command.n[0]);
    if (!told) return undefined;
    const ended = {
      kind: told.row.kind,
      values: { ...told.row.values, removed_at: model.builder.at(model.builder.hour + 1 + command.n[1]) },
    };
    const name = client.nameOf(told.party);
    const lines = expectSaid('end of a fitting', await client.record(name, [ended]), ['CREATED']);
    told.row = ended;
    lines.push(
      ...(await leavesNoTrace(server, async () =>
        expectSaid('the same end', await client.record(name, [ended]), ['EXISTS']),
      )),
    );
    const other = {
      ...ended,
      values: { ...ended.values, removed_at: model.builder.at(model.builder.hour + 90) },
    };
    lines.push(
      ...(await leavesNoTrace(server, async () =>
        expectSaid('another end', await client.record(name, [other]), ['CONFLICT']),
      )),
    );
    return lines;
  },

  async void(play: Play): Promise<Outcome> {
    const { client, model, command } = play;
    const told = pick(notVoids(model), command.n[0]);
    if (!told) return undefined;
    const row: ChainRow = {
      kind: 'voids',
      values: {
        event_id: `@e${900 + model.next()}`,
        voided_event_id: told.row.values.event_id ?? '',
        voided_at: model.builder.at(),
        reason: 'did not happen',
      },
    };
    const stranger = client.nameOf(strangerTo(told));
    const lines = await leavesNoTrace(play.server, async () =>
      expectSaid("void of another's", await client.record(stranger, [row]), ['REJECTED'], 'NOT_ALLOWED'),
    );
    lines.push(...expectSaid('void', await client.record(client.nameOf(told.party), [row]), ['CREATED']));
    tell(model, [row], told.party);
    return lines;
  },

  async correct({ client, model, command }: Play): Promise<Outcome> {
    const told = pick(
      notVoids(model).filter(({ row }) => row.values.quantity && !isVoided(model, row.values.event_id)),
      command.n[0],
    );
    if (!told) return undefined;
    const replacement = another(model, told);
    replacement.values.quantity = String(1 + (command.n[1] % 6));
    const voided: ChainRow = {
      kind: 'voids',
      values: {
        event_id: `@e${900 + model.next()}`,
        voided_event_id: told.row.values.event_id ?? '',
        voided_at: model.builder.at(),
        reason: 'counted wrong',
      },
    };
    const input = {
      eventId: model.key(told.row.values.event_id ?? ''),
      correctionEventId: model.key(voided.values.event_id ?? ''),
      at: voided.values.voided_at,
      reason: voided.values.reason,
    };
    const name = client.nameOf(told.party);
    const lines = expectSaid('correction', await client.correct(name, input, replacement), [
      'CREATED',
      'CREATED',
    ]);
    tell(model, [voided, replacement], told.party);
    lines.push(
      ...expectSaid('the same correction', await client.correct(name, input, replacement), [
        'EXISTS',
        'EXISTS',
      ]),
    );
    return lines;
  },

  resend: async (play: Play): Promise<Outcome> =>
    refusedRow(play, 'recorder', ({ row }) => row, ['EXISTS'], plainlyTold(play.model)),

  conflict: async (play: Play): Promise<Outcome> =>
    refusedRow(
      play,
      'recorder',
      ({ row }) => ({
        kind: row.kind,
        values: { ...row.values, quantity: String(Number(row.values.quantity) + 1) },
      }),
      ['CONFLICT'],
      plainlyTold(play.model).filter(({ row, erased }) => row.values.quantity && !erased),
    ),

  foreign: async (play: Play): Promise<Outcome> =>
    refusedRow(
      play,
      'stranger',
      (told) => another(play.model, told),
      ['REJECTED', 'NOT_ALLOWED'],
      notVoids(play.model).filter(tellable),
    ),

  bad: async (play: Play): Promise<Outcome> =>
    refusedRow(play, 'recorder', (told) => spoiled(another(play.model, told), play.command.n[1]), [
      'REJECTED',
    ]),

  nobody: async (play: Play): Promise<Outcome> =>
    refusedRow(play, null, (told) => another(play.model, told), ['UNAUTHENTICATED']),

  regulator: async (play: Play): Promise<Outcome> =>
    refusedRow(play, 'regulator', (told) => another(play.model, told), ['FORBIDDEN']),

  /** A file of rows: sales of a shop, or what a plant made. Imported again, every row is known. */
  async csv(play: Play): Promise<Outcome> {
    const { client, model, server } = play;
    const rows = fileOf(play);
    const party = rows[0] && recorderOf(rows[0]);
    if (!party) return undefined;
    const first = await client.importFile(party, rows);
    const lines = first.created === rows.length ? [] : [`file: ${JSON.stringify(first)}`];
    tell(model, rows);
    lines.push(
      ...(await leavesNoTrace(server, async () => {
        const again = await client.importFile(party, rows);
        return again.existing === rows.length ? [] : [`file again: ${JSON.stringify(again)}`];
      })),
    );
    return lines;
  },

  /** A file with one bad row, or one of another's, records nothing at all. */
  async csvBad(play: Play): Promise<Outcome> {
    const { builder } = play.model;
    const { hour, event } = builder;
    const rows = fileOf(play);
    const [first] = rows;
    if (!first) return undefined;
    const party = recorderOf(first);
    const bad =
      play.command.n[4] % 2 === 0
        ? spoiled(first, play.command.n[3])
        : { kind: first.kind, values: { ...first.values, site_gln: party === '@l4' ? '@l15' : '@l14' } };
    bad.values.event_id = `@e${900 + play.model.next()}`;
    return leavesNoTrace(play.server, async () => {
      const said = await play.client.importFile(party, [...rows, bad]);
      Object.assign(builder, { hour, event });
      return said.created === 0 && said.problems.length > 0 ? [] : [`bad file: ${JSON.stringify(said)}`];
    });
  },

  async capture(play: Play): Promise<Outcome> {
    const { client, model } = play;
    const made = documentOf(model, play.command.n);
    if (!made) return undefined;
    const name = client.nameOf(made.party);
    const job = await client.capture(name, made.document);
    const lines = job.success === true ? [] : [`capture: ${JSON.stringify(job)}`];
    tell(model, made.rows, made.party);
    model.documents.push({ party: made.party, document: made.document });
    return lines;
  },

  async captureAgain({ client, model, command, server }: Play): Promise<Outcome> {
    const sent = pick(model.documents, command.n[0]);
    if (!sent) return undefined;
    const before = await derivedHash(server);
    const job = await client.capture(client.nameOf(sent.party), sent.document);
    const lines = job.success === true ? [] : [`capture again: ${JSON.stringify(job)}`];
    if ((await derivedHash(server)) !== before) lines.push('a document sent again changed the record');
    return lines;
  },

  async captureForeign(play: Play): Promise<Outcome> {
    const { client, model, server } = play;
    const made = documentOf(model, play.command.n);
    if (!made) return undefined;
    const before = await derivedHash(server);
    const job = await client.capture(client.nameOf(made.party === '@l4' ? '@l6' : '@l4'), made.document);
    const lines = job.success === false ? [] : [`capture of another's: ${JSON.stringify(job)}`];
    if ((await derivedHash(server)) !== before) lines.push("another's document changed the record");
    return lines;
  },
} satisfies Partial<Record<Kind, (play: Play) => Promise<Outcome>>>;

const isVoided = (model: Model, id: string | undefined): boolean =>
  model.told.some(({ row }) => row.kind === 'voids' && row.values.voided_event_id === id);

/** Told by a row of its own id: what an EPCIS document told has another content under it. */
const plainlyTold = (model: Model): Told[] =>
  notVoids(model).filter(({ row }) => !row.values.event_id?.includes('#'));

/** A capture keeps the job that took the document: the record beside it. */
const derivedHash = async ({ database }: TestServer): Promise<string> => {
  const { rows } = await database.ownerPool.query<{ state: string }>(
    `select (select count(*) || ' ' || coalesce(max(event_seq), 0) from event) || ' ' || (select count(*) || ' ' || coalesce(sum(quantity), 0) from leg where voided_at is null)
       || ' ' || (select count(*) from item) || ' ' || (select count(*) from fitting where voided_at is null) as state`,
  );
  return rows[0]?.state ?? '';
};

/** Rows of one kind and one party, to be told as a file. */
function fileOf({ model, command: { n } }: Play): ChainRow[] {
  const kind = pick(['make', 'sell', 'ship', 'dispose'] as const, n[0]) as Happening;
  const all = [0, 1, 2, 3].flatMap((at) =>
    happen(model, kind, [n[1] + at, n[2] + 3 * at, n[3], n[4] + at, n[0]]),
  );
  return all.filter((row) => all[0] && recorderOf(row) === recorderOf(all[0]));
}
