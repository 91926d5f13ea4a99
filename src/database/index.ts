/** The database: embedded or one's own, migrations, pools and sessions. */

export { type Failpoint, failpoint, failpoints } from '../failpoint.js';
export { readClock } from './clock.js';
export { DataInUseError } from './data-lock.js';
export {
  connect,
  type Database,
  loginUrl,
  openDatabase,
  type Patience,
  prepare,
  prepareKeys,
} from './database.js';
export { startEmbeddedPostgres } from './embedded-postgres.js';
export { type EntitiesOn, entityManagers } from './orm.js';
export { ormOptions } from './orm-options.js';
export { outageOf } from './outage.js';
export { type Planner, plannerOf, preparedName } from './prepared.js';
export {
  type DatabaseRole,
  type Session,
  type SessionOptions,
  sessionStatements,
  undo,
  withSession,
} from './session.js';
