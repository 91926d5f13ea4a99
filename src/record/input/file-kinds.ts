/** The files of a chain and their columns: one table that CSV, GraphQL and documents read. */
import { afterSalesFiles } from './file-kinds/after-sales.js';
import type { ColumnSpec, FileKind, FileSpec } from './file-kinds/column.js';
import { designFiles } from './file-kinds/design.js';
import { distributionFiles } from './file-kinds/distribution.js';
import { masterFiles } from './file-kinds/master.js';
import { productionFiles } from './file-kinds/production.js';

export type { ColumnSpec, ColumnType, FileKind, FileSpec } from './file-kinds/column.js';

/** Every kind of file in dependency order: what a row names stands in an earlier file. */
export const fileSpecs: readonly FileSpec[] = [
  ...masterFiles,
  ...designFiles,
  ...productionFiles,
  ...distributionFiles,
  ...afterSalesFiles,
];

const specByKind = new Map(fileSpecs.map((spec) => [spec.kind, spec]));
const columnsByKind = new Map(
  fileSpecs.map((spec) => [spec.kind, new Map(spec.columns.map((column) => [column.name, column]))]),
);

/** The file of a kind. Throws on a kind that does not exist: the caller's mistake, not the input's. */
export function fileSpecOf(kind: FileKind): FileSpec {
  const spec = specByKind.get(kind);
  if (!spec) throw new Error(`no file kind ${kind}`);
  return spec;
}

/** The column of that name, or undefined for one the file does not have. */
export const columnOf = (kind: FileKind, name: string): ColumnSpec | undefined =>
  columnsByKind.get(kind)?.get(name);

/** The kind a file name stands for, or undefined; names are exact. */
export const kindOfFile = (file: string): FileKind | undefined =>
  fileSpecs.find((spec) => spec.file === file)?.kind;

/** The column that ends the interval a row opens; it is an event of its own and no part of the row's identity. */
export const endColumns: Partial<Record<FileKind, { start: string; end: string }>> = {
  fittings: { start: 'fitted_at', end: 'removed_at' },
  packings: { start: 'packed_at', end: 'unpacked_at' },
  registrations: { start: 'registered_at', end: 'ended_at' },
};
