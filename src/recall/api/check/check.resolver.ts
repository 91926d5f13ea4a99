/** Two questions about what is in the hand: is it recalled (anyone), may it be sold here (who sells it). */
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { parseGln } from '../../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal, seesAll } from '../../../graphql/index.js';
import { type Language, languages, preferredLanguage } from '../campaign/language.js';
import { Sellable } from '../stock/stock.types.js';
import { readAskedGoods } from './asked-goods.js';
import { checkGoods } from './check-goods.js';
import { RecallCheck } from './recall-check.types.js';
import { reasonsAt } from './sellable.js';

@Resolver()
export class CheckResolver {
  @Query(() => RecallCheck, {
    description:
      'Whether goods are recalled, by what is printed on them. For everyone, without a token. Names no party, no buyer and no stock.',
  })
  recallCheck(
    @Arg('code', () => String, {
      description:
        'Any barcode text, EPC URN or GS1 Digital Link of a product, batch or item, also with its expiry (AI 17); a VIN; or a private key that is a URI.',
    })
    code: string,
    @Arg('language', () => languages, {
      nullable: true,
      description:
        'Language of the answer; absent: the first of the header Accept-Language that is one, else EN.',
    })
    language: Language | null,
    @Ctx() context: RequestContext,
  ): Promise<RecallCheck> {
    return checkGoods(context, code, language ?? preferredLanguage(context.caller.acceptLanguage));
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
    const asked = readAskedGoods(code);
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
