/** What stands in one list and not in another, as sentences that say which line to write where. */

export const differences = (
  there: readonly string[],
  rows: readonly string[],
  what: string,
  place: string,
): string[] => [
  ...there
    .filter((name) => !rows.includes(name))
    .map((name) => `${what} ${name}: nobody said who may; add a row \`${name}: ...\` to ${place}`),
  ...rows
    .filter((name) => !there.includes(name))
    .map((name) => `${what} ${name}: is no more; take its row out of ${place}`),
];
