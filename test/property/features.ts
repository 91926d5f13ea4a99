/** What a generated chain may do: flags, so that what differs can be left out by name until it is mended. */
/** Kinds of happenings the generator may use; widened as engine and plain walk agree. */
export interface Features {
  items: boolean;
  fittings: boolean;
  design: boolean;
  movements: boolean;
  lotless: boolean;
  units: boolean;
  corrections: boolean;
  sameTimes: boolean;
  imprecise: boolean;
  unknownAmounts: boolean;
  unknownLots: boolean;
  namesakes: boolean;
  relabels: boolean;
  services: boolean;
  severalRuns: boolean;
  returnsElsewhere: boolean;
  /** Runs without an end where items have no lot. */
  openRuns: boolean;
  /** A source that only a voided event names. */
  voidedSources: boolean;
  /** One serial sold or returned twice in a row. */
  doubledReturns: boolean;
  /** Asked what is in now, not only what ever was. */
  current: boolean;
  /** Rules other than a batch. */
  rules: boolean;
  /** Beside them lines, suppliers, sources, single items, what is left out, one of several. */
  moreRules: boolean;
}

/**
 * What engine and plain walk agree on. Not compared: shares, gaps, `keep`, `persists`; rules by change order, inspection and
 * installed version. Of 3,000 chains of seed 20264201 (rule `batch` alone) none differs, nor do of 4,000 of seed 20700001 and
 * 5,000 of seed 21000000, all rules, those that once did. Off: more rules, of which three of 800 chains differed; one still does:
 * of a serial relabelled where it never came the engine has a lot and an item more, possible. It is kept under cases/unsettled,
 * tried by nobody. Of 100 chains of seed 20901701 none differs alone, and two do together (`product` beside `all` of a product and
 * a component: 1 fitted for 1 to 2).
 */
export const agreed: Features = {
  items: true,
  fittings: true,
  design: true,
  movements: true,
  lotless: true,
  units: true,
  corrections: true,
  sameTimes: true,
  imprecise: true,
  unknownAmounts: true,
  unknownLots: true,
  namesakes: true,
  relabels: true,
  services: true,
  severalRuns: true,
  returnsElsewhere: true,
  openRuns: true,
  voidedSources: true,
  doubledReturns: true,
  current: true,
  rules: true,
  moreRules: false,
};
