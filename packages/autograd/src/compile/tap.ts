// Taps: values in the middle of a computation, shown to whoever looks, eagerly and from programs alike.

import { refusePromise } from '../tape/state.js';
import type { Operand } from '../tensor/operand.js';
import type { Shape } from '../tensor/shape.js';
import { tracing } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';

/** Is shown the values of taps, constant to the tape. */
export type TapHandler = (name: string, value: Tensor) => void;

let handler: TapHandler | null = null;

/** Whether anybody looks. */
export const isObserved = (): boolean => handler !== null;

function withHandler<R>(next: TapHandler | null, fn: () => R): R {
  const outer = handler;
  handler = next;
  try {
    return fn();
  } finally {
    handler = outer;
  }
}

/** Runs `fn` with nobody looking. */
export const unobserved = <R>(fn: () => R): R => withHandler(null, fn);

/** Shows a value to whoever looks; taps in the handler itself show it nothing. */
export function show(name: string, value: Tensor): void {
  const shown = handler;
  if (shown !== null) unobserved(() => shown(name, value));
}

/**
 * Shows `x` under a name to the handler of the `observe` that runs, and returns it: gradients flow through unchanged.
 * Eagerly the handler is called at once; in a compiled function, after each run, with that run's value. Where nobody
 * observes it costs nothing but what computing `x` costs, which a program would leave out if nobody read it.
 *
 * ```ts
 * const step = compile((x: Tensor) => tap('hidden', x.matmul(w).tanh()).sum());
 * observe(() => step(x), (name, value) => console.log(name, value.mean().item()));
 * ```
 */
export function tap<S extends Shape>(name: string, x: Operand<S>): Tensor<S> {
  const value = x.read();
  if (tracing.hooks !== null) tracing.hooks.tap(name, value);
  else if (handler !== null) {
    show(name, new Tensor(value.storage, value.shape, value.dtype, null, 0));
  }
  return value;
}

/**
 * Runs `fn` and returns what it returns; `handler` is shown every `tap` on the way, in order. Of nested observers the
 * innermost is shown them.
 * @throws AsyncScopeError if `fn` returns a promise; whatever `fn` or `handler` throws.
 */
export function observe<R>(fn: () => R, handler: TapHandler): R {
  return withHandler(handler, () => {
    const result = fn();
    refusePromise('observe', result);
    return result;
  });
}
