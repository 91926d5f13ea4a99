/** A rule as GraphQL takes it: a oneOf of `all`, `any`, `not` and the conditions. Meaning and limits are in `rule.ts`. */
import { Field, InputType, Int, registerEnumType } from 'type-graphql';
import { DecimalText } from '../../graphql/index.js';
import { type Verdict, verdicts } from '../../production/index.js';
import { BatchKeyInput, ItemKeyInput } from '../../trace/api/index.js';

const time = 'A time with offset, or a day, which means the whole of it.';

export const serialSchemes = { NUMERIC: 'NUMERIC', PREFIX: 'PREFIX', VIN: 'VIN', MASK: 'MASK' } as const;
registerEnumType(serialSchemes, {
  name: 'SerialScheme',
  description: 'How the numbers of a range follow one another; a range is never compared as text.',
  valuesConfig: {
    NUMERIC: { description: 'A common prefix, then digits that count.' },
    PREFIX: { description: 'Every serial that begins with `pattern`.' },
    VIN: { description: 'Vehicle numbers: model year, plant and sequence count.' },
    MASK: { description: 'Serials that fit `pattern`, where each ? stands for one character.' },
  },
});

export const changeSides = { BEFORE: 'BEFORE', AFTER: 'AFTER' } as const;
registerEnumType(changeSides, {
  name: 'ChangeSide',
  description: 'Which side of a change order.',
  valuesConfig: {
    BEFORE: { description: 'Made without the change.' },
    AFTER: { description: 'Made with it.' },
  },
});

@InputType({ description: 'A product by its GTIN.' })
export class ProductLeafInput {
  @Field(() => String, { description: 'GTIN of 8, 12, 13 or 14 digits, or an absolute URI.' })
  gtin!: string;
}

@InputType({ description: 'What was made to a design revision.' })
export class DesignRevisionLeafInput {
  @Field(() => String, { description: 'GTIN of the product.' })
  gtin!: string;

  @Field(() => String, { description: 'Code of the revision.' })
  code!: string;
}

@InputType({ description: 'What was made before or after a change order took effect.' })
export class ChangeOrderLeafInput {
  @Field(() => String, { description: 'Number of the change order.' })
  code!: string;

  @Field(() => changeSides, { description: 'Which side of it.' })
  side!: keyof typeof changeSides;
}

@InputType({ description: "Batches made at a party's sites." })
export class SupplierLeafInput {
  @Field(() => String, { description: 'GLN of the party, or of one of its sites.' })
  gln!: string;
}

