/** One mutation for each kind of the record, built from its files. */
import { Arg, type ClassType, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../../graphql/index.js';
import { type FileKind, fileSpecOf, toInputRow } from '../../record/input/index.js';
import { rowInputOf } from './input-types.js';
import { capitalised, listFields, type RecordingName, recordingNames } from './names.js';
import { RecordingOptions, RecordPayload } from './payload.js';
import { record } from './record.js';

type RowLists = RecordingOptions & Record<string, object[] | null | undefined>;

const optionsOf = ({ onProblem, dryRun }: RecordingOptions) => ({ onProblem, dryRun });

const listFieldOf = (kind: FileKind): string =>
  listFields[kind] ?? (fileSpecOf(kind).master ? kind : 'events');

/** The input of one mutation: a list of rows for each kind it takes, and the options. */
function mutationInput({ mutation, kinds, description }: RecordingName): ClassType<object> {
  const input = class extends RecordingOptions {};
  InputType(`${capitalised(mutation)}Input`, {
    description: `Input of \`${mutation}\`: ${description}`,
  })(input);
  for (const kind of kinds) {
    const row = rowInputOf(kind);
    const options = {
      description: `Rows, 1 to 1000${kinds.length > 1 ? ' over all lists' : ''}: ${fileSpecOf(kind).description}`,
      nullable: kinds.length > 1,
    };
    Field(() => [row], options)(input.prototype, listFieldOf(kind));
  }
  return input;
}

/** A resolver class with one method for each recording; type-graphql reads its decorators, applied here as functions. */
export function bulkResolver(): ClassType<object> {
  const resolver = class {};
  for (const name of recordingNames) {
    const input = mutationInput(name);
    const method = (given: RowLists, context: RequestContext): Promise<RecordPayload> => {
      const rows = name.kinds.flatMap((kind) =>
        (given[listFieldOf(kind)] ?? []).map((row, index) => ({
          row: toInputRow(kind, row),
          path: ['input', listFieldOf(kind), String(index)],
        })),
      );
      return record(
        context,
        rows.map(({ row }) => row),
        { ...optionsOf(given), pathOf: (index) => rows[index]?.path ?? ['input'] },
      );
    };
    Object.defineProperty(resolver.prototype, name.mutation, {
      value: method,
      writable: true,
      configurable: true,
    });
    const descriptor = Object.getOwnPropertyDescriptor(resolver.prototype, name.mutation) ?? {};
    Reflect.defineMetadata('design:paramtypes', [input, Object], resolver.prototype, name.mutation);
    Arg('input', () => input, { description: 'The rows and the options.' })(
      resolver.prototype,
      name.mutation,
      0,
    );
    Ctx()(resolver.prototype, name.mutation, 1);
    Mutation(() => RecordPayload, { description: name.description })(
      resolver.prototype,
      name.mutation,
      descriptor,
    );
  }
  Resolver()(resolver);
  return resolver;
}
