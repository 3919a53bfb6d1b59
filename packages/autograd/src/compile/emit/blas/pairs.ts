// Products that don't need each other, brought side by side: threads do them at once, and whole where there are two.

import { worthPair } from '../../../kernels/blas/job.js';
import type { Symbolic } from '../../../tensor/symbolic.js';
import { type Instruction, type MatmulCall, usesOf } from '../../instruction.js';
import { leftToBlas } from './products.js';

export interface Paired {
  readonly instructions: readonly Instruction[];
  /** The first instruction of each pair; the second one is the next. */
  readonly pairs: ReadonlySet<Instruction>;
}

/** So far behind a product its partner is looked for. */
const FARTHEST = 64;

/** Products of a pair take about as long. */
const MOST_UNEQUAL = 1.25;

/** The product that the system's library does of an instruction; null if it's not just one. */
function productOf({ call }: Instruction): MatmulCall | null {
  const product = call.kind === 'descent' ? call.product : call;
  return product.kind === 'matmul' && leftToBlas(product) && product.batch.length === 1
    ? product
    : null;
}

const workOf = ({ m, n, k }: MatmulCall): number => m * n * k;

function areAlike(a: MatmulCall, b: MatmulCall): boolean {
  const [less, more] = [workOf(a), workOf(b)].sort((x, y) => x - y);
  return a.dtype === b.dtype && more <= MOST_UNEQUAL * less && worthPair(less);
}

/** What others may be done before: it neither ends the program nor lets anybody see what was done until then. */
const isQuiet = ({ call, inputs }: Instruction): boolean =>
  call.kind !== 'host' && call.kind !== 'draw' && (call.kind !== 'axis' || inputs.length === 1);

/**
 * Of the instructions from the first product on to its partner, those between that the partner needs: they are done before
 * both. Null if it needs the first product, or can't be done so early. A descent is the last to read what it overwrites.
 */
function neededBetween(
  stretch: readonly Instruction[],
  partner: Instruction,
  writers: (block: Symbolic) => number,
): Instruction[] | null {
  if (partner.call.kind === 'descent') {
    const [, , parameter] = partner.inputs;
    if (stretch.some(({ inputs }) => inputs.includes(parameter))) return null;
  }
  const wanted = new Set(partner.inputs);
  const needed: Instruction[] = [];
  for (const own of [...stretch].reverse()) {
    if (!isQuiet(own)) return null;
    if (!own.outputs.some((block) => wanted.has(block))) continue;
    const alone = own.outputs.every((block) => writers(block) === 1);
    if (own === stretch[0] || !alone) return null;
    needed.unshift(own);
    for (const block of own.inputs) wanted.add(block);
  }
  return needed;
}

/** Lets each product for the system's library be followed by a later one of its size that can be done at the same time. */
export function pairProducts(instructions: readonly Instruction[]): Paired {
  const writers = usesOf(instructions, 'outputs');
  const pairs = new Set<Instruction>();
  let left = [...instructions];
  const done: Instruction[] = [];
  while (left.length > 0) {
    const [first] = left;
    const product = productOf(first);
    const found = product === null ? null : partnerOf(product, left, writers);
    if (found === null) {
      done.push(first);
      left.shift();
      continue;
    }
    const { partner, needed } = found;
    pairs.add(first);
    done.push(...needed, first, partner);
    left = left.filter((own) => own !== first && own !== partner && !needed.includes(own));
  }
  return { instructions: done, pairs };
}

function partnerOf(
  product: MatmulCall,
  left: readonly Instruction[],
  writers: (block: Symbolic) => number,
): { readonly partner: Instruction; readonly needed: readonly Instruction[] } | null {
  for (let j = 1; j < Math.min(left.length, FARTHEST); j++) {
    const other = productOf(left[j]);
    if (other === null || !areAlike(product, other)) continue;
    const needed = neededBetween(left.slice(0, j), left[j], writers);
    if (needed !== null) return { partner: left[j], needed };
  }
  return null;
}
