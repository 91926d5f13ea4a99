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
 * What engine and plain walk agree on. Off: bills of materials (missing genealogy, as-built evidence), not tried with the rest
 * yet; goods without a lot, of which 6 of 500 chains of the default seed differ still (what comes back without a lot, lots of
 * several sources, relabelled goods). Not compared: highest totals, shares, gaps; rules other than `batch`; exposure CURRENT.
 * Of 20,000 chains of seed 20261201 (316 s on a quiet machine) 38 differ; those not settled are kept under cases/unsettled, tried by nobody:
 * mostly certain against possible where a draw has no time of its own, and sites that only one side lists for single items of
 * a lot used up there. Unsettled too: a part taken out without its serial ends a fitting of an unknown amount, which may have been several; a part told
 * by its serial and taken out by its lot.
 */
export const agreed: Features = {
  items: true,
  fittings: true,
  design: false,
  movements: true,
  lotless: false,
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
