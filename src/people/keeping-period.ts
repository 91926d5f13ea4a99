/** How long a law keeps a person on record, whatever they ask. */

export interface KeepingPeriod {
  law: string;
  /** Null: everywhere; else the country of the sale or registration. */
  country: string | null;
  productKind: string | null;
  isSerialised: boolean | null;
  years: number;
  /** From the dealing itself, or from the last move of a published recall that the buyer is in the scope of. */
  since: 'DEALING' | 'RECALL';
}

export interface Kept {
  law: string;
  until: Date;
}

/** What of a sale or registration the laws look at. */
interface KeptDealing {
  at: Date;
  country: string | null;
  productKind: string;
  isSerialised: boolean;
}

/** Until when the person of a dealing is kept, by the law that keeps it longest; null: none does. `recalledAt` null: in no recall. */
export function keptUntil(
  dealing: KeptDealing,
  periods: readonly KeepingPeriod[],
  recalledAt: Date | null,
): Kept | null {
  const applying = periods
    .filter((period) => period.country === null || period.country === dealing.country)
    .filter((period) => period.productKind === null || period.productKind === dealing.productKind)
    .filter((period) => period.isSerialised === null || period.isSerialised === dealing.isSerialised)
    .flatMap(({ law, years, since }) => {
      const from = since === 'DEALING' ? dealing.at : recalledAt;
      return from === null ? [] : [{ law, until: yearsAfter(from, years) }];
    });
  return longest(applying);
}

/** The one that ends last; null of none. */
export const longest = (kept: readonly (Kept | null)[]): Kept | null =>
  kept.reduce((last, one) => (one !== null && (last === null || one.until > last.until) ? one : last), null);

function yearsAfter(from: Date, years: number): Date {
  const until = new Date(from);
  until.setUTCFullYear(until.getUTCFullYear() + years);
  return until;
}
