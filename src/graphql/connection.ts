/** Relay connections: pages of 1 to 100 rows by keyset, with cursors only their maker can read. */
import DataLoader from 'dataloader';
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { CursorError, openCursor, sealCursor } from '../access/index.js';
import { type RequestContext, requirePrincipal } from './context.js';
import { groupBy } from './loader.js';
import { Refusal } from './refusal.js';

export const PAGE_SIZE_MAX = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    description: 'Rows of the page, 1 to 100; anything else is refused with BAD_PAGE_SIZE.',
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the row before the page; absent: the first page.',
  })
  after?: string | null;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether rows follow this page.' })
  hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last row of the page; null on an empty page.',
  })
  endCursor!: string | null;
}

export interface Connection<T> {
  edges: { node: T; cursor: string }[];
  pageInfo: PageInfo;
}

/** The connection and edge types of a node type. */
export function connectionOf<T extends object>(
  node: () => ClassType<T>,
  name: string,
): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One row of a page of ${name}.` })
  class Edge {
    @Field(() => node(), { description: 'The row.' })
    node!: T;

    @Field(() => String, {
      description: 'Where the row stands; opaque, good for this list and this caller alone.',
    })
    cursor!: string;
  }
  @ObjectType(`${name}Connection`, {
    description: `A page of ${name}; pages put together are the whole, each row once.`,
  })
  class Page implements Connection<T> {
    @Field(() => [Edge], { description: 'The rows in the order of the list.' })
    edges!: Edge[];

    @Field(() => PageInfo, {
      description: 'Where the page stands in the list.',
    })
    pageInfo!: PageInfo;
  }
  return Page;
}

/** What a cursor is good for: one field, filter and order, and one caller. */
function bindingOf(context: RequestContext, field: string, filter: unknown): string {
  const { tokenId } = requirePrincipal(context);
  return textOf([field, filter ?? null, tokenId]);
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));

export interface List {
  /** Name of the list in the API, such as "stock". */
  field: string;
  /** What selects and orders its rows. */
  filter?: unknown;
}

/** A page read from the database: `fetch` answers at most `limit` rows after the key, in order. */
export async function keysetPage<T>(
  context: RequestContext,
  list: List,
  { first, after }: PageArgs,
  source: {
    fetch: (after: string[] | null, limit: number) => Promise<T[]>;
    keyOf: (row: T) => string[];
  },
): Promise<Connection<T>> {
  checkPageSize(first);
  const binding = bindingOf(context, list.field, list.filter);
  const rows = await source.fetch(after == null ? null : openKey(context, binding, after), first + 1);
  const edges = rows.slice(0, first).map((node) => ({
    node,
    cursor: sealCursor(context.secret, binding, source.keyOf(node)),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Pages of a list that each row of a level has: read for all rows in one statement. `of` is the row the list belongs to. */
export async function pageOfEach<T extends { of: bigint }>(
  context: RequestContext,
  list: List & { of: bigint },
  args: PageArgs,
  source: {
    fetch: (of: bigint[], after: string[] | null, limit: number) => Promise<T[]>;
    keyOf: (row: T) => string[];
  },
): Promise<Connection<T>> {
  const binding = { field: list.field, filter: [list.of, list.filter ?? null] };
  return keysetPage(context, binding, args, {
    fetch: (after, limit) => {
      const level = textOf([list.field, list.filter ?? null, after, limit]);
      const loader = context.memo(
        `page:${level}`,
        () =>
          new DataLoader<bigint, T[]>(async (ids) => {
            const rows = groupBy(ids, await source.fetch([...ids], after, limit), (row) => row.of);
            return ids.map((id) => rows.get(id) ?? []);
          }),
      );
      return loader.load(list.of);
    },
    keyOf: source.keyOf,
  });
}

/** A page of rows that are all in memory, sorted by a unique key: a number or a text. */
export async function arrayPage<T>(
  context: RequestContext,
  list: List,
  args: PageArgs,
  source: { rows: readonly T[]; keyOf: (row: T) => bigint | string },
): Promise<Connection<T>> {
  return keysetPage(context, list, args, {
    fetch: async (after, limit) => {
      const last = after?.[0];
      if (last === undefined) return source.rows.slice(0, limit);
      const start = source.rows.findIndex((row) => {
        const key = source.keyOf(row);
        return typeof key === 'bigint' ? key > BigInt(last) : key > last;
      });
      return start < 0 ? [] : source.rows.slice(start, start + limit);
    },
    keyOf: (row) => [String(source.keyOf(row))],
  });
}

export function checkPageSize(first: number): void {
  if (!Number.isInteger(first) || first < 1 || first > PAGE_SIZE_MAX) {
    throw new Refusal('BAD_PAGE_SIZE', `first: ${first} is not in 1 to ${PAGE_SIZE_MAX}`);
  }
}

function openKey(context: RequestContext, binding: string, cursor: string): string[] {
  let key: unknown;
  try {
    key = openCursor(context.secret, binding, cursor);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    key = null;
  }
  if (!Array.isArray(key) || !key.every((part) => typeof part === 'string')) {
    throw new Refusal('BAD_CURSOR', 'after: not a cursor of this list, filter and caller');
  }
  return key;
}
