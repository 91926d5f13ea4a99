/** Who reported last when: for each site its latest event of each kind, read from the end of an index. */
import type pg from 'pg';
import type { EventKind } from './event-kinds.js';

export interface Feed {
  siteId: bigint;
  partyId: bigint;
  kind: EventKind | null;
  recorderId: bigint | null;
  lastRecordedAt: Date | null;
  lastOccurredAt: Date | null;
}

export interface FeedPage {
  partyId: bigint | null;
  /** Only sites that told nothing since. */
  silentSince: Date | null;
  siteKinds: readonly string[] | null;
  after: string | null;
  limit: number;
}

/** Sites in the order of ids, each with the latest event that was reported there; sites that never told anything too. */
export async function pageFeeds(client: pg.ClientBase, page: FeedPage): Promise<Feed[]> {
  // what was sent is reported by the sender, what came by the receiver
  const latest = (column: string, kind?: EventKind): string => `
    (select e.kind, e.recorder_id, e.recorded_at, e.occurred_at, e.event_seq from event e
     where e.${column} = s.site_id${kind ? ` and e.kind = '${kind}'` : ''} order by e.${column}, e.recorded_at desc, e.occurred_at desc, e.event_seq desc limit 1)`;
  const { rows } = await client.query<Feed>(
    `select s.site_id as "siteId", s.party_id as "partyId", l.kind, l.recorder_id as "recorderId",
       l.recorded_at as "lastRecordedAt", nullif(l.occurred_at, 'epoch') as "lastOccurredAt"
     from site s
     left join lateral (
       select * from (${latest('site_id')} union all ${latest('from_site_id', 'SHIPPED')} union all ${latest('to_site_id', 'RECEIVED')}) x
       order by x.recorded_at desc, x.occurred_at desc, x.event_seq desc limit 1
     ) l on true
     where ($1::bigint is null or s.party_id = $1) and ($2::timestamptz is null or l.recorded_at is null or l.recorded_at < $2)
       and ($3::text[] is null or s.kind = any($3)) and ($4::bigint is null or s.site_id > $4) and not s.stub and s.gln is not null
     order by s.site_id limit $5`,
    [page.partyId, page.silentSince, page.siteKinds, page.after, page.limit],
  );
  return rows;
}
