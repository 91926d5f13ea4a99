/** What one operation may ask for: depth, aliases, root fields, directives and cost, counted with its variables. */
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { Refusal, type RequestContext } from '../graphql/index.js';

export const limits = {
  tokens: 20_000,
  depth: 24,
  aliases: 60,
  rootFields: 20,
  directives: 60,
  /** Objects an operation may answer with, in the worst case. */
  cost: 100_000,
  anonymousCost: 2_000,
  /** Bytes of a request body. */
  body: 1024 * 1024,
  /** Bytes of a body that records in bulk. */
  bulkBody: 8 * 1024 * 1024,
  /** Rows of one mutation. */
  rows: 1_000,
  /** Subjects of one question. */
  subjects: 100,
  statementTimeoutMs: 60_000,
} as const;

interface Weight {
  cost: number;
  depth: number;
  aliases: number;
  directives: number;
}

const nothing: Weight = { cost: 0, depth: 0, aliases: 0, directives: 0 };

/** Apollo keeps validated documents, so a validation rule would miss the next caller's variables; this runs on each. */
export const limitsPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    let cost = 0;
    return {
      async didResolveOperation(request) {
        cost = checkOperation(request);
      },
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single' || cost === 0) return;
        const max = contextValue.principal === null ? limits.anonymousCost : limits.cost;
        const { singleResult } = response.body;
        singleResult.extensions = {
          ...singleResult.extensions,
          cost: { estimated: cost, max },
        };
      },
    };
  },
};

function checkOperation(request: GraphQLRequestContextDidResolveOperation<RequestContext>): number {
  const { document, operation, schema, contextValue } = request;
  if (!operation) return 0;
  const weight = weigh(schema, document, operation, request.request.variables ?? {});
  const rootFields = operation.selectionSet.selections.length;
  const maxCost = contextValue.principal === null ? limits.anonymousCost : limits.cost;
  const refuse = (what: string, found: number, max: number): void => {
    if (found > max) throw new Refusal('OPERATION_TOO_COSTLY', `operation: ${what} ${found}, at most ${max}`);
  };
  refuse('depth', weight.depth, limits.depth);
  refuse('aliases', weight.aliases, limits.aliases);
  refuse('root fields', rootFields, limits.rootFields);
  refuse('directives', weight.directives, limits.directives);
  refuse('cost', weight.cost, maxCost);
  return weight.cost;
}

/** Every object costs 1; a connection costs its page. A fragment is weighed once, however often it is spread. */
export function weigh(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const weighed = new Map<string, Weight>();
  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType | null): Weight => {
    let total = nothing;
    for (const selection of set.selections) {
      const part = ofSelection(selection, type);
      const own = selection.directives?.length ?? 0;
      total = {
        cost: total.cost + part.cost,
        depth: Math.max(total.depth, part.depth),
        aliases: total.aliases + part.aliases,
        directives: total.directives + part.directives + own,
      };
    }
    return total;
  };
  const ofSelection = (
    selection: SelectionSetNode['selections'][number],
    type: GraphQLCompositeType | null,
  ): Weight => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return ofSet(selection.selectionSet, type);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      if (!fragment) return nothing;
      const on = schema.getType(fragment.typeCondition.name.value);
      const weight = weighed.get(name) ?? ofSet(fragment.selectionSet, isCompositeType(on) ? on : null);
      weighed.set(name, weight);
      return weight;
    }
    const aliases = selection.alias ? 1 : 0;
    if (!selection.selectionSet) return { cost: 0, depth: 1, aliases, directives: 0 };
    const field = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
    const next = field ? getNamedType(field.type) : null;
    const inner = ofSet(selection.selectionSet, isCompositeType(next) ? next : null);
    const first = selection.arguments?.find((argument) => argument.name.value === 'first');
    const page = first ? pageSize(first.value, variables) : 1;
    return {
      ...inner,
      cost: page * (1 + inner.cost),
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
    };
  };
  return ofSet(operation.selectionSet, schema.getRootType(operation.operation) ?? null);
}

function pageSize(value: ValueNode, variables: Record<string, unknown>): number {
  const given =
    value.kind === Kind.VARIABLE
      ? Number(variables[value.name.value])
      : value.kind === Kind.INT
        ? Number(value.value)
        : 1;
  return Number.isFinite(given) ? Math.min(Math.max(given, 1), 100) : 1;
}