@InputType({ description: 'What was made there and then: any of the fields, at least one.' })
export class ProducedLeafInput {
  @Field(() => String, { nullable: true, description: 'GTIN of the product.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'GLN of the site.' })
  site?: string | null;

  @Field(() => String, { nullable: true, description: 'The production line.' })
  line?: string | null;

  @Field(() => String, { nullable: true, description: `Begin of the window. ${time} Absent: open.` })
  from?: string | null;

  @Field(() => String, { nullable: true, description: `End of the window. ${time} Absent: open.` })
  to?: string | null;
}

@InputType({ description: 'A range of serials of a product.' })
export class SerialsLeafInput {
  @Field(() => String, { description: 'GTIN of the product.' })
  gtin!: string;

  @Field(() => serialSchemes, { description: 'How its numbers follow one another.' })
  scheme!: keyof typeof serialSchemes;

  @Field(() => String, { nullable: true, description: 'First serial of the range.' })
  from?: string | null;

  @Field(() => String, { nullable: true, description: 'Last serial of the range.' })
  to?: string | null;

  @Field(() => String, { nullable: true, description: 'Pattern of the scheme.' })
  pattern?: string | null;
}

@InputType({ description: 'An inspection result: at least one of outside, below, above, verdict.' })
export class InspectionLeafInput {
  @Field(() => String, { nullable: true, description: 'GTIN of the product.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'What was measured.' })
  characteristic?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Outside the limits recorded with it.' })
  outside?: boolean | null;

  @Field(() => DecimalText, { nullable: true, description: 'Below this value.' })
  below?: string | null;

  @Field(() => DecimalText, { nullable: true, description: 'Above this value.' })
  above?: string | null;

  @Field(() => verdicts, { nullable: true, description: 'What it decided.' })
  verdict?: Verdict | null;
}

@InputType({ description: 'Items with a version of a software product installed.' })
export class InstalledLeafInput {
  @Field(() => String, { description: 'GTIN of the software.' })
  gtin!: string;

  @Field(() => String, { description: 'The version.' })
  version!: string;
}

@InputType({ description: 'In `keep`: goods sold, or registered, there and then.' })
export class PlaceAndTimeLeafInput {
  @Field(() => String, { nullable: true, description: 'Country, an ISO 3166-1 alpha-2 code.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'Region within the country.' })
  region?: string | null;

  @Field(() => String, { nullable: true, description: `Begin of the window. ${time}` })
  from?: string | null;

  @Field(() => String, { nullable: true, description: `End of the window. ${time}` })
  to?: string | null;
}

@InputType({ description: 'In `keep`: batches whose last day of use lies in the window.' })
export class ExpiresLeafInput {
  @Field(() => String, { nullable: true, description: 'First day, a date.' })
  from?: string | null;

  @Field(() => String, { nullable: true, description: 'Last day, a date.' })
  to?: string | null;
}

@InputType({ description: 'In `keep`: goods of an age at `asOf`, from their making.' })
export class AgeLeafInput {
  @Field(() => Int, { nullable: true, description: 'At least so many days.' })
  minDays?: number | null;

  @Field(() => Int, { nullable: true, description: 'At most so many days.' })
  maxDays?: number | null;
}

@InputType({
  description:
    'Where a defect entered: exactly one field. At most 12 levels and 10,000 conditions; `not` stands inside an `all` that has a positive condition.',
})
export class ScopeRuleInput {
  @Field(() => [ScopeRuleInput], { nullable: true, description: 'Every part holds.' })
  all?: ScopeRuleInput[] | null;

  @Field(() => [ScopeRuleInput], { nullable: true, description: 'At least one part holds.' })
  any?: ScopeRuleInput[] | null;

  @Field(() => ScopeRuleInput, { nullable: true, description: 'The part does not hold.' })
  not?: ScopeRuleInput | null;

  @Field(() => BatchKeyInput, {
    nullable: true,
    description: 'A batch; without source, of every lot source.',
  })
  batch?: BatchKeyInput | null;

  @Field(() => ProductLeafInput, { nullable: true, description: 'Every batch of a product.' })
  product?: ProductLeafInput | null;

  @Field(() => DesignRevisionLeafInput, { nullable: true, description: 'Made to a design revision.' })
  designRevision?: DesignRevisionLeafInput | null;

  @Field(() => ChangeOrderLeafInput, { nullable: true, description: 'Before or after a change order.' })
  changeOrder?: ChangeOrderLeafInput | null;

  @Field(() => SupplierLeafInput, { nullable: true, description: 'Made at the sites of a party.' })
  supplier?: SupplierLeafInput | null;

  @Field(() => ProducedLeafInput, { nullable: true, description: 'Made at a site, line, time.' })
  produced?: ProducedLeafInput | null;

  @Field(() => SerialsLeafInput, { nullable: true, description: 'A range of serials.' })
  serials?: SerialsLeafInput | null;

  @Field(() => [ItemKeyInput], { nullable: true, description: 'Items one by one.' })
  items?: ItemKeyInput[] | null;

  @Field(() => InspectionLeafInput, { nullable: true, description: 'An inspection result.' })
  inspection?: InspectionLeafInput | null;

  @Field(() => ProductLeafInput, {
    nullable: true,
    description: 'Whatever has the product anywhere down its bill of materials.',
  })
  component?: ProductLeafInput | null;

  @Field(() => InstalledLeafInput, { nullable: true, description: 'A software version installed.' })
  installed?: InstalledLeafInput | null;

  @Field(() => PersistsInput, {
    nullable: true,
    description: 'Around a rule whose defect repairs do not end.',
  })
  persists?: { rule: ScopeRuleInput } | null; // its class follows: metadata of a class not yet defined would throw

  @Field(() => PlaceAndTimeLeafInput, { nullable: true, description: 'In `keep`: sold there and then.' })
  sold?: PlaceAndTimeLeafInput | null;

  @Field(() => PlaceAndTimeLeafInput, {
    nullable: true,
    description: 'In `keep`: registered there and then.',
  })
  registered?: PlaceAndTimeLeafInput | null;

  @Field(() => ExpiresLeafInput, { nullable: true, description: 'In `keep`: by last day of use.' })
  expires?: ExpiresLeafInput | null;

  @Field(() => AgeLeafInput, { nullable: true, description: 'In `keep`: by age.' })
  age?: AgeLeafInput | null;
}

@InputType({ description: 'A condition that repairs do not end: contamination, or damage already done.' })
export class PersistsInput {
  @Field(() => ScopeRuleInput, { description: 'The rule whose defect stays when the part is taken out.' })
  rule!: ScopeRuleInput;
}

@InputType({ description: 'A rule with a name, to compare it with others.' })
export class NamedRuleInput {
  @Field(() => String, { description: 'Name of the rule in the answer, unique in the question.' })
  name!: string;

  @Field(() => ScopeRuleInput, { description: 'The rule.' })
  rule!: ScopeRuleInput;
}
