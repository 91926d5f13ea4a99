/** What is committed under schema/ is what the program has: the API as SDL, the database as a picture of its catalogue. */
import { join } from 'node:path';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, isSpecifiedScalarType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { printedSchema, schemaOf } from '../../src/server/schema.js';
import { createTestDatabase } from '../support/database.js';
import { databasePicture } from './database-picture.js';

const folder = join(import.meta.dirname, '../../schema');

describe('what is committed under schema/', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await database?.close();
  });

  test('the API is the one committed (npm run schema writes it anew)', async () => {
    await expect(printedSchema()).toMatchFileSnapshot(join(folder, 'schema.graphql'));
  });

  test('the database is the one committed (npm run schema writes it anew)', async () => {
    await expect(await databasePicture(database.ownerPool)).toMatchFileSnapshot(join(folder, 'database.txt'));
  });

  test('every type, field, argument and value says what it is', () => {
    const schema = schemaOf();
    const silent: string[] = [];
    const check = (name: string, of: { description?: string | null }): void => {
      if (!of.description) silent.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
      if (!['Query', 'Mutation', 'Subscription'].includes(type.name)) check(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          check(`${type.name}.${field.name}`, field);
          for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name})`, argument);
        }
      }
    }
    expect(silent).toEqual([]);
  });
});
