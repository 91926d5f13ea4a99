/** Listens to a stream until it tells something. */
import type { Answer } from '../server/server.js';

/** Longest that is waited for the first event of a stream that has begun; an error comes with its beginning. */
const FIRST_EVENT_MS = 500;

/** Of a stream: the number of the recall it shows, "" for one that waits for its first event, or the code it ends with. */
export async function firstEvent(url: string, token: string | undefined, query: string): Promise<string> {
  const gone = new AbortController();
  const response = await fetch(`${url}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
    signal: gone.signal,
  });
  let text = '';
  const timer = setTimeout(() => gone.abort(), FIRST_EVENT_MS);
  try {
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString('utf8');
      if (text.includes('event: next')) break;
    }
  } catch {
    // nothing came while we listened
  } finally {
    clearTimeout(timer);
    gone.abort();
  }
  const data = /^data: (.+)$/m.exec(text)?.[1];
  if (data === undefined) return '';
  const event = JSON.parse(data) as Pick<Answer, 'data' | 'errors'>;
  return event.errors?.[0]?.extensions.code ?? event.data?.recallProgress.number;
}
