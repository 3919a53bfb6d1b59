// What is printed as text: tables, with columns as wide as their widest cell.

/** What prints as `toString` says, in Node's console too. */
export abstract class Printed {
  abstract toString(): string;

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

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
