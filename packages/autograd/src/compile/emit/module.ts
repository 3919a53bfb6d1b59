// Modules of programs: the functions of their steps, and one that calls them in turn, with what it reads from a table.

import { call, i32, local } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { compileModule } from '../../kernels/wasm/module.js';
import { hostCall, type Run } from './running.js';
import { importHeap } from './shared.js';
import { type AnyFunction, functionOf, type Parameter, type Step } from './step.js';

/** A module, started. Programs of the same structure share it. */
export interface Linked {
  readonly run: Run;
  readonly functions: number;
  readonly bytes: number;
}

/** Modules that are kept for programs to come; a program keeps its own in any case. */
const MOST_MODULES = 64;

const WORD = 4;

const isInArena = (parameter: Parameter): boolean =>
  typeof parameter !== 'number' && parameter.inArena;

/** What two programs have in common if one module does for both: everything but numbers. */
function structureOf(steps: readonly Step[]): string {
  return steps
    .map((step) => {
      if (step.kind === 'host') return 'host';
      const relative = step.parameters.map((parameter) => (isInArena(parameter) ? '+' : '-'));
      return `${step.key} ${relative.join('')}`;
    })
    .join('\n');
}

/** The numbers in the order in which the run function reads them. */
export function tableOf(steps: readonly Step[]): Int32Array {
  const words: number[] = [];
  for (const step of steps) {
    if (step.kind === 'host') words.push(step.k);
    else for (const one of step.parameters) words.push(typeof one === 'number' ? one : one.offset);
  }
  return Int32Array.from(words);
}

export class Linker {
  readonly #memory: WebAssembly.Memory;
  readonly #modules = new Map<string, Linked>();

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** The module for steps like these. */
  link(steps: readonly Step[]): Linked {
    const structure = structureOf(steps);
    const known = this.#modules.get(structure);
    if (known !== undefined) return known;
    const linked = this.#build(steps);
    const [oldest] = this.#modules.keys();
    if (this.#modules.size >= MOST_MODULES) this.#modules.delete(oldest);
    this.#modules.set(structure, linked);
    return linked;
  }

  #build(steps: readonly Step[]): Linked {
    const functions = new Set<AnyFunction>();
    const run = routine(2, 0, 0, ([arena, table]) => {
      let offset = 0;
      const pushNext = (): void => {
        i32.load({ offset }, table);
        offset += WORD;
      };
      for (const step of steps) {
        if (step.kind === 'host') {
          pushNext();
          call(hostCall);
          continue;
        }
        for (const parameter of step.parameters) {
          pushNext();
          if (!isInArena(parameter)) continue;
          local.get(arena);
          i32.add();
        }
        const target = functionOf(step);
        functions.add(target);
        call(target);
      }
    });
    const { module, imports, bytes } = compileModule({ run }, importHeap(this.#memory));
    const { exports } = new WebAssembly.Instance(module, imports);
    return { run: exports.run as Run, functions: functions.size, bytes };
  }
}
