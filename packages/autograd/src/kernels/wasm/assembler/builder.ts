// The function being assembled: its bytes, what lies on its stack, and the blocks it is within.

import { Bytes } from './bytes.js';
import { AssemblyError } from './error.js';
import {
  $,
  type AnyFunc,
  type Call,
  CODE_OF,
  type Func,
  type Local,
  type Operand,
  type Type,
  type ValueType,
} from './types.js';

/** A block that branches can leave or repeat. */
export interface Label {
  /** How many values lay on the stack when it began. */
  readonly base: number;
  /** False behind a branch that is always taken: whatever is missing on the stack there is never missed. */
  reachable: boolean;
}

/** Opcodes (§5.4). */
const LOCAL_GET = 0x20;
const I32_CONST = 0x41;
const F64_CONST = 0x44;
const END = 0x0b;

/** Instructions write themselves into the current one as they are called; nothing of them is kept. */
export class Builder {
  readonly code = new Bytes();
  readonly calls: Call[] = [];
  /** For each value on the stack, where the code that computes it begins. */
  readonly #starts: number[] = [];
  readonly #labels: Label[] = [{ base: 0, reachable: true }];

  // ---- Values ---------------------------------------------------------------------------------------------------------

  /** Notes a value whose code begins at `start`. */
  push(start: number): void {
    this.#starts.push(start);
  }

  /** Removes `count` values; where the code of the first begins. */
  pop(count: number): number {
    const { base, reachable } = this.#innermost();
    const height = this.#starts.length - count;
    if (height < base) {
      const found = this.#starts.length - base;
      if (reachable)
        throw new AssemblyError(`an instruction takes ${count} values, ${found} are on the stack.`);
      this.#starts.length = base;
      return this.code.length;
    }
    const start = count === 0 ? this.code.length : this.#starts[height];
    this.#starts.length = height;
    return start;
  }

  /** Brings the operands of an instruction onto the stack and removes them; where the code of the first begins. */
  take(types: readonly ValueType[], operands: readonly Operand[]): number {
    if (operands.length > 0) this.#arrange(types, operands);
    return this.pop(types.length);
  }

  /**
   * Operands are computed before the instruction that they are given to is even called, so the code of a local or a constant
   * to the left of one that is on the stack belongs before what is written already.
   */
  #arrange(types: readonly ValueType[], operands: readonly Operand[]): void {
    if (operands.length !== types.length)
      throw new AssemblyError(
        `an instruction takes none or ${types.length} operands, got ${operands.length}.`,
      );
    const last = operands.lastIndexOf($);
    if (last > 0) {
      // The place on the stack of the operand to the right.
      let place = this.#starts.length - 1;
      for (let i = last - 1; i >= 0; i--) {
        if (operands[i] === $) place--;
        else this.#insert(operands[i], types[i], place);
      }
    }
    for (let i = last + 1; i < operands.length; i++) {
      this.#starts.push(this.code.length);
      this.#write(operands[i], types[i]);
    }
  }

  /** Writes the operand before the value at `place` of the stack. */
  #insert(operand: Operand, type: ValueType, place: number): void {
    if (place < this.#innermost().base)
      throw new AssemblyError('an operand said to be on the stack is missing there.');
    const at = this.#starts[place];
    const end = this.code.length;
    this.#write(operand, type);
    const moved = this.code.length - end;
    this.code.moveBack(end, at);
    for (let k = this.calls.length - 1; k >= 0 && this.calls[k].at >= at; k--)
      this.calls[k].at += moved;
    for (let k = place; k < this.#starts.length; k++) this.#starts[k] += moved;
    this.#starts.splice(place, 0, at);
  }

  #write(operand: Operand, type: ValueType): void {
    if (typeof operand !== 'number') {
      if (operand.kind === 'stack') return;
      this.code.byte(LOCAL_GET);
      this.code.unsigned(operand.index);
    } else if (type === 'i32') {
      this.code.byte(I32_CONST);
      this.code.signed(operand);
    } else if (type === 'f64') {
      this.code.byte(F64_CONST);
      this.code.float64(operand);
    } else throw new AssemblyError(`an operand of type ${type} can't be a number, got ${operand}.`);
  }

  /** Leaves room for the number of a function. */
  callTo(target: AnyFunc): void {
    this.calls.push({ at: this.code.length, target });
  }

  // ---- Blocks ---------------------------------------------------------------------------------------------------------

  #innermost(): Label {
    return this.#labels[this.#labels.length - 1];
  }

  /** Writes what is within a block, with neither its beginning nor its end. */
  within(body: (label: Label) => void): void {
    const label: Label = { base: this.#starts.length, reachable: true };
    this.#labels.push(label);
    body(label);
    this.expect(0);
    this.#labels.pop();
    this.#starts.length = label.base;
  }

  /** Throws unless the innermost block has left so many values. */
  expect(count: number): void {
    const { base, reachable } = this.#innermost();
    const found = this.#starts.length - base;
    if (found > count || (reachable && found < count))
      throw new AssemblyError(`a block leaves ${count} values, got ${found}.`);
  }

  /** How many blocks are between here and the label. */
  depthOf(label: Label): number {
    const index = this.#labels.lastIndexOf(label);
    if (index < 0)
      throw new AssemblyError('a branch leads out of a block that it is in, got one that is over.');
    return this.#labels.length - 1 - index;
  }

  /** What follows in the innermost block is never reached. */
  leave(): void {
    const label = this.#innermost();
    label.reachable = false;
    this.#starts.length = label.base;
  }
}

