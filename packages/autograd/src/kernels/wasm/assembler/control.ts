// Instructions on locals, on all of the memory, and those that decide what runs next.

import { builder, type Label } from './builder.js';
import { instruction } from './instruction.js';
import {
  $,
  type AnyFunc,
  type Local,
  type Operand,
  type Operands,
  type StackVar,
  type ValueType,
} from './types.js';

// ---- Locals -----------------------------------------------------------------------------------------------------------

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;

export const local = {
  get<T extends ValueType>({ index }: Local<T>): StackVar<T> {
    const own = builder();
    own.push(own.code.length);
    own.code.byte(LOCAL_GET);
    own.code.unsigned(index);
    return $;
  },
  set<T extends ValueType>({ index, type }: Local<T>, ...value: Operands<readonly [T]>): void {
    const own = builder();
    own.take([type], value as readonly Operand[]);
    own.code.byte(LOCAL_SET);
    own.code.unsigned(index);
  },
  /** Sets the local and leaves the value. */
  tee<T extends ValueType>(
    { index, type }: Local<T>,
    ...value: Operands<readonly [T]>
  ): StackVar<T> {
    const own = builder();
    const start = own.take([type], value as readonly Operand[]);
    own.code.byte(LOCAL_TEE);
    own.code.unsigned(index);
    own.push(start);
    return $;
  },
} as const;

// ---- Memory -----------------------------------------------------------------------------------------------------------

/** An instruction on blocks of the module's memory. */
const bulk = (opcode: readonly number[]) => () => {
  const own = builder();
  own.pop(3);
  own.code.append(opcode);
};

export const memory = {
  /** How many pages of 64 KiB there are. */
  size: instruction([0x3f, 0], [], 'i32'),
  /** (to, from, bytes) on the stack; the blocks may overlap. */
  copy: bulk([0xfc, 0x0a, 0, 0]),
  /** (to, byte, bytes) on the stack. */
  fill: bulk([0xfc, 0x0b, 0]),
} as const;

// ---- Control ----------------------------------------------------------------------------------------------------------

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const BR = 0x0c;
const BR_IF = 0x0d;
const RETURN = 0x0f;
const CALL = 0x10;
const SELECT = 0x1b;

/** Blocks take nothing from the stack and leave nothing there. */
const NO_VALUES = 0x40;

function structured(opcode: number, body: (label: Label) => void): void {
  const own = builder();
  own.code.byte(opcode);
  own.code.byte(NO_VALUES);
  own.within(body);
  own.code.byte(END);
}

/** Branches to the label go to the block's end. */
export const block = (body: (label: Label) => void): void => structured(BLOCK, body);

/** Branches to the label go to the loop's beginning; without one it runs once. */
export const loop = (body: (label: Label) => void): void => structured(LOOP, body);

/** Takes a condition. */
export function if_(body: () => void, otherwise?: () => void): void {
  const own = builder();
  own.pop(1);
  own.code.byte(IF);
  own.code.byte(NO_VALUES);
  own.within(body);
  if (otherwise !== undefined) {
    own.code.byte(ELSE);
    own.within(otherwise);
  }
  own.code.byte(END);
}

export function br(label: Label): void {
  const own = builder();
  own.code.byte(BR);
  own.code.unsigned(own.depthOf(label));
  own.leave();
}

/** Takes a condition. */
export function br_if(label: Label): void {
  const own = builder();
  own.pop(1);
  own.code.byte(BR_IF);
  own.code.unsigned(own.depthOf(label));
}

/** Ends a function that leaves nothing. */
export function return_(): void {
  const own = builder();
  own.code.byte(RETURN);
  own.leave();
}

/** Takes (a, b, condition) from the stack: a if the condition isn't 0, else b. */
export function select(): void {
  const own = builder();
  const start = own.pop(3);
  own.code.byte(SELECT);
  own.push(start);
}

/** Calls a function, which thereby becomes part of the module. */
export function call(target: AnyFunc, operands: readonly Operand[] = []): void {
  const own = builder();
  const { args, results } = target.type;
  const start = own.take(args, operands);
  own.code.byte(CALL);
  own.callTo(target);
  for (let k = 0; k < results.length; k++) own.push(start);
}
