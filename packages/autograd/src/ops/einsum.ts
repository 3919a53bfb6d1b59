// Einstein's summation convention: any product of tensors, as a sequence of matrix products.

import { ArgumentError, ShapeError } from '../errors.js';
import type { TensorLike } from '../tensor/operand.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp, stretchTo, sumOp } from './broadcast.js';
import { toTensor } from './convert.js';
import { product } from './matmul.js';
import { promoted } from './numeric.js';
import { permuted, permuteOp } from './permute.js';
import type { EinsumFn } from './signatures.js';
import { sliceOp } from './slice.js';

/** A tensor whose axes have names; no name stands twice. */
interface Labelled {
  readonly value: Tensor;
  readonly labels: readonly string[];
}

/** The names of the axes that an ellipsis stands for, counted from the last axis. */
const ellipsis = (hidden: number): string[] =>
  Array.from({ length: hidden }, (_, i) => `…${hidden - i}`);

function fail(equation: string, rule: string, got: string, fix: string): never {
  throw new ArgumentError(`einsum: ${rule}, got ${got} in '${equation}'. ${fix}`);
}

function labelsOf(equation: string, term: string, hidden: number): string[] {
  const parts = term.split('...');
  if (parts.length > 2 || !/^[A-Za-z]*$/.test(parts.join(''))) {
    fail(
      equation,
      'a term is letters and at most one ellipsis',
      `'${term}'`,
      'Use for example ij,jk->ik.',
    );
  }
  if (parts.length === 1) return [...term];
  return [...parts[0], ...ellipsis(hidden), ...parts[1]];
}

/** How many axes a term's ellipsis stands for. */
function hiddenCount(equation: string, term: string, x: Tensor): number {
  const letters = term.replace('...', '').length;
  const hidden = x.rank - letters;
  const fits = term.includes('...') ? hidden >= 0 : hidden === 0;
  if (!fits) {
    fail(
      equation,
      `the term '${term}' names every axis of its tensor`,
      formatShape(x.shape),
      'Add or remove letters.',
    );
  }
  return hidden;
}

/** Without an arrow: the ellipsis, then the letters that stand once, in alphabetical order, as in NumPy. */
function implicitOutput(inputs: readonly (readonly string[])[], hidden: number): string[] {
  const all = inputs.flat();
  const once = [...new Set(all)].filter(
    (label) => !label.startsWith('…') && all.indexOf(label) === all.lastIndexOf(label),
  );
  return [...ellipsis(hidden), ...once.sort()];
}

function sizesOf(equation: string, operands: readonly Labelled[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { value, labels } of operands) {
    labels.forEach((label, axis) => {
      const size = value.shape[axis];
      const known = sizes.get(label) ?? 1;
      if (known !== size && known !== 1 && size !== 1) {
        throw new ShapeError(
          `einsum: an index has one size, got ${known} and ${size} for '${label}' in '${equation}'. ` +
            'Check the order of the letters.',
        );
      }
      sizes.set(label, known === 1 ? size : known);
    });
  }
  return sizes;
}

/** Stretches axes of size 1 to the size that their label has elsewhere. */
function stretched({ value, labels }: Labelled, sizes: ReadonlyMap<string, number>): Labelled {
  const shape = labels.map((label) => sizes.get(label) as number);
  return { value: stretchTo(value, shape), labels };
}

function arranged({ value, labels }: Labelled, order: readonly string[]): Tensor {
  return permuted(
    value,
    order.map((label) => labels.indexOf(label)),
  );
}

/** A label that stands twice takes the diagonal: of two axes moved last, every (n + 1)th element. */
function diagonals(operand: Labelled): Labelled {
  let { value, labels } = operand;
  for (;;) {
    const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
    if (second < 0) return { value, labels };
    const first = labels.indexOf(labels[second]);
    const others = labels
      .map((_, axis) => axis)
      .filter((axis) => axis !== first && axis !== second);
    const n = value.shape[first];
    const rows = others.map((axis) => value.shape[axis]);
    const moved = permuteOp(value, { axes: [...others, first, second] });
    const flat = reshapeOp(moved, { shape: [...rows, n * n] });
    const zeros = rows.map(() => 0);
    value = sliceOp(flat, {
      starts: [...zeros, 0],
      steps: [...rows.map(() => 1), n + 1],
      shape: [...rows, n],
    });
    labels = [...others.map((axis) => labels[axis]), labels[first]];
  }
}

