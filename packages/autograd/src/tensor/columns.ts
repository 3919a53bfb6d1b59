// Tables of text: columns as wide as their widest cell.

/** The cells, filled up with blanks: behind the text, in the columns that `right` names before it. */
export function padded(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[][] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row.map((cell, column) =>
      right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    ),
  );
}

/** The table as text, a line for each row. */
export function inColumns(rows: readonly (readonly string[])[], right?: readonly number[]): string {
  return padded(rows, right)
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}
