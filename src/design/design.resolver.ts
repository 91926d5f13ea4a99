/** Fields of products and what belongs to them, and the lookup by GTIN. */

import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { seenProducts } from '../access/index.js';
import { parseGtin } from '../exchange/gs1/index.js';
import { engine, nodeId, Refusal, type RequestContext, requirePrincipal } from '../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../parties/index.js';
import {
  loadBillOfMaterials,
  loadCertificates,
  loadChangeEffectivity,
  loadDocuments,
  loadPackaging,
  loadProduct,
  loadRevisions,
} from './design.loaders.js';
import {
  BillOfMaterialsLine,
  Certificate,
  ChangeEffectivity,
  DesignRevision,
  Packaging,
  Product,
  ProductDocument,
} from './design.types.js';

@Resolver(() => Product)
export class ProductResolver {
  @Query(() => Product, {
    nullable: true,
    description:
      'A product by its GTIN; null when there is none, or the caller has nothing to do with it. Needs a token.',
  })
  async product(
    @Arg('gtin', () => String, { description: 'GTIN of 8, 12, 13 or 14 digits, or an absolute URI.' })
    gtin: string,
    @Ctx() context: RequestContext,
  ): Promise<Product | null> {
    const principal = requirePrincipal(context);
    const key = parseGtin(gtin);
    if (!key.ok) throw new Refusal('BAD_INPUT', key.reason);
    const productId = await context.snapshot.read(engine, async (client) => {
      const { rows } = await client.query<{ product_id: bigint }>(
        'select product_id from product where gtin = $1',
        [key.key],
      );
      const found = rows.map((row) => row.product_id);
      const seen = await seenProducts(client, principal, found);
      return found.find((id) => seen.has(id)) ?? null;
    });
    return productId === null ? null : loadProduct(context, productId);
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the product.' })
  id(@Root() product: Product, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Product', product.productId);
  }

  @FieldResolver(() => Party, { nullable: true, description: 'The brand owner; null while it is not known.' })
  async owner(@Root() product: Product, @Ctx() context: RequestContext): Promise<Party | null> {
    return product.ownerId === null ? null : loadParty(context, product.ownerId);
  }

  @FieldResolver(() => [DesignRevision], {
    nullable: true,
    description:
      'States of its design, oldest first; null for all but the brand owner, regulators and administrators.',
  })
  revisions(@Root() product: Product, @Ctx() context: RequestContext): Promise<DesignRevision[]> | null {
    return seesDesign(context, product) ? loadRevisions(context, product.productId) : null;
  }

  @FieldResolver(() => [ProductDocument], {
    nullable: true,
    description: 'Its documents; null where its design is not shown.',
  })
  documents(@Root() product: Product, @Ctx() context: RequestContext): Promise<ProductDocument[]> | null {
    return seesDesign(context, product) ? loadDocuments(context, product.productId) : null;
  }

  @FieldResolver(() => [Certificate], {
    nullable: true,
    description: 'Its certificates; null where its design is not shown.',
  })
  certificates(@Root() product: Product, @Ctx() context: RequestContext): Promise<Certificate[]> | null {
    return seesDesign(context, product) ? loadCertificates(context, product.productId) : null;
  }

  @FieldResolver(() => [ChangeEffectivity], {
    nullable: true,
    description: 'From when change orders hold; null where its design is not shown.',
  })
  changeEffectivity(
    @Root() product: Product,
    @Ctx() context: RequestContext,
  ): Promise<ChangeEffectivity[]> | null {
    return seesDesign(context, product) ? loadChangeEffectivity(context, product.productId) : null;
  }

  @FieldResolver(() => [Packaging], { description: 'What one of it contains, when it is a case.' })
  packaging(@Root() product: Product, @Ctx() context: RequestContext): Promise<Packaging[]> {
    return loadPackaging(context, product.productId);
  }
}

const seesDesign = (context: RequestContext, product: Product): boolean => {
  const { role, partyId } = requirePrincipal(context);
  return (
    role === 'REGULATOR' || role === 'ADMIN' || (product.ownerId !== null && product.ownerId === partyId)
  );
};

@Resolver(() => DesignRevision)
export class DesignRevisionResolver {
  @FieldResolver(() => [BillOfMaterialsLine], { description: 'What one unit of the product is made of.' })
  billOfMaterials(
    @Root() revision: DesignRevision,
    @Ctx() context: RequestContext,
  ): Promise<BillOfMaterialsLine[]> {
    return loadBillOfMaterials(context, revision.revisionId);
  }
}

@Resolver(() => BillOfMaterialsLine)
export class BillOfMaterialsLineResolver {
  @FieldResolver(() => Product, { description: 'The component.' })
  component(@Root() line: BillOfMaterialsLine, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, line.componentId);
  }
}

@Resolver(() => Packaging)
export class PackagingResolver {
  @FieldResolver(() => Product, { description: 'The product inside.' })
  contains(@Root() packaging: Packaging, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, packaging.containsId);
  }
}

@Resolver(() => ChangeEffectivity)
export class ChangeEffectivityResolver {
  @FieldResolver(() => Site, { description: 'The site that builds.' })
  site(@Root() effectivity: ChangeEffectivity, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, effectivity.siteId);
  }
}
