/** Asks for an export. */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../../../graphql/index.js';
import { readRule } from '../read-rule.js';
import { ExportScopeInput, ExportScopePayload } from './export.types.js';
import { requestExport } from './request-export.js';

@Resolver()
export class ExportResolver {
  @Mutation(() => ExportScopePayload, {
    description:
      'A list of a scope as a file at an address that expires in a day. Who may ask the scope may export what it shows them.',
  })
  async exportScope(
    @Arg('input', () => ExportScopeInput, { description: 'The list.' }) input: ExportScopeInput,
    @Ctx() context: RequestContext,
  ): Promise<ExportScopePayload> {
    const { exposure, asOf, knownAt, list, format, idempotencyKey } = input;
    const question = {
      rule: readRule(input.rule, 'rule'),
      keep: input.keep == null ? null : readRule(input.keep, 'keep'),
      exposure,
      asOf: asOf ?? null,
      knownAt: knownAt ?? null,
    };
    const request = { question, list, format, idempotencyKey: idempotencyKey ?? null };
    return { export: await requestExport(context, request) };
  }
}
