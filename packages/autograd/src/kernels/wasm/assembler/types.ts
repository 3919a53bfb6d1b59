// What WebAssembly code is about: values, locals, functions and memories, each as a plain record.

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** A type of values, as it is written in signatures. The instructions of the type hang on the same object. */
export interface Type<T extends ValueType = ValueType> {
  readonly kind: T;
}

/** A parameter or a local of the function being assembled. */
export interface Local<T extends ValueType = ValueType> {
  readonly kind: 'local';
  readonly type: T;
  readonly index: number;
}

/** What an instruction left on the stack. Only the order of operands matters, so one object stands for all. */
export interface StackVar<T extends ValueType = ValueType> {
  readonly kind: 'stack';
  readonly type?: T;
}

/** The operand that is already on the stack. */
export const $: StackVar<never> = { kind: 'stack' };

/** What an instruction may be given: a local, a constant where its type has them, or what is on the stack. */
export type Operand<T extends ValueType = ValueType> =
  | Local<T>
  | StackVar<T>
  | (T extends 'i32' | 'f64' ? number : never);

/** All operands of an instruction, or none where all are on the stack. */
export type Operands<T extends readonly ValueType[]> =
  | []
  | { readonly [K in keyof T]: Operand<T[K]> };

export interface FunctionType<
  Args extends readonly ValueType[] = readonly ValueType[],
  Results extends readonly ValueType[] = readonly ValueType[],
> {
  readonly args: Args;
  readonly results: Results;
}

/** A function assembled here. Which number it is called by is decided by each module that has it. */
export interface Func<
  Args extends readonly ValueType[] = readonly ValueType[],
  Results extends readonly ValueType[] = readonly ValueType[],
> {
  readonly kind: 'function';
  readonly type: FunctionType<Args, Results>;
  /** Its locals' types and numbers, encoded. */
  readonly locals: Uint8Array;
  /** Its instructions, without the numbers of functions that are called. */
  readonly code: Uint8Array;
  readonly calls: readonly Call[];
}

/** A place in the code where the number of a function belongs. */
export interface Call {
  at: number;
  readonly target: AnyFunc;
}

/** A function from elsewhere: JavaScript's, or another module's. */
export interface ImportFunc {
  readonly kind: 'importFunction';
  readonly type: FunctionType;
  readonly value: WebAssembly.ImportValue;
}

export type AnyFunc = Func | ImportFunc;

/** Sizes of a memory in pages of 64 KiB. A shared one must have a maximum. */
export interface Limits {
  readonly min: number;
  readonly max?: number;
  readonly shared?: boolean;
}

/** A memory from elsewhere, `memory` of a module. Without a value whoever starts the module has to give one. */
export interface ImportMemory {
  readonly kind: 'importMemory';
  readonly module?: string;
  readonly limits: Limits;
  readonly value?: WebAssembly.Memory;
}

/** How types are written in binary (§5.3.1). */
export const CODE_OF: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
