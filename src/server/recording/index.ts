/** Mutations that record: master data and events, in bulk. */
import { AnswerGapResolver } from './answer-gap.js';
import { MixedResolver } from './mixed.js';
import { bulkResolver } from './mutations.js';

export const recordingResolvers = () => [bulkResolver(), AnswerGapResolver, MixedResolver];
