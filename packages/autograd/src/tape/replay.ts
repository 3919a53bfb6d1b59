// Replaying a tape: backward with gradients, forward with tangents.

import { NondifferentiableError, RuleError } from '../errors.js';
import { zeros } from '../tensor/creation.js';
import { describeValue } from '../tensor/operand.js';
import { type GradientSink, Leaf, type Origin } from '../tensor/origin.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { sumOf } from './accumulate.js';
import { type Adjoint, type Adjoints, type Meta, Node, outputMeta } from './node.js';
import type { Visit } from './order.js';
import { relinked } from './record.js';
import { state } from './state.js';

/** The gradient at one point: one value, or one for each output of an operation that has several. */
type Slot = Adjoint | Adjoint[];

function isList(value: Slot | Adjoints): value is Adjoint[] {
  return Array.isArray(value);
}

/** A rule's result must be of the shape and dtype of what it is the gradient or tangent of. */
function checkRule(
  name: string,
  rule: '' | ' vjp' | ' jvp',
  of: Meta,
  value: unknown,
): asserts value is Tensor {
  if (!(value instanceof Tensor)) {
    throw new RuleError(
      `${name}${rule}: returns tensors, or null for nothing, got ${describeValue(value)}. Check what it returns.`,
    );
  }
  if (!sameShape(value.shape, of.shape) || value.dtype !== of.dtype) {
    throw new RuleError(
      `${name}${rule}: returns the shape and dtype of what it belongs to, ${of.dtype} ${formatShape(of.shape)}, ` +
        `got ${value.dtype} ${formatShape(value.shape)}. Sum over broadcast axes, or cast.`,
    );
  }
}

function runHooks(origin: Origin, slot: number, g: Tensor): Tensor {
  let result = g;
  for (const entry of origin.hooks ?? []) {
    if (entry.slot !== slot) continue;
    const replaced = entry.hook(result);
    if (replaced === undefined) continue;
    checkRule('registerHook', '', outputMeta(origin, slot), replaced);
    result = replaced;
  }
  return result;
}

/** Adjoints of a replay, indexed by the positions of a visit. */
export class Adjointed {
  readonly #values: Slot[];

  constructor(length: number) {
    this.#values = new Array<Slot>(length).fill(null);
  }

  add(origin: Origin, slot: number, value: Tensor): void {
    const { position } = origin;
    const multiple = origin instanceof Node ? origin.outputs : null;
    if (multiple === null) {
      this.#values[position] = sumOf(this.#values[position] as Adjoint, value);
      return;
    }
    const list = (this.#values[position] as Adjoint[] | null) ?? multiple.map(() => null);
    list[slot] = sumOf(list[slot], value);
    this.#values[position] = list;
  }

  /** The value at one output; null if none has arrived. */
  at(origin: Origin, slot: number): Adjoint {
    const value = this.#values[origin.position];
    return isList(value) ? value[slot] : value;
  }

  /** Everything that has arrived at a point, hooked; the point's entry is cleared for the collector. */
  take(origin: Origin): Slot {
    const value = this.#values[origin.position];
    this.#values[origin.position] = null;
    if (origin.hooks === null || value === null) return value;
    if (!isList(value)) return runHooks(origin, 0, value);
    return value.map((g, slot) => (g === null ? null : runHooks(origin, slot, g)));
  }
}

/** @throws RuleError unless a rule returns one value for each input (vjp) or output (jvp). */
function checkCount(name: string, returns: string, expected: number, got: number): void {
  if (got === expected) return;
  throw new RuleError(
    `${name}: ${returns} for each of its ${expected} ${returns[0] === 'v' ? 'inputs' : 'outputs'}, got ${got}. ` +
      'Use null where there is none.',
  );
}

function distribute(node: Node, results: Adjoints, adjoints: Adjointed): void {
  const { inputs, slots } = node;
  const list = isList(results) ? results : null;
  checkCount(node.op.name, 'vjp returns one gradient', inputs.length, list?.length ?? 1);
  for (let i = 0; i < inputs.length; i++) {
    const g = list !== null ? list[i] : (results as Adjoint);
    if (g === null || !node.needs(i)) continue;
    const input = inputs[i] as Origin;
    const slot = slots === null ? 0 : slots[i];
    checkRule(node.op.name, ' vjp', outputMeta(input, slot), g);
    adjoints.add(input, slot, g);
  }
}

/**
 * Backward through a visit. Gradients of leaves go to their sinks; those of the targets stay in `adjoints`.
 */
export function replayBackward(visit: Visit, adjoints: Adjointed): void {
  const { order, targets } = visit;
  for (let k = order.length - 1; k >= 0; k--) {
    const origin = order[k];
    if (targets?.has(origin)) continue;
    const g = adjoints.take(origin);
    if (origin instanceof Node) {
      if (g === null) continue;
      const { op } = origin;
      if (op.vjp === null) throw noRule(origin, 'vjp');
      distribute(origin, op.vjp(g as never, origin), adjoints);
    } else if (origin instanceof Leaf && origin.sink !== null) {
      deliver(origin.sink, origin, g as Adjoint);
    }
  }
}

/**
 * A leaf that the tape reaches has a gradient, of zeros if every path to it has the derivative 0. It keeps no tape that
 * this replay doesn't record: a rule or a hook may have handed on one of its operands.
 */
function deliver(sink: GradientSink, leaf: Leaf, g: Adjoint): void {
  if (g !== null) {
    const constant = g.origin !== null && g.origin.level >= state.limit;
    sink.grad = sumOf(sink.grad, constant ? relinked(g, null) : g);
  } else sink.grad ??= zeros([...leaf.shape], { dtype: leaf.dtype });
}

/** Forward through a visit: tangents of the targets stand in `tangents` and spread from there. */
export function replayForward(visit: Visit, tangents: Adjointed): void {
  const { order, targets } = visit;
  for (const node of order) {
    if (!(node instanceof Node) || targets?.has(node)) continue;
    const { op } = node;
    const incoming = node.inputs.map((input, i) =>
      input !== null && node.needs(i) ? tangents.at(input, node.slots?.[i] ?? 0) : null,
    );
    if (incoming.every((t) => t === null)) continue;
    if (op.jvp === null) throw noRule(node, 'jvp');
    const outgoing = op.jvp(incoming, node);
    const list = isList(outgoing) ? outgoing : [outgoing as Adjoint];
    checkCount(op.name, 'jvp returns one tangent', node.outputs?.length ?? 1, list.length);
    list.forEach((t, slot) => {
      if (t === null) return;
      checkRule(op.name, ' jvp', outputMeta(node, slot), t);
      tangents.add(node, slot, t);
    });
  }
}

function noRule(node: Node, rule: string): NondifferentiableError {
  return new NondifferentiableError(
    `${node.op.name}: the operation declares no ${rule}, got asked for one. ` +
      `Add a ${rule} to its definition, or use the other mode.`,
  );
}
