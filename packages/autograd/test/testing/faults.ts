// Wrong derivatives, made from right ones: the faults that a checker has to find.
import {
  broadcastTo,
  detach,
  flip,
  mul,
  neg,
  onesLike,
  permute,
  reshape,
  type Tensor,
  tensor,
  transpose,
} from '@retrograd/autograd';
import type { Adjoint, Adjoints, Node, Op } from '../../src/tape/node.js';
import { broadcastAxes, sizeOf } from '../../src/tensor/shape.js';

/** What a rule takes: gradients of the outputs, or tangents of the inputs. A single one is a list of one. */
type Rule = (incoming: readonly Adjoint[], node: Node) => readonly Adjoint[];

export interface Fault {
  readonly name: string;
  /** The wrong rule for a right one; null where the fault has no meaning. */
  make(rule: Rule): Rule;
}

type Distort = (value: Tensor, node: Node, place: number) => Adjoint;

/** A fault of every result by itself. */
function ofEach(name: string, distort: Distort): Fault {
  return {
    name,
    make: (rule) => (incoming, node) =>
      rule(incoming, node).map((value, i) => value && distort(value, node, i)),
  };
}

/** Zero at the places that `keeps` refuses. */
function masked(value: Tensor, keeps: (i: number) => boolean): Tensor {
  const mask = Float64Array.from({ length: value.size }, (_, i) => (keeps(i) ? 1 : 0));
  return mul(value, reshape(tensor(mask), value.shape));
}

/** Rows and columns exchanged, in the old shape: wrong numbers of the right size. */
function misplaced(value: Tensor): Tensor {
  if (value.rank < 2) return value.rank === 0 ? value : flip(value);
  const { rank, shape } = value;
  const order = [...shape.keys()];
  [order[rank - 2], order[rank - 1]] = [order[rank - 1], order[rank - 2]];
  return reshape(permute(value, order), shape);
}

/** Whether position i of a tensor of `shape` is the first along all these axes. */
function isFirst(shape: readonly number[], axes: readonly number[], i: number): boolean {
  return axes.every((axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    return Math.floor(i / stride) % shape[axis] === 0;
  });
}

/** Faults of vjps and jvps alike. */
export const FAULTS: readonly Fault[] = [
  ofEach('scaled by 1.001', (value) => mul(value, 1.001)),
  ofEach('of the wrong sign', (value) => neg(value)),
  ofEach('with rows and columns exchanged', misplaced),
  ofEach('without its first element', (value) => masked(value, (i) => i > 0)),
  ofEach('without its last element', (value) => masked(value, (i) => i < value.size - 1)),
  ...[0, 1, 2].map(
    (place): Fault => ({
      name: `without term ${place}`,
      make: (rule) => (incoming, node) =>
        rule(incoming, node).map((value, i) => (i === place ? null : value)),
    }),
  ),
  {
    name: 'without the incoming factor',
    make: (rule) => (incoming, node) =>
      rule(
        incoming.map((g) => g && onesLike(g)),
        node,
      ),
  },
  {
    name: 'with two results exchanged',
    make: (rule) => (incoming, node) => {
      const [first, second, ...rest] = rule(incoming, node);
      return second === undefined ? [first] : [second, first, ...rest];
    },
  },
];

/** Faults that only a vjp can have: sums over broadcast axes, and shapes. */
export const REDUCTION_FAULTS: readonly Fault[] = [
  ofEach('transposed', (value) => transpose(value)),
  ofEach('not summed over what was broadcast', (value, node) =>
    canGrow(value.shape, node.shape) ? broadcastTo(value, node.shape) : value,
  ),
  {
    name: 'summed over one slice only',
    make: (rule) => (incoming, node) => {
      const right = rule(incoming, node);
      return right.map((value, i) => {
        if (value === null || !canGrow(value.shape, node.shape)) return value;
        const axes = broadcastAxes(node.shape, value.shape);
        const slice = incoming.map((g) => g && masked(g, (k) => isFirst(g.shape, axes, k)));
        return rule(slice, node)[i];
      });
    },
  },
];

/** What first order cannot see: a gradient that is right, but a constant. */
export const DETACHED: Fault = ofEach('detached', (value) => detach(value));

function canGrow(shape: readonly number[], target: readonly number[]): boolean {
  if (shape.length > target.length || sizeOf(shape) === sizeOf(target)) return false;
  const lead = target.length - shape.length;
  return shape.every((size, axis) => size === 1 || size === target[lead + axis]);
}

type Mutable = { -readonly [K in 'vjp' | 'jvp']: Op[K] };

/** Runs `body` with one rule of an operation broken, in place, and mends it. */
export function withFault<R>(op: Op, kind: 'vjp' | 'jvp', fault: Fault, body: () => R): R {
  const right = op[kind] as (incoming: unknown, node: Node) => Adjoints;
  const own = Object.getOwnPropertyDescriptor(op, kind);
  (op as Mutable)[kind] = (incoming: unknown, node: Node): Adjoints => {
    const several = Array.isArray(incoming);
    let single = false;
    const rule: Rule = (list, at) => {
      const result = right.call(op, several ? list : list[0], at);
      single = !Array.isArray(result);
      return (single ? [result] : result) as readonly Adjoint[];
    };
    const wrong = fault.make(rule)((several ? incoming : [incoming]) as readonly Adjoint[], node);
    return single ? wrong[0] : wrong;
  };
  try {
    return body();
  } finally {
    if (own === undefined) delete (op as Partial<Mutable>)[kind];
    else Object.defineProperty(op, kind, own);
  }
}
