/** Files of the design stage: products, packaging, revisions and what belongs to them. */
import {
  choice,
  column,
  type FileSpec,
  gtin,
  line,
  master,
  occurred,
  planned,
  quantityRequired,
} from './column.js';

const revision = column(
  'revision',
  'text',
  'Code of the design revision; absent: of the product as a whole.',
);

export const designFiles: readonly FileSpec[] = [
  master('products', { entry: 'product', description: 'A model that can be bought or built in.' }, [
    gtin,
    column('owner_gln*', 'gln', 'GLN of the brand owner.'),
    column('name*', 'text', 'Name of the product.'),
    column('model', 'text', 'Model designation.'),
    choice('kind*', ['FINISHED', 'COMPONENT', 'MATERIAL', 'SOFTWARE'], 'What the product is in the chain.'),
    column('unit', 'uom', 'Unit of measure the product is counted in, a UN/ECE Rec 20 code; absent: PCE.'),
    column('serialised', 'boolean', 'Whether each piece carries a serial of its own; absent: no.'),
  ]),
  master(
    'packaging',
    { entry: 'packaging', description: 'A case product and how many of another product it contains.' },
    [
      column('gtin*', 'gtin', 'The case: its GTIN or an absolute URI.'),
      column('contains_gtin*', 'gtin', 'The product inside.'),
      column(
        'quantity*',
        'decimal',
        'How many of the product inside one case holds, a whole number above zero.',
      ),
    ],
  ),
  master('design_revisions', { entry: 'designRevision', description: "A state of a product's design." }, [
    gtin,
    column('code*', 'text', 'Code of the revision, unique in the product.'),
    choice('state*', ['DRAFT', 'RELEASED', 'SUPERSEDED', 'WITHDRAWN'], 'Where the revision is in its life.'),
    occurred('released_at', 'the revision was released'),
    column('change_orders', 'enums', 'Change orders the revision answers, several separated by semicolons.'),
  ]),
  master(
    'bill_of_materials',
    { entry: 'billOfMaterialsLine', description: 'A component of a design revision.' },
    [
      gtin,
      column('revision*', 'text', 'Code of the design revision.'),
      column('component_gtin*', 'gtin', 'The component product.'),
      {
        ...quantityRequired,
        description: "How much of the component one unit of the product needs, in the component's unit.",
      },
      column('position', 'text', 'Where in the product the component sits.'),
      column('critical', 'boolean', 'Whether safety depends on the component; absent: no.'),
    ],
  ),
  master(
    'documents',
    { entry: 'document', description: 'A document about a product or one of its revisions.' },
    [
      gtin,
      revision,
      column('kind*', 'text', 'What the document is, such as DRAWING or SPECIFICATION.'),
      column('uri*', 'uri', 'Where the document is, an absolute URI.'),
      column('sha256', 'sha256', 'SHA-256 of the document, 64 hexadecimal digits.'),
    ],
  ),
  master(
    'certificates',
    { entry: 'certificate', description: 'A certificate of a product or one of its revisions.' },
    [
      gtin,
      revision,
      column('scheme*', 'text', 'The standard or scheme certified.'),
      column('number*', 'text', 'Number of the certificate.'),
      planned('valid_from', 'Start of validity'),
      planned('valid_to', 'End of validity'),
      column('issuer', 'text', 'Who issued the certificate.'),
    ],
  ),
  master(
    'change_effectivity',
    {
      entry: 'changeEffectivity',
      description:
        'From when a change order holds at a site and line; what was made between the two times may be on either side.',
    },
    [
      column('change_order*', 'text', 'The change order.'),
      gtin,
      column('site_gln*', 'gln', 'GLN of the site that builds.'),
      { ...line, description: 'The line at the site; absent: every line.' },
      planned('not_before*', 'The change is in nothing made before'),
      planned('not_after*', 'The change is in everything made after'),
      column('first_serial', 'serial', 'First serial known to have the change.'),
    ],
  ),
];
