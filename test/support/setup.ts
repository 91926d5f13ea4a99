/** Decorators of the GraphQL types need their metadata store before any of them is read; what chance decides has the run's seed. */
import 'reflect-metadata';
import fc from 'fast-check';
import { seed } from './effort.js';

fc.configureGlobal({ seed });
