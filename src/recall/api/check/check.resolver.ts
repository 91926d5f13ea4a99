/** Two questions about what is in the hand: is it recalled (anyone), may it be sold here (who sells it). */
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { type Code, parseCode, parseGln } from '../../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal, seesAll } from '../../../graphql/index.js';
import { readRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { Sellable } from '../stock/stock.types.js';
import { findGoods } from './named-goods.sql.js';
import { RecallCheck } from './recall-check.types.js';
import { recallsNaming } from './recalled-goods.sql.js';
import { reasonsAt } from './sellable.js';
import { verdictOf } from './verdict.js';

@Resolver()
export class CheckResolver {
  @Query(() => RecallCheck, {
    description:
      'Whether goods are recalled, by what is printed on them. For everyone, without a token. Names no party, no buyer and no stock.',
  })
  async recallCheck(
    @Arg('code', () => String, {
      description: 'Any barcode text, EPC URN or GS1 Digital Link of a product, batch or item.',
    })
    code: string,
    @Ctx() context: RequestContext,
  ): Promise<RecallCheck> {
    const asked = codeOfGoods(code);
    return context.snapshot.read(engine, async (client) => {
      const goods = await findGoods(client, asked);
      const hits = await recallsNaming(client, goods, null);
      const recalls: Recall[] = [];
      for (const { recallId } of hits) recalls.push((await readRecall(client, recallId)) as Recall);
      return { ...verdictOf(asked, goods, hits), recalls, checkedAt: new Date() };
    });
  }

  @Query(() => Sellable, {
    description:
      'Whether goods may be sold at a site now: no open hold and no published recall covers them, certain or possible. For the party of the site, regulators and administrators; another site is NOT_FOUND.',
  })
  async sellable(
    @Arg('code', () => String, { description: 'Any barcode text, EPC URN or GS1 Digital Link of goods.' })
    code: string,
    @Arg('site', () => String, { description: 'GLN of the site.' }) site: string,
    @Ctx() context: RequestContext,
  ): Promise<Sellable> {
    const principal = requirePrincipal(context);
    const asked = codeOfGoods(code);
    const gln = parseGln(site);
    if (!gln.ok) throw new Refusal('BAD_INPUT', gln.reason);
    const reasons = await context.snapshot.read(engine, async (client) => {
      const { rows } = await client.query<{ site_id: bigint }>(
        'select site_id from site where gln = $1 and ($3 or party_id = $2)',
        [gln.key, principal.partyId, seesAll(principal)],
      );
      const siteId = rows[0]?.site_id;
      if (siteId === undefined) throw new Refusal('NOT_FOUND', `site ${site}: no site of this caller`);
      return reasonsAt(client, asked, siteId);
    });
    return { sellable: !reasons.some((reason) => reason.blocks), reasons, checkedAt: new Date() };
  }
}

function codeOfGoods(text: string): Code {
  const parsed = parseCode(text);
  if (!parsed.ok) throw new Refusal('BAD_INPUT', parsed.reason);
  const { kind } = parsed.code;
  if (kind === 'item' || kind === 'batch' || kind === 'product') return parsed.code;
  throw new Refusal('BAD_INPUT', `code ${text}: names a ${kind}; expected a product, a batch or an item`);
}
