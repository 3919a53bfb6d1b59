// The report's tables, as HTML.
import type { ColumnRow, Comparison } from './content.js';
import { escapeHtml } from './escape.js';

/** The columns of the file and what became of each. */
export function columnTable(columns: readonly ColumnRow[]): string {
  const rows = columns.map(({ name, role, contents, missing }) => [
    `<td>${escapeHtml(name)}</td><td>${escapeHtml(role)}</td><td>${escapeHtml(contents)}</td>`,
    `<td class="number">${missing}</td>`,
  ]);
  return table(
    '<th>column</th><th>used as</th><th>contents</th><th class="number">missing</th>',
    rows.map((cells) => `<tr>${cells.join('')}</tr>`),
  );
}

/** Tape against closed form: a line for each quantity of each layer. */
export function comparisonTable({ rows }: Comparison): string {
  const lines = rows.map(({ layer, quantity, shape, absolute, relative }, i) => {
    const starts = i === 0 || rows[i - 1].layer !== layer;
    return (
      `<tr${starts ? ' class="layer-start"' : ''}><td>${starts ? layer : ''}</td><td>${escapeHtml(quantity)}</td>` +
      `<td>${shape.join(' × ')}</td><td class="number">${scientific(absolute)}</td>` +
      `<td class="number">${scientific(relative)}</td></tr>`
    );
  });
  return table(
    '<th>layer</th><th>quantity</th><th>shape</th><th class="number">max |tape − closed form|</th>' +
      '<th class="number">÷ max |closed form|</th>',
    lines,
  );
}

/** `0` and `1.2e-16`, with a real minus sign. */
export function scientific(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  return value.toExponential(1).replace('-', '−');
}

function table(head: string, rows: readonly string[]): string {
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
