// Asks the running server as any client would: a document over HTTP with a bearer token, and the time it took.

export interface Answered<T> {
  data: T;
  milliseconds: number;
}

/** Sends one GraphQL document; an error in the answer is thrown with its code and message. */
export async function ask<T>(
  url: string,
  token: string,
  document: string,
  variables: Record<string, unknown>,
): Promise<Answered<T>> {
  const started = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document, variables }),
  });
  const body = (await response.json()) as {
    data?: T;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  const milliseconds = performance.now() - started;
  const error = body.errors?.[0];
  if (error || !body.data) {
    throw new Error(`${error?.extensions?.code ?? response.status}: ${error?.message ?? 'no data'}`);
  }
  return { data: body.data, milliseconds };
}