/** Sums over the labels that nothing else needs. */
function summed({ value, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return {
    value: sumOp(value, { axes, keepDims: false }),
    labels: labels.filter((label) => needed.has(label)),
  };
}

/** Two operands as one batched matrix product: common labels are batch or summed, the others rows and columns. */
function contract(
  a: Labelled,
  b: Labelled,
  needed: ReadonlySet<string>,
  sizes: ReadonlyMap<string, number>,
): Labelled {
  const left = summed(a, new Set([...needed, ...b.labels]));
  const right = summed(b, new Set([...needed, ...a.labels]));
  const common = left.labels.filter((label) => right.labels.includes(label));
  const batch = common.filter((label) => needed.has(label));
  const inner = common.filter((label) => !needed.has(label));
  const rows = left.labels.filter((label) => !common.includes(label));
  const columns = right.labels.filter((label) => !common.includes(label));
  const shapeOf = (labels: readonly string[]) => labels.map((label) => sizes.get(label) as number);
  const size = (labels: readonly string[]) => sizeOf(shapeOf(labels));
  const x = reshapeOp(arranged(left, [...batch, ...rows, ...inner]), {
    shape: [size(batch), size(rows), size(inner)],
  });
  const y = reshapeOp(arranged(right, [...batch, ...inner, ...columns]), {
    shape: [size(batch), size(inner), size(columns)],
  });
  const labels = [...batch, ...rows, ...columns];
  return { value: reshapeOp(product(x, y, false, false), { shape: shapeOf(labels) }), labels };
}

/**
 * The product that `equation` describes, as in NumPy: each term names the axes of one operand; letters missing from the
 * output are summed over; a letter twice in a term takes the diagonal; `...` stands for axes that broadcast. Without
 * `->` the output has the letters that stand once, in alphabetical order.
 * @throws ArgumentError for an equation that doesn't fit the operands, ShapeError for sizes that differ.
 */
export const einsum: EinsumFn = (equation, ...operands) => {
  const [left, right, ...more] = equation.replace(/\s/g, '').split('->');
  const terms = left.split(',');
  if (more.length > 0 || terms.length !== operands.length) {
    fail(
      equation,
      'there is one term for each operand',
      `${terms.length} for ${operands.length}`,
      'Separate terms by commas.',
    );
  }
  const tensors = operands.map((x: TensorLike) => toTensor('einsum', x));
  const counts = tensors.map((x, i) => hiddenCount(equation, terms[i], x));
  const hidden = Math.max(0, ...counts);
  const inputs = terms.map((term, i) => labelsOf(equation, term, counts[i]));
  const output =
    right === undefined ? implicitOutput(inputs, hidden) : labelsOf(equation, right, hidden);
  const known = new Set(inputs.flat());
  if (new Set(output).size !== output.length || output.some((label) => !known.has(label))) {
    fail(
      equation,
      'the output names axes of the operands, each once',
      `'${right}'`,
      'Check its letters.',
    );
  }

  const raw = promoted(tensors, 'int32').map((value, i) => ({ value, labels: inputs[i] }));
  const sizes = sizesOf(equation, raw);
  const parts = raw.map((operand) => diagonals(stretched(operand, sizes)));
  let result = parts[0];
  for (let i = 1; i < parts.length; i++) {
    const needed = new Set([...output, ...parts.slice(i + 1).flatMap(({ labels }) => labels)]);
    result = contract(result, parts[i], needed, sizes);
  }
  return arranged(summed(result, new Set(output)), output) as Tensor<number[]>;
};
