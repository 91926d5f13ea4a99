/** Reads a list of the API to its end, page by page, as a client would. */
import { expect } from 'vitest';
import type { Answer } from '../server/server.js';

interface Page {
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a row is its query's
  edges: { node: any; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** `ask` gets the cursor and answers the page; rows of all pages, in order. */
export async function allPages(
  ask: (after: string | null) => Promise<Answer>,
  pageOf: (data: NonNullable<Answer['data']>) => Page,
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a row is its query's
): Promise<any[]> {
  const rows = [];
  for (let after: string | null = null; ; ) {
    const answer = await ask(after);
    expect(answer.errors).toBeUndefined();
    const page = pageOf(answer.data as NonNullable<Answer['data']>);
    rows.push(...page.edges.map((edge) => edge.node));
    if (!page.pageInfo.hasNextPage) return rows;
    expect(page.edges.length).toBeGreaterThan(0);
    after = page.pageInfo.endCursor;
  }
}

export const pageFields = 'pageInfo { hasNextPage endCursor }';
