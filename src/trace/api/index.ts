/** Trace as GraphQL: what a question is about. */
export { resolveSubject } from './resolve-subject.js';
export { BatchKeyInput, ItemKeyInput, SubjectInput } from './subject.types.js';
