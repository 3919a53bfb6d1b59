// Connectionist temporal classification: labels without knowing at which step each of them is.

import {
  ArgumentError,
  arange,
  concat,
  DTypeError,
  defineElementwise,
  defineOp,
  full,
  IndexError,
  logsumexp,
  type Operand,
  pad,
  peek,
  ShapeError,
  slice,
  split,
  stack,
  type Tensor,
  takeAlong,
  where,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { choose, lengthsOf } from '../sequences.js';
import { checkFloating, definePairLoss } from './loss.js';

export interface CtcOptions {
  /** How many steps of each sequence count, [batch]. Default: all. */
  readonly inputLengths?: Operand | readonly number[];
  /** How many labels each target has, [batch]. Default: all. */
  readonly targetLengths?: Operand | readonly number[];
  /** The class that stands for no label. Default: 0. */
  readonly blank?: number;
  /** Whether a target that no alignment fits costs 0, and not ∞. Default: false. */
  readonly zeroInfinity?: boolean;
}

const NEVER = Number.NEGATIVE_INFINITY;

const lnSum = defineElementwise('ctc.lnSum', (a, b, c) => {
  const most = a.maximum(b).maximum(c);
  const sum = a.sub(most).exp().add(b.sub(most).exp()).add(c.sub(most).exp());
  return most.equal(NEVER).select(NEVER, most.add(sum.log()));
});

/** g eᵃ / (eᵃ + eᵇ + eᶜ), y being the logarithm below; 0 where nothing leads here. */
const share = defineElementwise('ctc.share', (g, a, y) =>
  y.equal(NEVER).select(0, g.mul(a.sub(y).exp())),
);

/** ln(eᵃ + eᵇ + eᶜ), −∞ where all are; ∂/∂a = e^(a − y). */
const lnSumOfThree = defineOp({
  name: 'lnSumOfThree',
  forward: ([a, b, c]) => lnSum(a, b, c),
  saves: { inputs: true, outputs: true },
  vjp: (g, node) => node.x.map((x, i) => (node.needs(i) ? share(g, x, node.y) : null)),
  jvp: (tangents, { x, y }) =>
    tangents.reduce((total, t, i) => {
      const own = t && share(t, x[i], y);
      return own && total ? own.add(total) : (own ?? total);
    }, null),
});

const differ = defineElementwise('differ', (a, b) => a.notEqual(b), {
  result: 'bool',
  integers: 'same',
});

const below = defineElementwise('below', (i, n) => i.less(n), {
  result: 'bool',
  integers: 'same',
});

/** Whether a path that has taken `length` labels may end at state s: at the last label, or the blank behind it. */
const mayEnd = defineElementwise(
  'mayEnd',
  (s, length) => s.equal(length.add(length)).logicalOr(s.add(1).equal(length.add(length))),
  { result: 'bool', integers: 'same' },
);

const finite = defineElementwise('ctc.finite', (loss) =>
  loss.equal(Number.POSITIVE_INFINITY).select(0, loss),
);

/** What the loss is told, checked. */
interface Told {
  readonly steps: number;
  readonly batch: number;
  /** Labels a target has room for. */
  readonly room: number;
  readonly blank: number;
  /** int32 [batch] */
  readonly inputLengths: Tensor;
  readonly targetLengths: Tensor;
}

function check(x: Tensor, target: Tensor, options: CtcOptions): Told {
  checkFloating('ctc', 'log-probabilities', x);
  const { blank = 0 } = options;
  const fits = x.rank === 3 && target.rank === 2 && target.shape[0] === x.shape[1];
  if (!fits) {
    throw new ShapeError(
      `ctc: takes log-probabilities [time, batch, classes] and a target [batch, labels], got ` +
        `${formatShape(x.shape)} and ${formatShape(target.shape)}. Permute what a recurrent layer gives: .permute([1, 0, 2]).`,
    );
  }
  if (target.dtype !== 'int32') {
    throw new DTypeError(
      `ctc: labels are int32, got ${target.dtype}. Cast them with .cast('int32').`,
    );
  }
  const [steps, batch, classes] = x.shape;
  const room = target.shape[1];
  if (!(Number.isInteger(blank) && blank >= 0 && blank < classes)) {
    throw new ArgumentError(
      `ctc: blank is a class in 0 … ${classes - 1}, got ${String(blank)}. Pass the class that stands for no label.`,
    );
  }
  const lengths = (role: 'inputLengths' | 'targetLengths', most: number) =>
    lengthsOf('ctc', role, options[role] ?? new Array<number>(batch).fill(most), batch, most);
  const told = {
    steps,
    batch,
    room,
    blank,
    inputLengths: lengths('inputLengths', steps),
    targetLengths: lengths('targetLengths', room),
  };
  const counts = peek(told.targetLengths);
  peek(target)?.forEach((label, i) => {
    const row = Math.floor(i / room);
    if (counts !== null && i - row * room >= counts[row]) return;
    if (label >= 0 && label < classes && label !== blank) return;
    throw new IndexError(
      `ctc: labels are classes in 0 … ${classes - 1} other than the blank ${blank}, got ${label} in target ${row}. ` +
        'Shift the labels, or pass targetLengths so that padding is not read.',
    );
  });
  return told;
}

/** blank, l₁, blank, l₂, …, blank: int32 [batch, 2 · room + 1]. What is behind a target's length is blank. */
function statesOf(target: Tensor, { batch, room, blank, targetLengths }: Told): Tensor {
  const blanks = (columns: number) => full([batch, columns], blank, { dtype: 'int32' });
  const there = below(arange(0, room, 1, { dtype: 'int32' }), targetLengths.unsqueeze(-1));
  const labels = where(there, target, blank);
  const pairs = stack([blanks(room), labels], 2).reshape([batch, 2 * room]);
  return concat([pairs, blanks(1)], 1);
}

/** ln of the probability of all paths through the states that end behind the last label, [batch]. */
function lnLikelihood(x: Tensor, target: Tensor, told: Told): Tensor {
  const { steps, batch, inputLengths, targetLengths } = told;
  const states = statesOf(target, told);
  const count = states.shape[1];
  const { dtype } = x;
  // A path stays, moves on by one, or leaps over a blank between two labels that differ.
  const before = pad(states, [
    [0, 0],
    [2, 0],
  ]).slice(null, [0, count]);
  const leaps = differ(states, before);
  const index: Tensor = states.unsqueeze(0).broadcastTo([steps, batch, count]);
  const byStep = (rows: Tensor, columns: number): Tensor[] =>
    steps === 0 ? [] : split(rows.reshape([steps * batch, columns]), steps);
  const emitted = byStep(takeAlong(x, index, 2), count);
  const clock = arange(0, steps, 1, { dtype: 'int32' }).unsqueeze(-1);
  const running = byStep(below(clock, inputLengths), 1);
  const first = full([batch, 1], 0, { dtype });
  const others = full([batch, count - 1], NEVER, { dtype });
  let alpha: Tensor = count === 1 ? first : concat([first, others], 1);
  emitted.forEach((own, t) => {
    const behind: Tensor = pad(
      alpha,
      [
        [0, 0],
        [2, 0],
      ],
      NEVER,
    );
    const [one, two] = [slice(behind, null, [1, count + 1]), slice(behind, null, [0, count])];
    const arrived = lnSumOfThree(alpha, one, choose(leaps, two, NEVER));
    alpha = choose(running[t], arrived.add(own), alpha);
  });
  const ends = mayEnd(arange(0, count, 1, { dtype: 'int32' }), targetLengths.unsqueeze(-1));
  return logsumexp(choose(ends, alpha, NEVER), 1);
}

/**
 * −ln of the probability that log-probabilities [time, batch, classes] spell the target [batch, labels], over all ways to
 * place its labels, in order, on the steps, with blanks between them. A. Graves et al., 2006; the recursion runs forward in
 * logarithms, and the tape runs it back.
 *
 * The mean is over sequences, each divided by its number of labels (at least 1), as in PyTorch; 'sum' and 'none' divide by
 * nothing. A target that no alignment fits (more labels, and blanks between equal ones, than steps) costs ∞, or 0 with
 * `zeroInfinity`, without a gradient either way. Labels behind a target's length aren't read.
 *
 * @throws ShapeError for other shapes; DTypeError for log-probabilities that aren't floating or labels that aren't int32;
 *   IndexError for a label that is no class, or is the blank; ArgumentError for a blank that is no class, or a length that
 *   isn't a whole number up to what there is.
 */
export const ctc = definePairLoss<CtcOptions>('ctc', (x, target, options) => {
  const told = check(x, target, options);
  const { reduction = 'mean', zeroInfinity = false } = options;
  const losses = lnLikelihood(x, target, told).neg();
  const terms = zeroInfinity ? finite(losses) : losses;
  if (reduction !== 'mean') return reduction === 'none' ? terms : terms.sum();
  return terms.div(told.targetLengths.maximum(1).cast(x.dtype)).mean();
});
