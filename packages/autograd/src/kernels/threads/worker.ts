// What a worker runs, as source: a file would have to be found by every bundler, runner and browser.

import { HEAD, HEAD_NUMBERS, JOB_AT, LOOKS, NO_BLOCK, PARAMETER_NUMBERS, WORD } from './control.js';
import type { Native, Portable } from './portable.js';

/** What a worker is started with. */
export interface Start {
  readonly control: SharedArrayBuffer;
  /** 1, 2, …; the thread that starts it is 0. */
  readonly index: number;
}

/** What a worker is told: which function has which number. */
export interface Order {
  readonly id: number;
  readonly portable: Portable | Native;
  readonly name: string;
}

/**
 * A worker waits in shared memory, where a message can't reach it; when one has been posted, it returns to its event loop,
 * reads it, and waits again. So nobody has to wait for its turn in the event loop but the worker. Its first message starts
 * it. A function that it can't get is left to the others. When it has taken a block, nothing of the job changes until that is
 * done. All this is said here, since the text with its comments is part of every program.
 */
export const WORKER_SOURCE = `'use strict';
const W = ${JSON.stringify(WORD)}, H = ${JSON.stringify(HEAD)};
const calls = new Map();
let words, numbers, index, handled = 0;

function instantiate({ module, imports }) {
  const given = {};
  for (const { from, name, memory, math, source } of imports) {
    given[from] ??= {};
    given[from][name] = memory ?? (source ? instantiate(source.of).exports[source.name] : Math[math]);
  }
  return new WebAssembly.Instance(module, given);
}

function obey({ id, portable, name }) {
  const { koffi, library, types } = portable;
  const call = library ? require(koffi).load(library).func(name, 'void', types) : instantiate(portable).exports[name];
  calls.set(id, call);
}

function work() {
  for (;;) {
    const ticket = Atomics.load(words, W.ticket), block = ticket & ${NO_BLOCK};
    if (block >= numbers[H.blocks] || index >= numbers[H.threads] || !calls.has(numbers[H.target])) return;
    if (Atomics.compareExchange(words, W.ticket, ticket, ticket + 1) !== ticket) continue;
    try {
      const own = block % numbers[H.each], j = own % numbers[H.across], i = (own - j) / numbers[H.across];
      const count = numbers[H.parameters], values = [];
      let at = ${HEAD_NUMBERS} + (block - own) / numbers[H.each] * count * ${PARAMETER_NUMBERS};
      for (let p = 0; p < count; p++, at += ${PARAMETER_NUMBERS}) {
        const value = numbers[at] + i * numbers[at + 1] + j * numbers[at + 2] + index * numbers[at + 3];
        values.push(Math.min(value, numbers[at + 4]));
      }
      calls.get(numbers[H.target])(...values);
    } catch {
      Atomics.store(words, W.failed, 1);
    }
    Atomics.add(words, W.done, 1);
    if (Atomics.load(words, W.waiting)) Atomics.notify(words, W.done);
  }
}

function waitBeyond(generation) {
  for (let k = 0; k < ${LOOKS}; k++) if (Atomics.load(words, W.generation) !== generation) return;
  Atomics.add(words, W.asleep, 1);
  Atomics.wait(words, W.generation, generation);
  Atomics.sub(words, W.asleep, 1);
}

function receive(message) {
  if (words) {
    handled++;
    try {
      obey(message);
    } catch {}
  } else {
    words = new Int32Array(message.control, 0, ${JOB_AT} / 4);
    numbers = new Float64Array(message.control, ${JOB_AT});
    index = message.index;
    Atomics.add(words, W.started, 1);
  }
  for (;;) {
    const generation = Atomics.load(words, W.generation);
    if (Atomics.load(words, W.posted) > handled) return;
    work();
    waitBeyond(generation);
  }
}

if (typeof require === 'function') require('node:worker_threads').parentPort.on('message', receive);
else onmessage = ({ data }) => receive(data);
`;
