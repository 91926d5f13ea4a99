/** The event that says of which batch an item is. */
import { loaderOf, type RequestContext } from '../../graphql/index.js';

/** Its id, of the row that stands now; null: the item is only named by other events. */
export const loadItemEventId = async (context: RequestContext, itemId: bigint): Promise<string | null> =>
  (
    await loaderOf<{ eventId: string | null }>(context, 'event of an item', async (client, ids) => {
      const { rows } = await client.query<{ item_id: bigint; event_id: string | null }>(
        `select n.item_id, max(e.event_id) as event_id
         from unnest($1::bigint[]) as n (item_id)
         left join item i on i.item_id = n.item_id and i.voided_at is null
         left join event e on e.event_key = i.event_key
         group by n.item_id`,
        [ids],
      );
      return new Map(rows.map((row) => [row.item_id, { eventId: row.event_id }]));
    }).load(itemId)
  ).eventId;
