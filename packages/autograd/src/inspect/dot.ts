// The tape as a picture: a graph in Graphviz' dot language.

import { type Tape, tapeOf } from '../tape/listing.js';
import type { Operand } from '../tensor/operand.js';
import { formatShape } from '../tensor/shape.js';

function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

/** The graph of a tape, or of what leads to a value: one box an operation, an arrow from each input. */
export function toDot(of: Operand | Tape): string {
  const tape = 'entries' in of ? of : tapeOf(of.read());
  const lines = tape.entries.flatMap(({ index, name, shape, dtype, inputs }) => {
    const label = quoted(`${name}\\n${dtype} ${formatShape(shape)}`);
    const style = inputs.length === 0 ? ', style=rounded' : '';
    const box = `  n${index} [label=${label}, shape=box${style}];`;
    const arrows = inputs.flatMap((input) => (input === null ? [] : [`  n${input} -> n${index};`]));
    return [box, ...arrows];
  });
  return ['digraph tape {', '  rankdir=LR;', ...lines, '}'].join('\n');
}
