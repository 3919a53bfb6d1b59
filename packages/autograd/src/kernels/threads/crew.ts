// Workers, started in Node or in a browser.

import { inNode } from './settings.js';
import { type Order, type Start, WORKER_SOURCE } from './worker.js';

/** A worker that has been started, or is about to. */
export interface CrewMember {
  post(message: Start | Order): void;
  end(): void;
}

type Failed = () => void;

function inNodeThread(onFailure: Failed): CrewMember {
  const { Worker } = globalThis.process.getBuiltinModule('node:worker_threads');
  // Without the loaders and hooks of the thread that starts it: the source is plain JavaScript.
  const worker = new Worker(WORKER_SOURCE, { eval: true, execArgv: [], env: {} });
  worker.unref();
  worker.on('error', onFailure);
  worker.on('exit', onFailure);
  return {
    post: (message) => worker.postMessage(message),
    end: () => {
      worker.off('exit', onFailure);
      void worker.terminate();
    },
  };
}

let source: string | null = null;

/** The source under an address that stays: when a worker reads it is up to the browser. */
function sourceUrl(): string {
  source ??= URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  return source;
}

/**
 * The worker comes up when the event loop of the thread that starts it has its turn, and only if the content security policy
 * of that thread's script has `blob:` among its `worker-src`. Else there is an exception here or an `error` event later,
 * which is nobody else's business.
 */
function inBrowser(onFailure: Failed): CrewMember {
  const worker = new Worker(sourceUrl());
  worker.onerror = (event) => {
    event.preventDefault();
    onFailure();
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

/** @throws whatever the system throws when it starts no worker. */
export function hire(start: Start, onFailure: Failed): CrewMember {
  const member = inNode() ? inNodeThread(onFailure) : inBrowser(onFailure);
  member.post(start);
  return member;
}
