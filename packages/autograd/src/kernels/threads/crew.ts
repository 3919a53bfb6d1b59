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

function inBrowser(onFailure: Failed): CrewMember {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onerror = onFailure;
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

/** @throws whatever the system throws when it starts no worker. */
export function hire(start: Start, onFailure: Failed): CrewMember {
  const member = inNode() ? inNodeThread(onFailure) : inBrowser(onFailure);
  member.post(start);
  return member;
}
