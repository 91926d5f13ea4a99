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
}

/**
 * What engine and plain walk agree on. Not compared: shares, gaps; rules other than `batch`; exposure CURRENT. Of 2,000 chains
 * of seed 20310000 eight differed, seven of them in a highest total alone and mended since. Those not settled are kept under
 * cases/unsettled, tried by nobody: certain against possible where a draw has no time of its own, whether the buyer of a serial
 * sold twice still holds it, a lot that only an inspection names when its source is voided, a part told by its serial and taken
 * out by its lot.
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
};
