/** Every entity: what is read by id and written one at a time. Sets of rows are read and written by hand-written SQL. */
import { ExportEntity } from './recall/api/index.js';

export const entities = [ExportEntity];
