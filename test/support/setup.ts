/** Decorators of the GraphQL types need their metadata store before any of them is read. */
import 'reflect-metadata';
