/** Rows in: the files of a chain and their columns, read, checked, made canonical and identified. */
export { formatCell } from './csv-cell.js';
export { columnToField, fieldToColumn, toInputRow } from './field-names.js';
export {
  type ColumnSpec,
  type ColumnType,
  columnOf,
  type FileKind,
  type FileSpec,
  fileSpecOf,
  fileSpecs,
} from './file-kinds.js';
export { Fingerprints, shortOf } from './fingerprints.js';
export {
  contentHash,
  type IdentifiedRow,
  identifyRows,
  type PersonalDigest,
} from './identify.js';
export {
  baseUnits,
  type Dimension,
  dimensionOf,
  formatQuantity,
  measureTable,
  parseDecimal,
  QUANTITY_MAX,
  type ScaleResult,
  scaleQuantity,
  unitsOfMeasure,
} from './quantity.js';
export { listFolder, PART_ENDING, type ReadResult, readFile, readFolder, readRows } from './read-csv.js';
export {
  type CanonicalRow,
  type CanonicalValue,
  formatProblem,
  type InputProblem,
  type InputRow,
} from './row.js';
export {
  AHEAD_MAX_MS,
  type CanonicalTime,
  formatTime,
  parseDate,
  parseTime,
  type TimeResult,
} from './time.js';
export { formatUsedIn, parseUsedIn, type UsedIn } from './used-in.js';
export { type Validation, validateRow } from './validate-row.js';
export { writeCsv } from './write-csv.js';
