/** The schema, built once from the classes of every context and the kinds of the record. */
import 'reflect-metadata';
import { GraphQLInputObjectType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { recordingResolvers } from './recording/index.js';
import { oneOfInputs, resolvers } from './resolvers.js';

const fedElsewhere = (): never => {
  throw new Error('streams are fed by src/server/live');
};

let built: GraphQLSchema | null = null;

export function schemaOf(): GraphQLSchema {
  built ??= build();
  return built;
}

function build(): GraphQLSchema {
  const all = [...resolvers, ...recordingResolvers()];
  const schema = buildSchemaSync({
    resolvers: all as NonEmptyArray<(typeof all)[number]>,
    validate: false,
    // asked for by type-graphql wherever there are subscriptions; ours are fed by src/server/live
    pubSub: { publish: fedElsewhere, subscribe: fedElsewhere },
  });
  for (const name of oneOfInputs) {
    const type = schema.getType(name);
    if (!(type instanceof GraphQLInputObjectType)) throw new Error(`no input type ${name}`);
    type.isOneOf = true; // type-graphql has no option for it; graphql prints and enforces it
  }
  return schema;
}

/** The schema as text, sorted, so that a change of order is no change. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schemaOf()))}\n`;
