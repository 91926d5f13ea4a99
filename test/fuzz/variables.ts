/** Questions of every operation with variables of its own types: right in shape for the most part, odd in what they hold. */
import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { type Json, mutatedText, oddTexts } from './mutate.js';

/** Fields of fields that are asked for, at most this deep. */
const SELECTION_DEPTH = 3;
const INPUT_DEPTH = 7;

/** Everything that can be asked of a type without arguments that must be given, pages of two rows. */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  if (isNonNullType(type) || isListType(type)) return selectionOf(type.ofType, depth);
  if (isLeafType(type)) return '';
  if (!isObjectType(type) || depth === 0) return '{ __typename }';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const required = field.args.filter(isRequiredArgument);
    if (required.some(({ name }) => name !== 'first')) return [];
    const leaf = isLeafType(unwrapped(field.type));
    if (!leaf && depth === 1 && field.args.length > 0) return [];
    return [`${field.name}${required.length > 0 ? '(first: 2)' : ''} ${selectionOf(field.type, depth - 1)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

const unwrapped = (type: GraphQLOutputType): GraphQLOutputType =>
  isNonNullType(type) || isListType(type) ? unwrapped(type.ofType) : type;

export interface Operation {
  name: string;
  document: string;
  variables: fc.Arbitrary<{ [name: string]: Json }>;
}

/** Every operation of the schema; `words` are what the record knows. */
export function operationsOf(schema: GraphQLSchema, words: Words): Operation[] {
  const operationOf = (type: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): Operation => {
    const declared = field.args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
    const given = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
    const depth = type === 'query' ? SELECTION_DEPTH : 2;
    const call = `${field.name}${given === '' ? '' : `(${given})`} ${selectionOf(field.type, depth)}`;
    const required = field.args.filter(isRequiredArgument).map(({ name }) => name);
    return {
      name: field.name,
      document: `${type}${declared === '' ? '' : `(${declared})`} { ${call} }`,
      variables: fc.record(
        Object.fromEntries(
          field.args.map((arg) => [arg.name, inputOf(arg.type, arg.name, words, INPUT_DEPTH)]),
        ),
        { requiredKeys: required },
      ) as fc.Arbitrary<{ [name: string]: Json }>,
    };
  };
  return [
    ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => operationOf('query', field)),
    ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) =>
      operationOf('mutation', field),
    ),
  ];
}

const times = [
  '2026-03-09T12:00:00Z',
  '2026-03-01T08:00:00+01:00',
  '2026-03-13T00:00:00.001-14:00',
  '1000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];
const numbers = ['1', '2', '60', '0', '0.5', '-1', '1000000000000000', '9223372036854775808', '0.000001'];

/** What a field of such a name holds when it is right. */
const wordsOf: readonly [RegExp, keyof Words | 'times' | 'numbers'][] = [
  [/gtin$/i, 'gtins'],
  [/gln|^source$|^site$/i, 'glns'],
  [/lot$/i, 'lots'],
  [/serial$/i, 'serials'],
  [/sscc$|^key$/i, 'units'],
  [/(At|From|To|Before|After|On)$/, 'times'],
  [/quantity|lower|upper|value|below|above/i, 'numbers'],
  [/eventId/i, 'events'],
  [/code$/i, 'codes'],
];

/** What the record knows, by kind. */
export interface Words {
  gtins: readonly string[];
  glns: readonly string[];
  lots: readonly string[];
  serials: readonly string[];
  units: readonly string[];
  events: readonly string[];
  codes: readonly string[];
  others: readonly string[];
}

function inputOf(type: GraphQLInputType, name: string, words: Words, depth: number): fc.Arbitrary<Json> {
  if (isNonNullType(type)) return inputOf(type.ofType, name, words, depth);
  if (isListType(type)) {
    const inner = inputOf(type.ofType, name, words, depth);
    return fc.array(inner, {
      minLength: depth > 0 ? 1 : 0,
      maxLength: depth > 3 ? 3 : 1,
    }) as fc.Arbitrary<Json>;
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((value) => value.name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const inner = fields.map((field) => {
      const given = depth > 0 || isNonNullType(field.type);
      return [
        field.name,
        given ? inputOf(field.type, field.name, words, depth - 1) : fc.constant(null),
      ] as const;
    });
    if (type.isOneOf)
      return depth > 0
        ? fc.oneof(...inner.map(([key, value]) => value.map((one): Json => ({ [key]: one }))))
        : fc.constant<Json>({});
    const needed = fields.filter((field) => isNonNullType(field.type)).map((field) => field.name);
    return fc.record(Object.fromEntries(inner), { requiredKeys: needed }) as fc.Arbitrary<Json>;
  }
  return scalarOf(type.name, name, words);
}

function scalarOf(type: string, name: string, words: Words): fc.Arbitrary<Json> {
  switch (type) {
    case 'Int':
      return fc.constantFrom(...(name === 'first' ? [1, 2, 100] : []), 2, 1, 0, 101, -1, 2_147_483_647);
    case 'Float':
      return fc.constantFrom(0, 1.5, -1, 1e300);
    case 'Boolean':
      return fc.boolean();
    case 'DateTime':
      return fc.constantFrom(...times);
    case 'BigInt':
    case 'Decimal':
      return fc.constantFrom(...numbers);
    default: {
      const any = [...Object.values(words).flat(), ...times, ...numbers];
      const kind = wordsOf.find(([pattern]) => pattern.test(name))?.[1] ?? 'others';
      const right = kind === 'times' ? times : kind === 'numbers' ? numbers : words[kind];
      return fc.oneof(
        { arbitrary: fc.constantFrom(...right), weight: 30 },
        { arbitrary: fc.constantFrom(...any), weight: 2 },
        { arbitrary: mutatedText(any), weight: 1 },
        { arbitrary: fc.constantFrom(...oddTexts), weight: 1 },
      );
    }
  }
}
