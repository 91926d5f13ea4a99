/** Scalars of the API: exact numbers and times as JSON strings, so that no client rounds them. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

function textScalar<T>(options: {
  name: string;
  description: string;
  specifiedByURL?: string;
  serialize: (value: unknown) => string;
  parse: (text: string) => T;
}): GraphQLScalarType<T, string> {
  const { name, description, specifiedByURL, serialize, parse } = options;
  const fromText = (value: unknown): T => {
    if (typeof value !== 'string') throw new GraphQLError(`${name}: expected a JSON string`);
    return parse(value);
  };
  return new GraphQLScalarType<T, string>({
    name,
    description,
    specifiedByURL: specifiedByURL ?? null,
    serialize,
    parseValue: fromText,
    parseLiteral: (node) => {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`${name}: expected a string`, { nodes: node });
      return fromText(node.value);
    },
  });
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

export const DateTime = textScalar<Date>({
  name: 'DateTime',
  description: 'A moment as ISO 8601 text with offset; answers are in UTC with milliseconds.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
  parse: (text) => {
    const at = new Date(text);
    if (!TIME.test(text) || Number.isNaN(at.getTime())) {
      throw new GraphQLError(`DateTime ${text}: expected a time with offset, as 2026-03-01T08:00:00+01:00`);
    }
    return at;
  },
});

export const BigIntText = textScalar<bigint>({
  name: 'BigInt',
  description: 'A whole number of any size, always a JSON string.',
  serialize: (value) => String(value),
  parse: (text) => {
    if (!/^-?\d{1,40}$/.test(text)) throw new GraphQLError(`BigInt ${text}: expected a whole number`);
    return BigInt(text);
  },
});

export const DecimalText = textScalar<string>({
  name: 'Decimal',
  description: 'An exact decimal number with a point, always a JSON string.',
  serialize: (value) => String(value),
  parse: (text) => {
    if (!/^[+-]?\d{1,40}(\.\d{1,40})?$/.test(text))
      throw new GraphQLError(`Decimal ${text}: expected a decimal number`);
    return text;
  },
});

export const RuleJson = new GraphQLScalarType({
  name: 'RuleJson',
  description: 'The rule of a recall as JSON, in the shape of `ScopeRuleInput`, with canonical keys.',
  serialize: (value) => value,
});
