// What a worker runs, as source: a file would have to be found by every bundler, runner and browser.

import { PARAMETER_WORDS, SPIN_MILLISECONDS, WORD } from './control.js';

/** What a worker is started with. */
export interface Start {
  readonly control: SharedArrayBuffer;
  /** 1, 2, …; the thread that starts it is 0. */
  readonly index: number;
}

/** What a worker is told: what job `id` calls, or, without a module, that nobody will ask for it again. */
export interface Order {
  readonly id: number;
  readonly module: WebAssembly.Module | null;
  readonly memory: WebAssembly.Memory | null;
  readonly name: string;
}

/**
 * A worker waits in shared memory, where a message can't reach it; when one has been posted, it returns to its event loop,
 * reads it, and waits again. So nobody has to wait for its turn in the event loop but the worker.
 */
export const WORKER_SOURCE = `'use strict';
const node = typeof process === 'object' && typeof require === 'function' ? require('node:worker_threads') : null;
const W = ${JSON.stringify(WORD)};
const calls = new Map();
const instances = new Map();
let words = null, index = 0, handled = 0;

function instanceOf(module, memory) {
  let known = instances.get(module);
  if (known === undefined) {
    const imports = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = kind === 'memory' ? memory : () => { throw new Error('not for workers'); };
    }
    known = new WebAssembly.Instance(module, imports);
    instances.set(module, known);
  }
  return known;
}

function obey({ id, module, memory, name }) {
  if (module === null) calls.delete(id);
  else {
    try { calls.set(id, instanceOf(module, memory).exports[name]); } catch { calls.delete(id); }
  }
}

function work() {
  const call = calls.get(words[W.job]);
  if (call === undefined || index >= words[W.limit]) return;
  const blocks = words[W.blocks], across = words[W.across], count = words[W.parameters];
  const values = new Array(count).fill(0);
  for (let b = Atomics.add(words, W.next, 1); b < blocks; b = Atomics.add(words, W.next, 1)) {
    const i = Math.floor(b / across), j = b % across;
    for (let p = 0, at = W.first; p < count; p++, at += ${PARAMETER_WORDS}) {
      const value = (words[at] + Math.imul(i, words[at + 1]) + Math.imul(j, words[at + 2]) + Math.imul(index, words[at + 3])) | 0;
      values[p] = words[at + 4] > 0 ? Math.min(value, words[at + 4]) : value;
    }
    call(...values);
  }
}

function join() {
  Atomics.add(words, W.active, 1);
  try {
    if (Atomics.load(words, W.open) === 1) work();
  } catch {
    Atomics.store(words, W.failed, 1);
  }
  if (Atomics.sub(words, W.active, 1) === 1) Atomics.notify(words, W.active);
}

function waitBeyond(generation) {
  const until = performance.now() + ${SPIN_MILLISECONDS};
  do {
    for (let k = 0; k < 200; k++) if (Atomics.load(words, W.generation) !== generation) return;
  } while (performance.now() < until);
  Atomics.add(words, W.asleep, 1);
  Atomics.wait(words, W.generation, generation);
  Atomics.sub(words, W.asleep, 1);
}

function serve() {
  for (;;) {
    const generation = Atomics.load(words, W.generation);
    if (Atomics.load(words, W.posted) > handled) return;
    join();
    waitBeyond(generation);
  }
}

function start(given) {
  words = new Int32Array(given.control);
  index = given.index;
  Atomics.add(words, W.started, 1);
  serve();
}

function receive(message) {
  if (words === null) start(message);
  else {
    handled++;
    obey(message);
    serve();
  }
}

if (node === null) onmessage = ({ data }) => receive(data);
else node.parentPort.on('message', receive);
`;
