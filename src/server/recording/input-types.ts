/** Input types of rows, built from the columns of their files: one source for CSV and GraphQL. */
import { type ClassType, Field, InputType } from 'type-graphql';
import {
  disposalReasons,
  keeperKinds,
  partDestinations,
  returnDestinations,
} from '../../aftersales/index.js';
import { productKinds, revisionStates } from '../../design/index.js';
import { partyRoles, siteKinds } from '../../parties/index.js';
import { batchStatuses, mixings, verdicts } from '../../production/index.js';
import { type ColumnSpec, type FileKind, type FileSpec, fileSpecOf } from '../../record/input/index.js';
import { camelCase, capitalised } from './names.js';

/** The enum of each closed column. */
const enums: Record<string, Record<string, string>> = {
  'parties.roles': partyRoles,
  'sites.kind': siteKinds,
  'products.kind': productKinds,
  'design_revisions.state': revisionStates,
  'consumption.mixing': mixings,
  'inspections.verdict': verdicts,
  'batch_status.status': batchStatuses,
  'returns.to': returnDestinations,
  'registrations.kind': keeperKinds,
  'services.part_out_to': partDestinations,
  'disposals.reason': disposalReasons,
};

const types = new Map<FileKind, ClassType<object>>();

/** The input type of one row of a kind; each is made once. */
export function rowInputOf(kind: FileKind): ClassType<object> {
  const known = types.get(kind);
  if (known) return known;
  const spec = fileSpecOf(kind);
  const type = class {};
  InputType(`${capitalised(spec.entry)}Input`, {
    description: spec.description,
  })(type);
  for (const column of spec.columns) {
    const nullable = !(column.required || (column.name === 'event_id' && !spec.master));
    const options = { description: column.description, nullable };
    Field(typeOf(spec, column), options)(type.prototype, camelCase(column.name));
  }
  types.set(kind, type);
  return type;
}

function typeOf(spec: FileSpec, column: ColumnSpec) {
  if (column.type === 'boolean') return () => Boolean;
  if (!column.values) return column.type === 'enums' ? () => [String] : () => String;
  const type = enums[`${spec.kind}.${column.name}`];
  if (!type || Object.values(type).sort().join() !== [...column.values].sort().join()) {
    throw new Error(`${spec.file}: column ${column.name} and its enum differ`);
  }
  return column.type === 'enums' ? () => [type] : () => type;
}