let current: Builder | null = null;

/** What is being assembled. */
export function builder(): Builder {
  if (current === null)
    throw new AssemblyError('instructions are written within a function. Call them in `func`.');
  return current;
}

// ---- Functions --------------------------------------------------------------------------------------------------------

type TypesOf<T extends readonly ValueType[]> = { readonly [K in keyof T]: Type<T[K]> };
type LocalsOf<T extends readonly ValueType[]> = { [K in keyof T]: Local<T[K]> };

const kindsOf = <T extends readonly ValueType[]>(types: TypesOf<T>): T =>
  (types as readonly Type[]).map(({ kind }) => kind) as readonly ValueType[] as T;

const localsFrom = <T extends readonly ValueType[]>(first: number, types: T): LocalsOf<T> =>
  types.map(
    (type, k): Local => ({ kind: 'local', type, index: first + k }),
  ) as readonly Local[] as LocalsOf<T>;

/** Locals' types, each of them once (§5.5.13). */
function encodeLocals(types: readonly ValueType[]): Uint8Array {
  const encoded = new Bytes();
  encoded.unsigned(types.length);
  for (const type of types) {
    encoded.unsigned(1);
    encoded.byte(CODE_OF[type]);
  }
  return encoded.toBytes();
}

/** Assembles a function: `run` is called at once, and the instructions it calls are the function's. */
export function func<
  const Args extends readonly ValueType[],
  const Locals extends readonly ValueType[],
  const Results extends readonly ValueType[],
>(
  signature: {
    readonly in: TypesOf<Args>;
    readonly locals?: TypesOf<Locals>;
    readonly out: TypesOf<Results>;
  },
  run: (parameters: LocalsOf<Args>, locals: LocalsOf<Locals>) => void,
): Func<Args, Results> {
  const args = kindsOf(signature.in);
  const locals = kindsOf(signature.locals ?? ([] as readonly Type[] as TypesOf<Locals>));
  const results = kindsOf(signature.out);
  const own = new Builder();
  const outer = current;
  current = own;
  try {
    run(localsFrom(0, args), localsFrom(args.length, locals));
  } finally {
    current = outer;
  }
  own.expect(results.length);
  own.code.byte(END);
  return {
    kind: 'function',
    type: { args, results },
    locals: encodeLocals(locals),
    code: own.code.toBytes(),
    calls: own.calls,
  };
}
