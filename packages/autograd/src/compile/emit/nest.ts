// Loops around a function: more axes than it has loops of its own.

import { call, local } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { advance, countDown } from '../../kernels/wasm/statements.js';
import { cutAlong } from './shared.js';
import { type AnyFunction, type CallStep, functionOf } from './step.js';

/** A loop: how often, and by how many bytes each moving address goes on. */
export interface Loop {
  readonly count: number;
  readonly steps: readonly number[];
}

/** (count, step, step, …, the function's own parameters): calls it `count` times, the addresses at `moving` going on. */
function nestFunction(inner: AnyFunction, moving: readonly number[]): AnyFunction {
  const arity = inner.type.args.length;
  const first = 1 + moving.length;
  return routine(first + arity, 0, 0, ([count, ...rest]) => {
    const steps = rest.slice(0, moving.length);
    const own = rest.slice(moving.length);
    countDown(count, () => {
      for (const parameter of own) local.get(parameter);
      call(inner);
      moving.forEach((index, k) => {
        advance(own[index], steps[k]);
      });
    });
  });
}

/**
 * The step within loops, innermost first; `moving` are the places of its addresses among its parameters. Threads share the
 * turns of the outermost loop in about so many blocks.
 */
export function nested(
  step: CallStep,
  loops: readonly Loop[],
  moving: readonly number[],
  blocks = 1,
): CallStep {
  let [inner, places] = [step, moving];
  for (const { count, steps } of loops) {
    const [own, at] = [inner, places];
    const shift = 1 + at.length;
    const parameters = [count, ...steps, ...own.parameters];
    places = at.map((place) => place + shift);
    const turn = parameters.map((_, p) => steps[places.indexOf(p)] ?? 0);
    inner = {
      kind: 'call',
      key: `nest ${at.join()} (${own.key})`,
      make: () => nestFunction(functionOf(own), at),
      parameters,
      cut: cutAlong(0, count, 1, blocks, turn),
    };
  }
  return inner;
}
