// Prints rows as a table that fits a terminal: columns as wide as their widest cell, numbers to the right.

/** Lines of a table; cells that hold a number are set to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return /^-?[\d.,–]+%?$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd()}`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
