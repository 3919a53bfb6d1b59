// One who takes part: a process that is told line by line what to do, so that all can take turns.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Task } from './task.js';

/** How a contender is started. */
export interface Entry {
  readonly lib: string;
  /** Its variant, with the version that it says it has. */
  readonly variant: (version: string) => string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The most operations in a step that it is asked to do; by default, no limit. */
  readonly flops?: number;
  /** Why it can't even be started. */
  readonly missing?: string | null;
}

export interface Answer {
  readonly version?: string;
  /** What it can do. */
  readonly kinds?: readonly string[];
  /** Of its own matrix products, GFLOP/s. */
  readonly gemm?: number;
  readonly loss?: number;
  readonly microseconds?: number;
  /** Of a whole training, and the share of the test that it gets right. */
  readonly seconds?: number;
  readonly accuracy?: number;
  readonly error?: string;
}

/** What it can do at most: the longest answer waited for. */
const PATIENCE = 10 * 60_000;

export class Contender {
  readonly lib: string;
  readonly variant: string;
  readonly version: string;
  readonly gemm: number | null;
  readonly #entry: Entry;
  readonly #kinds: readonly string[];
  readonly #line: Conversation;

  private constructor(entry: Entry, line: Conversation, answer: Answer) {
    this.lib = entry.lib;
    this.version = answer.version ?? '';
    this.variant = entry.variant(this.version);
    this.gemm = answer.gemm ?? null;
    this.#entry = entry;
    this.#kinds = answer.kinds ?? [];
    this.#line = line;
  }

  /** Starts it. @throws Error that says why it can't take part. */
  static async start(entry: Entry): Promise<Contender> {
    if (entry.missing) throw new Error(entry.missing);
    const line = new Conversation(entry);
    return new Contender(entry, line, await line.hear());
  }

  takes({ kind, flops }: Task): boolean {
    return this.#kinds.includes(kind) && flops <= (this.#entry.flops ?? Number.POSITIVE_INFINITY);
  }

  /** Takes some steps from the common numbers; the loss of the last one, or the checksum of what it computed. */
  async check({ name, kind, settings, batches, steps }: Task, file: string): Promise<number> {
    const problem = { kind, settings, file, batches, steps };
    const { loss } = await this.#line.ask({ op: 'check', task: name, problem });
    return loss ?? Number.NaN;
  }

  /** Microseconds of an operation, the median over so many seconds. */
  async time({ name, share, operations }: Task, seconds: number): Promise<number> {
    const question = { op: 'time', task: name, seconds: seconds * share };
    const { microseconds } = await this.#line.ask(question);
    return (microseconds ?? Number.NaN) / operations;
  }

  /** Anything else that its driver knows. */
  ask(question: object): Promise<Answer> {
    return this.#line.ask(question);
  }

  end(): void {
    this.#line.end();
  }
}

/** Questions and answers, one line each. */
class Conversation {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  #complaints = '';
  #over: string | null = null;
  #settle: ((answer: Answer) => void) | null = null;

  constructor({ command, args, env }: Entry) {
    this.#child = spawn(command, args, {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    });
    this.#child.stderr.on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#stop(error.message));
    this.#child.on('close', (code) =>
      this.#stop(lastWords(this.#complaints) || `it ended with ${code}`),
    );
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => {
      // Libraries print greetings too.
      if (line.startsWith('{')) this.#answer(JSON.parse(line));
    });
  }

  ask(question: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.hear();
  }

  async hear(): Promise<Answer> {
    if (this.#over !== null) throw new Error(this.#over);
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve) => {
      this.#settle = resolve;
      timer = setTimeout(() => {
        this.#answer({ error: `no answer for ${PATIENCE / 60_000} minutes` });
        this.#child.kill();
      }, PATIENCE);
    });
    clearTimeout(timer);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  end(): void {
    this.#child.stdin.end();
  }

  #answer(answer: Answer): void {
    this.#settle?.(answer);
    this.#settle = null;
  }

  #stop(reason: string): void {
    this.#over ??= reason;
    this.#answer({ error: this.#over });
  }
}

/** Of what a process complained about, the line that names the error: Python says it last and Node in between. */
export function lastWords(complaints: string): string {
  const lines = complaints.split('\n').filter((line) => line.trim() !== '');
  const named = lines.find((line) => /^\s*(\w*Error\b.*:|\w*Error \[)/.test(line));
  return (named ?? lines.at(-1) ?? '').trim();
}
