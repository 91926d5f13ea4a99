/**
 * Chains for tests that read aloud: names stand for keys, `bike/B1` is a lot, `bike#K1` an item, `bike` goods without
 * either. Every verb is a row of the record; every chain has keys of its own, so that many share one database.
 */
import { createHash } from 'node:crypto';
import type { Database } from '../../src/database/index.js';
import { eventKeyOf, recordRows } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';
import { testVault } from './vault.js';

type Values = Record<string, string | undefined>;
type More = Record<string, string | number | undefined>;

export interface Chain {
  database: Database;
  /** GTIN of a product, GLN of a party or site, SSCC of a unit, by name. */
  key(name: string): string;
  /** The key of a name, or what is a key already. */
  keyOr(name: string): string;
  /** `{ gtin, lot }`, `{ gtin, serial }` or `{ gtin }` of goods, as a rule names them. */
  goods(goods: string): { gtin: string; lot?: string; serial?: string };
  /** Any row at all; answers its event id. */
  row(kind: FileKind, values: More): string;
  /** Party with roles; its site carries the same name with `kind`, unless it has none. */
  party(name: string, roles: string, site?: { kind?: string; country?: string; region?: string }): void;
  site(name: string, party: string, kind: string, more?: More): void;
  product(name: string, kind: 'FINISHED' | 'COMPONENT' | 'MATERIAL' | 'SOFTWARE', more?: More): void;
  /** A released revision that wants so many of each component. */
  revision(product: string, code: string, wants: Record<string, number>, more?: More): void;
  made(lot: string, quantity: number | null, site: string, at: string, more?: More): string;
  item(serial: string, lot: string | null, at?: string, more?: More): string;
  used(output: string, input: string, quantity: number | null, at: string, more?: More): string;
  fitted(item: string, part: string, at: string, more?: More): string;
  packed(unit: string, content: string, quantity: number | null, at: string, more?: More): string;
  shipped(goods: string, quantity: number | null, from: string, to: string, at: string, more?: More): string;
  received(goods: string, quantity: number | null, to: string, at: string, more?: More): string;
  sold(goods: string, quantity: number | null, site: string, at: string, more?: More): string;
  returned(goods: string, quantity: number | null, site: string, at: string, more?: More): string;
  counted(site: string, goods: string, quantity: number, at: string): string;
  voided(eventId: string, at: string): string;
  /** Records what was told since the last time. */
  record(): Promise<void>;
  /** The name behind a key, and the buyer a sale or registration named. */
  nameOf(key: string): string;
  buyerOf(eventKey: string): string | undefined;
}

let chains = 0;

const withCheckDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, d, at) => total + Number(d) * (at % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

/** `03-01 08:00` is that minute of 2026, UTC; `03-01` the whole day; anything longer stays as it is. */
export const moment = (at: string): string =>
  /^\d\d-\d\d \d\d:\d\d$/.test(at)
    ? `2026-${at.replace(' ', 'T')}:00Z`
    : /^\d\d-\d\d$/.test(at)
      ? `2026-${at}`
      : at;

export function createChain(database: Database): Chain {
  chains += 1;
  const chain = String(chains).padStart(4, '0');
  const rows: InputRow[] = [];
  const keys = new Map<string, string>();
  const names = new Map<string, string>();
  const buyers = new Map<string, string>();
  let events = 0;

  const give = (name: string, length: 13 | 14 | 18): string => {
    const before = keys.get(name);
    if (before !== undefined) return before;
    const digits = (places: number) => `9521${chain}${String(keys.size + 1).padStart(places, '0')}`;
    const key = withCheckDigit(length === 13 ? digits(4) : `0${digits(length === 14 ? 4 : 8)}`);
    keys.set(name, key);
    names.set(key, name);
    return key;
  };
  const key = (name: string): string => {
    const found = keys.get(name);
    if (found === undefined) throw new Error(`the chain names no ${name}`);
    return found;
  };
  const goods = (text: string) => {
    const [, product = '', sign, id = ''] = /^(.+?)(?:([/#])(.+))?$/.exec(text) ?? [];
    const gtin = key(product);
    return sign === '/' ? { gtin, lot: id } : sign === '#' ? { gtin, serial: id } : { gtin };
  };
  const texts = (more: More): Values =>
    Object.fromEntries(
      Object.entries(more)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          name.endsWith('_at') || name === 'at' || name.startsWith('produced_')
            ? moment(String(value))
            : String(value),
        ]),
    );
  const row = (kind: FileKind, values: More): string => {
    events += 1;
    const eventId = String(values.event_id ?? `${chain}:${events}`);
    const { buyer, ...rest } = values;
    if (buyer !== undefined) buyers.set(eventKeyOf(eventId), String(buyer));
    const person: Values =
      buyer === undefined ? {} : { buyer_name: String(buyer), buyer_email: emailOf(chain, String(buyer)) };
    const given = Object.fromEntries(
      Object.entries(rest).filter(([name]) => !(name in person && rest[name] === undefined)),
    );
    rows.push({ kind, values: { event_id: eventId, ...person, ...texts(given as More) } });
    return eventId;
  };
  const master = (kind: FileKind, values: More): void => {
    rows.push({ kind, values: texts(values) });
  };
  const amount = (quantity: number | null): Values =>
    quantity === null ? {} : { quantity: String(quantity) };
  /** A unit by its name, else goods. */
  const moving = (what: string, quantity: number | null): Values => {
    if (what.startsWith('unit ')) return { sscc: give(what, 18) };
    const named = goods(what);
    return { ...named, ...('serial' in named ? {} : amount(quantity)) };
  };
  const prefixed = (prefix: string, named: { gtin: string; lot?: string; serial?: string }): Values =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [`${prefix}${name}`, String(value)]));

  return {
    database,
    key,
    keyOr: (name) => keys.get(name) ?? name,
    goods,
    row,
    party(name, roles, site) {
      const gln = give(`party ${name}`, 13);
      master('parties', { gln, name, roles, ...(site?.country ? { country: site.country } : {}) });
      if (site === undefined) {
        keys.set(name, gln);
        return;
      }
      this.site(name, name, site.kind ?? 'PLANT', {
        ...(site.country ? { country: site.country } : {}),
        ...(site.region ? { region: site.region } : {}),
      });
    },
    site(name, party, kind, more = {}) {
      master('sites', { gln: give(name, 13), party_gln: key(`party ${party}`), name, kind, ...more });
    },
    product(name, kind, more = {}) {
      const owner = keys.get('party maker');
      const owned: Values = owner === undefined ? {} : { owner_gln: owner };
      master('products', { gtin: give(name, 14), name, kind, unit: 'PCE', ...owned, ...more });
    },
    revision(product, code, wants, more = {}) {
      master('design_revisions', { gtin: key(product), code, state: 'RELEASED', ...more });
      for (const [component, quantity] of Object.entries(wants)) {
        const [name = '', position] = component.split('@');
        master('bill_of_materials', {
          gtin: key(product),
          revision: code,
          component_gtin: key(name),
          quantity,
          ...(position ? { position } : {}),
        });
      }
    },
    made(lot, quantity, site, at, more = {}) {
      return row('batches', {
        ...goods(lot),
        source: key(site),
        site_gln: key(site),
        produced_from: at,
        produced_to: at,
        ...amount(quantity),
        ...more,
      });
    },
    item(serial, lot, at, more = {}) {
      return row('items', {
        ...goods(serial),
        ...(lot === null ? {} : { lot: goods(lot).lot ?? '' }),
        ...(at === undefined ? {} : { produced_at: at }),
        ...more,
      });
    },
    used(output, input, quantity, at, more = {}) {
      return row('consumption', {
        ...goods(output),
        ...prefixed('input_', goods(input)),
        ...amount(quantity),
        at,
        ...more,
      });
    },
    fitted(item, part, at, more = {}) {
      return row('fittings', { ...goods(item), ...prefixed('part_', goods(part)), fitted_at: at, ...more });
    },
    packed(unit, content, quantity, at, more = {}) {
      const inside = moving(content, quantity);
      const named: Values = Object.fromEntries(
        Object.entries(inside).map(([name, value]) => [
          name === 'quantity' ? name : `content_${name}`,
          value,
        ]),
      );
      return row('packings', { sscc: give(unit, 18), ...named, packed_at: at, ...more });
    },
    shipped(what, quantity, from, to, at, more = {}) {
      return row('shipments', {
        ...moving(what, quantity),
        from_gln: key(from),
        to_gln: key(to),
        shipped_at: at,
        ...more,
      });
    },
    received(what, quantity, to, at, more = {}) {
      return row('receipts', { ...moving(what, quantity), to_gln: key(to), received_at: at, ...more });
    },
    sold(what, quantity, site, at, more = {}) {
      return row('sales', {
        ...moving(what, quantity),
        ...(site === '' ? {} : { site_gln: key(site) }),
        sold_at: at,
        ...more,
      });
    },
    returned(what, quantity, site, at, more = {}) {
      return row('returns', { ...moving(what, quantity), site_gln: key(site), returned_at: at, ...more });
    },
    counted(site, what, quantity, at) {
      return row('counts', { site_gln: key(site), ...goods(what), quantity, counted_at: at });
    },
    voided(eventId, at) {
      return row('voids', { voided_event_id: eventId, voided_at: at, reason: 'did not happen' });
    },
    async record() {
      const told = rows.splice(0);
      const results = await recordRows({ database, vault: testVault() }, told, {
        onProblem: 'REJECT_ALL',
        dryRun: false,
        recorder: { partyId: null, role: 'ADMIN' },
        requireEventId: false,
      });
      const problem = results
        .flatMap((result) => result.problems)
        .find((found) => found.code !== 'NOT_APPLIED');
      if (problem) throw new Error(JSON.stringify({ ...told[problem.index], problem }));
    },
    nameOf: (named) => names.get(named) ?? named,
    buyerOf: (eventKey) => buyers.get(eventKey),
  };
}

/** One address a name and chain. */
const emailOf = (chain: string, name: string): string =>
  `${createHash('sha256').update(`${chain}:${name}`).digest('hex').slice(0, 12)}@example.org`;
