/** How single values are written into the pre-hash string. */
import { canonicalUri } from '../../gs1/index.js';
import { cbvUri } from '../cbv-words.js';
import { type Context, expandCurie } from '../context.js';
import type { Field } from './fields.js';

/** A value as text; undefined for what says nothing. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

/** The instant in UTC with milliseconds; the fourth decimal of a second rounds. Text that is no time stays. */
export function hashTime(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})$/i.exec(text);
  if (!match) return text;
  const instant = Date.parse(`${match[1]}${match[3]}`) + Math.round(Number(`0.${match[2] ?? 0}`) * 1000);
  return Number.isNaN(instant) ? text : new Date(instant).toISOString();
}

/** Numbers without sign of plus, leading or trailing zeros, exact at any length; other text as it is. */
function hashNumber(text: string): string {
  const match = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text);
  if (!match) return text;
  const number = match[3] ? `${match[2]}.${match[3]}` : (match[2] ?? text);
  return match[1] === '-' && number !== '0' ? `-${number}` : number;
}

/** Text that may be a number, a GS1 key or a CBV word of EPCIS 1.2. */
export function hashText(text: string): string {
  const old = /^urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):(.+)$/.exec(text);
  if (old) {
    const names = { bizstep: 'BizStep', disp: 'Disp', btt: 'BTT', sdt: 'SDT', er: 'ER' } as const;
    return `https://ref.gs1.org/cbv/${names[old[1] as keyof typeof names]}-${old[2]}`;
  }
  const number = hashNumber(text);
  return number === text ? hashId(text) : number;
}

/** GS1 keys in their canonical Digital Link; the vectors leave an apostrophe unescaped. */
function hashId(text: string): string {
  return canonicalUri(text)?.replaceAll('%27', "'") ?? text;
}

/** The value of a field of the standard. */
export function hashValue(text: string, field: Field, context: Context): string {
  switch (field.kind) {
    case 'time':
      return hashTime(text);
    case 'word':
      return cbvUri(text, field.vocabulary, context);
    case 'term': {
      const uri = expandCurie(text, context);
      return /^[A-Za-z0-9_]+$/.test(uri) ? `https://gs1.org/voc/${uri}` : uri;
    }
    case 'id':
      return hashId(expandCurie(text, context));
    default:
      return hashText(text);
  }
}
