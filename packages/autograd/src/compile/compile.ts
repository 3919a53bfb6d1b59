// compile(fn): the same function, traced once, run as a program from then on.

import { ArgumentError } from '../errors.js';
import { describeValue, Operand } from '../tensor/operand.js';
import type { Tensor } from '../tensor/tensor.js';
import { isPlainObject } from '../transforms/tree.js';
import { puttingBack, runBoth } from './check.js';
import { assertRepeats } from './compare.js';
import { engine } from './engine.js';
import type { Explanation } from './explain.js';
import { Program } from './program.js';
import { trace } from './trace.js';

/** A compiled function: called like the original one. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** What the program for these arguments does; by default, the one that ran last. Traces it if there is none yet. */
  explain(...args: A | []): Explanation;
  /**
   * Runs the function and its program on the same state and compares what they return and assign. Variables and
   * generators change as by one run; other effects of the function happen once.
   * @throws TraceError if they differ by more than rounding: a JavaScript value has gone stale.
   */
  check(...args: A): R;
  /**
   * What the function itself returns for these arguments. Variables and generators are put back as they were, so that
   * the program can be run on the same state and be compared with it.
   */
  rehearse(...args: A): R;
}

/** Programs kept for one function, for different shapes and static arguments; the one used longest ago goes first. */
const PROGRAMS_KEPT = 16;

/** Describes an argument, and collects its tensors: what they must be, and the values of everything else. */
function describe(value: unknown, tensors: Tensor[]): string {
  if (value instanceof Operand) {
    const tensor = value.read();
    tensors.push(tensor);
    return `${tensor.dtype}[${tensor.shape.join()}]`;
  }
  return describeOther(value, tensors);
}

function describeOther(value: unknown, tensors: Tensor[]): string {
  if (Array.isArray(value)) return `[${value.map((item) => describe(item, tensors)).join()}]`;
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${key}:${describe(item, tensors)}`);
    return `{${entries.join()}}`;
  }
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
    case 'undefined':
    case 'bigint':
      return `${typeof value} ${value}`;
    default:
      if (value === null) return 'null';
      throw new ArgumentError(
        'compile: arguments are tensors, variables, plain values and nested arrays or objects of them, ' +
          `got ${describeValue(value)}. Close over it instead of passing it.`,
      );
  }
}

/**
 * The function as a program: traced on symbolic tensors for each combination of shapes, dtypes and static arguments,
 * optimised, and run in WebAssembly's memory from then on. Cells that it assigns stay there, and everybody sees their
 * new values.
 *
 * The function must do the same every time: it is traced twice, and two traces that differ are refused, after a third that
 * finds the line.
 * @throws TraceError if it asks for elements while it is traced, if two traces differ, or without WebAssembly.
 */
export function compile<A extends readonly unknown[], R>(fn: (...args: A) => R): Compiled<A, R> {
  const programs = new Map<string, Program>();
  let latest: Program | null = null;
  const programFor = (args: A, tensors: Tensor[]): Program => {
    let key = '';
    for (let k = 0; k < args.length; k++) key += `${describe(args[k], tensors)} `;
    const program = programs.get(key);
    if (program === undefined || !program.fits()) return newProgram(key, args);
    if (program !== latest) touch(key, program);
    return program;
  };
  const newProgram = (key: string, args: A): Program => {
    const first = trace(fn as never, args);
    assertRepeats(first, (sites) => trace(fn as never, args, sites));
    programs.get(key)?.evict();
    programs.delete(key);
    latest = null;
    makeRoom(programs);
    return touch(key, new Program(engine(), first));
  };
  /** Puts the program behind those that were used before it. */
  const touch = (key: string, program: Program): Program => {
    programs.delete(key);
    programs.set(key, program);
    latest = program;
    return program;
  };
  const run = (...args: A): R => {
    const tensors: Tensor[] = [];
    return programFor(args, tensors).run(tensors) as R;
  };
  const explain = (...args: A | []): Explanation => {
    const program = args.length === 0 && latest !== null ? latest : programFor(args as A, []);
    return program.explain();
  };
  const check = (...args: A): R => {
    const tensors: Tensor[] = [];
    const program = programFor(args, tensors);
    return runBoth(program, () => fn(...args), tensors) as R;
  };
  const rehearse = (...args: A): R => puttingBack(programFor(args, []), () => fn(...args));
  return Object.assign(run, { explain, check, rehearse });
}

function makeRoom(programs: Map<string, Program>): void {
  if (programs.size < PROGRAMS_KEPT) return;
  const [oldest] = programs.keys();
  programs.get(oldest)?.evict();
  programs.delete(oldest);
}
